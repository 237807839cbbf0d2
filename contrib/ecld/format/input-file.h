/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_INPUT_FILE_H
#define ECLD_INPUT_FILE_H

#include <cstddef>
#include <string>
#include <string_view>

namespace ecld
{

/// Longest text that is read: a file from elsewhere must not take all memory.
constexpr std::size_t MAX_TEXT_BYTES = std::size_t{256} << 20;

/**
 * @brief Refuse a Git LFS pointer: a few lines of text that a clone without `git lfs` leaves in the
 * place of a file.
 * @param path what the message names
 * @param beginning of the file, or all of it
 * @throws std::runtime_error one line that says how to get the file
 */
void RefuseLfsPointer(const std::string& path, std::string_view beginning);

/**
 * @brief Read a whole file of text.
 * @param path a regular file, no Git LFS pointer
 * @param maxBytes most bytes
 * @return its bytes
 * @throws std::runtime_error one line that names the file
 */
std::string ReadTextFile(const std::string& path, std::size_t maxBytes = MAX_TEXT_BYTES);

/**
 * @brief Read a file of text, wherever it was written: without a byte order mark, and with LF for
 * CRLF.
 * @param path as in ReadTextFile, in UTF-8
 * @return its text
 * @throws std::runtime_error one line that names the file, also where it is in UTF-16
 */
std::string ReadPlainText(const std::string& path);

/**
 * @brief Read a file whose empty lines separate: as ReadPlainText, and a line of blanks alone is
 * empty.
 * @param path as in ReadPlainText
 * @return its text
 * @throws std::runtime_error as ReadPlainText
 */
std::string ReadSeparatedText(const std::string& path);

} // namespace ecld

#endif // ECLD_INPUT_FILE_H
