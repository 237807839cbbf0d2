/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "compress/pruned-model.h"
#include "expect-error.h"
#include "model/generation.h"
#include "model/tensor-names.h"
#include "reference-transformer.h"
#include "small-model.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <numeric>

namespace ecld
{

namespace
{

const std::vector<int32_t> text{0, 7, 33, 12, 12, 49, 3, 28, 41, 5, 19, 2, 30, 8, 44, 1};

/// Any scores; a test lowers those of what is to go
ImportanceScores
MakeScores(const ModelConfig& config)
{
    return DrawScores(config, 1);
}

double
Compare(const LanguageModel& a, const LanguageModel& b)
{
    return GetLargestDifference(ComputeLogits(a, text), ComputeLogits(b, text));
}

/// Columns of a matrix become zero
void
Silence(std::vector<float>& matrix, std::size_t columns, std::size_t first, std::size_t count)
{
    for (std::size_t row = 0; row < matrix.size() / columns; ++row)
    {
        std::fill_n(matrix.begin() + row * columns + first, count, 0.0F);
    }
}

TEST(Pruning, NothingPrunedNothingChanged)
{
    const ModelConfig config = MakeSmallConfig(Architecture::QWEN3);
    const Weights weights = DrawWeights(config, 1);
    const LanguageModel model = MakeModel(config, weights);
    const PruningPlan plan = PlanPruning(config, MakeScores(config), GetShape(config));
    EXPECT_EQ(GetWeights(Prune(model, plan)), weights);
}

TEST(Pruning, DeadNeuronsAreNotMissed)
{
    const ModelConfig config = MakeSmallConfig(Architecture::LLAMA);
    Weights weights = DrawWeights(config, 2);
    ImportanceScores scores = MakeScores(config);
    for (int64_t layer = 0; layer < config.layers; ++layer)
    {
        for (std::size_t i = 0; i < 16; ++i)
        {
            const std::size_t neuron = (5 * i + std::size_t(layer)) % 64;
            Silence(weights.at(GetLayerTensorName(layer, "mlp.down_proj")), 64, neuron, 1);
            scores.neurons[layer][neuron] = 0;
        }
    }
    const LanguageModel model = MakeModel(config, weights);
    PrunedShape shape = GetShape(config);
    shape.intermediateSize = 48;
    const LanguageModel pruned = Prune(model, PlanPruning(config, scores, shape));
    EXPECT_EQ(pruned.GetConfig().intermediateSize, 48);
    EXPECT_EQ(GetWeights(pruned).at(GetLayerTensorName(1, "mlp.gate_proj")).size(), 48U * 48U);
    EXPECT_LT(Compare(model, pruned), 1e-5);
}

TEST(Pruning, DeadGroupsOfHeadsAreNotMissed)
{
    for (const Architecture architecture : {Architecture::LLAMA, Architecture::QWEN3})
    {
        const ModelConfig config = MakeSmallConfig(architecture);
        Weights weights = DrawWeights(config, 3);
        ImportanceScores scores = MakeScores(config);
        for (int64_t layer = 0; layer < config.layers; ++layer)
        {
            const std::size_t group = layer == 0 ? 1 : 0;
            Silence(weights.at(GetLayerTensorName(layer, "self_attn.o_proj")), 64, group * 32, 32);
            scores.groups[layer] = {1, 1};
            scores.groups[layer][group] = 0;
        }
        const LanguageModel model = MakeModel(config, weights);
        PrunedShape shape = GetShape(config);
        shape.heads = 2;
        shape.keyValueHeads = 1;
        const LanguageModel pruned = Prune(model, PlanPruning(config, scores, shape));
        EXPECT_EQ(pruned.GetConfig().headDim, 16);
        EXPECT_LT(Compare(model, pruned), 1e-5);
    }
}

TEST(Pruning, DeadHeadsWithinTheirGroupsAreNotMissed)
{
    const ModelConfig config = MakeSmallConfig(Architecture::QWEN3);
    Weights weights = DrawWeights(config, 4);
    ImportanceScores scores = MakeScores(config);
    for (int64_t layer = 0; layer < config.layers; ++layer)
    {
        scores.heads[layer] = {1, 1, 1, 1};
        for (const std::size_t head : {std::size_t{1}, std::size_t{2}})
        {
            Silence(weights.at(GetLayerTensorName(layer, "self_attn.o_proj")), 64, head * 16, 16);
            scores.heads[layer][head] = 0;
        }
    }
    const LanguageModel model = MakeModel(config, weights);
    PrunedShape shape = GetShape(config);
    shape.heads = 2;
    const LanguageModel pruned = Prune(model, PlanPruning(config, scores, shape));
    EXPECT_EQ(pruned.GetConfig().keyValueHeads, 2);
    EXPECT_LT(Compare(model, pruned), 1e-5);
}

TEST(Pruning, DeadLayersAreNotMissedBitForBit)
{
    ModelConfig config = MakeSmallConfig(Architecture::LLAMA);
    config.layers = 4;
    Weights weights = DrawWeights(config, 5);
    ImportanceScores scores = MakeScores(config);
    for (const int64_t layer : {0, 2})
    {
        for (const char* part : {"self_attn.o_proj", "mlp.down_proj"})
        {
            std::vector<float>& values = weights.at(GetLayerTensorName(layer, part));
            std::fill(values.begin(), values.end(), 0.0F);
        }
        scores.layers[layer] = -1;
    }
    const LanguageModel model = MakeModel(config, weights);
    PrunedShape shape = GetShape(config);
    shape.layers = 2;
    const LanguageModel pruned = Prune(model, PlanPruning(config, scores, shape));
    EXPECT_EQ(pruned.GetConfig().layers, 2);
    EXPECT_EQ(Compare(model, pruned), 0.0);
}

// (3), (5), (7): a pruned model is the masked one. Masking channels needs the masked model's norms
// to divide by the number of channels that stay, so the comparison is with the reference, whose
// weights are cut by hand here.
TEST(Pruning, ChannelsAreCutFromEveryTensor)
{
    const ModelConfig config = MakeSmallConfig(Architecture::LLAMA);
    const Weights weights = DrawWeights(config, 6);
    ImportanceScores scores = MakeScores(config);
    std::iota(scores.channels.begin(), scores.channels.end(), 0.0); // the last are the best
    PrunedShape shape = GetShape(config);
    shape.hiddenSize = 32;
    const LanguageModel pruned =
        Prune(MakeModel(config, weights), PlanPruning(config, scores, shape));
    Weights cut;
    for (const auto& [name, values] : weights)
    {
        const bool writes =
            name.find("o_proj") != std::string::npos || name.find("down_proj") != std::string::npos;
        const bool isVector = values.size() == 48;
        const std::size_t columns = writes ? values.size() / 48 : 1;
        if (writes || isVector)
        {
            for (std::size_t channel = 48; channel-- > 16;)
            {
                const auto row = values.begin() + channel * columns;
                cut[name].insert(cut[name].end(), row, row + columns);
            }
            continue;
        }
        for (std::size_t row = 0; row < values.size() / 48; ++row)
        {
            for (std::size_t channel = 48; channel-- > 16;)
            {
                cut[name].push_back(values[row * 48 + channel]);
            }
        }
    }
    EXPECT_EQ(GetWeights(pruned), cut);
    const Matrix reference = RunReference(pruned.GetConfig(), cut, text).logits;
    const auto ours = ComputeLogits(pruned, text);
    for (std::size_t i = 0; i < reference.back().size(); ++i)
    {
        EXPECT_NEAR(ours.back()[i], reference.back()[i], 1e-4);
    }
}

TEST(Pruning, SmallerPlansArePrefixesOfLargerOnes)
{
    const ModelConfig config = MakeSmallConfig(Architecture::LLAMA);
    const auto startsWith = [](const std::vector<int64_t>& longer,
                               const std::vector<int64_t>& shorter) {
        return std::equal(shorter.begin(), shorter.end(), longer.begin());
    };
    for (uint64_t seed = 1; seed <= 20; ++seed)
    {
        const ImportanceScores scores = DrawScores(config, seed);
        const PruningPlan large = PlanPruning(config, scores, {40, 56, 4, 2, 2});
        const PruningPlan small = PlanPruning(config, scores, {16, 24, 2, 1, 2});
        EXPECT_TRUE(startsWith(large.channels, small.channels));
        EXPECT_TRUE(startsWith(large.neurons[1], small.neurons[1]));
        for (std::size_t i = 1; i < large.channels.size(); ++i)
        {
            EXPECT_GE(scores.channels[large.channels[i - 1]], scores.channels[large.channels[i]]);
        }
    }
}

// Neurons 40 to 63 repeat 0 to 23, scaled: the kept ones can say all that the pruned ones said.
TEST(Pruning, RefitMakesUpForWhatIsRedundant)
{
    const ModelConfig config = MakeSmallConfig(Architecture::LLAMA);
    Weights weights = DrawWeights(config, 7);
    ImportanceScores scores = MakeScores(config);
    for (int64_t layer = 0; layer < config.layers; ++layer)
    {
        std::vector<float>& gate = weights.at(GetLayerTensorName(layer, "mlp.gate_proj"));
        std::vector<float>& up = weights.at(GetLayerTensorName(layer, "mlp.up_proj"));
        for (std::size_t i = 0; i < 24 * 48; ++i)
        {
            gate[40 * 48 + i] = gate[i];
            up[40 * 48 + i] = 0.5F * up[i];
        }
        std::fill(scores.neurons[layer].begin() + 40, scores.neurons[layer].end(), -1.0);
    }
    const LanguageModel model = MakeModel(config, weights);
    PrunedShape shape = GetShape(config);
    shape.intermediateSize = 40;
    const PruningPlan plan = PlanPruning(config, scores, shape);
    RefitSettings settings;
    settings.calibration.samples = 64;
    settings.ridge = 1e-9;
    const TokenCorpus corpus = DrawTexts(config.vocabularySize, 300, 1);
    const double pruned = Compare(model, Prune(model, plan));
    const double refitted = Compare(model, PruneAndRefit(model, plan, corpus, settings));
    EXPECT_GT(pruned, 0.1);
    EXPECT_LT(refitted, 1e-3 * pruned);
    // The penalty draws towards the weights that stayed.
    settings.ridge = 1e6;
    EXPECT_LT(Compare(Prune(model, plan), PruneAndRefit(model, plan, corpus, settings)),
              1e-3 * pruned);
}

// The refit of ten rows is that of ten rows, however many are read at once.
TEST(Pruning, RefitReadsAsManyRowsAsItIsTold)
{
    const ModelConfig config = MakeSmallConfig(Architecture::LLAMA);
    const LanguageModel model = MakeModel(config, DrawWeights(config, 8));
    const TokenCorpus corpus = DrawTexts(config.vocabularySize, 300, 1);
    PrunedShape shape = GetShape(config);
    shape.intermediateSize = 40;
    const PruningPlan plan = PlanPruning(config, MakeScores(config), shape);
    const auto refit = [&](int64_t samples, int64_t rows) {
        RefitSettings settings;
        settings.calibration.samples = samples;
        settings.calibration.rows = rows;
        return PruneAndRefit(model, plan, corpus, settings);
    };
    const LanguageModel whole = refit(10, 10);
    EXPECT_LT(Compare(whole, refit(10, 4)), 1e-4);
    EXPECT_LT(Compare(whole, refit(10, 16)), 1e-4);
    EXPECT_GT(Compare(whole, refit(12, 4)), 1e-3);
}

TEST(Pruning, NamesShapesAndScoresThatDoNotFit)
{
    const ModelConfig config = MakeSmallConfig(Architecture::LLAMA);
    PrunedShape shape = GetShape(config);
    shape.hiddenSize = 49;
    ExpectError<std::invalid_argument>([&]() { PlanPruning(config, MakeScores(config), shape); },
                                       {"hiddenSize", "49"});
    shape = GetShape(config);
    shape.heads = 3;
    ExpectError<std::invalid_argument>([&]() { PlanPruning(config, MakeScores(config), shape); },
                                       {"heads", "3"});
    ImportanceScores scores = MakeScores(config);
    scores.neurons[1].pop_back();
    ExpectError<std::invalid_argument>([&]() { PlanPruning(config, scores, GetShape(config)); },
                                       {"scores"});
    const PruningPlan plan = PlanPruning(config, MakeScores(config), GetShape(config));
    ExpectError<std::invalid_argument>([&]() { SelectTensor(plan, "model.layers.9.x.weight"); },
                                       {"model.layers.9.x.weight"});
}

} // namespace

} // namespace ecld
