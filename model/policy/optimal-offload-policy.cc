/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "optimal-offload-policy.h"

#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/uinteger.h"

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("OptimalPolicy");

NS_OBJECT_ENSURE_REGISTERED(OptimalPolicy);

TypeId
OptimalPolicy::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::OptimalPolicy")
            .SetParent<OffloadPolicy>()
            .SetGroupName("LlmMec")
            .AddConstructor<OptimalPolicy>()
            .AddAttribute("PowerRangeDb",
                          "Powers are searched from the maximum down to this far below, dB.",
                          DoubleValue(OptimumSettings().powerRangeDb),
                          MakeDoubleAccessor(&OptimalPolicy::SetPowerRangeDb,
                                             &OptimalPolicy::GetPowerRangeDb),
                          MakeDoubleChecker<double>(1, 200))
            .AddAttribute("MaxEvaluations",
                          "Evaluations of the cost from one start of the search.",
                          UintegerValue(OptimumSettings().maxEvaluations),
                          MakeUintegerAccessor(&OptimalPolicy::SetMaxEvaluations,
                                               &OptimalPolicy::GetMaxEvaluations),
                          MakeUintegerChecker<uint32_t>(1, 1000000));
    return tid;
}

void
OptimalPolicy::SetPowerRangeDb(double powerRangeDb)
{
    m_settings.powerRangeDb = powerRangeDb;
}

double
OptimalPolicy::GetPowerRangeDb() const
{
    return m_settings.powerRangeDb;
}

void
OptimalPolicy::SetMaxEvaluations(uint32_t maxEvaluations)
{
    m_settings.maxEvaluations = maxEvaluations;
}

uint32_t
OptimalPolicy::GetMaxEvaluations() const
{
    return m_settings.maxEvaluations;
}

bool
OptimalPolicy::NeedsEquations() const
{
    return true;
}

SlotDecision
OptimalPolicy::Decide(const SlotObservation& observation)
{
    NS_LOG_FUNCTION(this << observation.slot);
    return OptimalDecision(GetProblem(), observation.tasks, observation.gain, m_settings);
}

} // namespace llmmec
} // namespace ns3
