/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "association-exact.h"

#include "ns3/log.h"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <string>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("AssociationExact");

AssociationSearchResult
ExactAssociation(const AssociationCost& cost)
{
    const AssociationProblem& problem = cost.GetProblem();
    std::vector<Eigen::Index> linked;
    for (Eigen::Index i = 0; i < problem.GetM(); ++i)
    {
        if (problem.HasAnyLink(i))
        {
            linked.push_back(i);
        }
    }
    NS_LOG_FUNCTION(linked.size());
    const auto n = static_cast<Eigen::Index>(linked.size());
    if (n > MOST_EXACT_DEVICES)
    {
        throw std::invalid_argument("exact association: " + std::to_string(n) +
                                    " devices, expected at most " +
                                    std::to_string(MOST_EXACT_DEVICES));
    }
    const std::size_t sets = std::size_t{1} << n;
    const auto e = static_cast<std::size_t>(problem.GetE());
    std::vector<double> best(sets, std::numeric_limits<double>::infinity());
    best[0] = 0; // no server has no device
    std::vector<std::vector<std::size_t>> choice(e, std::vector<std::size_t>(sets, 0));
    std::vector<double> own(sets);
    std::vector<Eigen::Index> devices;
    for (std::size_t j = 0; j < e; ++j)
    {
        for (std::size_t set = 0; set < sets; ++set)
        {
            devices.clear();
            bool isLinked = true;
            for (std::size_t b = 0; b < linked.size(); ++b)
            {
                if (set >> b & 1)
                {
                    devices.push_back(linked[b]);
                    isLinked &= problem.HasLink(linked[b], static_cast<Eigen::Index>(j));
                }
            }
            own[set] = isLinked ? cost.GetCost(static_cast<Eigen::Index>(j), devices)
                                : std::numeric_limits<double>::infinity();
        }
        std::vector<double> next(sets, std::numeric_limits<double>::infinity());
        for (std::size_t set = 0; set < sets; ++set)
        {
            // All subsets, from the whole set down to the empty one.
            for (std::size_t subset = set;; subset = (subset - 1) & set)
            {
                const double sum = own[subset] + best[set ^ subset];
                if (sum < next[set])
                {
                    next[set] = sum;
                    choice[j][set] = subset;
                }
                if (subset == 0)
                {
                    break;
                }
            }
        }
        best = std::move(next);
    }
    AssociationSearchResult result;
    result.server.assign(static_cast<std::size_t>(problem.GetM()), NO_SERVER);
    std::size_t left = sets - 1;
    for (std::size_t j = e; j-- > 0;)
    {
        for (std::size_t b = 0; b < linked.size(); ++b)
        {
            if (choice[j][left] >> b & 1)
            {
                result.server[static_cast<std::size_t>(linked[b])] = static_cast<int>(j);
            }
        }
        left ^= choice[j][left];
    }
    result.cost = best[sets - 1];
    result.costBySteps = {result.cost};
    return result;
}

} // namespace llmmec
} // namespace ns3
