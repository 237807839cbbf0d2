/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "base/output-file.h"
#include "base/regular-file.h"

#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>
#include <stdexcept>
#include <string>

namespace base
{

namespace
{

/// @param path of a file @param maxBytes most bytes @return what is said when it is read
std::string
GetRefusal(const std::string& path, std::size_t maxBytes)
{
    try
    {
        ReadRegularFile(path, maxBytes);
    }
    catch (const std::runtime_error& error)
    {
        return error.what();
    }
    return "no refusal";
}

} // namespace

TEST(RegularFile, IsReadWholeOrRefusedInOneLine)
{
    namespace fs = std::filesystem;
    std::string folder = (fs::temp_directory_path() / "regular-file-test-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    const std::string path = folder + "/file";
    std::string bytes("a\0b\r\n", 5);
    bytes.resize(100000, 'x'); // longer than what is read at a time
    WriteTextFile(path, bytes);
    EXPECT_EQ(ReadRegularFile(path, bytes.size()), bytes);
    EXPECT_EQ(GetRefusal(path, 99999), path + ": too big, expected at most 99999 bytes");
    EXPECT_EQ(GetRefusal(folder, 1), folder + ": a directory, expected a file");
    EXPECT_EQ(GetRefusal(folder + "/none", 1), folder + "/none: no such file");
    EXPECT_EQ(GetRefusal("/dev/null", 1), "/dev/null: not a regular file");
    EXPECT_EQ(GetRefusal(path + "/below", 1).find(path + "/below: "), 0U);
    fs::remove_all(folder);
}

} // namespace base
