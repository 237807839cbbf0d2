/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "association-weights.h"

#include "ns3/log.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("AssociationWeights");

namespace
{

/// @param weights of devices that may be shares already @param fills whether all is divided
/// @return what weights are divided by
double
GetDivisor(double weights, bool fills)
{
    return fills ? weights : std::max(weights, 1.0);
}

/// A server whose shares follow from weights.
class WeightedLoad : public AssociationLoad
{
  public:
    /// @param problem all that holds @param objective which @param weights of shares
    /// @param bandCost of P1 where weights are shares, or empty @param server index
    /// @param devices of it
    WeightedLoad(const AssociationProblem& problem,
                 AssociationObjective objective,
                 const AssociationWeights& weights,
                 const Eigen::ArrayXXd& bandCost,
                 Eigen::Index server,
                 const std::vector<Eigen::Index>& devices)
        : m_problem(problem),
          m_objective(objective),
          m_weights(weights),
          m_bandCost(bandCost),
          m_server(server),
          m_devices(devices)
    {
    }

    double GetCost(Eigen::Index leaving, Eigen::Index entering) const override
    {
        std::vector<Eigen::Index>& changed = m_changed;
        changed.clear();
        std::remove_copy(m_devices.begin(), m_devices.end(), std::back_inserter(changed), leaving);
        if (entering != NO_DEVICE)
        {
            changed.push_back(entering);
        }
        if (changed.empty())
        {
            return 0;
        }
        if (m_objective == PAPER_OBJECTIVE)
        {
            return GetPaperCost(changed);
        }
        const AssociationServerShares shares = DivideServerByWeights(m_weights, m_server, changed);
        return GetServerCost(m_problem,
                             m_objective,
                             m_server,
                             changed,
                             shares.bandwidth,
                             shares.compute);
    }

  private:
    /// @param devices not empty @return cost of P1, s
    double GetPaperCost(const std::vector<Eigen::Index>& devices) const
    {
        double compute = 0;
        double work = 0; // over weights
        double band = 0;
        double cost = 0;
        for (const Eigen::Index i : devices)
        {
            const double weight = m_weights.compute(i, m_server);
            compute += weight;
            work += m_problem.devices.serverFlop[i] / weight;
            band += m_weights.band(i, m_server);
        }
        cost += static_cast<double>(devices.size()) * m_problem.servers.waitS[m_server] +
                work * compute / m_problem.servers.flopPerS[m_server];
        const bool isKnown = m_bandCost.size() > 0 && band <= 1;
        const double divisor = GetDivisor(band, m_weights.fillsBand);
        for (const Eigen::Index i : devices)
        {
            cost += isKnown ? m_bandCost(i, m_server)
                            : GetPaperDemand(m_problem, i, m_server)
                                  .GetCost(m_weights.band(i, m_server) / divisor);
        }
        return cost;
    }

    const AssociationProblem& m_problem;         //!< all that holds
    AssociationObjective m_objective;            //!< which
    const AssociationWeights& m_weights;         //!< of shares
    const Eigen::ArrayXXd& m_bandCost;           //!< of P1 where weights are shares, or empty
    Eigen::Index m_server;                       //!< index
    std::vector<Eigen::Index> m_devices;         //!< of the server
    mutable std::vector<Eigen::Index> m_changed; //!< of the changed server, kept for speed
};

} // namespace

AssociationServerShares
DivideServerByWeights(const AssociationWeights& weights,
                      Eigen::Index server,
                      const std::vector<Eigen::Index>& devices)
{
    const auto n = static_cast<Eigen::Index>(devices.size());
    AssociationServerShares shares{Eigen::ArrayXd(n), Eigen::ArrayXd(n)};
    for (Eigen::Index i = 0; i < n; ++i)
    {
        const Eigen::Index device = devices[static_cast<std::size_t>(i)];
        shares.bandwidth[i] = weights.band(device, server);
        shares.compute[i] = weights.compute(device, server);
    }
    shares.bandwidth /= GetDivisor(shares.bandwidth.sum(), weights.fillsBand);
    shares.compute /= shares.compute.sum();
    return shares;
}

AssociationDecision
DivideServersByWeights(const AssociationWeights& weights, const std::vector<int>& server)
{
    AssociationDecision decision;
    decision.server = server;
    decision.bandwidthShare.setZero(weights.band.rows());
    decision.computeShare.setZero(weights.band.rows());
    const auto groups = GroupByServer(server, weights.band.cols());
    for (std::size_t j = 0; j < groups.size(); ++j)
    {
        const AssociationServerShares shares =
            DivideServerByWeights(weights, static_cast<Eigen::Index>(j), groups[j]);
        for (std::size_t i = 0; i < groups[j].size(); ++i)
        {
            const auto at = static_cast<Eigen::Index>(i);
            decision.bandwidthShare[groups[j][i]] = shares.bandwidth[at];
            decision.computeShare[groups[j][i]] = shares.compute[at];
        }
    }
    return decision;
}

AssociationWeightedCost::AssociationWeightedCost(const AssociationProblem& problem,
                                                 AssociationObjective objective,
                                                 AssociationWeights weights)
    : AssociationCost(problem),
      m_objective(objective),
      m_weights(std::move(weights))
{
    NS_LOG_FUNCTION(this << static_cast<int>(objective));
    if (objective != PAPER_OBJECTIVE || m_weights.fillsBand)
    {
        return;
    }
    m_bandCost.setZero(problem.GetM(), problem.GetE());
    for (Eigen::Index j = 0; j < problem.GetE(); ++j)
    {
        for (Eigen::Index i = 0; i < problem.GetM(); ++i)
        {
            if (problem.HasLink(i, j))
            {
                m_bandCost(i, j) = GetPaperDemand(problem, i, j).GetCost(m_weights.band(i, j));
            }
        }
    }
}

std::unique_ptr<AssociationLoad>
AssociationWeightedCost::MakeLoad(Eigen::Index server,
                                  const std::vector<Eigen::Index>& devices) const
{
    return std::make_unique<WeightedLoad>(GetProblem(),
                                          m_objective,
                                          m_weights,
                                          m_bandCost,
                                          server,
                                          devices);
}

Eigen::ArrayXd
GetMarginalCosts(const AssociationCost& cost, const std::vector<int>& server)
{
    Eigen::ArrayXd saving = Eigen::ArrayXd::Zero(static_cast<Eigen::Index>(server.size()));
    const auto groups = GroupByServer(server, cost.GetProblem().GetE());
    for (std::size_t j = 0; j < groups.size(); ++j)
    {
        if (groups[j].empty())
        {
            continue;
        }
        const auto load = cost.MakeLoad(static_cast<Eigen::Index>(j), groups[j]);
        const double whole = load->GetCost(NO_DEVICE, NO_DEVICE);
        for (const Eigen::Index i : groups[j])
        {
            saving[i] = whole - load->GetCost(i, NO_DEVICE);
        }
    }
    return saving;
}

} // namespace llmmec
} // namespace ns3
