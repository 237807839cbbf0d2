/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef OFFLOAD_CLOCK_H
#define OFFLOAD_CLOCK_H

#include "ns3/nstime.h"
#include "ns3/simulator.h"

#include <cmath>
#include <sstream>
#include <stdexcept>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * Latencies are added up as doubles, to full precision; only the events that they cause sit on the
 * simulator's grid of 1 ns. Rounding up keeps an event from coming before what it waits for.
 * @param seconds delay, s, finite and >= 0
 * @return the delay for Simulator::Schedule
 * @throw std::runtime_error when the simulator's clock, of 292 years, ends before
 */
inline Time
DelayOf(double seconds)
{
    constexpr double nanosecondsPerSecond = 1e9;
    const double nanoseconds = std::ceil(seconds * nanosecondsPerSecond);
    constexpr double longestNs = 9.2e18; // of int64_t, less what doubles round at this size
    if (!(nanoseconds <= longestNs - static_cast<double>(Simulator::Now().GetNanoSeconds())))
    {
        std::ostringstream message;
        message << "something takes " << seconds
                << " s, expected an end within the simulator's clock of 9.2e9 s";
        throw std::runtime_error(message.str());
    }
    return NanoSeconds(static_cast<int64_t>(nanoseconds));
}

/**
 * @ingroup llm-mec
 * @return the simulator's time, s
 */
inline double
NowS()
{
    // Time::GetSeconds goes through 128 bits, which a simulation feels: it asks some times a task.
    constexpr double nanosecondsPerSecond = 1e9;
    return static_cast<double>(Simulator::Now().GetNanoSeconds()) / nanosecondsPerSecond;
}

} // namespace llmmec
} // namespace ns3

#endif // OFFLOAD_CLOCK_H
