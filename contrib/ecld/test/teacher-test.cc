/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "expect-error.h"
#include "signalled-rerun.h"
#include "teach/teacher.h"
#include "temporary-folder.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
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

} // namespace

} // namespace ecld
