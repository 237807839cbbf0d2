/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/test.h"

/// ns-3's test runner for a build outside an ns-3 tree, where no test-runner is installed.
int
main(int argc, char* argv[])
{
    return ns3::TestRunner::Run(argc, argv);
}
