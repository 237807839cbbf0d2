/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef OFFLOAD_OPTIMUM_H
#define OFFLOAD_OPTIMUM_H

#include "offload-slot.h"

#include <Eigen/Core>
#include <cstdint>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Settings of the numerical optimum.
 */
struct OptimumSettings
{
    double powerRangeDb{60}; ///< powers are searched from P_max down to this far below, dB, > 0
    double relativeTolerance{1e-8}; ///< a start ends when the cost changes by less, > 0
    uint32_t maxEvaluations{300};   ///< evaluations of the cost from one start, >= 1
};

/**
 * @ingroup llm-mec
 * The decision that maximises the reward (47) of one slot whose gains and tasks are known: the
 * physical limit that every policy is measured against.
 *
 * The maxima of (29) and (48) become smooth constraints on one extra variable each, powers are
 * searched in dB below P_max, and NLopt's sequential quadratic programming (SLSQP, D. Kraft, "A
 * software package for sequential quadratic programming", DFVLR-FB 88-28, 1988) runs from several
 * starts, since (19) makes the problem non-convex. The best decision by EvaluateSlot is returned,
 * so it is never worse than any start. Deterministic. The time grows with K^3.
 * @param problem what holds for all slots, checked by CheckProblem
 * @param tasks this slot's tasks, K entries
 * @param gain h_k of (17), linear, K entries, > 0
 * @param settings settings of the search
 * @return alpha_k and p_k, K entries
 */
SlotDecision OptimalDecision(const OffloadProblem& problem,
                             const SlotTasks& tasks,
                             const Eigen::Ref<const Eigen::ArrayXd>& gain,
                             const OptimumSettings& settings = {});

/**
 * @ingroup llm-mec
 * @brief The optimum in closed form for K >= 2 equal tasks and devices with slack limits.
 *
 * The best powers then equalise the received power, far above the noise.
 */
struct ClosedFormOptimum
{
    double rateBps;      ///< r*, bit/s
    double offloadRatio; ///< alpha*, share
    double latencyS;     ///< L* of each MLU, s
    double reward;       ///< 1 / (K L*), 1/s
};

/**
 * @ingroup llm-mec
 * @param mlus K, >= 2
 * @param bits X, bits
 * @param cyclesPerBit phi, cycles/bit
 * @param localHz f, cycles/s
 * @param mecHz F, cycles/s
 * @param bandwidthHz B, Hz
 * @return the optimum
 */
ClosedFormOptimum EqualReceivedPowerOptimum(uint32_t mlus,
                                            double bits,
                                            double cyclesPerBit,
                                            double localHz,
                                            double mecHz,
                                            double bandwidthHz);

} // namespace llmmec
} // namespace ns3

#endif // OFFLOAD_OPTIMUM_H
