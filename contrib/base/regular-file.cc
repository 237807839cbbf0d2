/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "regular-file.h"

#include "format-error.h"

#include <filesystem>
#include <fstream>
#include <system_error>
#include <vector>

namespace base
{

void
RequireRegularFile(const std::string& path)
{
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (!std::filesystem::exists(status))
    {
        const bool isMissing = status.type() == std::filesystem::file_type::not_found;
        ThrowFormatError(path,
                         "",
                         isMissing ? "no such file" : "cannot be opened: " + error.message());
    }
    if (!std::filesystem::is_regular_file(status))
    {
        ThrowFormatError(path,
                         "",
                         std::filesystem::is_directory(status) ? "a directory, expected a file"
                                                               : "not a regular file");
    }
}

std::string
ReadRegularFile(const std::string& path, std::size_t maxBytes)
{
    RequireRegularFile(path);
    std::ifstream file(path, std::ios::binary);
    if (!file)
    {
        ThrowFormatError(path, "", "cannot be opened for reading");
    }
    // Not sized by the file system's word: the file may grow while it is read.
    std::string text;
    std::vector<char> chunk(std::size_t{1} << 16);
    while (file.read(chunk.data(), static_cast<std::streamsize>(chunk.size())), file.gcount() > 0)
    {
        text.append(chunk.data(), static_cast<std::size_t>(file.gcount()));
        if (text.size() > maxBytes)
        {
            ThrowFormatError(path, "", "too big, expected at most " + ShowBytes(maxBytes));
        }
    }
    if (file.bad())
    {
        ThrowFormatError(path, "", "reading failed");
    }
    return text;
}

} // namespace base
