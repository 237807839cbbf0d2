/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_BYTE_ALPHABET_H
#define ECLD_BYTE_ALPHABET_H

#include <optional>
#include <string>
#include <string_view>

namespace ecld
{

/**
 * @brief GPT-2's alphabet: a printable character for each byte, so that tokens of any bytes can be
 * written as text. Printable Latin-1 bytes stand for themselves, the others follow from U+0100.
 * @param byte any byte
 * @return its character, UTF-8
 */
const std::string& GetByteCharacter(unsigned char byte);

/// @param bytes any bytes @return them in the alphabet
std::string BytesToAlphabet(std::string_view bytes);

/// @param text UTF-8 @return the bytes, none where a character is not of the alphabet
std::optional<std::string> AlphabetToBytes(std::string_view text);

} // namespace ecld

#endif // ECLD_BYTE_ALPHABET_H
