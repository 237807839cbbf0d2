/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "format-error.h"

#include <cstddef>
#include <stdexcept>

namespace base
{

namespace
{

constexpr std::size_t MAX_SHOWN = 120; //!< longest part of an input in a message

/**
 * @param text any bytes
 * @param isAscii whether bytes above ASCII go too; a path may have them
 * @return the same on one line
 */
std::string
MakeOneLine(const std::string& text, bool isAscii)
{
    std::string shown;
    for (unsigned char byte : text)
    {
        const bool isBad = byte < 0x20 || byte == 0x7f || (isAscii && byte > 0x7e);
        shown += isBad ? '?' : static_cast<char>(byte);
    }
    return shown;
}

} // namespace

void
ThrowFormatError(const std::string& file, const std::string& place, const std::string& problem)
{
    // A path is shown in full, it is what a user acts on.
    throw std::runtime_error(MakeOneLine(file, false) + ": " +
                             (place.empty() ? "" : ShowInput(place) + ": ") + problem);
}

std::string
ShowInput(const std::string& text)
{
    return MakeOneLine(text.substr(0, MAX_SHOWN), true) + (text.size() > MAX_SHOWN ? "..." : "");
}

std::string
ShowBytes(std::size_t bytes)
{
    constexpr std::size_t mebibyte = std::size_t{1} << 20;
    return bytes % mebibyte == 0 ? std::to_string(bytes / mebibyte) + " MiB"
                                 : std::to_string(bytes) + " bytes";
}

} // namespace base
