/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef OFFLOAD_SCENARIOS_H
#define OFFLOAD_SCENARIOS_H

#include "ns3/offload-slot.h"

#include <random>

/**
 * @ingroup llm-mec-tests
 * @brief A random instance of problem (30) and one slot of it.
 */
struct OffloadScenario
{
    ns3::llmmec::OffloadProblem problem; ///< what holds for all slots
    ns3::llmmec::SlotTasks tasks;        ///< the slot's tasks
    Eigen::ArrayXd gain;                 ///< h_k, linear
    ns3::llmmec::SlotDecision decision;  ///< a decision, not a good one
};

/**
 * @ingroup llm-mec-tests
 * The paper's setting (section VI-A) with K equal MLUs.
 * @param n K
 * @param bits X, bits
 * @return the scenario; gains of 1e-6, nothing offloaded
 */
OffloadScenario MakePaperScenario(Eigen::Index n, double bits);

/**
 * @ingroup llm-mec-tests
 * A scenario in which everything differs: devices, tasks, limits, gains and decisions, with ratios
 * and powers of exactly 0 and of the maximum among them.
 * @param rng source of randomness
 * @param n K
 * @return the scenario
 */
OffloadScenario MakeRandomScenario(std::mt19937& rng, Eigen::Index n);

#endif // OFFLOAD_SCENARIOS_H
