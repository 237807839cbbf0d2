/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "paced-offload-policy.h"

#include "ns3/enum.h"
#include "ns3/log.h"
#include "ns3/offload-ns3-compat.h"
#include "ns3/offload-problem.h"

#include <algorithm>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("PacedPolicy");

NS_OBJECT_ENSURE_REGISTERED(PacedPolicy);

namespace
{

/// Share of a battery that is not planned with: events end on whole nanoseconds, and a task that
/// needs all that is left would stay without answer for one of them.
constexpr double RESERVE = 1e-6;

} // namespace

TypeId
PacedPolicy::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::PacedPolicy")
                            .SetParent<BalancedPolicy>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<PacedPolicy>()
                            .AddAttribute("Mode",
                                          "What an MLU does whose battery cannot pay for the "
                                          "balanced ratio in all slots that are left: Even, spend "
                                          "battery / slots left; Switch, offload all.",
                                          EnumValue(EVEN),
                                          MakeEnumAttributeAccessor<Mode>(&PacedPolicy::m_mode),
                                          MakeEnumChecker(EVEN, "Even", SWITCH, "Switch"));
    return tid;
}

SlotDecision
PacedPolicy::Decide(const SlotObservation& observation)
{
    NS_LOG_FUNCTION(this << observation.slot);
    SlotDecision decision = BalancedPolicy::Decide(observation);
    const OffloadProblem& problem = GetProblem();
    if (problem.batteryJ.size() == 0 || problem.slots == 0)
    {
        return decision;
    }
    const SlotOutcome outcome =
        EvaluateSlot(problem, observation.tasks, observation.gain, decision);
    const auto left = static_cast<double>(problem.slots - observation.slot);
    for (Eigen::Index k = 0; k < problem.GetN(); ++k)
    {
        double& ratio = decision.offloadRatio[k];
        const double budgetJ = (1 - RESERVE) * observation.batteryJ[k] / left;
        const double localJ = observation.tasks.localEnergyJ[k];
        // Both energies are in proportion to their share of the task.
        const double savedJ = localJ - outcome.uplinkEnergyJ[k] / ratio;
        const bool isShort = outcome.localEnergyJ[k] + outcome.uplinkEnergyJ[k] > budgetJ;
        if (problem.batteryJ[k] > 0 && isShort && savedJ > 0)
        {
            ratio = m_mode == SWITCH ? 1 : std::clamp((localJ - budgetJ) / savedJ, ratio, 1.0);
        }
    }
    return decision;
}

} // namespace llmmec
} // namespace ns3
