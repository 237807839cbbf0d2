/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef OFFLOAD_METRICS_H
#define OFFLOAD_METRICS_H

#include "offload-slot.h"

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief What a slot is judged by: means over its MLUs, and its reward and penalty.
 */
struct SlotMetrics
{
    double latencyS{0};      ///< mean latency (29), s
    double reward{0};        ///< (47), 1/s
    double accuracy{0};      ///< mean effective accuracy (28), share
    double hallucination{0}; ///< mean effective hallucination (28), share
    double energyJ{0};       ///< mean energy (15) + (21) of an MLU, J
    double violationRate{0}; ///< share of MLUs that broke a limit of their own, see BreaksLimits
    double penalty{0};       ///< Omega of (48)

    /// Add, entry by entry. @param other what is added @return the sum
    SlotMetrics& operator+=(const SlotMetrics& other);

    /// @param number a number @return each entry divided by it
    SlotMetrics operator/(double number) const;
};

/**
 * @ingroup llm-mec
 * @param problem limits
 * @param outcome how a slot went, penalty and reward included
 * @return its metrics
 */
SlotMetrics MetricsOf(const OffloadProblem& problem, const SlotOutcome& outcome);

} // namespace llmmec
} // namespace ns3

#endif // OFFLOAD_METRICS_H
