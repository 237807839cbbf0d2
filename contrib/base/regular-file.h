/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef BASE_REGULAR_FILE_H
#define BASE_REGULAR_FILE_H

#include <cstddef>
#include <string>

namespace base
{

/**
 * @brief Refuse what is not there or is no file. A pipe would block and a device might never end.
 * @param path a path
 * @throws std::runtime_error one line that names it
 */
void RequireRegularFile(const std::string& path);

/**
 * @brief Read a whole file: from elsewhere, it must not take all memory.
 * @param path a regular file
 * @param maxBytes most bytes
 * @return its bytes
 * @throws std::runtime_error one line that names the file
 */
std::string ReadRegularFile(const std::string& path, std::size_t maxBytes);

} // namespace base

#endif // BASE_REGULAR_FILE_H
