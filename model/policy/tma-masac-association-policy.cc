/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tma-masac-association-policy.h"

#include "ns3/log.h"
#include "ns3/string.h"

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("TmaMasacAssociationPolicy");

NS_OBJECT_ENSURE_REGISTERED(TmaMasacAssociationPolicy);

TypeId
TmaMasacAssociationPolicy::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::TmaMasacAssociationPolicy")
            .SetParent<AssociationPolicy>()
            .SetGroupName("LlmMec")
            .AddConstructor<TmaMasacAssociationPolicy>()
            .AddAttribute("Checkpoint",
                          "File of what an agent has learned, by mec-train --task=association.",
                          StringValue(""),
                          MakeStringAccessor(&TmaMasacAssociationPolicy::m_checkpoint),
                          MakeStringChecker());
    return tid;
}

std::vector<int>
TmaMasacAssociationPolicy::Associate(const AssociationProblem& problem)
{
    NS_LOG_FUNCTION(this);
    if (!m_trained)
    {
        m_trained = TrainedAssociation::Read(m_checkpoint);
    }
    return m_trained->GetLayout().Match(problem, m_trained->Weigh(problem));
}

} // namespace llmmec
} // namespace ns3
