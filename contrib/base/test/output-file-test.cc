/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "base/output-file.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <sys/stat.h>

namespace base
{

namespace
{

namespace fs = std::filesystem;

/// A folder of the test's own.
class OutputFileTest : public testing::Test
{
  protected:
    OutputFileTest()
    {
        std::string name = (fs::temp_directory_path() / "output-file-test-XXXXXX").string();
        m_folder = mkdtemp(name.data());
        m_path = (m_folder / "made" / "file").string();
    }

    ~OutputFileTest() override
    {
        fs::remove_all(m_folder);
    }

    /// @param path of a file @return its bytes
    static std::string Read(const std::string& path)
    {
        std::ifstream file(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    /// @param path of a file @return what is said when it is opened for writing
    static std::string GetRefusal(const std::string& path)
    {
        try
        {
            OutputFile file(path);
        }
        catch (const std::runtime_error& error)
        {
            return error.what();
        }
        return "no refusal";
    }

    fs::path m_folder;  //!< the folder
    std::string m_path; //!< of a file in a folder that is not there yet
};

} // namespace

TEST_F(OutputFileTest, LeavesDevicesAndPipesAlone)
{
    const std::string pipe = (m_folder / "pipe").string();
    ASSERT_EQ(mkfifo(pipe.c_str(), S_IRUSR | S_IWUSR), 0);
    for (const std::string& path : {pipe, std::string("/dev/null")})
    {
        EXPECT_NE(GetRefusal(path).find("(is no regular file)"), std::string::npos) << path;
        EXPECT_FALSE(fs::is_regular_file(path)) << path;
        EXPECT_FALSE(fs::exists(path + ".part")) << path;
    }
}

TEST_F(OutputFileTest, IsThereWholeAfterCommitAndNotBefore)
{
    const std::string bytes("\0\r\n\xff", 4);
    OutputFile file(m_path);
    file.Write(bytes.data(), bytes.size());
    file.GetStream() << "text";
    EXPECT_EQ(file.GetWrittenBytes(), 4U);
    EXPECT_FALSE(fs::exists(m_path));
    file.Close();
    EXPECT_FALSE(fs::exists(m_path));
    EXPECT_EQ(Read(m_path + ".part"), bytes + "text");
    file.Commit();
    EXPECT_EQ(Read(m_path), bytes + "text");
    EXPECT_FALSE(fs::exists(m_path + ".part"));
}

TEST_F(OutputFileTest, WithoutCommitWhatWasThereStays)
{
    WriteTextFile(m_path, "before");
    {
        OutputFile file(m_path);
        file.GetStream() << "after";
    }
    EXPECT_EQ(Read(m_path), "before");
    EXPECT_FALSE(fs::exists(m_path + ".part"));
}

TEST_F(OutputFileTest, HasOneWriterAtATime)
{
    OutputFile first(m_path);
    first.GetStream() << "first";
    EXPECT_EQ(GetRefusal(m_path), m_path + ": cannot be written (another run is writing it)");
    first.Close(); // it is still the first one's
    EXPECT_EQ(GetRefusal(m_path), m_path + ": cannot be written (another run is writing it)");
    first.Commit();
    OutputFile second(m_path);
    EXPECT_EQ(Read(m_path), "first");
}

TEST_F(OutputFileTest, AfterCommitAPartFileIsAnothers)
{
    auto first = std::make_unique<OutputFile>(m_path);
    first->Commit();
    OutputFile second(m_path);
    first.reset();
    EXPECT_TRUE(fs::exists(m_path + ".part"));
}

TEST_F(OutputFileTest, APartFileOfAKilledProcessIsOverwritten)
{
    fs::create_directories(m_folder / "made");
    std::ofstream(m_path + ".part") << "much more than what follows";
    WriteTextFile(m_path, "whole");
    EXPECT_EQ(Read(m_path), "whole");
}

TEST_F(OutputFileTest, WhatCannotBeWrittenIsNamed)
{
    const std::string folder = m_folder.string();
    EXPECT_EQ(GetRefusal(folder), folder + ": cannot be written (is a folder)");
    EXPECT_FALSE(fs::exists(folder + ".part"));
    WriteTextFile(folder + "/file", "");
    const std::string refusal = GetRefusal(folder + "/file/below");
    EXPECT_EQ(refusal.rfind(folder + "/file: cannot be written (", 0), 0U) << refusal;
}

TEST_F(OutputFileTest, AFullDiskIsSaidAndLeavesNothing)
{
    // The part file is a link to a device that is always full.
    fs::create_directories(m_folder / "made");
    fs::create_symlink("/dev/full", m_path + ".part");
    {
        OutputFile file(m_path);
        file.GetStream() << "lost";
        EXPECT_THROW(file.Commit(), std::runtime_error);
        EXPECT_THROW(file.RequireWritable(), std::runtime_error);
    }
    EXPECT_FALSE(fs::exists(fs::symlink_status(m_path + ".part")));
    EXPECT_FALSE(fs::exists(m_path));
}

} // namespace base
