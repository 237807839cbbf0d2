/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef BASE_FORMAT_ERROR_H
#define BASE_FORMAT_ERROR_H

#include <cstddef>
#include <string>

namespace base
{

/**
 * @brief Throw the one kind of error that leaves the readers: "FILE: PLACE: PROBLEM", one line.
 * @param file what the message calls the file
 * @param place tensor, key or field, as it stands in the file; empty for the file itself
 * @param problem what is there and what was expected; parts of an input go through ShowInput
 * @throws std::runtime_error always
 */
[[noreturn]] void ThrowFormatError(const std::string& file,
                                   const std::string& place,
                                   const std::string& problem);

/**
 * @brief Make a part of an input fit for a message: one line, ASCII, not endless.
 * @param text any bytes
 * @return at most some 120 printable characters
 */
std::string ShowInput(const std::string& text);

/// @param bytes a size @return the same in words, in MiB where it is whole ones
std::string ShowBytes(std::size_t bytes);

} // namespace base

#endif // BASE_FORMAT_ERROR_H
