/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "input-file.h"

#include "base/format-error.h"
#include "base/regular-file.h"

#include <array>
#include <sstream>

namespace ecld
{

namespace
{

/// How pointers begin: Git LFS, and its name before version 1.
constexpr std::array<std::string_view, 2> LFS_BEGINNINGS{"version https://git-lfs.github.com/spec/",
                                                         "version https://hawser.github.com/spec/"};

/// Byte order marks.
constexpr std::string_view UTF8_MARK = "\xef\xbb\xbf";
constexpr std::array<std::string_view, 2> UTF16_MARKS{"\xff\xfe", "\xfe\xff"};

constexpr const char* BLANKS = " \t\v\f\r"; //!< what a line may hold and still separate

/// @param text some text @param beginning its supposed beginning @return whether it begins so
bool
BeginsWith(std::string_view text, std::string_view beginning)
{
    return text.substr(0, beginning.size()) == beginning;
}

} // namespace

void
RefuseLfsPointer(const std::string& path, std::string_view beginning)
{
    for (const std::string_view pointer : LFS_BEGINNINGS)
    {
        if (BeginsWith(beginning, pointer))
        {
            base::ThrowFormatError(path,
                                   "",
                                   "a Git LFS pointer instead of the file; git lfs pull gets it");
        }
    }
}

std::string
ReadTextFile(const std::string& path, std::size_t maxBytes)
{
    std::string text = base::ReadRegularFile(path, maxBytes);
    RefuseLfsPointer(path, text);
    return text;
}

std::string
ReadPlainText(const std::string& path)
{
    const std::string bytes = ReadTextFile(path);
    for (const std::string_view mark : UTF16_MARKS)
    {
        if (BeginsWith(bytes, mark))
        {
            base::ThrowFormatError(path, "", "a text in UTF-16, expected UTF-8");
        }
    }
    std::string text;
    text.reserve(bytes.size());
    for (std::size_t i = BeginsWith(bytes, UTF8_MARK) ? UTF8_MARK.size() : 0; i < bytes.size(); ++i)
    {
        const bool endsLine = bytes[i] == '\r' && i + 1 < bytes.size() && bytes[i + 1] == '\n';
        if (!endsLine)
        {
            text += bytes[i];
        }
    }
    return text;
}

std::string
ReadSeparatedText(const std::string& path)
{
    std::string text;
    std::istringstream lines(ReadPlainText(path));
    for (std::string line; std::getline(lines, line);)
    {
        text += line.find_first_not_of(BLANKS) == std::string::npos ? "\n" : line + "\n";
    }
    return text;
}

} // namespace ecld
