/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ASSOCIATION_SHARES_H
#define ASSOCIATION_SHARES_H

#include "association-objective.h"
#include "association-problem.h"

#include <Eigen/Core>
#include <vector>

namespace ns3
{
namespace llmmec
{

/// How a server is divided; unscoped, as ns-3.37's EnumValue needs.
enum AssociationShareRule
{
    UNIFORM_SHARES,  ///< the same share for all devices of a server
    OPTIMAL_SHARES,  ///< of least cost by the objective
    FULL_BAND_SHARES ///< of least upload and server time together: no band is left
};

/**
 * @ingroup llm-mec
 * @brief Shares of one server.
 */
struct AssociationServerShares
{
    Eigen::ArrayXd bandwidth; ///< y, an entry a device, [0, 1], sum at most 1
    Eigen::ArrayXd compute;   ///< z, an entry a device, [0, 1], sum at most 1
};

/**
 * @ingroup llm-mec
 * Shares of least sum of weight_i / z_i: in proportion to square roots.
 * @param weight of each device, >= 0
 * @return shares, sum 1; zeros where all weights are 0
 */
Eigen::ArrayXd GetRootShares(const Eigen::Ref<const Eigen::ArrayXd>& weight);

/**
 * @ingroup llm-mec
 * Divide a server.
 * @param problem all that holds
 * @param objective whose optimum counts; of no matter to the other rules
 * @param rule how
 * @param server index
 * @param devices of the server, all with a link to it
 * @return shares, an entry a device
 */
AssociationServerShares DivideServer(const AssociationProblem& problem,
                                     AssociationObjective objective,
                                     AssociationShareRule rule,
                                     Eigen::Index server,
                                     const std::vector<Eigen::Index>& devices);

/**
 * @ingroup llm-mec
 * Divide all servers.
 * @param problem all that holds
 * @param objective whose optimum counts; of no matter to the other rules
 * @param rule how
 * @param server of each device, M entries, [0, E) or NO_SERVER
 * @return the decision
 */
AssociationDecision DivideServers(const AssociationProblem& problem,
                                  AssociationObjective objective,
                                  AssociationShareRule rule,
                                  const std::vector<int>& server);

} // namespace llmmec
} // namespace ns3

#endif // ASSOCIATION_SHARES_H
