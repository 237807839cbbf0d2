/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "byte-alphabet.h"

#include "unicode-text.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace ecld
{

namespace
{

constexpr int32_t FIRST_REPLACEMENT = 0x100; //!< character of the first byte that is not printable
constexpr int32_t REPLACEMENTS = 68;         //!< bytes that are not printable

/// @param byte any byte @return whether it stands for itself
bool
IsPrintable(int byte)
{
    return (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
}

/// Both ways.
struct Alphabet
{
    std::array<std::string, 256> characters{};                 //!< byte to UTF-8
    std::array<int, FIRST_REPLACEMENT + REPLACEMENTS> bytes{}; //!< character to byte, -1: none

    Alphabet()
    {
        bytes.fill(-1);
        int32_t next = FIRST_REPLACEMENT;
        for (int byte = 0; byte < 256; ++byte)
        {
            const int32_t character = IsPrintable(byte) ? byte : next++;
            characters[static_cast<std::size_t>(byte)] = EncodeUtf8(character);
            bytes[static_cast<std::size_t>(character)] = byte;
        }
    }
};

/// @return the alphabet
const Alphabet&
GetAlphabet()
{
    static const Alphabet alphabet;
    return alphabet;
}

} // namespace

const std::string&
GetByteCharacter(unsigned char byte)
{
    return GetAlphabet().characters[byte];
}

std::string
BytesToAlphabet(std::string_view bytes)
{
    std::string text;
    text.reserve(2 * bytes.size());
    for (const char byte : bytes)
    {
        text += GetByteCharacter(static_cast<unsigned char>(byte));
    }
    return text;
}

std::optional<std::string>
AlphabetToBytes(std::string_view text)
{
    const auto& table = GetAlphabet().bytes;
    std::string bytes;
    bytes.reserve(text.size());
    for (std::size_t offset = 0; offset < text.size();)
    {
        const auto character = static_cast<std::size_t>(DecodeUtf8(text, offset));
        if (character >= table.size() || table[character] < 0)
        {
            return std::nullopt;
        }
        bytes += static_cast<char>(table[character]);
    }
    return bytes;
}

} // namespace ecld
