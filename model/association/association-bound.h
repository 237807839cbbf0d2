/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ASSOCIATION_BOUND_H
#define ASSOCIATION_BOUND_H

#include "association-cost.h"

#include <cstdint>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * A bound of P1 over all associations and shares, with its constant part. The sums of shares are
 * relaxed: with prices theta_j and mu_j of computing and of the band each device takes the server
 * of least k_j kappa + 2 sqrt(f_i) theta_j + G_ij(mu_j), less sum F_j theta_j^2 + mu_j. Prices
 * start at those of an association and climb by subgradients, with steps by Polyak's rule.
 * @param cost P1 with optimal shares
 * @param server of each device in a good association, M entries
 * @param steps of the climb
 * @return no decision has a smaller objective of P1, s
 */
double BoundPaperObjective(const AssociationPaperCost& cost,
                           const std::vector<int>& server,
                           uint32_t steps = 300);

} // namespace llmmec
} // namespace ns3

#endif // ASSOCIATION_BOUND_H
