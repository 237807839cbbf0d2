/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "sentence-piece.h"

#include "unicode-text.h"

#include <cstddef>

namespace ecld
{

std::string
GetByteFallbackToken(unsigned char byte)
{
    static const std::string digits = "0123456789ABCDEF";
    return std::string("<0x") + digits[byte >> 4] + digits[byte & 0xf] + ">";
}

std::vector<std::string_view>
SplitCharacters(std::string_view text)
{
    std::vector<std::string_view> characters;
    for (std::size_t offset = 0; offset < text.size();)
    {
        const std::size_t begin = offset;
        DecodeUtf8(text, offset);
        characters.push_back(text.substr(begin, offset - begin));
    }
    return characters;
}

} // namespace ecld
