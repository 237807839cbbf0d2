/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_ASSOCIATION_SLOTS_H
#define LLM_MEC_ASSOCIATION_SLOTS_H

#include "llm-mec-association-scenario.h"

#include "ns3/association-horizon.h"

#include <optional>
#include <string>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief The slots of an association study: each drawn anew, or those of one network, in which
 * queues and batteries go on from slot to slot and tasks are drawn for each.
 */
class LlmMecAssociationSlots
{
  public:
    /**
     * @param scenario draws networks and tasks
     * @param carriesQueues whether work that is not done waits for the next slot
     * @param batteryJ energy of a full battery, J, >= 0; 0: batteries do not fall
     * @throw std::invalid_argument where queues are carried over slots of no length
     */
    LlmMecAssociationSlots(Ptr<LlmMecAssociationScenario> scenario,
                           bool carriesQueues,
                           double batteryJ);

    /// @return whether slots have nothing to do with each other
    bool AreIndependent() const;

    /// @return the next slot
    AssociationProblem Begin();

    /// @return names of what End gives; none where slots are independent
    std::vector<std::string> GetNames() const;

    /**
     * The slot ends.
     * @param problem what Begin gave
     * @param decision for it
     * @return mean backlog of servers, s; mean battery, as a share; devices with an empty one;
     * those whose battery ended in this slot, so that their answer is lost
     */
    std::vector<double> End(const AssociationProblem& problem, const AssociationDecision& decision);

  private:
    Ptr<LlmMecAssociationScenario> m_scenario;   //!< draws
    std::optional<AssociationProblem> m_network; //!< where it is kept
    std::optional<AssociationHorizon> m_horizon; //!< what is carried over
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_ASSOCIATION_SLOTS_H
