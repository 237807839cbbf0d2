/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "expect-error.h"
#include "model/generation.h"
#include "small-model.h"
#include "train/distillation.h"

#include <cmath>
#include <gtest/gtest.h>

namespace ecld
{

namespace
{

// Three tokens, two positions. Logits are logarithms, so that at temperature 1 the distributions
// are the arguments over their sum: the student says (1/2, 1/4, 1/4) and (1/8, 6/8, 1/8), the
// teacher (1/4, 1/4, 1/2) and (1/3, 1/3, 1/3).
const std::vector<std::vector<float>> student{{std::log(2.0F), std::log(1.0F), std::log(1.0F)},
                                              {std::log(1.0F), std::log(6.0F), std::log(1.0F)}};
const std::vector<std::vector<float>> teacher{{std::log(1.0F), std::log(1.0F), std::log(2.0F)},
                                              {0.0F, 0.0F, 0.0F}};
const std::vector<int64_t> targets{0, 1};

double
GetLoss(double alpha, double temperature, bool squared = false)
{
    DistillationSettings settings;
    settings.alpha = alpha;
    settings.temperature = temperature;
    settings.scalesByTemperatureSquared = squared;
    return ComputeDistillationLoss(student, teacher, targets, settings);
}

TEST(DistillationLoss, WithoutTheTeacherIsCrossEntropy)
{
    EXPECT_NEAR(GetLoss(0, 1), 0.5 * (std::log(2.0) + std::log(8.0 / 6.0)), 1e-6);
    EXPECT_NEAR(GetLoss(0, 3), GetLoss(0, 1), 1e-6); // (9) has no temperature
}

TEST(DistillationLoss, WithTheTeacherAloneIsTheDivergenceFromItToTheStudent)
{
    const double first = 0.25 * std::log(0.5) + 0.5 * std::log(2.0);
    const double second = 2.0 / 3.0 * std::log(8.0 / 3.0) + 1.0 / 3.0 * std::log(8.0 / 18.0);
    EXPECT_NEAR(GetLoss(1, 1), 0.5 * (first + second), 1e-6);
}

// At temperature 2 each distribution is the square roots of the arguments over their sum.
TEST(DistillationLoss, TemperatureSmoothsBoth)
{
    const double root = std::sqrt(2.0);
    const double sum = 2.0 + root;
    const double first = 1.0 / sum * std::log(1.0 / root) + root / sum * std::log(root);
    const double studentSum = 2.0 + std::sqrt(6.0);
    const double second = 2.0 / 3.0 * std::log(studentSum / 3.0) +
                          1.0 / 3.0 * std::log(studentSum / (3.0 * std::sqrt(6.0)));
    EXPECT_NEAR(GetLoss(1, 2), 0.5 * (first + second), 1e-6);
    EXPECT_NEAR(GetLoss(1, 2, true), 4.0 * GetLoss(1, 2), 1e-6);
}

TEST(DistillationLoss, AlphaWeighsTheTeacher)
{
    EXPECT_NEAR(GetLoss(0.3, 2), 0.7 * GetLoss(0, 2) + 0.3 * GetLoss(1, 2), 1e-6);
}

TrainingSettings
MakeSettings()
{
    TrainingSettings settings;
    settings.steps = 150;
    settings.rows = 4;
    settings.length = 32;
    settings.warmupSteps = 5;
    settings.progress = false;
    return settings;
}

TEST(Distillation, WithoutTheTeacherIsTraining)
{
    const ModelConfig config = MakeSmallConfig(Architecture::LLAMA);
    const TokenCorpus corpus = DrawTexts(config.vocabularySize, 30, 1);
    LanguageModel trained = LanguageModel::Create(config, 1);
    LanguageModel distilled = LanguageModel::Create(config, 1);
    DistillationSettings settings;
    settings.training = MakeSettings();
    settings.training.steps = 10;
    settings.alpha = 0;
    Train(trained, corpus, settings.training);
    Distill(distilled, LanguageModel::Create(config, 2), corpus, settings);
    EXPECT_EQ(GetWeights(trained), GetWeights(distilled));
}

// A wider teacher with random weights predicts nothing about the texts; only the divergence can
// bring the student to it. The teacher is left as it was.
TEST(Distillation, BringsTheStudentToTheTeacher)
{
    const ModelConfig config = MakeSmallConfig(Architecture::LLAMA);
    Weights weights = DrawWeights(config, 3);
    const LanguageModel guide = MakeModel(config, weights);
    const TokenCorpus corpus = DrawTexts(config.vocabularySize, 30, 1);
    LanguageModel pupil = LanguageModel::Create(config, 4);
    DistillationSettings settings;
    settings.training = MakeSettings();
    settings.alpha = 1;
    const auto measure = [&]() {
        const std::vector<int32_t>& ids = corpus.documents.front();
        return ComputeDistillationLoss(ComputeLogits(pupil, ids),
                                       ComputeLogits(guide, ids),
                                       std::vector<int64_t>(ids.size(), 0),
                                       settings);
    };
    const double before = measure();
    Distill(pupil, guide, corpus, settings);
    EXPECT_LT(measure(), 0.5 * before);
    EXPECT_EQ(GetWeights(guide), weights);
}

TEST(Distillation, NamesSettingsOutOfRange)
{
    const ModelConfig config = MakeSmallConfig(Architecture::LLAMA);
    const TokenCorpus corpus = DrawTexts(config.vocabularySize, 10, 1);
    LanguageModel pupil = LanguageModel::Create(config, 1);
    const LanguageModel guide = LanguageModel::Create(config, 2);
    DistillationSettings settings;
    settings.training = MakeSettings();
    settings.alpha = 1.5;
    ExpectError<std::invalid_argument>([&]() { Distill(pupil, guide, corpus, settings); },
                                       {"alpha", "1.5"});
    settings.alpha = 0.5;
    settings.temperature = 0;
    ExpectError<std::invalid_argument>([&]() { Distill(pupil, guide, corpus, settings); },
                                       {"temperature"});
    settings.temperature = 1;
    ModelConfig wide = config;
    wide.vocabularySize = 60;
    ExpectError<std::invalid_argument>(
        [&]() { Distill(pupil, LanguageModel::Create(wide, 1), corpus, settings); },
        {"vocabulary", "50", "60"});
}

} // namespace

} // namespace ecld
