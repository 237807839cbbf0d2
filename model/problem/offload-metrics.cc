/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "offload-metrics.h"

#include "offload-problem.h"

#include "ns3/log.h"

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("OffloadMetrics");

SlotMetrics&
SlotMetrics::operator+=(const SlotMetrics& other)
{
    latencyS += other.latencyS;
    reward += other.reward;
    accuracy += other.accuracy;
    hallucination += other.hallucination;
    energyJ += other.energyJ;
    violationRate += other.violationRate;
    penalty += other.penalty;
    return *this;
}

SlotMetrics
SlotMetrics::operator/(double number) const
{
    return {latencyS / number,
            reward / number,
            accuracy / number,
            hallucination / number,
            energyJ / number,
            violationRate / number,
            penalty / number};
}

SlotMetrics
MetricsOf(const OffloadProblem& problem, const SlotOutcome& outcome)
{
    NS_LOG_FUNCTION(problem.GetN());
    const auto n = static_cast<double>(outcome.latencyS.size());
    SlotMetrics metrics;
    metrics.latencyS = outcome.latencyS.mean();
    metrics.reward = outcome.reward;
    metrics.accuracy = outcome.accuracy.mean();
    metrics.hallucination = outcome.hallucination.mean();
    metrics.energyJ = (outcome.localEnergyJ.sum() + outcome.uplinkEnergyJ.sum()) / n;
    metrics.violationRate = static_cast<double>(BreaksLimits(problem, outcome).count()) / n;
    metrics.penalty = outcome.penalty;
    return metrics;
}

} // namespace llmmec
} // namespace ns3
