/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef OFFLOAD_LIMITS_H
#define OFFLOAD_LIMITS_H

#include "ns3/offload-slot.h"

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief What holds for all MLUs of a cell and is not part of what an MLU is.
 */
struct OffloadLimits
{
    double bandwidthHz{0};       ///< B, Hz, > 0
    double noiseW{0};            ///< sigma^2 over B, W, > 0
    double minAccuracy{0};       ///< A^min, share
    double maxHallucination{1};  ///< H^max, share
    double penaltyWeight{1};     ///< omega of (47), s, >= 0
    double slotDurationS{1};     ///< tau, s, > 0
    bool slotBarrier{true};      ///< a slot starts when all tasks of the last have ended
    double unservedLatencyS{10}; ///< latency that a task without answer counts with, s, > 0
    ServerOrder serverOrder{ServerOrder::PARALLEL}; ///< how tasks share the server

    OffloadLimits() = default;

    /// @param problem a cell to take them from
    explicit OffloadLimits(const OffloadProblem& problem)
        : bandwidthHz(problem.bandwidthHz),
          noiseW(problem.noiseW),
          minAccuracy(problem.minAccuracy),
          maxHallucination(problem.maxHallucination),
          penaltyWeight(problem.penaltyWeight),
          slotDurationS(problem.slotDurationS),
          slotBarrier(problem.slotBarrier),
          unservedLatencyS(problem.unservedLatencyS),
          serverOrder(problem.serverOrder)
    {
    }
};

/**
 * @ingroup llm-mec
 * @brief What the outputs of a network for any number of MLUs are relative to; see OffloadEntities.
 * The names in files are none, ratio and ratio-power.
 */
struct OffloadReference
{
    /// What they are relative to
    enum Kind
    {
        NONE,       ///< nothing
        RATIO,      ///< the ratio is relative to the reference ratio
        RATIO_POWER ///< and the power to that which makes received powers equal
    };
};

} // namespace llmmec
} // namespace ns3

#endif // OFFLOAD_LIMITS_H
