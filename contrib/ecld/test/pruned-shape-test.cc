/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "compress/pruned-model.h"
#include "compress/shape-trial.h"
#include "expect-error.h"
#include "model/generation.h"
#include "small-model.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <utility>

namespace ecld
{

namespace
{

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

TEST(PrunedShape, ShapesByRatioAreMultiples)
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

TEST(PrunedShape, ShapesByThresholdKeepWhatReachesIt)
{
    const ModelConfig config = MakeSmallConfig(Architecture::LLAMA);
    ImportanceScores scores = DrawScores(config, 1);
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

TEST(PrunedShape, ShapesByBudgetFitAndWasteLittle)
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

/// @return share of the squares that the largest values have @param values any @param kept how many
double
GetShare(std::vector<double> values, int64_t kept)
{
    std::sort(values.rbegin(), values.rend());
    double sum = 0;
    double all = 0;
    for (std::size_t i = 0; i < values.size(); ++i)
    {
        sum += int64_t(i) < kept ? values[i] * values[i] : 0;
        all += values[i] * values[i];
    }
    return sum / all;
}

// By trying all shapes: those that fit, that cannot grow on any axis, by the product of the shares.
TEST(PrunedShape, ListsTheLargestShapesThatFit)
{
    ModelConfig config = MakeSmallConfig(Architecture::LLAMA);
    config.layers = 6;
    const auto sizeBytes = [](const ModelConfig& one) { return 2 * one.GetParameterCount(); };
    PruningLimits limits;
    limits.widthMultiple = 8;
    limits.prunesChannels = false;
    limits.prunesLayers = true;
    const int64_t budget = sizeBytes(config) * 7 / 10;
    const auto fits = [&](int64_t neurons, int64_t layers) {
        ModelConfig pruned = config;
        pruned.intermediateSize = neurons;
        pruned.layers = layers;
        return sizeBytes(pruned) <= budget;
    };
    for (uint64_t seed = 1; seed <= 20; ++seed)
    {
        const ImportanceScores scores = DrawScores(config, seed);
        const auto rate = [&](int64_t neurons, int64_t layers) {
            double mean = 0;
            for (const std::vector<double>& layer : scores.neurons)
            {
                mean += GetShare(layer, neurons) / double(scores.neurons.size());
            }
            return mean * GetShare(scores.layers, layers);
        };
        std::vector<std::pair<double, std::pair<int64_t, int64_t>>> expected;
        for (int64_t layers = 2; layers <= 6; ++layers)
        {
            for (int64_t neurons = 16; neurons <= 64; neurons += 8)
            {
                const bool canGrow = (neurons < 64 && fits(neurons + 8, layers)) ||
                                     (layers < 6 && fits(neurons, layers + 1));
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
            EXPECT_EQ(shapes[i].intermediateSize, expected[i].second.first) << seed << ", " << i;
            EXPECT_EQ(shapes[i].layers, expected[i].second.second) << seed << ", " << i;
        }
        ASSERT_EQ(list(2).size(), 2U);
        EXPECT_EQ(list(2)[1].layers, shapes[1].layers);
        EXPECT_EQ(ChooseShapeByBudget(config, scores, budget, sizeBytes, limits).layers,
                  shapes[0].layers);
    }
}

// The loss is recomputed from logits here, text by text.
TEST(PrunedShape, TakesTheShapeWithTheLeastLoss)
{
    const ModelConfig config = MakeSmallConfig(Architecture::LLAMA);
    const LanguageModel model = MakeModel(config, DrawWeights(config, 9));
    TokenCorpus corpus = DrawTexts(config.vocabularySize, 12, 1);
    for (std::vector<int32_t>& ids : corpus.documents)
    {
        ids.resize(11, 7); // two do not fit into a row, so each row has one
    }
    const ImportanceScores scores = DrawScores(config, 1);
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

} // namespace

} // namespace ecld
