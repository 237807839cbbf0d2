/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "number-text.h"

#include <charconv>
#include <iterator>
#include <system_error>

namespace base
{

std::string
FormatNumber(double number)
{
    char text[64]; // the longest takes 24
    const auto [end, error] = std::to_chars(std::begin(text), std::end(text), number);
    return error == std::errc() ? std::string(text, end) : "";
}

} // namespace base
