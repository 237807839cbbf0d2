/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef OFFLOAD_SCENARIOS_H
#define OFFLOAD_SCENARIOS_H

#include "ns3/offload-slot.h"

#include <cstdint>
#include <random>

/**
 * @ingroup llm-mec-tests
 * @brief A random instance of problem (30) and one slot of it.
 */
struct OffloadScenario
{
    Eigen::ArrayXd localHz;              ///< f_k, cycles/s
    Eigen::ArrayXd energyCoefficient;    ///< kappa_comp, J per cycle per Hz^2
    double mecHz{0};                     ///< F, cycles/s
    ns3::llmmec::OffloadProblem problem; ///< what holds for all slots
    ns3::llmmec::SlotTasks tasks;        ///< the slot's tasks
    Eigen::ArrayXd gain;                 ///< h_k, linear
    ns3::llmmec::SlotDecision decision;  ///< a decision, not a good one

    /// Give the tasks the costs (14), (15) and (22) of these clocks; after a change of the tasks.
    void SetCosts();
};

/**
 * @ingroup llm-mec-tests
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
 * @ingroup llm-mec-tests
 * @param mlus K, >= 2
 * @param bits X, bits
 * @param localS latency of the whole task on the device, s
 * @param mecS latency of the whole task at the server, s
 * @param bandwidthHz B, Hz
 * @return the optimum
 */
ClosedFormOptimum EqualReceivedPowerOptimum(uint32_t mlus,
                                            double bits,
                                            double localS,
                                            double mecS,
                                            double bandwidthHz);

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
