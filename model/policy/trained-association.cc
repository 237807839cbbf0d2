/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "trained-association.h"

#include "agents/archive.h"
#include "agents/policy.h"

#include "ns3/log.h"

#include <stdexcept>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("TrainedAssociation");

TrainedAssociation::TrainedAssociation(std::shared_ptr<const agents::Policy> policy,
                                       const AssociationAgentLayout& layout,
                                       const std::string& name)
    : m_policy(policy),
      m_layout(layout)
{
    NS_LOG_FUNCTION(this << name);
    if (!policy->TakesSets() || policy->GetObservations() != AssociationAgentLayout::FEATURES ||
        policy->GetActions() != AssociationAgentLayout::ACTIONS)
    {
        throw std::runtime_error(name + ": the policy has " +
                                 std::to_string(policy->GetObservations()) + " features and " +
                                 std::to_string(policy->GetActions()) + " actions, expected " +
                                 std::to_string(AssociationAgentLayout::FEATURES) + " and " +
                                 std::to_string(AssociationAgentLayout::ACTIONS) + " of a set");
    }
}

TrainedAssociation
TrainedAssociation::Read(const std::string& path)
{
    NS_LOG_FUNCTION(path);
    if (path.empty())
    {
        throw std::runtime_error("learned shares: no checkpoint, expected the file of a trained "
                                 "policy in attribute Checkpoint (--checkpoint)");
    }
    const agents::Archive archive = agents::Archive::Read(path);
    const AssociationAgentLayout layout =
        AssociationAgentLayout::FromJson(archive.Get(AssociationAgentLayout::SECTION), path);
    return {agents::ReadPolicy(archive), layout, path};
}

AssociationWeights
TrainedAssociation::Weigh(const AssociationProblem& problem) const
{
    return m_layout.Weigh(problem, *m_policy);
}

const AssociationAgentLayout&
TrainedAssociation::GetLayout() const
{
    return m_layout;
}

} // namespace llmmec
} // namespace ns3
