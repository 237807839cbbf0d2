/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "offload-problem.h"

#include "offload-equations.h"

#include "ns3/log.h"
#include "ns3/mec-uplink-rate.h"

#include <cmath>
#include <sstream>
#include <stdexcept>
#include <string>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("OffloadProblem");

namespace
{

/// Refuse a value. @param field name @param value the value @param expected what was expected
[[noreturn]] void
Refuse(const std::string& field, double value, const std::string& expected)
{
    std::ostringstream message;
    message << "offloading problem: " << field << " is " << value << ", expected " << expected;
    throw std::invalid_argument(message.str());
}

/// Check a scalar. @param field name @param value the value @param positive 0 is refused too
void
CheckScalar(const std::string& field, double value, bool positive)
{
    if (!std::isfinite(value) || value < 0 || (positive && value == 0))
    {
        Refuse(field, value, positive ? "a finite number > 0" : "a finite number >= 0");
    }
}

/// Check an array. @param field name @param values values @param n expected size @param positive
/// 0 is refused too
void
CheckArray(const std::string& field, const Eigen::ArrayXd& values, Eigen::Index n, bool positive)
{
    if (values.size() != n)
    {
        Refuse("the size of " + field, static_cast<double>(values.size()), std::to_string(n));
    }
    for (Eigen::Index k = 0; k < n; ++k)
    {
        CheckScalar(field + "[" + std::to_string(k) + "]", values[k], positive);
    }
}

} // namespace

void
CheckProblem(const OffloadProblem& problem)
{
    NS_LOG_FUNCTION(problem.GetN());
    const Eigen::Index n = problem.GetN();
    if (n == 0)
    {
        Refuse("the number of MLUs", 0, "at least 1");
    }
    CheckArray("maxPowerW", problem.maxPowerW, n, true);
    CheckArray("energyBudgetJ", problem.energyBudgetJ, n, true);
    CheckScalar("servers", static_cast<double>(problem.servers), true);
    CheckScalar("bandwidthHz", problem.bandwidthHz, true);
    CheckScalar("noiseW", problem.noiseW, true);
    CheckScalar("penaltyWeight", problem.penaltyWeight, false);
    CheckScalar("maxUplinkLatencyS", problem.maxUplinkLatencyS, true);
    CheckScalar("slotDurationS", problem.slotDurationS, true);
    if (problem.batteryJ.size() > 0)
    {
        CheckArray("batteryJ", problem.batteryJ, n, false);
    }
    for (const auto& [field, share] : {std::pair{"minAccuracy", problem.minAccuracy},
                                       std::pair{"maxHallucination", problem.maxHallucination}})
    {
        if (!(share >= 0 && share <= 1))
        {
            Refuse(field, share, "a share in [0, 1]");
        }
    }
}

SlotOutcome
EvaluateSlot(const OffloadProblem& problem,
             const SlotTasks& tasks,
             const Eigen::Ref<const Eigen::ArrayXXd>& gain,
             const SlotDecision& decision)
{
    const Eigen::Index n = problem.GetN();
    SlotOutcome outcome;
    outcome.Resize(n);
    outcome.uplinkBps = UplinkRatesBps(decision.powerW,
                                       gain,
                                       decision.server,
                                       decision.bandwidthShare,
                                       problem.bandwidthHz,
                                       problem.noiseW);
    for (Eigen::Index k = 0; k < n; ++k)
    {
        const double ratio = decision.offloadRatio[k];
        outcome.localLatencyS[k] = (1 - ratio) * tasks.localLatencyS[k];
        outcome.localEnergyJ[k] = (1 - ratio) * tasks.localEnergyJ[k];
        outcome.uplinkLatencyS[k] =
            UplinkLatencyS(ratio * tasks.bits[k], outcome.uplinkBps[k], problem.maxUplinkLatencyS);
        outcome.uplinkCapped[k] = outcome.uplinkLatencyS[k] >= problem.maxUplinkLatencyS;
        outcome.uplinkEnergyJ[k] = UplinkEnergyJ(decision.powerW[k], outcome.uplinkLatencyS[k]);
        outcome.mecLatencyS[k] = ratio * tasks.mecLatencyS(k, decision.GetServer(k));
        outcome.latencyS[k] = TaskLatencyS(outcome.localLatencyS[k],
                                           outcome.uplinkLatencyS[k],
                                           outcome.mecLatencyS[k]);
        outcome.accuracy[k] = EffectiveQuality(ratio, tasks.mecAccuracy[k], tasks.localAccuracy[k]);
        outcome.hallucination[k] =
            EffectiveQuality(ratio, tasks.mecHallucination[k], tasks.localHallucination[k]);
    }
    outcome.penalty = PenaltyOf(problem, outcome);
    outcome.reward = RewardOf(problem, outcome);
    return outcome;
}

double
PenaltyOf(const OffloadProblem& problem, const SlotOutcome& outcome)
{
    const auto n = static_cast<double>(problem.GetN());
    const double energyJ = outcome.localEnergyJ.sum() + outcome.uplinkEnergyJ.sum();
    return std::max(n * problem.minAccuracy - outcome.accuracy.sum(), 0.0) +
           std::max(outcome.hallucination.sum() - n * problem.maxHallucination, 0.0) +
           std::max(energyJ - problem.energyBudgetJ.sum(), 0.0);
}

double
RewardOf(const OffloadProblem& problem, const SlotOutcome& outcome)
{
    const double cost = outcome.latencyS.sum() + problem.penaltyWeight * outcome.penalty;
    return 1 / std::max(cost, SHORTEST_TOTAL_LATENCY_S);
}

Eigen::Array<bool, Eigen::Dynamic, 1>
BreaksLimits(const OffloadProblem& problem, const SlotOutcome& outcome)
{
    constexpr double tolerance = 1e-6;
    return outcome.localEnergyJ + outcome.uplinkEnergyJ > problem.energyBudgetJ * (1 + tolerance) ||
           outcome.accuracy < problem.minAccuracy * (1 - tolerance) ||
           outcome.hallucination > problem.maxHallucination * (1 + tolerance);
}

} // namespace llmmec
} // namespace ns3
