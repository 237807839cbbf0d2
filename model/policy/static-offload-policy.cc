/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "static-offload-policy.h"

#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/pointer.h"
#include "ns3/string.h"

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("StaticOffloadPolicy");

NS_OBJECT_ENSURE_REGISTERED(AlwaysLocalPolicy);
NS_OBJECT_ENSURE_REGISTERED(AlwaysOffloadPolicy);
NS_OBJECT_ENSURE_REGISTERED(FixedPolicy);
NS_OBJECT_ENSURE_REGISTERED(RandomPolicy);

TypeId
AlwaysLocalPolicy::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::AlwaysLocalPolicy")
                            .SetParent<OffloadPolicy>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<AlwaysLocalPolicy>();
    return tid;
}

SlotDecision
AlwaysLocalPolicy::Decide(const SlotObservation& observation)
{
    NS_LOG_FUNCTION(this << observation.slot);
    const Eigen::Index n = GetProblem().GetN();
    return {Eigen::ArrayXd::Zero(n), Eigen::ArrayXd::Zero(n)};
}

TypeId
AlwaysOffloadPolicy::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::AlwaysOffloadPolicy")
                            .SetParent<OffloadPolicy>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<AlwaysOffloadPolicy>();
    return tid;
}

SlotDecision
AlwaysOffloadPolicy::Decide(const SlotObservation& observation)
{
    NS_LOG_FUNCTION(this << observation.slot);
    return {Eigen::ArrayXd::Ones(GetProblem().GetN()), GetProblem().maxPowerW};
}

TypeId
FixedPolicy::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::FixedPolicy")
                            .SetParent<OffloadPolicy>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<FixedPolicy>()
                            .AddAttribute("OffloadRatio",
                                          "Share of each task that is offloaded.",
                                          DoubleValue(0.5),
                                          MakeDoubleAccessor(&FixedPolicy::m_offloadRatio),
                                          MakeDoubleChecker<double>(0, 1))
                            .AddAttribute("PowerShare",
                                          "Transmit power as a share of the MLU's maximum.",
                                          DoubleValue(1),
                                          MakeDoubleAccessor(&FixedPolicy::m_powerShare),
                                          MakeDoubleChecker<double>(0, 1));
    return tid;
}

SlotDecision
FixedPolicy::Decide(const SlotObservation& observation)
{
    NS_LOG_FUNCTION(this << observation.slot);
    return {Eigen::ArrayXd::Constant(GetProblem().GetN(), m_offloadRatio),
            m_powerShare * GetProblem().maxPowerW};
}

TypeId
RandomPolicy::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::RandomPolicy")
            .SetParent<OffloadPolicy>()
            .SetGroupName("LlmMec")
            .AddConstructor<RandomPolicy>()
            .AddAttribute("OffloadRatio",
                          "Share of a task that is offloaded; draws in [0, 1].",
                          StringValue("ns3::UniformRandomVariable[Min=0|Max=1]"),
                          MakePointerAccessor(&RandomPolicy::m_offloadRatio),
                          MakePointerChecker<RandomVariableStream>())
            .AddAttribute("PowerShare",
                          "Transmit power as a share of the MLU's maximum; draws in [0, 1].",
                          StringValue("ns3::UniformRandomVariable[Min=0|Max=1]"),
                          MakePointerAccessor(&RandomPolicy::m_powerShare),
                          MakePointerChecker<RandomVariableStream>());
    return tid;
}

SlotDecision
RandomPolicy::Decide(const SlotObservation& observation)
{
    NS_LOG_FUNCTION(this << observation.slot);
    const Eigen::Index n = GetProblem().GetN();
    SlotDecision decision{Eigen::ArrayXd(n), Eigen::ArrayXd(n)};
    for (Eigen::Index k = 0; k < n; ++k)
    {
        decision.offloadRatio[k] = m_offloadRatio->GetValue();
        decision.powerW[k] = m_powerShare->GetValue() * GetProblem().maxPowerW[k];
    }
    return decision;
}

int64_t
RandomPolicy::AssignStreams(int64_t stream)
{
    NS_LOG_FUNCTION(this << stream);
    m_offloadRatio->SetStream(stream);
    m_powerShare->SetStream(stream + 1);
    return 2;
}

} // namespace llmmec
} // namespace ns3
