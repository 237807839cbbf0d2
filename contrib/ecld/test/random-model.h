/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_RANDOM_MODEL_H
#define ECLD_RANDOM_MODEL_H

#include "base/output-file.h"
#include "format/model-config.h"
#include "format/safetensors-writer.h"
#include "format/tokenizer-trainer.h"

#include <cmath>
#include <random>
#include <string>
#include <vector>

namespace ecld
{

/**
 * A small model of a family, with the traits that exports get wrong: a hidden size that is not
 * heads * headDim, shared key/value heads, Llama 3's scaling within the tested positions, tied
 * embeddings for Qwen3.
 */
inline ModelConfig
MakeSmallConfig(Architecture architecture, int64_t hiddenSize = 96, int64_t intermediateSize = 192)
{
    ModelConfig config;
    config.architecture = architecture;
    config.hiddenSize = hiddenSize;
    config.intermediateSize = intermediateSize;
    config.layers = 3;
    config.heads = 4;
    config.keyValueHeads = 2;
    config.headDim = 32;
    config.vocabularySize = 320;
    config.maxPositions = 512;
    config.ropeTheta = 10000;
    config.rmsNormEpsilon = 1e-5;
    config.bosIds = {298};
    config.eosIds = {299};
    if (architecture == Architecture::LLAMA)
    {
        config.ropeScaling = RopeScaling{8, 1, 4, 64};
    }
    config.tiedEmbeddings = architecture == Architecture::QWEN3;
    return config;
}

/// A tokenizer of 300 tokens; the embedding of MakeSmallConfig has 20 rows more, as real ones have.
inline std::string
MakeSmallTokenizer(Architecture architecture)
{
    TokenizerTrainerSettings settings;
    settings.vocabularySize = 300;
    settings.kind = architecture == Architecture::QWEN3     ? PreTokenizerKind::QWEN2
                    : architecture == Architecture::MISTRAL ? PreTokenizerKind::TEKKEN
                                                            : PreTokenizerKind::LLAMA3;
    settings.minimumCount = 1;
    settings.ignoreMerges = architecture != Architecture::QWEN3; // as published ones
    return TrainTokenizer(
        {"The quick brown fox jumps over the lazy dog. The dog sleeps on and on, "
         "the fox goes home; it isn't far, some 1234 steps. Question: who sleeps?"},
        settings);
}

/**
 * Write a checkpoint whose next-token distributions are far from uniform: with the usual small
 * initial weights any export would agree with any other. Published checkpoints are BF16.
 */
inline void
WriteSharpCheckpoint(const ModelConfig& config,
                     unsigned seed,
                     const std::string& folder,
                     DataType type = DataType::F32)
{
    std::mt19937 random(seed);
    std::normal_distribution<double> normal;
    SafetensorsWriter writer(folder);
    const auto tensors = GetExpectedTensors(config);
    for (const ExpectedTensor& tensor : tensors)
    {
        writer.Declare(tensor.name, type, tensor.shape);
    }
    for (const ExpectedTensor& tensor : tensors)
    {
        const bool isNorm = tensor.shape.size() == 1;
        const bool isEmbedding = tensor.shape.front() == config.vocabularySize;
        const auto rows = static_cast<std::size_t>(tensor.shape.front());
        const auto columns = static_cast<std::size_t>(isNorm ? 1 : tensor.shape.back());
        const double gain = (isEmbedding ? 4 : 2) / std::sqrt(static_cast<double>(columns));
        std::vector<float> values(rows * columns);
        for (float& value : values)
        {
            value = static_cast<float>(isNorm ? 1 + 0.2 * normal(random) : gain * normal(random));
        }
        writer.WriteFloats(tensor.name, values.data(), values.size());
    }
    writer.Commit();
    WriteModelConfig(config, folder + "/config.json");
    base::WriteTextFile(folder + "/tokenizer.json", MakeSmallTokenizer(config.architecture));
}

} // namespace ecld

#endif // ECLD_RANDOM_MODEL_H
