/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "compress/pruned-model.h"
#include "measure/transcript.h"
#include "model/generation.h"
#include "teach/teacher.h"
#include "train/distillation.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <iostream>
#include <numeric>
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

/// @param draft of the teacher @param teacher with its answers to prompts @return share of the
/// tokens of these that the draft says too
double
GetShareAccepted(const LanguageModel& draft,
                 const Teacher& teacher,
                 const Prompts& prompts,
                 const Prompts& answers)
{
    std::vector<double> accepted;
    for (std::size_t i = 0; i < prompts.size(); ++i)
    {
        const auto same = GetAccepted(
            Transcribe(draft, prompts[i], answers[i], teacher.tokenizer.GetVocabularySize()));
        accepted.insert(accepted.end(), same.begin(), same.end());
    }
    return std::accumulate(accepted.begin(), accepted.end(), 0.0) / double(accepted.size());
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
    Prompts prompts;
    for (const Question& question : teacher.corpus.heldOut)
    {
        prompts.push_back(teacher.tokenizer.Encode(question.prompt, true));
    }
    const Prompts answers =
        AnswerGreedily(teacher.model, prompts, teacher.tokenizer.GetVocabularySize(), 64);
    const auto accept = [&](const LanguageModel& draft) {
        return GetShareAccepted(draft, teacher, prompts, answers);
    };
    const double ofItself = accept(teacher.model);
    const double beforeDistillation = accept(student);
    const double ofRefitted =
        measure(PruneAndRefit(teacher.model, plan, teacher.tokens, {calibration, 0.01}));
    DistillationSettings distillation;
    distillation.training = settings.training;
    distillation.training.steps = 150;
    distillation.training.warmupSteps = 10;
    distillation.training.peakLearningRate = 1e-3;
    Distill(student, teacher.model, teacher.tokens, distillation);
    const double ofDistilled = measure(student);
    const double afterDistillation = accept(student);
    std::cout << teacher.corpus.Describe() << "\nanswered: memorised " << memorised << ", held out "
              << heldOut << "\nperplexity: teacher " << ofTeacher << ", pruned at random "
              << ofRandom << ", pruned " << ofPruned << ", refitted " << ofRefitted
              << ", distilled " << ofDistilled << "\naccepted as a draft: teacher " << ofItself
              << ", pruned " << beforeDistillation << ", distilled " << afterDistillation << '\n';
    EXPECT_GT(ofItself, 0.999); // equally likely tokens may change places
    EXPECT_GT(afterDistillation, beforeDistillation);
    EXPECT_GT(afterDistillation, 0.7);
    EXPECT_LT(ofPruned, ofRandom);
    EXPECT_LT(ofRefitted, ofPruned);
    EXPECT_LT(ofDistilled, ofPruned);
    EXPECT_LT(ofDistilled, 1.2 * ofTeacher);
}

} // namespace

} // namespace ecld
