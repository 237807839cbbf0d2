/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "compress/distillation.h"
#include "compress/pruning.h"
#include "expect-error.h"
#include "model/generation.h"
#include "model/teacher.h"
#include "signalled-rerun.h"
#include "temporary-folder.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iostream>
#include <sstream>
#include <string>
#include <sys/wait.h>

namespace ecld
{

namespace
{

std::string
ReadBytes(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    std::ostringstream bytes;
    bytes << file.rdbuf();
    return bytes.str();
}

/// A teacher that learns nothing much, in seconds
TeacherSettings
MakeTinySettings()
{
    TeacherSettings settings = GetTeacherSettings("fixture", Architecture::QWEN3);
    settings.corpus.countries = 6;
    settings.vocabularySize = 300;
    settings.config.layers = 1;
    settings.training.steps = 40;
    settings.training.stateEverySteps = 5;
    settings.training.progress = false;
    return settings;
}

class TeacherTest : public testing::Test
{
  protected:
    void SetUp() override
    {
        const FactSources sources;
        if (!std::filesystem::exists(sources.wordnet + "/data.noun") ||
            !std::filesystem::exists(sources.isoCodes + "/iso_3166-1.json"))
        {
            GTEST_SKIP() << "needs the packages wordnet-base, iso-codes and tzdata";
        }
    }
};

TEST_F(TeacherTest, IsTrainedOnceAndKept)
{
    const TemporaryFolder folder;
    const Teacher first = TrainTeacher(MakeTinySettings(), folder.GetPath());
    EXPECT_EQ(first.report.steps, 40);
    const std::string bytes = ReadBytes(folder / "model.safetensors");
    const Teacher second = TrainTeacher(MakeTinySettings(), folder.GetPath());
    EXPECT_EQ(second.report.steps, 0);
    EXPECT_EQ(ReadBytes(folder / "model.safetensors"), bytes);
    EXPECT_EQ(second.model.GetConfig().vocabularySize, second.tokenizer.GetVocabularySize());
    EXPECT_FALSE(std::filesystem::exists(folder / "training-state"));
}

TEST_F(TeacherTest, IsTheSameAfterAKill)
{
    if (const std::string rerun = GetRerunFolder(); !rerun.empty())
    {
        TrainTeacher(MakeTinySettings(), rerun);
        return;
    }
    const TemporaryFolder whole;
    const TemporaryFolder killed;
    TrainTeacher(MakeTinySettings(), whole.GetPath());
    const int status = SignalRerun(killed, "training-state", SIGKILL);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the training ended before it was killed";
    const Teacher resumed = TrainTeacher(MakeTinySettings(), killed.GetPath());
    EXPECT_GT(resumed.report.firstStep, 0);
    for (const char* name : {"model.safetensors", "config.json", "tokenizer.json"})
    {
        EXPECT_EQ(ReadBytes(killed / name), ReadBytes(whole / name)) << name;
    }
}

TEST_F(TeacherTest, KeepsOffTheFolderOfAnother)
{
    const TemporaryFolder folder;
    TrainTeacher(MakeTinySettings(), folder.GetPath());
    TeacherSettings other = MakeTinySettings();
    other.training.seed = 2;
    ExpectError<std::runtime_error>([&]() { TrainTeacher(other, folder.GetPath()); },
                                    {"teacher-settings.txt", "other settings"});
}

TEST(TeacherSettings, NamesTheSizeThatIsNotKnown)
{
    ExpectError<std::invalid_argument>([]() { GetTeacherSettings("huge", Architecture::LLAMA); },
                                       {"huge", "fixture, small or table"});
}

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
// question is right in less than a fifth of the cases.
TEST_F(TeacherTest, AnswersWhatItWasNeverAskedAndTeachesAPrunedStudent)
{
    const TemporaryFolder folder;
    TeacherSettings settings = GetTeacherSettings("fixture", Architecture::LLAMA);
    settings.training.progress = false;
    const Teacher teacher = TrainTeacher(settings, folder.GetPath());
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
