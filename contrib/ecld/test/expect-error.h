/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_EXPECT_ERROR_H
#define ECLD_EXPECT_ERROR_H

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace ecld
{

/**
 * @brief Expect that a call fails with one line that contains all of some words.
 * @tparam Error the exception's type
 * @param call what fails
 * @param words what the line must contain
 */
template <typename Error, typename Call>
void
ExpectError(const Call& call, const std::vector<std::string>& words)
{
    try
    {
        call();
        ADD_FAILURE() << "no exception, expected one with '" << words.front() << "'";
    }
    catch (const Error& e)
    {
        const std::string what = e.what();
        EXPECT_EQ(what.find('\n'), std::string::npos) << what;
        EXPECT_LT(what.size(), 1000U);
        for (const auto& word : words)
        {
            EXPECT_NE(what.find(word), std::string::npos) << "no '" << word << "' in: " << what;
        }
    }
}

} // namespace ecld

#endif // ECLD_EXPECT_ERROR_H
