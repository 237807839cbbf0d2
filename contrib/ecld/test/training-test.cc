/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "expect-error.h"
#include "model/generation.h"
#include "signalled-rerun.h"
#include "small-model.h"
#include "temporary-folder.h"
#include "train/training.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace ecld
{

namespace
{

TrainingSettings
MakeSettings()
{
    TrainingSettings settings;
    settings.steps = 150;
    settings.rows = 4;
    settings.length = 32;
    settings.warmupSteps = 5;
    settings.stateEverySteps = 7;
    settings.progress = false;
    return settings;
}

LanguageModel
MakeFreshModel()
{
    ModelConfig config = MakeSmallConfig(Architecture::QWEN3);
    config.tiedEmbeddings = true;
    return LanguageModel::Create(config, 3);
}

TokenCorpus
MakeTexts()
{
    return DrawTexts(50, 40, 9);
}

TEST(Training, LearningRateWarmsUpAndDecaysAsACosine)
{
    TrainingSettings settings;
    settings.steps = 110;
    settings.warmupSteps = 10;
    settings.peakLearningRate = 2.0;
    settings.finalRatio = 0.1;
    EXPECT_DOUBLE_EQ(GetLearningRate(settings, 0), 0.2);
    EXPECT_DOUBLE_EQ(GetLearningRate(settings, 4), 1.0);
    EXPECT_DOUBLE_EQ(GetLearningRate(settings, 9), 2.0);
    EXPECT_DOUBLE_EQ(GetLearningRate(settings, 10), 2.0);
    EXPECT_DOUBLE_EQ(GetLearningRate(settings, 60), 2.0 * (0.1 + 0.9 * 0.5));
    EXPECT_NEAR(GetLearningRate(settings, 110), 0.2, 1e-15);
}

TEST(Training, LearnsTextsByHeart)
{
    LanguageModel model = MakeFreshModel();
    const TokenCorpus corpus = MakeTexts();
    const double before = MeasureLikelihood(model, corpus).GetPerplexity();
    TrainingSettings settings = MakeSettings();
    settings.steps = 400;
    const TrainingReport report = Train(model, corpus, settings);
    EXPECT_EQ(report.steps, 400);
    EXPECT_GT(before, 40); // 50 tokens, untrained
    EXPECT_LT(MeasureLikelihood(model, corpus).GetPerplexity(), 4);
}

TEST(Training, SameSeedSameWeights)
{
    LanguageModel a = MakeFreshModel();
    LanguageModel b = MakeFreshModel();
    LanguageModel c = MakeFreshModel();
    TrainingSettings settings = MakeSettings();
    settings.steps = 20;
    Train(a, MakeTexts(), settings);
    Train(b, MakeTexts(), settings);
    settings.seed = 2;
    Train(c, MakeTexts(), settings);
    EXPECT_EQ(GetWeights(a), GetWeights(b));
    EXPECT_NE(GetWeights(a), GetWeights(c));
}

void
ExpectSameWeightsAfter(int signal)
{
    const int exitOfInterruption = 7;
    TrainingSettings settings = MakeSettings();
    if (const std::string rerun = GetRerunFolder(); !rerun.empty())
    {
        settings.stateFile = rerun + "/state";
        try
        {
            LanguageModel model = MakeFreshModel();
            Train(model, MakeTexts(), settings);
        }
        catch (const base::Interruption&)
        {
            _exit(exitOfInterruption);
        }
        return;
    }
    LanguageModel whole = MakeFreshModel();
    Train(whole, MakeTexts(), settings);

    const TemporaryFolder folder;
    settings.stateFile = folder / "state";
    const int status = SignalRerun(folder, "state", signal);
    if (signal == SIGKILL)
    {
        ASSERT_TRUE(WIFSIGNALED(status)) << "the training ended before it was killed";
    }
    else
    {
        ASSERT_TRUE(WIFEXITED(status));
        ASSERT_EQ(WEXITSTATUS(status), exitOfInterruption)
            << "the training ended before it was stopped";
        EXPECT_FALSE(std::filesystem::exists(settings.stateFile + ".part"));
    }
    LanguageModel resumed = MakeFreshModel();
    const TrainingReport report = Train(resumed, MakeTexts(), settings);
    EXPECT_GT(report.firstStep, 0);
    EXPECT_LT(report.firstStep, settings.steps);
    EXPECT_EQ(GetWeights(resumed), GetWeights(whole));
}

TEST(Training, GoesOnAfterAKillWithTheSameWeights)
{
    ExpectSameWeightsAfter(SIGKILL);
}

TEST(Training, StopsCleanlyOnCtrlCAndGoesOnWithTheSameWeights)
{
    ExpectSameWeightsAfter(SIGINT);
}

TEST(Training, StopsCleanlyOnTermAndGoesOnWithTheSameWeights)
{
    ExpectSameWeightsAfter(SIGTERM);
}

TEST(Training, StopsCleanlyOnHangupAndGoesOnWithTheSameWeights)
{
    ExpectSameWeightsAfter(SIGHUP);
}

TEST(Training, RefusesTheStateOfAnotherRun)
{
    const TemporaryFolder folder;
    TrainingSettings settings = MakeSettings();
    settings.steps = 7;
    settings.stateFile = folder / "state";
    LanguageModel model = MakeFreshModel();
    Train(model, MakeTexts(), settings);
    LanguageModel other = MakeFreshModel();
    settings.peakLearningRate *= 2;
    ExpectError<std::runtime_error>([&]() { Train(other, MakeTexts(), settings); },
                                    {settings.stateFile, "other settings"});
}

TEST(Training, NamesTheStateThatIsDamaged)
{
    const TemporaryFolder folder;
    TrainingSettings settings = MakeSettings();
    settings.stateFile = folder / "state";
    std::ofstream(settings.stateFile) << "no archive";
    LanguageModel model = MakeFreshModel();
    ExpectError<std::runtime_error>([&]() { Train(model, MakeTexts(), settings); },
                                    {settings.stateFile});
}

TEST(Training, NamesSettingsOutOfRange)
{
    LanguageModel model = MakeFreshModel();
    const auto expect = [&](const TrainingSettings& settings, const char* field) {
        ExpectError<std::invalid_argument>([&]() { Train(model, MakeTexts(), settings); }, {field});
    };
    TrainingSettings settings = MakeSettings();
    settings.peakLearningRate = 0;
    expect(settings, "peakLearningRate");
    settings = MakeSettings();
    settings.beta2 = 1;
    expect(settings, "beta2");
    settings = MakeSettings();
    settings.rows = 0;
    expect(settings, "rows");
    settings = MakeSettings();
    settings.length = 1;
    expect(settings, "length");
}

} // namespace

} // namespace ecld
