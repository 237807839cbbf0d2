/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ASSOCIATION_EXACT_H
#define ASSOCIATION_EXACT_H

#include "association-cost.h"
#include "association-search.h"

namespace ns3
{
namespace llmmec
{

constexpr Eigen::Index MOST_EXACT_DEVICES = 14; //!< of ExactAssociation: 3^14 steps a server

/**
 * @ingroup llm-mec
 * The association of least cost, by dynamic programming over sets of devices: the best of servers
 * 0..j with a set is the best over its subsets of what server j costs with the subset and servers
 * 0..j-1 with the rest. It takes E 3^M steps and E 2^M costs.
 * @param cost of a server with its devices
 * @return the association, with no steps
 * @throw std::invalid_argument where there are more than MOST_EXACT_DEVICES devices with a link
 */
AssociationSearchResult ExactAssociation(const AssociationCost& cost);

} // namespace llmmec
} // namespace ns3

#endif // ASSOCIATION_EXACT_H
