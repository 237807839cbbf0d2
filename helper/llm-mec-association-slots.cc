/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-association-slots.h"

#include "ns3/log.h"

#include <stdexcept>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmMecAssociationSlots");

LlmMecAssociationSlots::LlmMecAssociationSlots(Ptr<LlmMecAssociationScenario> scenario,
                                               bool carriesQueues,
                                               double batteryJ)
    : m_scenario(scenario)
{
    NS_LOG_FUNCTION(this << carriesQueues << batteryJ);
    if (!carriesQueues && batteryJ == 0)
    {
        return;
    }
    if (carriesQueues && scenario->GetSlotS() <= 0)
    {
        throw std::invalid_argument("LlmMecAssociationScenario::QueuedS: got 0, expected more with "
                                    "queues that are carried over");
    }
    m_network = scenario->Draw();
    m_horizon.emplace(AssociationHorizonSettings{scenario->GetSlotS(), carriesQueues, batteryJ},
                      *m_network);
}

bool
LlmMecAssociationSlots::AreIndependent() const
{
    return !m_horizon;
}

AssociationProblem
LlmMecAssociationSlots::Begin()
{
    AssociationProblem problem = m_horizon ? *m_network : m_scenario->Draw();
    if (m_horizon)
    {
        m_scenario->DrawTasks(problem);
    }
    m_scenario->DropIdle(problem);
    if (m_horizon)
    {
        m_horizon->Begin(problem);
    }
    return problem;
}

std::vector<std::string>
LlmMecAssociationSlots::GetNames() const
{
    return m_horizon ? std::vector<std::string>{"backlogS", "battery", "empty", "lost"}
                     : std::vector<std::string>();
}

std::vector<double>
LlmMecAssociationSlots::End(const AssociationProblem& problem, const AssociationDecision& decision)
{
    NS_LOG_FUNCTION(this);
    if (!m_horizon)
    {
        return {};
    }
    const AssociationSlotEnd end = m_horizon->End(problem, decision);
    return {m_horizon->GetBacklogS().mean(),
            m_horizon->GetBattery().mean(),
            static_cast<double>(m_horizon->GetEmpty()),
            static_cast<double>(end.drained)};
}

} // namespace llmmec
} // namespace ns3
