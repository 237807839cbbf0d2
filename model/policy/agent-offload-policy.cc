/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "agent-offload-policy.h"

#include "agents/archive.h"
#include "agents/trained-policy.h"

#include "ns3/log.h"
#include "ns3/simulation-singleton.h"
#include "ns3/string.h"

#include <iostream>
#include <set>
#include <sstream>
#include <stdexcept>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("AgentPolicy");

NS_OBJECT_ENSURE_REGISTERED(AgentPolicy);

const std::string AgentPolicy::LAYOUT_SECTION = "offload";

namespace
{

/// Print a warning, once a simulation: its cells can all have the same agent. @param warning text
void
Warn(const std::string& warning)
{
    if (SimulationSingleton<std::set<std::string>>::Get()->insert(warning).second)
    {
        std::cerr << "warning: " << warning << std::endl;
    }
}

} // namespace

TypeId
AgentPolicy::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::AgentPolicy")
                            .SetParent<OffloadPolicy>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<AgentPolicy>()
                            .AddAttribute("Checkpoint",
                                          "File of the trained policy.",
                                          StringValue(""),
                                          MakeStringAccessor(&AgentPolicy::m_checkpoint),
                                          MakeStringChecker());
    return tid;
}

void
AgentPolicy::SetTrained(std::shared_ptr<const agents::TrainedPolicy> trained,
                        const OffloadStateLayout& layout,
                        const std::string& name)
{
    NS_LOG_FUNCTION(this << name);
    m_trained = trained;
    m_layout = layout;
    m_name = name;
}

void
AgentPolicy::Load(const agents::Archive& archive)
{
    NS_LOG_FUNCTION(this << archive.GetPath());
    m_name = archive.GetPath();
    m_layout = OffloadStateLayout::FromJson(archive.Get(LAYOUT_SECTION), m_name);
    std::istringstream in(archive.Get("policy"));
    m_trained =
        std::make_shared<const agents::TrainedPolicy>(agents::TrainedPolicy::Read(in, m_name));
}

void
AgentPolicy::Begin(const OffloadProblem& problem)
{
    NS_LOG_FUNCTION(this << problem.GetN());
    OffloadPolicy::Begin(problem);
    if (!m_trained)
    {
        if (m_checkpoint.empty())
        {
            throw std::runtime_error("policy agent: no checkpoint, expected the file of a trained "
                                     "policy in attribute Checkpoint (--checkpoint)");
        }
        Load(agents::Archive::Read(m_checkpoint));
    }
    if (m_trained->GetObservations() != m_layout.GetObservations() ||
        m_trained->GetActions() != m_layout.GetActions())
    {
        throw std::runtime_error(m_name + ": section 'policy' has " +
                                 std::to_string(m_trained->GetObservations()) + " features and " +
                                 std::to_string(m_trained->GetActions()) + " actions, expected " +
                                 std::to_string(m_layout.GetObservations()) + " and " +
                                 std::to_string(m_layout.GetActions()));
    }
    m_layout.CheckFits(problem, m_name);
    const std::string other = m_layout.DescribeOtherProfile(problem);
    if (!other.empty())
    {
        Warn(m_name + ": " + other);
    }
    m_features.resize(m_layout.GetObservations());
    m_action.resize(m_layout.GetActions());
}

SlotDecision
AgentPolicy::Decide(const SlotObservation& observation)
{
    NS_LOG_FUNCTION(this << observation.slot);
    m_layout.Observe(GetProblem(), observation, m_features);
    m_trained->Act(m_features, m_action);
    return m_layout.Decide(GetProblem(), m_action);
}

} // namespace llmmec
} // namespace ns3
