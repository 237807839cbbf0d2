/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef OPTIMAL_OFFLOAD_POLICY_H
#define OPTIMAL_OFFLOAD_POLICY_H

#include "offload-policy.h"

#include "ns3/offload-optimum.h"

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief The numerical optimum of each slot by itself, with gains and tasks known: the reference
 * for every other policy, not a scheme that a network could run.
 *
 * It maximises (47) by OptimalDecision, for the paper's server (each request gets all of F) and
 * interference during the whole slot. It looks no further than its slot, so that a policy that
 * spares a battery or a queue can beat it where slots hang together.
 */
class OptimalPolicy : public OffloadPolicy
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    bool NeedsEquations() const override;
    SlotDecision Decide(const SlotObservation& observation) override;

    /// @param powerRangeDb powers are searched from P_max down to this far below, dB
    void SetPowerRangeDb(double powerRangeDb);
    /// @return powers are searched from P_max down to this far below, dB
    double GetPowerRangeDb() const;
    /// @param maxEvaluations evaluations of the cost from one start
    void SetMaxEvaluations(uint32_t maxEvaluations);
    /// @return evaluations of the cost from one start
    uint32_t GetMaxEvaluations() const;

  private:
    OptimumSettings m_settings; //!< settings of the search
};

} // namespace llmmec
} // namespace ns3

#endif // OPTIMAL_OFFLOAD_POLICY_H
