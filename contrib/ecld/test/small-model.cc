/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "small-model.h"

#include "format/safetensors-checkpoint.h"
#include "format/safetensors-writer.h"
#include "temporary-folder.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace ecld
{

ModelConfig
MakeSmallConfig(Architecture architecture)
{
    ModelConfig config;
    config.architecture = architecture;
    config.hiddenSize = 48;
    config.intermediateSize = 64;
    config.layers = 2;
    config.heads = 4;
    config.keyValueHeads = 2;
    config.headDim = 16;
    config.vocabularySize = 50;
    config.maxPositions = 64;
    config.tiedEmbeddings = false;
    config.bosIds = {0};
    config.eosIds = {1};
    return config;
}

Weights
DrawWeights(const ModelConfig& config, uint64_t seed)
{
    std::mt19937_64 engine(seed);
    Weights weights;
    for (const ExpectedTensor& tensor : GetExpectedTensors(config))
    {
        const bool isVector = tensor.shape.size() == 1;
        const bool isEmbedding = tensor.name == "model.embed_tokens.weight";
        const double deviation =
            isVector ? 0.2 : (isEmbedding ? 1.0 : 1.0 / std::sqrt(double(tensor.shape[1])));
        std::normal_distribution<float> normal(isVector ? 1.0F : 0.0F, float(deviation));
        int64_t count = 1;
        for (const int64_t extent : tensor.shape)
        {
            count *= extent;
        }
        std::vector<float>& values = weights[tensor.name];
        values.resize(count);
        std::generate(values.begin(), values.end(), [&]() { return normal(engine); });
    }
    return weights;
}

LanguageModel
MakeModel(const ModelConfig& config, const Weights& weights)
{
    const TemporaryFolder folder;
    SafetensorsWriter writer(folder.GetPath());
    const std::vector<ExpectedTensor> tensors = GetExpectedTensors(config);
    for (const ExpectedTensor& tensor : tensors)
    {
        writer.Declare(tensor.name, DataType::F32, tensor.shape);
    }
    for (const ExpectedTensor& tensor : tensors)
    {
        const std::vector<float>& values = weights.at(tensor.name);
        writer.WriteFloats(tensor.name, values.data(), values.size());
    }
    writer.Commit();
    WriteModelConfig(config, folder / "config.json");
    return LanguageModel::Load(folder.GetPath());
}

Weights
GetWeights(const LanguageModel& model)
{
    const TemporaryFolder folder;
    model.Save(folder.GetPath(), DataType::F32);
    const SafetensorsCheckpoint checkpoint(folder.GetPath());
    Weights weights;
    for (const std::string& name : checkpoint.GetNames())
    {
        const TensorView& view = checkpoint.Get(name);
        weights[name].resize(view.GetCount());
        ToFloat(view.type, view.data, std::size_t(view.GetCount()), weights[name].data());
    }
    return weights;
}

TokenCorpus
DrawTexts(int64_t vocabularySize, int64_t documents, uint64_t seed)
{
    std::mt19937_64 engine(seed);
    std::uniform_int_distribution<int> length(5, 20);
    std::uniform_int_distribution<int32_t> token(2, int32_t(vocabularySize) - 1);
    TokenCorpus corpus;
    corpus.endId = 1;
    for (int64_t i = 0; i < documents; ++i)
    {
        std::vector<int32_t> ids{0};
        for (int left = length(engine); left > 0; --left)
        {
            ids.push_back(token(engine));
        }
        ids.push_back(1);
        corpus.documents.push_back(ids);
    }
    return corpus;
}

double
GetLargestDifference(const std::vector<std::vector<float>>& a,
                     const std::vector<std::vector<float>>& b)
{
    double largest = a.size() == b.size() ? 0.0 : INFINITY;
    for (std::size_t i = 0; i < a.size() && i < b.size(); ++i)
    {
        for (std::size_t j = 0; j < a[i].size(); ++j)
        {
            largest = std::max(largest, std::abs(double(a[i][j]) - double(b[i][j])));
        }
    }
    return largest;
}

} // namespace ecld
