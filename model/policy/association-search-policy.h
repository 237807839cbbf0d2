/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ASSOCIATION_SEARCH_POLICY_H
#define ASSOCIATION_SEARCH_POLICY_H

#include "association-policy.h"

#include "ns3/association-search.h"

#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Policies that improve an association step by step, by an objective with a rule of shares.
 */
class AssociationSearchPolicy : public AssociationPolicy
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    std::vector<int> Associate(const AssociationProblem& problem) override;

  private:
    /// @param cost of a server with its devices @return what the policy finds
    virtual AssociationSearchResult DoSearch(const AssociationCost& cost) const = 0;

    AssociationObjective m_objective; //!< what is to be small
    AssociationShareRule m_shares;    //!< of servers
};

/**
 * @ingroup llm-mec
 * @brief Two-phase matching as printed in arXiv:2511.01695, Algorithm 1: each device takes the
 * server of the highest gain, then pairs of devices swap servers while the objective falls. Of all
 * swaps the best is taken, which the paper leaves open. Each server keeps its number of devices
 * from phase 1.
 */
class TmaAssociationPolicy : public AssociationSearchPolicy
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

  private:
    AssociationSearchResult DoSearch(const AssociationCost& cost) const override;
};

/**
 * @ingroup llm-mec
 * @brief Two-phase matching in whose second phase a device may also move to another server.
 */
class TmaMoveAssociationPolicy : public AssociationSearchPolicy
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

  private:
    AssociationSearchResult DoSearch(const AssociationCost& cost) const override;
};

/**
 * @ingroup llm-mec
 * @brief Moves and swaps from the highest gains and from a greedy start, MoveAndSwap.
 */
class MoveSwapAssociationPolicy : public AssociationSearchPolicy
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

  private:
    AssociationSearchResult DoSearch(const AssociationCost& cost) const override;
};

} // namespace llmmec
} // namespace ns3

#endif // ASSOCIATION_SEARCH_POLICY_H
