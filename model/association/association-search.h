/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ASSOCIATION_SEARCH_H
#define ASSOCIATION_SEARCH_H

#include "association-cost.h"

#include <cstdint>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Which steps a search takes.
 */
struct AssociationSteps
{
    bool moves{true};      ///< a device goes to another server
    bool swaps{true};      ///< two devices change places; tried where no move helps
    uint32_t most{100000}; ///< steps, after which the search ends
};

/**
 * @ingroup llm-mec
 * @brief An association, and how it was found.
 */
struct AssociationSearchResult
{
    std::vector<int> server;         ///< of each device, M entries, [0, E) or NO_SERVER
    double cost{0};                  ///< sum of the costs of all servers, s
    std::vector<double> costBySteps; ///< at the start and after each step, falling, s
};

/**
 * @ingroup llm-mec
 * Improve an association by the best of all moves, or where none helps by the best of all swaps,
 * until no step lowers the cost by a relative 1e-12. What a step does not touch is not worked out
 * again.
 *
 * The swap alone is phase 2 of TMA in arXiv:2511.01695, whose test is printed the other way round.
 * It keeps the number of devices of each server.
 * @param cost of a server with its devices
 * @param start server of each device, M entries; a device with a link has a server that it has a
 * link to
 * @param steps which to take
 * @return an association that is no worse
 */
AssociationSearchResult ImproveAssociation(const AssociationCost& cost,
                                           const std::vector<int>& start,
                                           const AssociationSteps& steps = {});

/// @param problem all that holds @return the server of the highest signal to noise for each device
std::vector<int> AssociateByGain(const AssociationProblem& problem);

/**
 * @ingroup llm-mec
 * Devices in turn each take the server of most F_j / (n_j + 1), n_j being the devices that it has;
 * of equal ones the first.
 * @param problem all that holds
 * @param order of devices, M entries, each once
 * @return server of each device
 */
std::vector<int> AssociateGreedily(const AssociationProblem& problem,
                                   const std::vector<Eigen::Index>& order);

/**
 * @ingroup llm-mec
 * Moves and swaps from the highest gains, and from the greedy association of the devices in the
 * order of falling work f^ES; the better of both.
 * @param cost of a server with its devices
 * @return the association; a change of the order of devices changes it no further
 */
AssociationSearchResult MoveAndSwap(const AssociationCost& cost);

} // namespace llmmec
} // namespace ns3

#endif // ASSOCIATION_SEARCH_H
