/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "unicode-text.h"

#include <array>
#include <cstdlib>
#include <stdexcept>
#include <utf8proc.h>

namespace ecld
{

namespace
{

/// @param text UTF-8, not empty @return offset of its last character
std::size_t
FindLastCharacter(std::string_view text)
{
    std::size_t offset = text.size() - 1;
    while (offset > 0 && (static_cast<unsigned char>(text[offset]) & 0xc0) == 0x80)
    {
        --offset;
    }
    return offset;
}

/// @param character a character @return whether it has Unicode's property White_Space
bool
IsSpace(int32_t character)
{
    if ((character >= '\t' && character <= '\r') || character == 0x85)
    {
        return true;
    }
    const auto category = utf8proc_category(character);
    return category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL ||
           category == UTF8PROC_CATEGORY_ZP;
}

/// @param character a character @return whether a regular expression's \w takes it
bool
IsWordCharacter(int32_t character)
{
    switch (utf8proc_category(character))
    {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_PC:
        return true;
    default:
        return false;
    }
}

/// @param text no UTF-8 at its begin @return bytes, 1 or more, that begin a character or cannot
std::size_t
MeasureInvalidPart(std::string_view text)
{
    const auto first = static_cast<unsigned char>(text.front());
    const std::size_t length = first < 0xc2 || first > 0xf4 ? 1
                               : first < 0xe0               ? 2
                               : first < 0xf0               ? 3
                                                            : 4;
    std::size_t part = 1;
    while (part < length && part < text.size())
    {
        // Second bytes of overlong forms, surrogates and what is above U+10FFFF belong to nothing.
        const bool isSecond = part == 1;
        const int low = isSecond && first == 0xe0 ? 0xa0 : isSecond && first == 0xf0 ? 0x90 : 0x80;
        const int high = isSecond && first == 0xed ? 0x9f : isSecond && first == 0xf4 ? 0x8f : 0xbf;
        const auto byte = static_cast<unsigned char>(text[part]);
        if (byte < low || byte > high)
        {
            break;
        }
        ++part;
    }
    return part;
}

/// @param text UTF-8 @param offset a character @return the character
int32_t
GetCharacter(std::string_view text, std::size_t offset)
{
    return DecodeUtf8(text, offset);
}

} // namespace

std::optional<std::size_t>
FindInvalidUtf8(std::string_view text)
{
    const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
    std::size_t offset = 0;
    while (offset < text.size())
    {
        if (bytes[offset] < 0x80)
        {
            ++offset;
            continue;
        }
        utf8proc_int32_t character = 0;
        const auto length = utf8proc_iterate(bytes + offset,
                                             static_cast<utf8proc_ssize_t>(text.size() - offset),
                                             &character);
        if (length <= 0)
        {
            return offset;
        }
        offset += static_cast<std::size_t>(length);
    }
    return std::nullopt;
}

std::string
ReplaceInvalidUtf8(std::string_view text)
{
    std::string valid;
    while (const auto invalid = FindInvalidUtf8(text))
    {
        valid.append(text.substr(0, *invalid)).append("\xef\xbf\xbd");
        text.remove_prefix(*invalid);
        text.remove_prefix(MeasureInvalidPart(text));
    }
    return valid.append(text);
}

std::string
NormalizeNfc(std::string_view text)
{
    utf8proc_uint8_t* normal = nullptr;
    const auto options = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    const auto length = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                     static_cast<utf8proc_ssize_t>(text.size()),
                                     &normal,
                                     options);
    if (length < 0)
    {
        throw std::runtime_error(std::string("normal form C: ") + utf8proc_errmsg(length));
    }
    std::string result(reinterpret_cast<const char*>(normal), static_cast<std::size_t>(length));
    std::free(normal);
    return result;
}

std::string
EncodeUtf8(int32_t codePoint)
{
    std::array<utf8proc_uint8_t, 4> bytes{};
    const auto length = utf8proc_encode_char(codePoint, bytes.data());
    return {reinterpret_cast<const char*>(bytes.data()), static_cast<std::size_t>(length)};
}

int32_t
DecodeUtf8(std::string_view text, std::size_t& offset)
{
    utf8proc_int32_t character = 0;
    const auto length =
        utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + offset,
                         static_cast<utf8proc_ssize_t>(text.size() - offset),
                         &character);
    if (length <= 0)
    {
        throw std::invalid_argument("no UTF-8 at byte " + std::to_string(offset));
    }
    offset += static_cast<std::size_t>(length);
    return character;
}

std::size_t
CountLeadingSpace(std::string_view text)
{
    std::size_t offset = 0;
    while (offset < text.size() && IsSpace(GetCharacter(text, offset)))
    {
        DecodeUtf8(text, offset);
    }
    return offset;
}

std::size_t
CountTrailingSpace(std::string_view text)
{
    std::size_t end = text.size();
    while (end > 0)
    {
        const auto last = FindLastCharacter(text.substr(0, end));
        if (!IsSpace(GetCharacter(text, last)))
        {
            break;
        }
        end = last;
    }
    return text.size() - end;
}

bool
BeginsWithWordCharacter(std::string_view text)
{
    return !text.empty() && IsWordCharacter(GetCharacter(text, 0));
}

bool
EndsWithWordCharacter(std::string_view text)
{
    return !text.empty() && IsWordCharacter(GetCharacter(text, FindLastCharacter(text)));
}

} // namespace ecld
