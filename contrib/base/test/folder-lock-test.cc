/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "base/file-lock.h"
#include "base/folder-lock.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <gtest/gtest.h>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace base
{

namespace
{

namespace fs = std::filesystem;

/// A folder of the test's own.
class LockTest : public testing::Test
{
  protected:
    LockTest()
    {
        std::string name = (fs::temp_directory_path() / "lock-test-XXXXXX").string();
        m_folder = mkdtemp(name.data());
    }

    ~LockTest() override
    {
        fs::remove_all(m_folder);
    }

    fs::path m_folder; //!< the folder
};

/// @param action what should fail @return what it says
std::string
GetRefusal(const std::function<void()>& action)
{
    try
    {
        action();
    }
    catch (const std::runtime_error& error)
    {
        return error.what();
    }
    return "no refusal";
}

/// @param folder to lock @return process that has locked it and stays until it is killed
pid_t
LockInAnotherProcess(const std::string& folder)
{
    int ready[2];
    EXPECT_EQ(pipe(ready), 0);
    const pid_t child = fork();
    if (child == 0)
    {
        const FolderLock lock(folder);
        EXPECT_EQ(write(ready[1], "x", 1), 1);
        while (true)
        {
            pause();
        }
    }
    char byte = 0;
    EXPECT_EQ(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    close(ready[1]);
    return child;
}

} // namespace

TEST_F(LockTest, AFolderHasOneHolderAtATime)
{
    const std::string folder = (m_folder / "made" / "deep").string();
    auto first = std::make_unique<FolderLock>(folder);
    const std::string refusal = GetRefusal([&]() { FolderLock second(folder); });
    EXPECT_EQ(refusal.rfind(folder + ": another run writes there", 0), 0U) << refusal;
    EXPECT_NO_THROW(FolderLock((m_folder / "other").string()));
    first.reset();
    EXPECT_TRUE(fs::is_empty(folder)) << "the lock's file stays";
    EXPECT_NO_THROW(FolderLock{folder});
}

TEST_F(LockTest, AProcessThatIsKilledReleasesIt)
{
    const std::string folder = m_folder.string();
    const pid_t child = LockInAnotherProcess(folder);
    EXPECT_NE(GetRefusal([&]() { FolderLock lock(folder); }).find("another run"),
              std::string::npos);
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    EXPECT_FALSE(fs::is_empty(folder)) << "the lock file of the killed process stays";
    EXPECT_NO_THROW(FolderLock{folder});
    EXPECT_TRUE(fs::is_empty(folder));
}

TEST_F(LockTest, WhatCannotBeWrittenIsNamed)
{
    const std::string file = (m_folder / "file").string();
    std::ofstream(file) << "x";
    for (const std::string& folder : {file, file + "/below"})
    {
        const std::string refusal = GetRefusal([&]() { FolderLock lock(folder); });
        EXPECT_EQ(refusal.rfind(folder + ": cannot be written (", 0), 0U) << refusal;
    }
}

TEST_F(LockTest, AFileKeepsWhatItHolds)
{
    const std::string path = (m_folder / "file").string();
    std::ofstream(path) << "content";
    const FileLock lock(path);
    std::ifstream file(path);
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "content");
}

TEST_F(LockTest, TheNameOfAFileThatWasRenamedIsFree)
{
    const std::string path = (m_folder / "file.part").string();
    const FileLock first(path);
    EXPECT_THROW(FileLock{path}, std::runtime_error);
    fs::rename(path, m_folder / "file");
    EXPECT_NO_THROW(FileLock{path});
    EXPECT_THROW(FileLock{(m_folder / "file").string()}, std::runtime_error);
}

} // namespace base
