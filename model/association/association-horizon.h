/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ASSOCIATION_HORIZON_H
#define ASSOCIATION_HORIZON_H

#include "association-objective.h"
#include "association-problem.h"

#include <Eigen/Core>
#include <cstdint>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief What a slot leaves to the next.
 */
struct AssociationHorizonSettings
{
    double slotS{1};          ///< kappa, how long a slot is, s, > 0
    bool carriesQueues{true}; ///< whether work that is not done waits at its server
    double batteryJ{0};       ///< energy of a full battery, J, >= 0; 0: batteries do not fall
};

/**
 * @ingroup llm-mec
 * @brief What was done in a slot.
 */
struct AssociationSlotEnd
{
    double arrivedS{0};      ///< work that came, over all servers, s of whole servers
    double servedS{0};       ///< work that was done, the same
    double drainedJ{0};      ///< energy that batteries gave, J
    Eigen::Index drained{0}; ///< devices whose battery ended in the slot; their answer is lost
};

/**
 * @ingroup llm-mec
 * @brief Queues of servers and batteries of devices over many slots, as values.
 *
 * A server computes for one slot at most what f^ES / F says of its devices; what is left is the
 * wait k_j kappa of the next slot. A device gives E^CP + E^CM of P1 for an answer. Where its
 * battery has less, the battery is empty after the slot, and the device takes no part from then on.
 */
class AssociationHorizon
{
  public:
    /**
     * @param settings what is carried over
     * @param problem of the first slot, with its waits and batteries
     */
    AssociationHorizon(const AssociationHorizonSettings& settings,
                       const AssociationProblem& problem);

    /**
     * A slot begins.
     * @param problem of the slot; gets waits and batteries as they are now, and devices with an
     * empty battery lose their links
     */
    void Begin(AssociationProblem& problem) const;

    /**
     * A slot ends.
     * @param problem that Begin has seen
     * @param decision for it
     * @return what was done
     */
    AssociationSlotEnd End(const AssociationProblem& problem, const AssociationDecision& decision);

    /// @return work that waits at each server, E entries, s
    const Eigen::ArrayXd& GetBacklogS() const;
    /// @return what remains of each battery, M entries, as a share of a full one
    const Eigen::ArrayXd& GetBattery() const;
    /// @return devices with an empty battery
    Eigen::Index GetEmpty() const;

  private:
    /// @param device index @return whether its battery is empty
    bool IsEmpty(Eigen::Index device) const;

    AssociationHorizonSettings m_settings; //!< what is carried over
    Eigen::ArrayXd m_backlogS;             //!< of each server, s
    Eigen::ArrayXd m_battery;              //!< of each device, as a share
};

} // namespace llmmec
} // namespace ns3

#endif // ASSOCIATION_HORIZON_H
