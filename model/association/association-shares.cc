/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "association-shares.h"

#include "association-token-shares.h"

#include "ns3/log.h"

#include <cmath>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("AssociationShares");

Eigen::ArrayXd
GetRootShares(const Eigen::Ref<const Eigen::ArrayXd>& weight)
{
    const Eigen::ArrayXd root = weight.sqrt();
    const double sum = root.sum();
    if (sum > 0)
    {
        return root / sum;
    }
    return Eigen::ArrayXd::Zero(weight.size());
}

AssociationServerShares
DivideServer(const AssociationProblem& problem,
             AssociationObjective objective,
             AssociationShareRule rule,
             Eigen::Index server,
             const std::vector<Eigen::Index>& devices)
{
    NS_LOG_FUNCTION(static_cast<int>(objective) << static_cast<int>(rule) << server);
    const auto n = static_cast<Eigen::Index>(devices.size());
    if (rule == UNIFORM_SHARES)
    {
        const Eigen::ArrayXd even = Eigen::ArrayXd::Constant(n, 1 / static_cast<double>(n));
        return {even, even};
    }
    if (rule == OPTIMAL_SHARES && objective == SPECULATIVE_OBJECTIVE)
    {
        return DivideForTokens(problem, server, devices);
    }
    std::vector<AssociationDemand> demands;
    Eigen::ArrayXd flop(n);
    for (Eigen::Index i = 0; i < n; ++i)
    {
        const Eigen::Index device = devices[static_cast<std::size_t>(i)];
        flop[i] = problem.devices.serverFlop[device];
        demands.push_back(
            rule == OPTIMAL_SHARES
                ? GetPaperDemand(problem, device, server)
                : GetUploadDemand(problem, device, server, problem.devices.uploadBits[device], 1));
    }
    return {AllocateBand(demands).share, GetRootShares(flop)};
}

AssociationDecision
DivideServers(const AssociationProblem& problem,
              AssociationObjective objective,
              AssociationShareRule rule,
              const std::vector<int>& server)
{
    AssociationDecision decision;
    decision.server = server;
    decision.bandwidthShare.setZero(problem.GetM());
    decision.computeShare.setZero(problem.GetM());
    const auto groups = GroupByServer(server, problem.GetE());
    for (std::size_t j = 0; j < groups.size(); ++j)
    {
        const AssociationServerShares shares =
            DivideServer(problem, objective, rule, static_cast<Eigen::Index>(j), groups[j]);
        for (std::size_t i = 0; i < groups[j].size(); ++i)
        {
            const auto at = static_cast<Eigen::Index>(i);
            decision.bandwidthShare[groups[j][i]] = shares.bandwidth[at];
            decision.computeShare[groups[j][i]] = shares.compute[at];
        }
    }
    return decision;
}

} // namespace llmmec
} // namespace ns3
