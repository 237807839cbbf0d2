/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "random-checkpoint.h"

#include "base/output-file.h"
#include "format/data-type.h"
#include "format/safetensors-writer.h"
#include "format/tokenizer-trainer.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <stdexcept>
#include <vector>

namespace ecld
{

namespace
{

/// Standard deviation of the weights, `initializer_range` of the published configs.
constexpr double DEVIATION = 0.02;

/// Weights that are written at once.
constexpr std::size_t PART = 1 << 20;

/// A logistic distribution, near enough to the weights of a trained model, as a table of 65536
/// quantiles in BF16: one draw of 64 bits gives four weights.
std::vector<uint16_t>
MakeQuantiles()
{
    std::vector<uint16_t> table(1 << 16);
    std::vector<double> values(table.size());
    double square = 0;
    for (std::size_t i = 0; i < table.size(); ++i)
    {
        const double share = (static_cast<double>(i) + 0.5) / static_cast<double>(table.size());
        values[i] = std::log(share / (1 - share));
        square += values[i] * values[i] / static_cast<double>(table.size());
    }
    for (std::size_t i = 0; i < table.size(); ++i)
    {
        table[i] = FloatToBfloat(static_cast<float>(DEVIATION * values[i] / std::sqrt(square)));
    }
    return table;
}

std::string
MakeTokenizer()
{
    TokenizerTrainerSettings settings;
    settings.vocabularySize = 300;
    return TrainTokenizer({"the quick brown fox jumps over the lazy dog and the dog sleeps on"},
                          settings);
}

} // namespace

ModelConfig
GetPublishedConfig(const std::string& name)
{
    ModelConfig config;
    config.rmsNormEpsilon = 1e-5;
    const bool isTiny = name == "tiny" || name == "llama-3.1-8b-tiny";
    if (name == "llama-3.1-8b" || isTiny)
    {
        config.architecture = Architecture::LLAMA;
        config.hiddenSize = 4096;
        config.intermediateSize = 14336;
        config.layers = 32;
        config.heads = 32;
        config.keyValueHeads = 8;
        config.headDim = 128;
        config.vocabularySize = 128256;
        config.maxPositions = 131072;
        config.ropeTheta = 500000;
        config.ropeScaling = RopeScaling();
        if (isTiny)
        {
            config.hiddenSize = 256;
            config.intermediateSize = 512;
            config.layers = 4;
            config.heads = 8;
            config.keyValueHeads = 2;
            config.headDim = 32;
            config.vocabularySize = 512;
            config.maxPositions = 512;
        }
    }
    else if (name == "qwen3-8b")
    {
        config.architecture = Architecture::QWEN3;
        config.hiddenSize = 4096;
        config.intermediateSize = 12288;
        config.layers = 36;
        config.heads = 32;
        config.keyValueHeads = 8;
        config.headDim = 128;
        config.vocabularySize = 151936;
        config.maxPositions = 40960;
        config.ropeTheta = 1000000;
        config.rmsNormEpsilon = 1e-6;
    }
    else if (name == "mistral-nemo-12b")
    {
        config.architecture = Architecture::MISTRAL;
        config.hiddenSize = 5120;
        config.intermediateSize = 14336;
        config.layers = 40;
        config.heads = 32;
        config.keyValueHeads = 8;
        config.headDim = 128;
        config.vocabularySize = 131072;
        config.maxPositions = 131072;
        config.ropeTheta = 1000000;
    }
    else
    {
        throw std::invalid_argument("shape: got " + name +
                                    ", expected llama-3.1-8b, qwen3-8b, mistral-nemo-12b or tiny");
    }
    return config;
}

void
WriteRandomCheckpoint(const ModelConfig& config,
                      uint64_t seed,
                      const std::string& folder,
                      const std::function<void(int64_t, int64_t)>& progress)
{
    const auto quantiles = MakeQuantiles();
    const auto tensors = GetExpectedTensors(config);
    ModelConfig stored = config;
    stored.storedType = DataType::BF16;
    SafetensorsWriter writer(folder);
    int64_t total = 0;
    const auto count = [](const ExpectedTensor& tensor) {
        return std::accumulate(tensor.shape.begin(),
                               tensor.shape.end(),
                               int64_t{1},
                               std::multiplies<>());
    };
    for (const ExpectedTensor& tensor : tensors)
    {
        writer.Declare(tensor.name, DataType::BF16, tensor.shape);
        total += count(tensor);
    }
    std::mt19937_64 random(seed);
    int64_t done = 0;
    std::vector<uint16_t> values;
    for (const ExpectedTensor& tensor : tensors)
    {
        const bool isNorm = tensor.shape.size() == 1;
        for (auto left = static_cast<std::size_t>(count(tensor)); left > 0;)
        {
            const std::size_t part = std::min(left, PART);
            values.assign(part, FloatToBfloat(1));
            uint64_t bits = 0;
            for (std::size_t i = 0; i < part && !isNorm; ++i)
            {
                bits = i % 4 == 0 ? random() : bits >> 16;
                values[i] = quantiles[bits & 0xFFFF];
            }
            writer.Write(tensor.name, values.data(), part * sizeof(uint16_t));
            left -= part;
            done += static_cast<int64_t>(part);
            if (progress)
            {
                progress(done, total);
            }
        }
    }
    writer.Commit();
    base::WriteTextFile(folder + "/tokenizer.json", MakeTokenizer());
    WriteModelConfig(stored, folder + "/config.json");
}

} // namespace ecld
