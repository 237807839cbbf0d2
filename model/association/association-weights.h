/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ASSOCIATION_WEIGHTS_H
#define ASSOCIATION_WEIGHTS_H

#include "association-cost.h"
#include "association-shares.h"

#include <Eigen/Core>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief What each device asks of each server, before it is known who has which server: Y and Z as
 * an agent gives them.
 *
 * Computing is divided in proportion to weights. So is the band where it is filled. Elsewhere a
 * weight of the band is the share itself, and only weights that sum to more than 1 are divided by
 * their sum, so that band may be left.
 */
struct AssociationWeights
{
    Eigen::ArrayXXd band;    ///< of y, M x E, > 0, at most 1 where the band is not filled
    Eigen::ArrayXXd compute; ///< of z, M x E, > 0
    bool fillsBand{true};    ///< whether no band is left
};

/**
 * @ingroup llm-mec
 * Divide a server by weights.
 * @param weights of all devices and servers
 * @param server index
 * @param devices of the server
 * @return shares, an entry a device
 */
AssociationServerShares DivideServerByWeights(const AssociationWeights& weights,
                                              Eigen::Index server,
                                              const std::vector<Eigen::Index>& devices);

/**
 * @ingroup llm-mec
 * Divide all servers by weights.
 * @param weights of all devices and servers
 * @param server of each device, M entries, [0, E) or NO_SERVER
 * @return the decision
 */
AssociationDecision DivideServersByWeights(const AssociationWeights& weights,
                                           const std::vector<int>& server);

/**
 * @ingroup llm-mec
 * @brief With shares by weights, for a search over associations.
 */
class AssociationWeightedCost : public AssociationCost
{
  public:
    /// @param problem all that holds, outlives this @param objective which @param weights of shares
    AssociationWeightedCost(const AssociationProblem& problem,
                            AssociationObjective objective,
                            AssociationWeights weights);

    std::unique_ptr<AssociationLoad> MakeLoad(
        Eigen::Index server,
        const std::vector<Eigen::Index>& devices) const override;

  private:
    AssociationObjective m_objective; //!< which
    AssociationWeights m_weights;     //!< of shares
    Eigen::ArrayXXd
        m_bandCost; //!< of P1 where weights of the band are shares, M x E, s; else empty
};

/**
 * @ingroup llm-mec
 * What the servers would save without a device: its own cost, and what others lose by it. A small
 * change of a device's shares changes this by as much as it changes the sum of all costs.
 * @param cost of servers
 * @param server of each device, M entries
 * @return saving for each device, M entries, s; 0 without a server
 */
Eigen::ArrayXd GetMarginalCosts(const AssociationCost& cost, const std::vector<int>& server);

} // namespace llmmec
} // namespace ns3

#endif // ASSOCIATION_WEIGHTS_H
