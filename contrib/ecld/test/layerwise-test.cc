/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// Passes over one layer at a time, against the same on the whole model in memory.

#include "compress/calibration-set.h"
#include "compress/hidden-states.h"
#include "compress/layerwise-scores.h"
#include "expect-error.h"
#include "model/transformer.h"
#include "random-model.h"
#include "small-model.h"
#include "temporary-folder.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <filesystem>
#include <gtest/gtest.h>
#include <stdexcept>

namespace ecld
{

namespace
{

CalibrationSettings
MakeSettings()
{
    CalibrationSettings settings;
    settings.samples = 11; // the last batch is not full
    settings.rows = 4;
    settings.length = 40;
    return settings;
}

void
ExpectNear(const std::vector<double>& found, const std::vector<double>& expected)
{
    ASSERT_EQ(found.size(), expected.size());
    for (std::size_t i = 0; i < found.size(); ++i)
    {
        EXPECT_NEAR(found[i], expected[i], 1e-6 * expected[i]) << i;
    }
}

void
ExpectNear(const std::vector<std::vector<double>>& found,
           const std::vector<std::vector<double>>& expected)
{
    ASSERT_EQ(found.size(), expected.size());
    for (std::size_t layer = 0; layer < found.size(); ++layer)
    {
        ExpectNear(found[layer], expected[layer]);
    }
}

void
ExpectSameScores(const ImportanceScores& found, const ImportanceScores& expected)
{
    ExpectNear(found.layers, expected.layers);
    ExpectNear(found.channels, expected.channels);
    ExpectNear(found.neurons, expected.neurons);
    ExpectNear(found.heads, expected.heads);
    ExpectNear(found.groups, expected.groups);
}

class LayerwiseTest : public testing::TestWithParam<Architecture>
{
};

TEST_P(LayerwiseTest, ScoresAndStatesAreThoseOfTheWholeModel)
{
    const TemporaryFolder folder;
    const ModelConfig config = MakeSmallConfig(GetParam(), 96, 192);
    WriteSharpCheckpoint(config, 3, folder / "model", DataType::BF16);
    const TokenCorpus corpus = DrawTexts(config.vocabularySize, 60, 5);
    const LanguageModel whole = LanguageModel::Load(folder / "model");
    const SafetensorsCheckpoint checkpoint(folder / "model");
    TensorRows rows(checkpoint, config);
    const CalibrationSet texts(config, corpus, MakeSettings());
    const LayerwiseFolder files(folder / "work");
    const ImportanceScores scores = ScoreLayerByLayer(rows, texts, files);
    ExpectSameScores(scores, Calibrate(whole, corpus, MakeSettings()));

    const at::NoGradGuard noGrad;
    const HiddenStates last = HiddenStates::Open(files.GetFullStates(config.layers),
                                                 texts.GetLength(),
                                                 config.hiddenSize);
    const Transformer& network = whole.GetNetwork();
    for (const CalibrationBatch& batch : texts.GetBatches())
    {
        const at::Tensor expected =
            network.ComputeHidden(batch.tensors.tokens, batch.tensors.documents);
        const at::Tensor states = last.GetRows(batch.firstRow, expected.size(0));
        const at::Tensor found =
            NormaliseRms(states, network.GetWeight("model.norm.weight"), config.rmsNormEpsilon);
        EXPECT_LE((found - expected).abs().max().item<double>(),
                  1e-6 * expected.abs().max().item<double>());
    }
}

INSTANTIATE_TEST_SUITE_P(Architectures,
                         LayerwiseTest,
                         testing::Values(Architecture::LLAMA,
                                         Architecture::QWEN3,
                                         Architecture::MISTRAL));

TEST(LayerwiseScoresTest, GoOnWhereTheyWereStopped)
{
    const TemporaryFolder folder;
    const ModelConfig config = MakeSmallConfig(Architecture::LLAMA, 96, 192);
    WriteSharpCheckpoint(config, 3, folder / "model");
    const SafetensorsCheckpoint checkpoint(folder / "model");
    TensorRows rows(checkpoint, config);
    const CalibrationSet texts(config, DrawTexts(config.vocabularySize, 60, 5), MakeSettings());
    const ImportanceScores whole =
        ScoreLayerByLayer(rows, texts, LayerwiseFolder(folder / "whole"));
    const LayerwiseFolder stopped(folder / "stopped");
    const auto stop = [](int64_t done, int64_t) {
        if (done == 2)
        {
            throw std::runtime_error("stopped");
        }
    };
    ExpectError<std::runtime_error>([&] { ScoreLayerByLayer(rows, texts, stopped, stop); },
                                    {"stopped"});
    const auto before = std::filesystem::last_write_time(stopped.GetFullStates(2));
    const ImportanceScores resumed = ScoreLayerByLayer(rows, texts, stopped);
    EXPECT_EQ(std::filesystem::last_write_time(stopped.GetFullStates(2)), before);
    EXPECT_EQ(resumed.layers, whole.layers);
    EXPECT_EQ(resumed.channels, whole.channels);
    EXPECT_EQ(resumed.neurons, whole.neurons);
    EXPECT_EQ(resumed.heads, whole.heads);
}

TEST(HiddenStatesTest, RefusesWhatIsNotThere)
{
    const TemporaryFolder folder;
    const std::string path = folder / "states";
    ExpectError<std::runtime_error>([&] { HiddenStates::Open(path, 2, 3); }, {path});
    HiddenStates states = HiddenStates::Create(path, 1, 2, 3);
    states.GetRows(0, 1).fill_(1.5);
    EXPECT_FALSE(std::filesystem::exists(path)) << "not yet committed";
    states.Commit();
    EXPECT_EQ(HiddenStates::Open(path, 2, 3).GetRows(0, 1).sum().item<double>(), 9);
    ExpectError<std::runtime_error>([&] { HiddenStates::Open(path, 2, 4); },
                                    {path, "24 bytes", "32"});
    ExpectError<std::runtime_error>([&] { HiddenStates::Create(folder / "states/below", 1, 1, 1); },
                                    {"states/below"});
    // More than any disk has.
    ExpectError<std::runtime_error>(
        [&] { HiddenStates::Create(folder / "large", int64_t{1} << 40, 1 << 10, 1); },
        {"large", "hidden states"});
    EXPECT_FALSE(std::filesystem::exists(folder / "large.part"));
}

} // namespace

} // namespace ecld
