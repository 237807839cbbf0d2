/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef OFFLOAD_WARNING_H
#define OFFLOAD_WARNING_H

#include "ns3/simulation-singleton.h"

#include <iostream>
#include <set>
#include <string>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * Print a warning for the user of a program, once a simulation: its cells can all have the same.
 * @param warning one line
 */
inline void
WarnOnce(const std::string& warning)
{
    if (SimulationSingleton<std::set<std::string>>::Get()->insert(warning).second)
    {
        std::cerr << "warning: " << warning << std::endl;
    }
}

} // namespace llmmec
} // namespace ns3

#endif // OFFLOAD_WARNING_H
