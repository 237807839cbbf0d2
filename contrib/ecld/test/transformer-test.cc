/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "expect-error.h"
#include "format/safetensors-writer.h"
#include "model/generation.h"
#include "model/language-model.h"
#include "model/tensor-names.h"
#include "reference-transformer.h"
#include "small-model.h"
#include "temporary-folder.h"
#include "train/training.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>

namespace ecld
{

namespace
{

const std::vector<int32_t> text{0, 7, 33, 12, 12, 49, 3, 28, 41, 5, 19, 2, 30, 8, 44, 1};

/// Largest difference to the reference, relative to the largest logit
double
GetDeviation(const ModelConfig& config, uint64_t seed)
{
    const Weights weights = DrawWeights(config, seed);
    const std::vector<std::vector<float>> ours = ComputeLogits(MakeModel(config, weights), text);
    const Matrix reference = RunReference(config, weights, text).logits;
    double difference = 0;
    double largest = 0;
    for (std::size_t t = 0; t < reference.size(); ++t)
    {
        for (std::size_t i = 0; i < reference[t].size(); ++i)
        {
            difference = std::max(difference, std::abs(double(ours[t][i]) - reference[t][i]));
            largest = std::max(largest, std::abs(reference[t][i]));
        }
    }
    return difference / largest;
}

TEST(Transformer, AgreesWithAnotherImplementation)
{
    for (const Architecture architecture :
         {Architecture::LLAMA, Architecture::QWEN3, Architecture::MISTRAL})
    {
        for (uint64_t seed = 1; seed <= 3; ++seed)
        {
            EXPECT_LT(GetDeviation(MakeSmallConfig(architecture), seed), 2e-6)
                << GetName(architecture) << " seed " << seed;
        }
    }
}

TEST(Transformer, AgreesWhereEmbeddingsAreTiedAndHeadsAreNotGrouped)
{
    ModelConfig config = MakeSmallConfig(Architecture::LLAMA);
    config.tiedEmbeddings = true;
    config.keyValueHeads = config.heads;
    EXPECT_LT(GetDeviation(config, 4), 2e-6);
    config.keyValueHeads = 1;
    EXPECT_LT(GetDeviation(config, 5), 2e-6);
}

TEST(Transformer, DoesNotSeeTheFuture)
{
    const ModelConfig config = MakeSmallConfig(Architecture::QWEN3);
    const LanguageModel model = MakeModel(config, DrawWeights(config, 1));
    std::vector<int32_t> other = text;
    other.back() = 17;
    const auto a = ComputeLogits(model, text);
    const auto b = ComputeLogits(model, other);
    for (std::size_t t = 0; t + 1 < text.size(); ++t)
    {
        EXPECT_EQ(a[t], b[t]);
    }
    EXPECT_NE(a.back(), b.back());
}

TEST(Transformer, CountsParameters)
{
    const ModelConfig config = MakeSmallConfig(Architecture::LLAMA);
    const ParameterCount count = CountParameters(config);
    EXPECT_EQ(count.embedding, 2 * 50 * 48);
    // Two layers of q, k, v, o, two norms, gate, up, down; the last norm.
    EXPECT_EQ(count.other, 2 * (48 * (64 + 32 + 32 + 64 + 2 + 3 * 64)) + 48);
}

TEST(LanguageModel, SavesWhatItLoaded)
{
    for (const Architecture architecture : {Architecture::LLAMA, Architecture::QWEN3})
    {
        const ModelConfig config = MakeSmallConfig(architecture);
        const Weights weights = DrawWeights(config, 2);
        EXPECT_EQ(GetWeights(MakeModel(config, weights)), weights);
    }
}

TEST(LanguageModel, RoundsToBfloat16)
{
    const ModelConfig config = MakeSmallConfig(Architecture::LLAMA);
    const Weights weights = DrawWeights(config, 3);
    const TemporaryFolder folder;
    MakeModel(config, weights).Save(folder.GetPath(), DataType::BF16);
    const Weights read = GetWeights(LanguageModel::Load(folder.GetPath()));
    for (const auto& [name, values] : weights)
    {
        for (std::size_t i = 0; i < values.size(); ++i)
        {
            ASSERT_EQ(read.at(name)[i], BfloatToFloat(FloatToBfloat(values[i]))) << name;
        }
    }
}

TEST(LanguageModel, ClonesStandAlone)
{
    const ModelConfig config = MakeSmallConfig(Architecture::LLAMA);
    LanguageModel model = LanguageModel::Create(config, 1);
    const LanguageModel clone = model.Clone();
    const Weights before = GetWeights(clone);
    TrainingSettings settings;
    settings.steps = 2;
    settings.rows = 2;
    settings.length = 16;
    settings.progress = false;
    const TokenCorpus corpus = DrawTexts(config.vocabularySize, 10, 1);
    Train(model, corpus, settings);
    EXPECT_EQ(GetWeights(clone), before);
    EXPECT_NE(GetWeights(model), before);
}

TEST(LanguageModel, NamesTheMissingTensor)
{
    const ModelConfig config = MakeSmallConfig(Architecture::LLAMA);
    const TemporaryFolder folder;
    WriteModelConfig(config, folder / "config.json");
    SafetensorsWriter writer(folder.GetPath());
    const std::vector<float> values(50 * 48, 0.5F);
    writer.Declare(embeddingName, DataType::F32, {50, 48});
    writer.WriteFloats(embeddingName, values.data(), values.size());
    writer.Commit();
    ExpectError<std::runtime_error>([&]() { LanguageModel::Load(folder.GetPath()); },
                                    {"model.layers.0.input_layernorm.weight"});
}

TEST(LanguageModel, NamesTheTensorThatIsNotFinite)
{
    const ModelConfig config = MakeSmallConfig(Architecture::LLAMA);
    const TemporaryFolder folder;
    WriteModelConfig(config, folder / "config.json");
    SafetensorsWriter writer(folder.GetPath());
    const std::vector<ExpectedTensor> tensors = GetExpectedTensors(config);
    const Weights weights = DrawWeights(config, 1);
    for (const ExpectedTensor& tensor : tensors)
    {
        writer.Declare(tensor.name, DataType::F32, tensor.shape);
    }
    for (const ExpectedTensor& tensor : tensors)
    {
        std::vector<float> values = weights.at(tensor.name);
        if (tensor.name == GetLayerTensorName(1, "mlp.up_proj"))
        {
            values[5] = NAN;
        }
        writer.Write(tensor.name, values.data(), values.size() * sizeof(float));
    }
    writer.Commit();
    ExpectError<std::runtime_error>([&]() { LanguageModel::Load(folder.GetPath()); },
                                    {"model.safetensors", "model.layers.1.mlp.up_proj.weight"});
}

TEST(LanguageModel, NamesTheDeviceThatIsNotThere)
{
    const ModelConfig config = MakeSmallConfig(Architecture::LLAMA);
    ExpectError<std::invalid_argument>([&]() { LanguageModel::Create(config, 1, "tpu"); },
                                       {"device", "tpu"});
    ExpectError<std::invalid_argument>([&]() { LanguageModel::Create(config, 1, "cuda:x"); },
                                       {"device", "cuda:x"});
}

} // namespace

} // namespace ecld
