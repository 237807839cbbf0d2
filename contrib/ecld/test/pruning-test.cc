/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "compress/pruning.h"
#include "compress/shape-trial.h"
#include "expect-error.h"
#include "model/generation.h"
#include "model/tensor-names.h"
#include "reference-transformer.h"
#include "small-model.h"

#include <algorithm>
#include <cmath>
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

/// @return mean loss of all next tokens of the texts, each read alone
double
ComputeLoss(const LanguageModel& model, const TokenCorpus& corpus)
{
    double loss = 0;
    double targets = 0;
    for (const std::vector<int32_t>& ids : corpus.documents)
    {
        const std::vector<std::vector<float>> logits = ComputeLogits(model, ids);
        for (std::size_t t = 0; t + 1 < ids.size(); ++t)
        {
            double sum = 0;
            for (const float logit : logits[t])
            {
                sum += std::exp(double(logit));
            }
            loss += std::log(sum) - double(logits[t][std::size_t(ids[t + 1])]);
            ++targets;
        }
    }
    return loss / targets;
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

TEST(Pruning, ShapesByRatioAreMultiples)
{
    ModelConfig config = MakeSmallConfig(Architecture::LLAMA);
    config.hiddenSize = 4096;
    config.intermediateSize = 14336;
    config.heads = 32;
    config.keyValueHeads = 8;
    config.layers = 32;
    const PrunedShape shape = ChooseShapeByRatio(config, {0.75, 0.643, 1, 0.5}, {});
    EXPECT_EQ(shape.hiddenSize, 3072);
    EXPECT_EQ(shape.intermediateSize, 9216); // Llama-3.1-Minitron-4B-Width
    EXPECT_EQ(shape.heads, 32);
    EXPECT_EQ(shape.layers, 16); // ... and -Depth
    EXPECT_EQ(ChooseShapeByRatio(config, {1, 1, 0.5, 1}, {}).heads, 16);
    EXPECT_EQ(ChooseShapeByRatio(config, {1, 1, 0.5, 1}, {}).keyValueHeads, 4);
    ExpectError<std::invalid_argument>(
        [&]() {
            ChooseShapeByRatio(config, {0, 1, 1, 1}, {});
        },
        {"channels"});
}

TEST(Pruning, ShapesByThresholdKeepWhatReachesIt)
{
    const ModelConfig config = MakeSmallConfig(Architecture::LLAMA);
    ImportanceScores scores = MakeScores(config);
    for (std::size_t i = 0; i < 64; ++i)
    {
        scores.neurons[0][i] = i < 20 ? 10.0 : 1.0; // 20 reach half of the largest
        scores.neurons[1][i] = i < 33 ? 7.0 : 1.0;  // 33 do here: the larger count, rounded up
    }
    PruningLimits limits;
    limits.widthMultiple = 8;
    limits.prunesChannels = false;
    EXPECT_EQ(ChooseShapeByThreshold(config, scores, 0.5, limits).intermediateSize, 40);
    EXPECT_EQ(ChooseShapeByThreshold(config, scores, 0.5, limits).hiddenSize, 48);
    EXPECT_EQ(ChooseShapeByThreshold(config, scores, 0.0, limits).intermediateSize, 64);
    EXPECT_EQ(ChooseShapeByThreshold(config, scores, 0.05, limits).intermediateSize, 64);
    limits.smallestShare = 0.8;
    EXPECT_EQ(ChooseShapeByThreshold(config, scores, 0.5, limits).intermediateSize, 56);
    ExpectError<std::invalid_argument>(
        [&]() { ChooseShapeByThreshold(config, scores, 1.5, limits); },
        {"theta"});
}

TEST(Pruning, ShapesByBudgetFitAndWasteLittle)
{
    const ModelConfig config = MakeSmallConfig(Architecture::LLAMA);
    const auto sizeBytes = [](const ModelConfig& one) { return 2 * one.GetParameterCount(); };
    PruningLimits limits;
    limits.widthMultiple = 8;
    limits.prunesHeads = true;
    const int64_t full = sizeBytes(config);
    for (uint64_t seed = 1; seed <= 10; ++seed)
    {
        const ImportanceScores scores = DrawScores(config, seed);
        int64_t last = full;
        for (const double share : {1.0, 0.8, 0.6, 0.4})
        {
            const auto budget = int64_t(share * double(full));
            const PrunedShape shape =
                ChooseShapeByBudget(config, scores, budget, sizeBytes, limits);
            const int64_t bytes = sizeBytes(GetPrunedConfig(config, shape));
            EXPECT_LE(bytes, budget);
            EXPECT_LE(bytes, last);
            EXPECT_GT(bytes, budget * 6 / 10);
            last = bytes;
        }
    }
    EXPECT_EQ(
        ChooseShapeByBudget(config, DrawScores(config, 1), full, sizeBytes, limits).hiddenSize,
        48);
    ExpectError<std::invalid_argument>(
        [&]() { ChooseShapeByBudget(config, DrawScores(config, 1), 100, sizeBytes, limits); },
        {"100 bytes"});
}

// By trying all shapes: those that fit, that cannot grow on any axis, by the product of the shares.
TEST(Pruning, ListsTheLargestShapesThatFit)
{
    ModelConfig config = MakeSmallConfig(Architecture::LLAMA);
    config.layers = 4;
    const auto sizeBytes = [](const ModelConfig& one) { return 2 * one.GetParameterCount(); };
    PruningLimits limits;
    limits.widthMultiple = 8;
    limits.prunesChannels = false;
    limits.prunesLayers = true;
    const ImportanceScores scores = DrawScores(config, 3);
    const auto share = [](std::vector<double> values, int64_t kept) {
        std::sort(values.rbegin(), values.rend());
        double sum = 0;
        double all = 0;
        for (std::size_t i = 0; i < values.size(); ++i)
        {
            sum += int64_t(i) < kept ? values[i] * values[i] : 0;
            all += values[i] * values[i];
        }
        return sum / all;
    };
    const auto rate = [&](int64_t neurons, int64_t layers) {
        double mean = 0;
        for (const std::vector<double>& layer : scores.neurons)
        {
            mean += share(layer, neurons) / double(scores.neurons.size());
        }
        return mean * share(scores.layers, layers);
    };
    const int64_t budget = sizeBytes(config) * 7 / 10;
    const auto fits = [&](int64_t neurons, int64_t layers) {
        ModelConfig pruned = config;
        pruned.intermediateSize = neurons;
        pruned.layers = layers;
        return sizeBytes(pruned) <= budget;
    };
    std::vector<std::pair<double, std::pair<int64_t, int64_t>>> expected;
    for (int64_t layers = 1; layers <= 4; ++layers)
    {
        for (int64_t neurons = 16; neurons <= 64; neurons += 8)
        {
            const bool canGrow = (neurons < 64 && fits(neurons + 8, layers)) ||
                                 (layers < 4 && fits(neurons, layers + 1));
            if (fits(neurons, layers) && !canGrow)
            {
                expected.push_back({rate(neurons, layers), {neurons, layers}});
            }
        }
    }
    std::sort(expected.rbegin(), expected.rend());
    ASSERT_GT(expected.size(), 2U);
    const auto list = [&](std::size_t count) {
        return ListShapesByBudget(config, scores, budget, sizeBytes, limits, count);
    };
    const std::vector<PrunedShape> shapes = list(20);
    ASSERT_EQ(shapes.size(), expected.size());
    for (std::size_t i = 0; i < shapes.size(); ++i)
    {
        EXPECT_EQ(shapes[i].intermediateSize, expected[i].second.first) << i;
        EXPECT_EQ(shapes[i].layers, expected[i].second.second) << i;
    }
    EXPECT_EQ(list(2).size(), 2U);
    EXPECT_EQ(list(2)[1].layers, shapes[1].layers);
    EXPECT_EQ(ChooseShapeByBudget(config, scores, budget, sizeBytes, limits).layers,
              shapes[0].layers);
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

// The loss is recomputed from logits here, text by text.
TEST(Pruning, TakesTheShapeWithTheLeastLoss)
{
    const ModelConfig config = MakeSmallConfig(Architecture::LLAMA);
    const LanguageModel model = MakeModel(config, DrawWeights(config, 9));
    TokenCorpus corpus = DrawTexts(config.vocabularySize, 12, 1);
    for (std::vector<int32_t>& ids : corpus.documents)
    {
        ids.resize(11, 7); // two do not fit into a row, so each row has one
    }
    const ImportanceScores scores = MakeScores(config);
    std::vector<PrunedShape> shapes(4, GetShape(config));
    shapes[0].intermediateSize = 16;
    shapes[1].layers = 1;
    shapes[3].intermediateSize = 40;
    TrialSettings settings;
    settings.refit.calibration.samples = 12;
    settings.refit.calibration.rows = 5;
    settings.refit.calibration.length = 20;
    int64_t told = 0;
    settings.progress = [&told](int64_t done, int64_t all) {
        EXPECT_EQ(done, ++told);
        EXPECT_EQ(all, 4);
    };
    for (const bool isRefitted : {true, false})
    {
        told = 0;
        settings.isRefitted = isRefitted;
        const TriedModel tried = PruneByLoss(model, scores, shapes, corpus, settings);
        EXPECT_EQ(told, 4);
        ASSERT_EQ(tried.losses.size(), 4U);
        const auto least = std::min_element(tried.losses.begin(), tried.losses.end());
        const PrunedShape& best = shapes[std::size_t(least - tried.losses.begin())];
        EXPECT_EQ(tried.shape.layers, best.layers);
        EXPECT_EQ(tried.shape.intermediateSize, best.intermediateSize);
        EXPECT_EQ(tried.model.GetConfig().layers, best.layers);
        EXPECT_EQ(tried.model.GetConfig().intermediateSize, best.intermediateSize);
        for (std::size_t i = 0; i < shapes.size(); ++i)
        {
            const PruningPlan plan = PlanPruning(config, scores, shapes[i]);
            const LanguageModel pruned = isRefitted
                                             ? PruneAndRefit(model, plan, corpus, settings.refit)
                                             : Prune(model, plan);
            EXPECT_NEAR(tried.losses[i], ComputeLoss(pruned, corpus), 1e-4) << i;
        }
    }
    EXPECT_TRUE(PruneByLoss(model, scores, {shapes[0]}, corpus, settings).losses.empty());
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
