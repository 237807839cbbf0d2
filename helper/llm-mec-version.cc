/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-version.h"

namespace ns3
{
namespace llmmec
{

LlmMecVersion
LlmMecVersion::Get()
{
    return {LLM_MEC_VERSION, LLM_MEC_NS3_VERSION};
}

} // namespace llmmec
} // namespace ns3
