/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef PACED_OFFLOAD_POLICY_H
#define PACED_OFFLOAD_POLICY_H

#include "balanced-offload-policy.h"

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Policy paced: policy balanced, whose MLUs make their batteries last until the last slot.
 *
 * An MLU is short when the balanced ratio would spend more than battery / slots left. With mode
 * Even it then offloads just as much more as lets it keep to that. With mode Switch it offloads all
 * while it is short, and is balanced again once the battery pays for the rest: the reward (47) is
 * the inverse of a latency, so that slow and quick slots are worth more than as many in between.
 *
 * It is a closed form, with the energies (15) and (21), and the simple baseline where batteries
 * bind. Without a battery, or without a last slot, it is balanced.
 */
class PacedPolicy : public BalancedPolicy
{
  public:
    /// What an MLU does that is short; unscoped, as ns-3.37's EnumValue needs
    enum Mode
    {
        EVEN,  ///< spend battery / slots left
        SWITCH ///< offload all
    };

    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    SlotDecision Decide(const SlotObservation& observation) override;

  private:
    Mode m_mode; //!< what an MLU does that is short
};

} // namespace llmmec
} // namespace ns3

#endif // PACED_OFFLOAD_POLICY_H
