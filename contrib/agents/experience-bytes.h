/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_EXPERIENCE_BYTES_H
#define AGENTS_EXPERIENCE_BYTES_H

#include <cstddef>
#include <stdexcept>
#include <string>

/**
 * @file
 * @ingroup agents
 * How experience is stored: values as they are in memory, one after the other.
 */

namespace agents
{

/// Append values as they are in memory. @param bytes where to @param values first @param n how many
template <typename T>
void
Append(std::string& bytes, const T* values, std::size_t n)
{
    bytes.append(reinterpret_cast<const char*>(values), n * sizeof(T));
}

/// Take values that Append wrote. @param bytes where from @param[in,out] at place
/// @param values first @param n how many @throw std::runtime_error when there are fewer
template <typename T>
void
Take(const std::string& bytes, std::size_t& at, T* values, std::size_t n)
{
    if (bytes.size() - at < n * sizeof(T))
    {
        throw std::runtime_error("experience is cut short");
    }
    bytes.copy(reinterpret_cast<char*>(values), n * sizeof(T), at);
    at += n * sizeof(T);
}

} // namespace agents

#endif // AGENTS_EXPERIENCE_BYTES_H
