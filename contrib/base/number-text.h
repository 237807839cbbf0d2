/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef BASE_NUMBER_TEXT_H
#define BASE_NUMBER_TEXT_H

#include <string>

namespace base
{

/// @param number a number @return the shortest text that reads back as the same number, whatever
/// the locale
std::string FormatNumber(double number);

} // namespace base

#endif // BASE_NUMBER_TEXT_H
