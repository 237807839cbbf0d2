/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "trained-offload-policy.h"

#include "agents/archive.h"
#include "agents/policy.h"

#include "ns3/log.h"
#include "ns3/offload-warning.h"
#include "ns3/string.h"

#include <stdexcept>
#include <tuple>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("TrainedOffloadPolicy");

NS_OBJECT_ENSURE_REGISTERED(TrainedOffloadPolicy);
NS_OBJECT_ENSURE_REGISTERED(AgentPolicy);

const std::string TrainedOffloadPolicy::LAYOUT_SECTION = "offload";

TypeId
TrainedOffloadPolicy::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::TrainedOffloadPolicy")
                            .SetParent<OffloadPolicy>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<TrainedOffloadPolicy>()
                            .AddAttribute("Checkpoint",
                                          "File of the trained policy.",
                                          StringValue(""),
                                          MakeStringAccessor(&TrainedOffloadPolicy::m_checkpoint),
                                          MakeStringChecker());
    return tid;
}

TypeId
AgentPolicy::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::AgentPolicy")
                            .SetParent<TrainedOffloadPolicy>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<AgentPolicy>();
    return tid;
}

void
TrainedOffloadPolicy::SetTrained(std::shared_ptr<const agents::Policy> trained,
                                 const OffloadStateLayout& layout,
                                 const std::string& name)
{
    NS_LOG_FUNCTION(this << name);
    m_trained = trained;
    m_layout = layout;
    m_name = name;
}

void
TrainedOffloadPolicy::Load(const agents::Archive& archive)
{
    NS_LOG_FUNCTION(this << archive.GetPath());
    m_name = archive.GetPath();
    m_layout = OffloadStateLayout::FromJson(archive.Get(LAYOUT_SECTION), m_name);
    m_trained = agents::ReadPolicy(archive);
}

void
TrainedOffloadPolicy::Begin(const OffloadProblem& problem)
{
    NS_LOG_FUNCTION(this << problem.GetN());
    OffloadPolicy::Begin(problem);
    if (!m_trained)
    {
        if (m_checkpoint.empty())
        {
            throw std::runtime_error("policy " + GetShortName(GetInstanceTypeId()) +
                                     ": no checkpoint, expected the file of a trained policy in "
                                     "attribute Checkpoint (--checkpoint)");
        }
        Load(agents::Archive::Read(m_checkpoint));
    }
    if (m_trained->TakesSets() != m_layout.TakesSets() ||
        m_trained->GetObservations() != m_layout.GetObservations() ||
        m_trained->GetActions() != m_layout.GetActions())
    {
        throw std::runtime_error(m_name + ": the policy has " +
                                 std::to_string(m_trained->GetObservations()) + " features and " +
                                 std::to_string(m_trained->GetActions()) + " actions, expected " +
                                 std::to_string(m_layout.GetObservations()) + " and " +
                                 std::to_string(m_layout.GetActions()));
    }
    m_layout.CheckFits(problem, m_name);
    const std::string other = m_layout.DescribeOtherProfile(problem);
    if (!other.empty())
    {
        WarnOnce(m_name + ": " + other);
    }
    std::tie(m_features, m_action) = m_layout.MakeVectors(problem);
}

SlotDecision
TrainedOffloadPolicy::Decide(const SlotObservation& observation)
{
    NS_LOG_FUNCTION(this << observation.slot);
    m_layout.Observe(GetProblem(), observation, m_features);
    m_trained->Act(m_features, m_action);
    return m_layout.Decide(GetProblem(), m_action);
}

} // namespace llmmec
} // namespace ns3
