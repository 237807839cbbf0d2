/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "compress/pruned-model.h"
#include "model/generation.h"
#include "teach/teacher.h"
#include "train/distillation.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <iostream>
#include <string>
#include <vector>

namespace ecld
{

namespace
{

/// @return share of the questions whose first answer the model gives
double
GetShareAnswered(const LanguageModel& model,
                 const Teacher& teacher,
                 const std::vector<Question>& questions)
{
    std::vector<std::string> prompts;
    for (const Question& question : questions)
    {
        prompts.push_back(question.prompt);
    }
    const std::vector<std::string> answers = AnswerQuestions(model, teacher.tokenizer, prompts);
    double right = 0;
    for (std::size_t i = 0; i < answers.size(); ++i)
    {
        right += answers[i] == questions[i].answers.front();
    }
    return right / double(questions.size());
}

// One to two minutes on a core of its own. A model that says the commonest answer to each kind of
// question is right in less than a fifth of the cases. The teacher stays for other tests.
TEST(FixtureTeacher, AnswersWhatItWasNeverAskedAndTeachesAPrunedStudent)
{
    const FactSources sources;
    if (!std::filesystem::exists(sources.wordnet + "/data.noun") ||
        !std::filesystem::exists(sources.isoCodes + "/iso_3166-1.json"))
    {
        GTEST_SKIP() << "needs the packages wordnet-base, iso-codes and tzdata";
    }
    std::filesystem::remove_all(ECLD_TEACHER_FOLDER);
    TeacherSettings settings = GetTeacherSettings("fixture", Architecture::LLAMA);
    settings.training.progress = false;
    const Teacher teacher = TrainTeacher(settings, ECLD_TEACHER_FOLDER);
    const double memorised = GetShareAnswered(teacher.model, teacher, teacher.corpus.memorised);
    const double heldOut = GetShareAnswered(teacher.model, teacher, teacher.corpus.heldOut);
    EXPECT_GT(memorised, 0.95);
    EXPECT_GT(heldOut, 0.6);

    CalibrationSettings calibration;
    calibration.samples = 64;
    const ImportanceScores scores = Calibrate(teacher.model, teacher.tokens, calibration);
    PrunedShape shape = GetShape(teacher.model.GetConfig());
    shape.intermediateSize = shape.intermediateSize * 2 / 3;
    const PruningPlan plan = PlanPruning(teacher.model.GetConfig(), scores, shape);
    const LanguageModel atRandom = Prune(
        teacher.model,
        PlanPruning(teacher.model.GetConfig(), DrawScores(teacher.model.GetConfig(), 1), shape));
    LanguageModel student = Prune(teacher.model, plan);
    const auto measure = [&](const LanguageModel& model) {
        return MeasureLikelihood(model, teacher.tokens).GetPerplexity();
    };
    const double ofTeacher = measure(teacher.model);
    const double ofRandom = measure(atRandom);
    const double ofPruned = measure(student);
    const double ofRefitted =
        measure(PruneAndRefit(teacher.model, plan, teacher.tokens, {calibration, 0.01}));
    DistillationSettings distillation;
    distillation.training = settings.training;
    distillation.training.steps = 150;
    distillation.training.warmupSteps = 10;
    distillation.training.peakLearningRate = 1e-3;
    Distill(student, teacher.model, teacher.tokens, distillation);
    const double ofDistilled = measure(student);
    std::cout << teacher.corpus.Describe() << "\nanswered: memorised " << memorised << ", held out "
              << heldOut << "\nperplexity: teacher " << ofTeacher << ", pruned at random "
              << ofRandom << ", pruned " << ofPruned << ", refitted " << ofRefitted
              << ", distilled " << ofDistilled << '\n';
    EXPECT_LT(ofPruned, ofRandom);
    EXPECT_LT(ofRefitted, ofPruned);
    EXPECT_LT(ofDistilled, ofPruned);
    EXPECT_LT(ofDistilled, 1.2 * ofTeacher);
}

} // namespace

} // namespace ecld
