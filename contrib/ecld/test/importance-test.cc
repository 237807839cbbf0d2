/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "compress/importance.h"
#include "expect-error.h"
#include "model/tensor-names.h"
#include "reference-transformer.h"
#include "small-model.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>

namespace ecld
{

namespace
{

CalibrationSettings
MakeSettings(ImportanceMethod method)
{
    CalibrationSettings settings;
    settings.method = method;
    settings.samples = 12;
    settings.rows = 4;
    settings.length = 20;
    return settings;
}

/// Adds (mean over positions |x_j|)^2
void
AddSquaredMeans(const Matrix& activation, std::vector<double>& sums)
{
    sums.resize(activation.front().size(), 0.0);
    for (std::size_t j = 0; j < sums.size(); ++j)
    {
        double mean = 0;
        for (const std::vector<double>& position : activation)
        {
            mean += std::abs(position[j]) / double(activation.size());
        }
        sums[j] += mean * mean;
    }
}

double
GetCosine(const std::vector<double>& a, const std::vector<double>& b)
{
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
    {
        ab += a[i] * b[i];
        aa += a[i] * a[i];
        bb += b[i] * b[i];
    }
    return ab / std::sqrt(aa * bb);
}

/// Texts of one row each: the reference knows no rows of several
TokenCorpus
DrawRows(int64_t documents)
{
    TokenCorpus corpus = DrawTexts(50, documents, 5);
    for (std::vector<int32_t>& ids : corpus.documents)
    {
        ids.resize(11, 7); // two do not fit into a row of 20
    }
    return corpus;
}

// The formulas once more over the activations of the reference, in double precision.
TEST(Importance, FollowsTheFormulas)
{
    const ModelConfig config = MakeSmallConfig(Architecture::QWEN3);
    const Weights weights = DrawWeights(config, 1);
    const TokenCorpus corpus = DrawRows(12);
    const ImportanceScores scores =
        Calibrate(MakeModel(config, weights), corpus, MakeSettings(ImportanceMethod::ACTIVATION));

    std::vector<std::vector<double>> norms(4);
    std::vector<std::vector<double>> attention(2);
    std::vector<std::vector<double>> neurons(2);
    std::vector<double> turns(2, 0.0);
    double positions = 0;
    for (const std::vector<int32_t>& ids : corpus.documents)
    {
        const ReferencePass pass = RunReference(config, weights, ids);
        for (std::size_t i = 0; i < 4; ++i)
        {
            AddSquaredMeans(pass.norms[i], norms[i]);
        }
        for (std::size_t layer = 0; layer < 2; ++layer)
        {
            AddSquaredMeans(pass.attention[layer], attention[layer]);
            AddSquaredMeans(pass.neurons[layer], neurons[layer]);
            for (std::size_t t = 0; t < ids.size(); ++t)
            {
                turns[layer] +=
                    1.0 - GetCosine(pass.residuals[layer][t], pass.residuals[layer + 1][t]);
            }
        }
        positions += double(ids.size());
    }
    for (std::size_t j = 0; j < 48; ++j)
    {
        double expected = 0;
        for (const std::vector<double>& norm : norms)
        {
            expected += std::sqrt(norm[j]);
        }
        EXPECT_NEAR(scores.channels[j], expected, 1e-5 * expected);
    }
    for (std::size_t layer = 0; layer < 2; ++layer)
    {
        EXPECT_NEAR(scores.layers[layer], turns[layer] / positions, 1e-5);
        for (std::size_t j = 0; j < 64; ++j)
        {
            const double expected = std::sqrt(neurons[layer][j]);
            EXPECT_NEAR(scores.neurons[layer][j], expected, 1e-5 * expected);
        }
        double ofGroups[2] = {0, 0};
        for (std::size_t head = 0; head < 4; ++head)
        {
            double square = 0;
            for (std::size_t i = 0; i < 16; ++i)
            {
                square += attention[layer][head * 16 + i];
            }
            EXPECT_NEAR(scores.heads[layer][head], std::sqrt(square), 1e-5 * std::sqrt(square));
            ofGroups[head / 2] += square; // query heads 2 g and 2 g + 1 share key/value head g
        }
        for (std::size_t group = 0; group < 2; ++group)
        {
            const double expected = std::sqrt(ofGroups[group]);
            EXPECT_NEAR(scores.groups[layer][group], expected, 1e-5 * expected);
        }
    }
}

TEST(Importance, PositionsThatFillARowDoNotCount)
{
    const ModelConfig config = MakeSmallConfig(Architecture::LLAMA);
    const LanguageModel model = MakeModel(config, DrawWeights(config, 2));
    CalibrationSettings tight = MakeSettings(ImportanceMethod::ACTIVATION);
    tight.length = 11;
    CalibrationSettings wide = tight;
    wide.length = 21;
    const TokenCorpus corpus = DrawRows(12);
    const ImportanceScores a = Calibrate(model, corpus, tight);
    const ImportanceScores b = Calibrate(model, corpus, wide);
    for (std::size_t j = 0; j < 64; ++j)
    {
        EXPECT_NEAR(a.neurons[1][j], b.neurons[1][j], 1e-5 * a.neurons[1][j]);
    }
    EXPECT_NEAR(a.layers[0], b.layers[0], 1e-6);
}

TEST(Importance, WhatIsDeadScoresZero)
{
    const ModelConfig config = MakeSmallConfig(Architecture::LLAMA);
    Weights weights = DrawWeights(config, 3);
    // Neuron 9 of layer 0 has no gate, head 1 of layer 0 reads values of zero through no output,
    // and layer 1 writes nothing.
    std::fill_n(weights.at(GetLayerTensorName(0, "mlp.gate_proj")).begin() + 9 * 48, 48, 0.0F);
    std::fill_n(weights.at(GetLayerTensorName(0, "self_attn.v_proj")).begin(), 16 * 48, 0.0F);
    for (const char* part : {"self_attn.o_proj", "mlp.down_proj"})
    {
        std::vector<float>& values = weights.at(GetLayerTensorName(1, part));
        std::fill(values.begin(), values.end(), 0.0F);
    }
    const LanguageModel model = MakeModel(config, weights);
    const ImportanceScores scores =
        Calibrate(model, DrawRows(12), MakeSettings(ImportanceMethod::ACTIVATION));
    EXPECT_EQ(scores.neurons[0][9], 0.0);
    EXPECT_GT(scores.neurons[0][8], 0.0);
    EXPECT_EQ(scores.heads[0][0], 0.0);
    EXPECT_EQ(scores.heads[0][1], 0.0);
    EXPECT_GT(scores.heads[0][2], 0.0);
    EXPECT_EQ(scores.groups[0][0], 0.0);
    EXPECT_NEAR(scores.layers[1], 0.0, 1e-6);
    EXPECT_GT(scores.layers[0], 0.01);
}

// Twice the weight of a linear unit is half its gradient for the same output: what scales, such as
// gate and up against down, leaves |w dL/dw| alone. A neuron whose output is not read has none.
TEST(Importance, TaylorScoresDoNotDependOnScale)
{
    const ModelConfig config = MakeSmallConfig(Architecture::LLAMA);
    Weights weights = DrawWeights(config, 4);
    std::vector<float>& down = weights.at(GetLayerTensorName(0, "mlp.down_proj"));
    std::vector<float>& up = weights.at(GetLayerTensorName(0, "mlp.up_proj"));
    for (std::size_t row = 0; row < 48; ++row)
    {
        down[row * 64 + 20] = 0.0F;
    }
    const CalibrationSettings settings = MakeSettings(ImportanceMethod::TAYLOR);
    const TokenCorpus corpus = DrawRows(12);
    const LanguageModel model = MakeModel(config, weights);
    const ImportanceScores before = Calibrate(model, corpus, settings);
    for (std::size_t i = 0; i < 48; ++i)
    {
        up[30 * 48 + i] *= 4.0F;
        down[i * 64 + 30] /= 4.0F;
    }
    const ImportanceScores after = Calibrate(MakeModel(config, weights), corpus, settings);
    EXPECT_EQ(before.neurons[0][20], 0.0);
    EXPECT_GT(before.neurons[0][30], 0.0);
    EXPECT_NEAR(after.neurons[0][30], before.neurons[0][30], 1e-4 * before.neurons[0][30]);
    EXPECT_NEAR(after.layers[1], before.layers[1], 1e-4 * before.layers[1]);
}

TEST(Importance, RandomScoresFollowTheirSeed)
{
    const ModelConfig config = MakeSmallConfig(Architecture::LLAMA);
    const LanguageModel model = LanguageModel::Create(config, 1);
    CalibrationSettings settings = MakeSettings(ImportanceMethod::RANDOM);
    const ImportanceScores a = Calibrate(model, DrawRows(3), settings);
    EXPECT_EQ(a.channels, DrawScores(config, settings.seed).channels);
    settings.seed = 2;
    EXPECT_NE(a.channels, Calibrate(model, DrawRows(3), settings).channels);
}

// Ten rows are ten rows, however many are read at once.
TEST(Importance, ReadsAsManyRowsAsItIsTold)
{
    const LanguageModel model = LanguageModel::Create(MakeSmallConfig(Architecture::LLAMA), 1);
    for (const ImportanceMethod method : {ImportanceMethod::ACTIVATION, ImportanceMethod::TAYLOR})
    {
        CalibrationSettings settings = MakeSettings(method);
        settings.samples = 10;
        const auto calibrate = [&](int64_t rows) {
            settings.rows = rows;
            return Calibrate(model, DrawRows(12), settings);
        };
        const ImportanceScores whole = calibrate(10);
        const ImportanceScores parts = calibrate(4);
        for (std::size_t i = 0; i < whole.channels.size(); ++i)
        {
            EXPECT_NEAR(parts.channels[i], whole.channels[i], 1e-4 * whole.channels[i]) << i;
        }
        for (std::size_t layer = 0; layer < whole.layers.size(); ++layer)
        {
            EXPECT_NEAR(parts.layers[layer], whole.layers[layer], 1e-4 * whole.layers[layer]);
        }
    }
}

TEST(Importance, NamesSettingsOutOfRange)
{
    const ModelConfig config = MakeSmallConfig(Architecture::LLAMA);
    const LanguageModel model = LanguageModel::Create(config, 1);
    CalibrationSettings settings = MakeSettings(ImportanceMethod::ACTIVATION);
    settings.samples = 0;
    ExpectError<std::invalid_argument>([&]() { Calibrate(model, DrawRows(3), settings); },
                                       {"samples", "0"});
    ExpectError<std::invalid_argument>(
        [&]() { Calibrate(model, {}, MakeSettings(ImportanceMethod::ACTIVATION)); },
        {"no documents"});
}

} // namespace

} // namespace ecld
