/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_FUZZ_REQUIRE_H
#define ECLD_FUZZ_REQUIRE_H

#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>

namespace ecld
{

/// @brief End the program, which libFuzzer reports, where a claim is false.
/// @param isTrue the claim @param claim what it says
inline void
Require(bool isTrue, const char* claim)
{
    if (!isTrue)
    {
        std::cerr << "not true: " << claim << "\n";
        std::abort();
    }
}

/// @brief Require that an error is one short line that names the file, which is called "fuzz".
/// @param error what a reader threw
inline void
RequireGoodMessage(const std::exception& error)
{
    const std::string what = error.what();
    Require(what.rfind("fuzz: ", 0) == 0, "the message names the file");
    Require(what.size() < 1000, "the message is short");
    Require(what.find_first_of("\n\r") == std::string::npos, "the message is one line");
}

} // namespace ecld

#endif // ECLD_FUZZ_REQUIRE_H
