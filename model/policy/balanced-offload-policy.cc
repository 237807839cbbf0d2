/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "balanced-offload-policy.h"

#include "offload-entities.h"

#include "ns3/double.h"
#include "ns3/log.h"

#include <tuple>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("BalancedPolicy");

NS_OBJECT_ENSURE_REGISTERED(BalancedPolicy);

TypeId
BalancedPolicy::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::BalancedPolicy")
            .SetParent<OffloadPolicy>()
            .SetGroupName("LlmMec")
            .AddConstructor<BalancedPolicy>()
            .AddAttribute("PowerRangeDb",
                          "Powers are chosen from the maximum down to this far below, dB.",
                          DoubleValue(60),
                          MakeDoubleAccessor(&BalancedPolicy::m_powerRangeDb),
                          MakeDoubleChecker<double>(1, 200));
    return tid;
}

bool
BalancedPolicy::NeedsEquations() const
{
    return true;
}

void
BalancedPolicy::Begin(const OffloadProblem& problem)
{
    NS_LOG_FUNCTION(this << problem.GetN());
    OffloadPolicy::Begin(problem);
    m_layout.state = OffloadStateLayout::ENTITIES;
    m_layout.reference = OffloadReference::RATIO_POWER;
    m_layout.powerRangeDb = m_powerRangeDb;
    m_layout.Describe(problem);
    std::tie(m_features, m_action) = m_layout.MakeVectors(problem);
}

SlotDecision
BalancedPolicy::Decide(const SlotObservation& observation)
{
    NS_LOG_FUNCTION(this << observation.slot);
    m_layout.Observe(GetProblem(), observation, m_features);
    const Eigen::Map<const agents::Rows> rows(m_features.data(),
                                              GetProblem().GetN(),
                                              OffloadEntities::OBSERVATIONS);
    const agents::Rows offsets =
        rows.middleCols(OffloadEntities::FEATURES, OffloadEntities::ACTIONS);
    m_action = (1 + (-Eigen::Map<const Eigen::ArrayXf>(offsets.data(), offsets.size())).exp())
                   .inverse()
                   .matrix();
    return m_layout.Decide(GetProblem(), m_action);
}

} // namespace llmmec
} // namespace ns3
