/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_EXPECT_REFUSAL_H
#define AGENTS_EXPECT_REFUSAL_H

#include <gtest/gtest.h>
#include <string>

namespace agents
{

/**
 * Expect that something is refused in one line.
 * @tparam Exception what is thrown
 * @param what is tried
 * @param text that the line contains
 */
template <typename Exception, typename Function>
void
ExpectRefusal(const Function& what, const std::string& text)
{
    try
    {
        what();
        ADD_FAILURE() << "expected a refusal with '" << text << "'";
    }
    catch (const Exception& error)
    {
        const std::string line = error.what();
        EXPECT_NE(line.find(text), std::string::npos) << line;
        EXPECT_EQ(line.find_first_of("\n\r"), std::string::npos) << line;
        EXPECT_LT(line.size(), 1000U) << line;
    }
}

} // namespace agents

#endif // AGENTS_EXPECT_REFUSAL_H
