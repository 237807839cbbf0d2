/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_TESTS_H
#define LLM_MEC_TESTS_H

#include "ns3/test.h"

/**
 * @defgroup llm-mec-tests Tests of the llm-mec module
 * @ingroup tests
 *
 * One suite, `llm-mec`, so that `./test.py -s llm-mec` runs it all; one file a concern, each of
 * which registers its cases by an LlmMecTests.
 */

/**
 * @ingroup llm-mec-tests
 * @brief The module's one suite.
 */
class LlmMecTestSuite : public ns3::TestSuite
{
  public:
    LlmMecTestSuite();

    // ns-3 keeps it to the suite's own constructor; here each file of tests adds its own. Not a
    // using-declaration, since the second argument is of another type in each age of ns-3.
    /// @param testCase a case, owned by the suite from now on
    void Add(ns3::TestCase* testCase)
    {
        AddTestCase(testCase);
    }
};

/**
 * @ingroup llm-mec-tests
 * @brief The tests of one file: a static object of it adds them to the suite.
 */
class LlmMecTests
{
  public:
    /// @param add adds the cases of a file
    explicit LlmMecTests(void (*add)(LlmMecTestSuite& suite));
};

#endif // LLM_MEC_TESTS_H
