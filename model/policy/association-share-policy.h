/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ASSOCIATION_SHARE_POLICY_H
#define ASSOCIATION_SHARE_POLICY_H

#include "ns3/association-shares.h"
#include "ns3/object.h"

#include <string>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief How servers are divided among the devices that they have.
 */
class AssociationSharePolicy : public Object
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * Divide all servers.
     * @param problem what is known, checked by CheckAssociationProblem
     * @param server of each device, M entries, as AssociationPolicy chooses it
     * @return the decision; the shares of a server sum to 1 at most
     */
    virtual AssociationDecision Divide(const AssociationProblem& problem,
                                       const std::vector<int>& server) = 0;

    /// @return short names of the policies in alphabetical order:
    /// ns3::llmmec::FullBandAssociationSharePolicy is full-band
    static std::vector<std::string> GetNames();

    /**
     * Find a policy.
     * @param name short name (full-band) or TypeId name
     * (ns3::llmmec::FullBandAssociationSharePolicy)
     * @return its TypeId
     * @throw std::invalid_argument naming the known policies when there is none of that name
     */
    static TypeId Find(const std::string& name);
};

/**
 * @ingroup llm-mec
 * @brief Each device of a server has the same share of its band and of its computing.
 */
class UniformAssociationSharePolicy : public AssociationSharePolicy
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    AssociationDecision Divide(const AssociationProblem& problem,
                               const std::vector<int>& server) override;
};

/**
 * @ingroup llm-mec
 * @brief The shares of least objective. Those of P1 leave most of the band unused.
 */
class OptimalAssociationSharePolicy : public AssociationSharePolicy
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    AssociationDecision Divide(const AssociationProblem& problem,
                               const std::vector<int>& server) override;

  private:
    AssociationObjective m_objective; //!< what is to be small
};

/**
 * @ingroup llm-mec
 * @brief All of the band, for the least sum of uploads; computing by square roots of the work.
 */
class FullBandAssociationSharePolicy : public AssociationSharePolicy
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    AssociationDecision Divide(const AssociationProblem& problem,
                               const std::vector<int>& server) override;
};

} // namespace llmmec
} // namespace ns3

#endif // ASSOCIATION_SHARE_POLICY_H
