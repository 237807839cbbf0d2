/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_UNICODE_TEXT_H
#define ECLD_UNICODE_TEXT_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ecld
{

/// @param text any bytes @return offset of the first byte that is no UTF-8, none if all is
std::optional<std::size_t> FindInvalidUtf8(std::string_view text);

/// @param text any bytes @return UTF-8 with U+FFFD for each longest part of a character that is cut
/// or byte that begins none, as Unicode recommends
std::string ReplaceInvalidUtf8(std::string_view text);

/// @param text UTF-8 @return the same in Unicode's normal form C
std::string NormalizeNfc(std::string_view text);

/// @param codePoint a character @return its UTF-8
std::string EncodeUtf8(int32_t codePoint);

/**
 * @param text UTF-8
 * @param offset first byte of a character, moved to the next one
 * @return the character
 */
int32_t DecodeUtf8(std::string_view text, std::size_t& offset);

/// @param text UTF-8 @return bytes of white space (Unicode's White_Space) that it begins with
std::size_t CountLeadingSpace(std::string_view text);

/// @param text UTF-8 @return bytes of white space (Unicode's White_Space) that it ends with
std::size_t CountTrailingSpace(std::string_view text);

/// @param text UTF-8 @return whether its first character is a letter, mark, digit or connector
bool BeginsWithWordCharacter(std::string_view text);

/// @param text UTF-8 @return whether its last character is a letter, mark, digit or connector
bool EndsWithWordCharacter(std::string_view text);

} // namespace ecld

#endif // ECLD_UNICODE_TEXT_H
