/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// Metrics of matrices, against products of inputs that are worked out here.

#include "compress/input-products.h"
#include "format/safetensors-checkpoint.h"
#include "random-model.h"
#include "temporary-folder.h"

#include <gtest/gtest.h>
#include <set>

using namespace ecld;

namespace
{

/// @param checkpoint weights @param name of a tensor @param shape its extents @return its floats
std::vector<float>
ReadTensor(const SafetensorsCheckpoint& checkpoint,
           const std::string& name,
           const std::vector<int64_t>& shape)
{
    const TensorView& view = checkpoint.GetFloating(name, shape);
    std::vector<float> values(view.sizeBytes / GetSize(view.type));
    ToFloat(view.type, view.data, values.size(), values.data());
    return values;
}

TEST(InputProductsTest, TheFirstMatrixSeesNormalisedEmbeddings)
{
    const TemporaryFolder folder;
    const ModelConfig config = MakeSmallConfig(Architecture::MISTRAL);
    WriteSharpCheckpoint(config, 5, folder.GetPath());
    const SafetensorsCheckpoint checkpoint(folder.GetPath());
    const auto embedding = ReadTensor(checkpoint,
                                      "model.embed_tokens.weight",
                                      {config.vocabularySize, config.hiddenSize});
    const auto norm =
        ReadTensor(checkpoint, "model.layers.0.input_layernorm.weight", {config.hiddenSize});
    const std::vector<int32_t> document{298, 7, 7, 90, 200, 13, 299};
    const auto size = static_cast<std::size_t>(config.hiddenSize);
    std::vector<double> products(size * size);
    // The last token has nothing to predict and does not count.
    const std::size_t positions = document.size() - 1;
    for (std::size_t position = 0; position < positions; ++position)
    {
        const float* const row = &embedding[static_cast<std::size_t>(document[position]) * size];
        double square = 0;
        for (std::size_t i = 0; i < size; ++i)
        {
            square += static_cast<double>(row[i]) * row[i] / static_cast<double>(size);
        }
        const double scale = 1 / std::sqrt(square + config.rmsNormEpsilon);
        for (std::size_t i = 0; i < size; ++i)
        {
            for (std::size_t j = 0; j < size; ++j)
            {
                products[i * size + j] += scale * row[i] * norm[i] * scale * row[j] * norm[j] /
                                          static_cast<double>(positions);
            }
        }
    }
    ProductSettings settings;
    settings.samples = 3; // the same text each time
    settings.length = 16; // the rest of the row is filled and does not count either
    const InputMetrics metrics =
        MeasureInputs(LanguageModel::Load(folder.GetPath()), {{document}, 299}, settings);
    const InputMetric expected(size, products);
    const MatrixInputs& inputs = metrics.at("model.layers.0.self_attn.q_proj.weight");
    const InputMetric& found = *inputs.metric;
    ASSERT_EQ(found.GetColumns(), size);
    for (std::size_t i = 0; i < size; ++i)
    {
        for (std::size_t j = 0; j < size; ++j)
        {
            ASSERT_NEAR(found.GetProducts(i)[j], expected.GetProducts(i)[j], 1e-5)
                << i << ", " << j;
        }
    }
    for (std::size_t i = 0; i < size; ++i)
    {
        EXPECT_NEAR(inputs.squares[i], products[i * size + i], 1e-5) << i;
    }
    EXPECT_EQ(metrics.at("model.layers.0.self_attn.v_proj.weight").metric.get(), &found);
}

TEST(InputProductsTest, WideInputsHaveTheirSquaresAlone)
{
    const TemporaryFolder folder;
    const ModelConfig config = MakeSmallConfig(Architecture::LLAMA); // hidden 96, neurons 192
    WriteSharpCheckpoint(config, 5, folder.GetPath());
    const LanguageModel model = LanguageModel::Load(folder.GetPath());
    const TokenCorpus corpus{{{298, 3, 4, 5, 299}}, 299};
    ProductSettings settings{1, 16, 1};
    const InputMetrics whole = MeasureInputs(model, corpus, settings);
    settings.widestMetric = 128;
    const InputMetrics cut = MeasureInputs(model, corpus, settings);
    for (const auto& [name, inputs] : cut)
    {
        const auto& before = whole.at(name);
        EXPECT_EQ(inputs.metric != nullptr, inputs.squares.size() <= 128) << name;
        ASSERT_EQ(inputs.squares.size(), before.squares.size()) << name;
        for (std::size_t i = 0; i < inputs.squares.size(); ++i)
        {
            EXPECT_FLOAT_EQ(inputs.squares[i], before.squares[i]) << name;
        }
    }
}

TEST(InputProductsTest, EveryMatrixHasOneOfItsColumns)
{
    for (const Architecture family :
         {Architecture::LLAMA, Architecture::QWEN3, Architecture::MISTRAL})
    {
        const TemporaryFolder folder;
        const ModelConfig config = MakeSmallConfig(family);
        WriteSharpCheckpoint(config, 5, folder.GetPath());
        const InputMetrics metrics = MeasureInputs(LanguageModel::Load(folder.GetPath()),
                                                   {{{298, 3, 4, 5, 299}}, 299},
                                                   {1, 16, 1});
        for (const ExpectedTensor& tensor : GetExpectedTensors(config))
        {
            const bool isLookup =
                tensor.name == "model.embed_tokens.weight" && !config.tiedEmbeddings;
            const auto found = metrics.find(tensor.name);
            ASSERT_EQ(found != metrics.end(), tensor.shape.size() > 1 && !isLookup) << tensor.name;
            if (found != metrics.end())
            {
                EXPECT_EQ(found->second.metric->GetColumns(),
                          static_cast<std::size_t>(tensor.shape.back()))
                    << tensor.name;
            }
        }
        // Matrices that read the same vector share its metric, and no others do.
        for (int64_t layer = 0; layer < config.layers; ++layer)
        {
            const auto get = [&](const char* part) {
                return metrics.at("model.layers." + std::to_string(layer) + "." + part + ".weight")
                    .metric.get();
            };
            EXPECT_EQ(get("self_attn.k_proj"), get("self_attn.q_proj"));
            EXPECT_EQ(get("self_attn.v_proj"), get("self_attn.q_proj"));
            EXPECT_EQ(get("mlp.up_proj"), get("mlp.gate_proj"));
            const std::set<const InputMetric*> different{get("self_attn.q_proj"),
                                                         get("self_attn.o_proj"),
                                                         get("mlp.gate_proj"),
                                                         get("mlp.down_proj")};
            EXPECT_EQ(different.size(), 4U);
        }
    }
}

} // namespace
