/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-tests.h"

LlmMecTestSuite::LlmMecTestSuite()
    : TestSuite("llm-mec", Type::UNIT)
{
}

LlmMecTests::LlmMecTests(void (*add)(LlmMecTestSuite& suite))
{
    // Made when the first file registers, in whatever order the files come.
    static LlmMecTestSuite suite;
    add(suite);
}
