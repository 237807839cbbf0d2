/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_SENTENCE_PIECE_H
#define ECLD_SENTENCE_PIECE_H

#include <string>
#include <string_view>
#include <vector>

namespace ecld
{

/// What SentencePiece writes for a blank: U+2581.
constexpr const char* SPACE_MARK = "\xe2\x96\x81";

/// @param byte any byte @return its token where characters fall back to bytes, such as "<0x0A>"
std::string GetByteFallbackToken(unsigned char byte);

/// @param text UTF-8 @return its characters
std::vector<std::string_view> SplitCharacters(std::string_view text);

/// @brief Where the pre-tokeniser Metaspace puts the mark of a blank before a text.
enum class SpacePrefix
{
    NEVER,
    FIRST, ///< before the first part between added tokens
    ALWAYS ///< before each part
};

} // namespace ecld

#endif // ECLD_SENTENCE_PIECE_H
