/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "learned-association-share-policy.h"

#include "ns3/log.h"
#include "ns3/string.h"

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LearnedAssociationSharePolicy");

NS_OBJECT_ENSURE_REGISTERED(LearnedAssociationSharePolicy);

TypeId
LearnedAssociationSharePolicy::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::LearnedAssociationSharePolicy")
            .SetParent<AssociationSharePolicy>()
            .SetGroupName("LlmMec")
            .AddConstructor<LearnedAssociationSharePolicy>()
            .AddAttribute("Checkpoint",
                          "File of what an agent has learned, by mec-train --task=association.",
                          StringValue(""),
                          MakeStringAccessor(&LearnedAssociationSharePolicy::m_checkpoint),
                          MakeStringChecker());
    return tid;
}

AssociationDecision
LearnedAssociationSharePolicy::Divide(const AssociationProblem& problem,
                                      const std::vector<int>& server)
{
    NS_LOG_FUNCTION(this);
    if (!m_trained)
    {
        m_trained = TrainedAssociation::Read(m_checkpoint);
    }
    return DivideServersByWeights(m_trained->Weigh(problem), server);
}

} // namespace llmmec
} // namespace ns3
