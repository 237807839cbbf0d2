/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// Compiles when the target llm-mec names all include paths of its headers.
#include "ns3/llm-mec-module.h"

#include <Eigen/Core>

int
main()
{
    ns3::llmmec::LlmMecHelper mec;
    const ns3::llmmec::LlmMecCell cell = mec.InstallCell(3);
    return cell.mlus.GetN() == 3 ? 0 : 1;
}
