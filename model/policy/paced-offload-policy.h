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
 * @brief Policy paced: policy balanced, whose MLUs spread what is left of their battery evenly over
 * the slots that are left.
 *
 * An MLU that would spend more than battery / slots left with the balanced ratio offloads just as
 * much more as lets it keep to that. It is a closed form, with the energies (15) and (21), and the
 * simple baseline where batteries bind. Without a battery, or without a last slot, it is balanced.
 */
class PacedPolicy : public BalancedPolicy
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    SlotDecision Decide(const SlotObservation& observation) override;
};

} // namespace llmmec
} // namespace ns3

#endif // PACED_OFFLOAD_POLICY_H
