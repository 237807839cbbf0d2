/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "association-share-policy.h"

#include "offload-policy-names.h"

#include "ns3/enum.h"
#include "ns3/log.h"
#include "ns3/offload-ns3-compat.h"

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("AssociationSharePolicy");

NS_OBJECT_ENSURE_REGISTERED(AssociationSharePolicy);
NS_OBJECT_ENSURE_REGISTERED(UniformAssociationSharePolicy);
NS_OBJECT_ENSURE_REGISTERED(OptimalAssociationSharePolicy);
NS_OBJECT_ENSURE_REGISTERED(FullBandAssociationSharePolicy);

TypeId
AssociationSharePolicy::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::AssociationSharePolicy").SetParent<Object>().SetGroupName("LlmMec");
    return tid;
}

std::vector<std::string>
AssociationSharePolicy::GetNames()
{
    return PolicyNames(GetTypeId(), "AssociationSharePolicy").GetAll();
}

TypeId
AssociationSharePolicy::Find(const std::string& name)
{
    return PolicyNames(GetTypeId(), "AssociationSharePolicy").Find(name);
}

TypeId
UniformAssociationSharePolicy::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::UniformAssociationSharePolicy")
                            .SetParent<AssociationSharePolicy>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<UniformAssociationSharePolicy>();
    return tid;
}

AssociationDecision
UniformAssociationSharePolicy::Divide(const AssociationProblem& problem,
                                      const std::vector<int>& server)
{
    NS_LOG_FUNCTION(this);
    return DivideServers(problem, PAPER_OBJECTIVE, UNIFORM_SHARES, server);
}

TypeId
OptimalAssociationSharePolicy::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::OptimalAssociationSharePolicy")
            .SetParent<AssociationSharePolicy>()
            .SetGroupName("LlmMec")
            .AddConstructor<OptimalAssociationSharePolicy>()
            .AddAttribute(
                "Objective",
                "What is to be small: problem P1 (paper), or the sum of latencies at "
                "token level (speculative).",
                EnumValue(PAPER_OBJECTIVE),
                MakeEnumAttributeAccessor<AssociationObjective>(
                    &OptimalAssociationSharePolicy::m_objective),
                MakeEnumChecker(PAPER_OBJECTIVE, "paper", SPECULATIVE_OBJECTIVE, "speculative"));
    return tid;
}

AssociationDecision
OptimalAssociationSharePolicy::Divide(const AssociationProblem& problem,
                                      const std::vector<int>& server)
{
    NS_LOG_FUNCTION(this);
    return DivideServers(problem, m_objective, OPTIMAL_SHARES, server);
}

TypeId
FullBandAssociationSharePolicy::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::FullBandAssociationSharePolicy")
                            .SetParent<AssociationSharePolicy>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<FullBandAssociationSharePolicy>();
    return tid;
}

AssociationDecision
FullBandAssociationSharePolicy::Divide(const AssociationProblem& problem,
                                       const std::vector<int>& server)
{
    NS_LOG_FUNCTION(this);
    return DivideServers(problem, PAPER_OBJECTIVE, FULL_BAND_SHARES, server);
}

} // namespace llmmec
} // namespace ns3
