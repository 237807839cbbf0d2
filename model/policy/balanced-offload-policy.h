/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef BALANCED_OFFLOAD_POLICY_H
#define BALANCED_OFFLOAD_POLICY_H

#include "offload-policy.h"
#include "offload-state.h"

#include <Eigen/Core>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Policy balanced: a closed form. All MLUs are received with the same power, and each
 * offloads the ratio that ends both shares of its task at the same time.
 *
 * It is the optimum of equal MLUs whose limits do not bind, and takes no search: a simple baseline
 * for large cells. It takes no notice of limits and of differences that call for unequal rates. See
 * OffloadEntities for the formulas. They hold for costs in proportion to the share, so that other
 * devices and servers are refused.
 */
class BalancedPolicy : public OffloadPolicy
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    bool NeedsEquations() const override;
    void Begin(const OffloadProblem& problem) override;
    SlotDecision Decide(const SlotObservation& observation) override;

  private:
    double m_powerRangeDb;       //!< R, dB
    OffloadStateLayout m_layout; //!< what is computed of a slot
    Eigen::VectorXf m_features;  //!< of a slot, kept for speed
    Eigen::VectorXf m_action;    //!< of a slot, kept for speed
};

} // namespace llmmec
} // namespace ns3

#endif // BALANCED_OFFLOAD_POLICY_H
