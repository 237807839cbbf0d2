/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "association-cost.h"

#include "ns3/log.h"

#include <cmath>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("AssociationCost");

namespace
{

/// @param problem all that holds @param getDemand of (device, server) @return the table
template <typename Demand>
AssociationBandTable
MakeTable(const AssociationProblem& problem, const Demand& getDemand)
{
    return {problem.GetM(),
            problem.GetE(),
            [&problem](Eigen::Index device, Eigen::Index server) {
                return problem.HasLink(device, server);
            },
            getDemand};
}

/// @param problem all that holds @return terms of each device
std::vector<AssociationTokenTerms>
GetAllTerms(const AssociationProblem& problem)
{
    std::vector<AssociationTokenTerms> terms;
    for (Eigen::Index device = 0; device < problem.GetM(); ++device)
    {
        terms.push_back(GetTokenTerms(problem, device));
    }
    return terms;
}

} // namespace

AssociationCost::AssociationCost(const AssociationProblem& problem)
    : m_problem(problem)
{
}

double
AssociationCost::GetTotal(const std::vector<int>& server) const
{
    const auto groups = GroupByServer(server, m_problem.GetE());
    double total = 0;
    for (std::size_t j = 0; j < groups.size(); ++j)
    {
        total += GetCost(static_cast<Eigen::Index>(j), groups[j]);
    }
    return total;
}

AssociationExactCost::AssociationExactCost(const AssociationProblem& problem,
                                           AssociationObjective objective,
                                           AssociationShareRule rule)
    : AssociationCost(problem),
      m_objective(objective),
      m_rule(rule)
{
}

double
AssociationExactCost::GetCost(Eigen::Index server, const std::vector<Eigen::Index>& devices) const
{
    if (devices.empty())
    {
        return 0;
    }
    const AssociationServerShares shares =
        DivideServer(GetProblem(), m_objective, m_rule, server, devices);
    return GetServerCost(GetProblem(),
                         m_objective,
                         server,
                         devices,
                         shares.bandwidth,
                         shares.compute);
}

AssociationPaperCost::AssociationPaperCost(const AssociationProblem& problem)
    : AssociationCost(problem),
      m_table(MakeTable(problem,
                        [&problem](Eigen::Index device, Eigen::Index server) {
                            return GetPaperDemand(problem, device, server);
                        })),
      m_rootFlop(problem.devices.serverFlop.sqrt())
{
}

double
AssociationPaperCost::GetCost(Eigen::Index server, const std::vector<Eigen::Index>& devices) const
{
    double root = 0;
    for (const Eigen::Index device : devices)
    {
        root += m_rootFlop[device];
    }
    const AssociationServers& servers = GetProblem().servers;
    return static_cast<double>(devices.size()) * servers.waitS[server] +
           root * root / servers.flopPerS[server] + m_table.GetCost(server, devices);
}

AssociationTokenCost::AssociationTokenCost(const AssociationProblem& problem)
    : AssociationCost(problem),
      m_terms(GetAllTerms(problem)),
      m_table(MakeTable(problem, [this, &problem](Eigen::Index device, Eigen::Index server) {
          const AssociationTokenTerms& terms = m_terms[static_cast<std::size_t>(device)];
          return GetUploadDemand(problem,
                                 device,
                                 server,
                                 problem.decoding.windowBits,
                                 terms.roundTrip + terms.longer);
      }))
{
}

double
AssociationTokenCost::GetCost(Eigen::Index server, const std::vector<Eigen::Index>& devices) const
{
    const AssociationServers& servers = GetProblem().servers;
    Eigen::ArrayXd band;
    m_table.GetShares(server, devices, band);
    const double verifyS = servers.verifyS[server];
    const double preVerifyS = servers.preVerifyS[server];
    const auto rootAt = [this, verifyS, preVerifyS](Eigen::Index device) {
        const AssociationTokenTerms& terms = m_terms[static_cast<std::size_t>(device)];
        return std::sqrt((terms.roundTrip + terms.longer) * verifyS +
                         (terms.restart + terms.longerStart) * preVerifyS);
    };
    double root = 0;
    for (const Eigen::Index device : devices)
    {
        root += rootAt(device);
    }
    double cost = static_cast<double>(devices.size()) * servers.waitS[server];
    for (std::size_t i = 0; i < devices.size(); ++i)
    {
        const AssociationTokenTerms& terms = m_terms[static_cast<std::size_t>(devices[i])];
        const double share = rootAt(devices[i]) / root;
        if (!(share > 0)) // nothing to verify
        {
            continue;
        }
        const AssociationDemand& demand = m_table.GetDemand(devices[i], server);
        const double roundTripS = demand.GetUpload(band[static_cast<Eigen::Index>(i)]).timeS +
                                  verifyS / share + GetProblem().decoding.downlinkS;
        cost += terms.GetLatencyS(roundTripS, preVerifyS / share);
    }
    return cost;
}

std::unique_ptr<AssociationCost>
MakeAssociationCost(const AssociationProblem& problem,
                    AssociationObjective objective,
                    AssociationShareRule rule)
{
    NS_LOG_FUNCTION(static_cast<int>(objective) << static_cast<int>(rule));
    if (rule == OPTIMAL_SHARES && objective == PAPER_OBJECTIVE)
    {
        return std::make_unique<AssociationPaperCost>(problem);
    }
    if (rule == OPTIMAL_SHARES)
    {
        return std::make_unique<AssociationTokenCost>(problem);
    }
    return std::make_unique<AssociationExactCost>(problem, objective, rule);
}

} // namespace llmmec
} // namespace ns3
