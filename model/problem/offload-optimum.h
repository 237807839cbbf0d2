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
 * The decision that maximises the reward (47) of one slot whose gains and tasks are known, in a
 * cell with one server: the physical limit that every policy is measured against.
 *
 * The maxima of (29) and (48) become smooth constraints on one extra variable each, powers are
 * searched in dB below P_max, and NLopt's sequential quadratic programming (SLSQP, D. Kraft, "A
 * software package for sequential quadratic programming", DFVLR-FB 88-28, 1988) runs from several
 * starts, since (19) makes the problem non-convex. The best decision by EvaluateSlot is returned,
 * so it is never worse than any start. Deterministic. The time grows with K^3.
 * @param problem what holds for all slots, checked by CheckProblem
 * @param tasks this slot's tasks, K entries, whose costs are in proportion to the share
 * @param gain h_k of (17), linear, K entries, > 0
 * @param settings settings of the search
 * @return alpha_k and p_k, K entries
 */
SlotDecision OptimalDecision(const OffloadProblem& problem,
                             const SlotTasks& tasks,
                             const Eigen::Ref<const Eigen::ArrayXd>& gain,
                             const OptimumSettings& settings = {});

} // namespace llmmec
} // namespace ns3

#endif // OFFLOAD_OPTIMUM_H
