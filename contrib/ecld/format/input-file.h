/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_INPUT_FILE_H
#define ECLD_INPUT_FILE_H

#include <cstddef>
#include <string>

namespace ecld
{

/// Longest text that is read: a file from elsewhere must not take all memory.
constexpr std::size_t MAX_TEXT_BYTES = std::size_t{256} << 20;

/**
 * @brief Refuse what is not there or is no file.
 * @param path a path
 * @throws std::runtime_error one line that names it
 */
void RequireRegularFile(const std::string& path);

/**
 * @brief Read a whole file of text.
 * @param path a regular file
 * @param maxBytes most bytes
 * @return its bytes
 * @throws std::runtime_error one line that names the file
 */
std::string ReadTextFile(const std::string& path, std::size_t maxBytes = MAX_TEXT_BYTES);

} // namespace ecld

#endif // ECLD_INPUT_FILE_H
