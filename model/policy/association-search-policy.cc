/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "association-search-policy.h"

#include "ns3/enum.h"
#include "ns3/log.h"
#include "ns3/offload-ns3-compat.h"

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("AssociationSearchPolicy");

NS_OBJECT_ENSURE_REGISTERED(AssociationSearchPolicy);
NS_OBJECT_ENSURE_REGISTERED(TmaAssociationPolicy);
NS_OBJECT_ENSURE_REGISTERED(TmaMoveAssociationPolicy);
NS_OBJECT_ENSURE_REGISTERED(MoveSwapAssociationPolicy);

TypeId
AssociationSearchPolicy::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::AssociationSearchPolicy")
            .SetParent<AssociationPolicy>()
            .SetGroupName("LlmMec")
            .AddAttribute(
                "Objective",
                "What is to be small: problem P1 (paper), or the sum of latencies at "
                "token level (speculative).",
                EnumValue(PAPER_OBJECTIVE),
                MakeEnumAttributeAccessor<AssociationObjective>(
                    &AssociationSearchPolicy::m_objective),
                MakeEnumChecker(PAPER_OBJECTIVE, "paper", SPECULATIVE_OBJECTIVE, "speculative"))
            .AddAttribute(
                "Shares",
                "How the search divides a server: evenly (uniform), at its best by the "
                "objective (optimal), or with all of the band for short uploads "
                "(full-band).",
                EnumValue(OPTIMAL_SHARES),
                MakeEnumAttributeAccessor<AssociationShareRule>(&AssociationSearchPolicy::m_shares),
                MakeEnumChecker(UNIFORM_SHARES,
                                "uniform",
                                OPTIMAL_SHARES,
                                "optimal",
                                FULL_BAND_SHARES,
                                "full-band"));
    return tid;
}

std::vector<int>
AssociationSearchPolicy::Associate(const AssociationProblem& problem)
{
    NS_LOG_FUNCTION(this);
    const AssociationSearchResult result =
        DoSearch(*MakeAssociationCost(problem, m_objective, m_shares));
    NS_LOG_LOGIC("from " << result.costBySteps.front() << " to " << result.cost << " s in "
                         << result.costBySteps.size() - 1 << " steps");
    return result.server;
}

TypeId
TmaAssociationPolicy::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::TmaAssociationPolicy")
                            .SetParent<AssociationSearchPolicy>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<TmaAssociationPolicy>();
    return tid;
}

AssociationSearchResult
TmaAssociationPolicy::DoSearch(const AssociationCost& cost) const
{
    AssociationSteps steps;
    steps.moves = false;
    return ImproveAssociation(cost, AssociateByGain(cost.GetProblem()), steps);
}

TypeId
TmaMoveAssociationPolicy::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::TmaMoveAssociationPolicy")
                            .SetParent<AssociationSearchPolicy>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<TmaMoveAssociationPolicy>();
    return tid;
}

AssociationSearchResult
TmaMoveAssociationPolicy::DoSearch(const AssociationCost& cost) const
{
    return ImproveAssociation(cost, AssociateByGain(cost.GetProblem()));
}

TypeId
MoveSwapAssociationPolicy::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::MoveSwapAssociationPolicy")
                            .SetParent<AssociationSearchPolicy>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<MoveSwapAssociationPolicy>();
    return tid;
}

AssociationSearchResult
MoveSwapAssociationPolicy::DoSearch(const AssociationCost& cost) const
{
    return MoveAndSwap(cost);
}

} // namespace llmmec
} // namespace ns3
