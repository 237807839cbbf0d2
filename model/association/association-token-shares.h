/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ASSOCIATION_TOKEN_SHARES_H
#define ASSOCIATION_TOKEN_SHARES_H

#include "association-shares.h"

#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * Shares of a server with the least sum of latencies at token level, AssociationTokenTerms.
 *
 * The sum is convex in the shares, since the time of an upload and of a pass are. Each maximum
 * max(c, t) is replaced by (c + t + sqrt((t - c)^2 + 4 eps^2)) / 2, which is eps too large at most
 * (Chen and Harker, Kanzow, Smale). Newton's method with one multiplier for the sum of either share
 * then takes steps of O(n), and eps falls by a constant factor to 1e-9 of a window's drafting time.
 * @param problem all that holds
 * @param server index
 * @param devices of the server, all with a link to it
 * @return shares, an entry a device; each sum is 1 where a device has tokens
 */
AssociationServerShares DivideForTokens(const AssociationProblem& problem,
                                        Eigen::Index server,
                                        const std::vector<Eigen::Index>& devices);

/**
 * @ingroup llm-mec
 * A bound that proves how good shares are: the least of the Lagrangian in which each maximum counts
 * with the weight that it has at these shares. It is the dual of the sum of latencies.
 * @param problem all that holds
 * @param server index
 * @param devices of the server, all with a link to it
 * @param shares of them, such as those of DivideForTokens
 * @return no shares have a smaller GetServerCost, s
 */
double BoundTokens(const AssociationProblem& problem,
                   Eigen::Index server,
                   const std::vector<Eigen::Index>& devices,
                   const AssociationServerShares& shares);

} // namespace llmmec
} // namespace ns3

#endif // ASSOCIATION_TOKEN_SHARES_H
