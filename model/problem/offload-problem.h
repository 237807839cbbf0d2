/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef OFFLOAD_PROBLEM_H
#define OFFLOAD_PROBLEM_H

#include "offload-slot.h"

#include <Eigen/Core>

/**
 * @file
 * @ingroup llm-mec
 * Problem (30) with its reward (47) and penalty (48), as free functions on Eigen arrays. No
 * simulator in here.
 */

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * Floor of the denominator of (47), s: the resolution of the simulator's clock. Only a slot in
 * which nobody has a task gets there; its reward is then 1e9 and not infinite.
 */
constexpr double SHORTEST_TOTAL_LATENCY_S = 1e-9;

/**
 * @ingroup llm-mec
 * Check every value of a problem.
 * @param problem the problem
 * @throw std::invalid_argument in one line: the field, its value and what was expected
 */
void CheckProblem(const OffloadProblem& problem);

/**
 * @ingroup llm-mec
 * One slot in closed form: (14), (15), (19) to (22), (28), (29), (47) and (48).
 * @param problem what holds for all slots
 * @param tasks this slot's tasks, K entries
 * @param gain h of (17), linear, K rows and one column per server
 * @param decision K entries; compute shares do not count, since each request gets all of its server
 * @return the outcome, K entries
 */
SlotOutcome EvaluateSlot(const OffloadProblem& problem,
                         const SlotTasks& tasks,
                         const Eigen::Ref<const Eigen::ArrayXXd>& gain,
                         const SlotDecision& decision);

/**
 * @ingroup llm-mec
 * Penalty (48): what the slot's sums lack to the accuracy limit, exceed the hallucination limit by
 * and exceed the energy budgets by.
 * @param problem limits
 * @param outcome accuracy, hallucination and energies of the slot
 * @return Omega, >= 0
 */
double PenaltyOf(const OffloadProblem& problem, const SlotOutcome& outcome);

/**
 * @ingroup llm-mec
 * Reward (47), 1 / (sum of latencies + omega Omega).
 * @param problem penalty weight
 * @param outcome latencies and penalty of the slot
 * @return reward, 1/s, finite (see SHORTEST_TOTAL_LATENCY_S)
 */
double RewardOf(const OffloadProblem& problem, const SlotOutcome& outcome);

/**
 * @ingroup llm-mec
 * Which MLUs broke one of their own limits (30d), (30e) or (30f) in a slot. The penalty (48) looks
 * at sums instead, so that one MLU may make up for another; this does not.
 * @param problem limits
 * @param outcome accuracy, hallucination and energies of the slot
 * @return one flag per MLU; a limit met to 1e-6 of its value counts as kept
 */
Eigen::Array<bool, Eigen::Dynamic, 1> BreaksLimits(const OffloadProblem& problem,
                                                   const SlotOutcome& outcome);

} // namespace llmmec
} // namespace ns3

#endif // OFFLOAD_PROBLEM_H
