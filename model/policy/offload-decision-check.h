/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef OFFLOAD_DECISION_CHECK_H
#define OFFLOAD_DECISION_CHECK_H

#include "ns3/offload-slot.h"
#include "ns3/type-id.h"

#include <string>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Validates what a policy has decided: sizes and ranges of ratios, powers, servers and
 * shares.
 */
class OffloadDecisionCheck
{
  public:
    /**
     * @param policy type of the policy, for errors
     * @param problem what holds for all slots; outlives the check
     */
    OffloadDecisionCheck(TypeId policy, const OffloadProblem& problem);

    /**
     * Refuse a decision that cannot be carried out, and clamp what is beyond its range by a
     * rounding error.
     * @param[in,out] decision the decision
     * @throw std::runtime_error in one line: the policy, the MLU, the value and what was expected
     */
    void Check(SlotDecision& decision) const;

  private:
    /// @param what was decided @param expected what was expected @throw std::runtime_error always
    [[noreturn]] void Refuse(const std::string& what, const std::string& expected) const;
    /// Check that each MLU has an entry. @param decision the decision
    void CheckSizes(const SlotDecision& decision) const;
    /// Check ratio and power of an MLU. @param decision the decision @param mlu index of the MLU
    void CheckMlu(SlotDecision& decision, Eigen::Index mlu) const;
    /// Check shares of bandwidth or computing. @param name what they are of @param share the
    /// shares, one per MLU @param decision the decision they are of
    void CheckShares(const std::string& name,
                     const Eigen::ArrayXd& share,
                     const SlotDecision& decision) const;

    TypeId m_policy;                 //!< type of the policy
    const OffloadProblem& m_problem; //!< what holds for all slots
};

} // namespace llmmec
} // namespace ns3

#endif // OFFLOAD_DECISION_CHECK_H
