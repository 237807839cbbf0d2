/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "association-search.h"

#include "ns3/log.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <numeric>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("AssociationSearch");

namespace
{

constexpr double LEAST_GAIN = 1e-12; //!< of a step, as a part of the cost

/// A search, with what it knows of steps. Costs of sets that a step changed are worked out anew: a
/// bound first, and the cost itself where the bound does not rule the step out.
class Search
{
  public:
    /// @param cost of servers @param start server of each device
    Search(const AssociationCost& cost, const std::vector<int>& start)
        : m_cost(cost),
          m_m(static_cast<Eigen::Index>(start.size())),
          m_e(cost.GetProblem().GetE()),
          m_server(start),
          m_groups(GroupByServer(start, m_e)),
          m_serverCost(m_e),
          m_leave(Eigen::ArrayXd::Zero(m_m)),
          m_enter(m_m, m_e),
          m_exchange(m_m, m_m),
          m_pair(Eigen::ArrayXXd::Constant(m_m, m_m, std::numeric_limits<double>::infinity())),
          m_loads(static_cast<std::size_t>(m_e)),
          m_movesOld(static_cast<std::size_t>(m_e)),
          m_swapsOld(static_cast<std::size_t>(m_e))
    {
        for (Eigen::Index j = 0; j < m_e; ++j)
        {
            Load(j);
        }
    }

    /// @param steps which to take @return the result
    AssociationSearchResult Run(const AssociationSteps& steps)
    {
        AssociationSearchResult result;
        result.costBySteps.push_back(m_serverCost.sum());
        for (uint32_t step = 0; step < steps.most; ++step)
        {
            if (!(steps.moves && Move()) && !(steps.swaps && Swap()))
            {
                break;
            }
            result.costBySteps.push_back(m_serverCost.sum());
        }
        result.server = m_server;
        result.cost = result.costBySteps.back();
        return result;
    }

  private:
    /// Of the cost of a server
    struct Change
    {
        double value{0};     //!< the change, or less, s
        bool isExact{false}; //!< whether it is the change
    };

    /// For each pair
    using Changes = Eigen::Array<Change, Eigen::Dynamic, Eigen::Dynamic>;

    /// @param device index @return its server
    Eigen::Index ServerOf(Eigen::Index device) const
    {
        return m_server[static_cast<std::size_t>(device)];
    }

    /// @param server index @return it with its devices
    const AssociationLoad& LoadOf(Eigen::Index server) const
    {
        return *m_loads[static_cast<std::size_t>(server)];
    }

    /// @param server index @param leaving device of it or NO_DEVICE @param entering device or
    /// NO_DEVICE @return what the server costs more then
    double GetChange(Eigen::Index server, Eigen::Index leaving, Eigen::Index entering) const
    {
        return LoadOf(server).GetCost(leaving, entering) - m_serverCost[server];
    }

    /// @param server index @param leaving device of it or NO_DEVICE @param entering device
    /// @return the same or less, worked out faster
    Change GetLowerChange(Eigen::Index server, Eigen::Index leaving, Eigen::Index entering) const
    {
        const int now = m_server[static_cast<std::size_t>(entering)];
        if (now == NO_SERVER || now == server || !m_cost.GetProblem().HasLink(entering, server))
        {
            return {std::numeric_limits<double>::infinity(), true};
        }
        return {LoadOf(server).GetLowerCost(leaving, entering) - m_serverCost[server], false};
    }

    /// Work a change out, unless it is known. @param change it, or less @param server index
    /// @param leaving device of the server or NO_DEVICE @param entering device @return the change
    double Resolve(Change& change,
                   Eigen::Index server,
                   Eigen::Index leaving,
                   Eigen::Index entering) const
    {
        if (!change.isExact)
        {
            change = {GetChange(server, leaving, entering), true};
        }
        return change.value;
    }

    /// Look at a server's devices anew. @param server index
    void Load(Eigen::Index server)
    {
        const auto at = static_cast<std::size_t>(server);
        m_loads[at] = m_cost.MakeLoad(server, m_groups[at]);
        m_serverCost[server] =
            m_groups[at].empty() ? 0 : m_loads[at]->GetCost(NO_DEVICE, NO_DEVICE);
        m_movesOld[at] = true;
        m_swapsOld[at] = true;
    }

    /// @return whether a change is worth a step @param change of the cost
    bool IsWorthIt(double change) const
    {
        return change < -LEAST_GAIN * m_serverCost.sum();
    }

    /// Take the best move, if one helps. @return whether one did
    bool Move()
    {
        for (Eigen::Index j = 0; j < m_e; ++j)
        {
            if (!m_movesOld[static_cast<std::size_t>(j)])
            {
                continue;
            }
            m_movesOld[static_cast<std::size_t>(j)] = false;
            for (const Eigen::Index i : m_groups[static_cast<std::size_t>(j)])
            {
                m_leave[i] = GetChange(j, i, NO_DEVICE);
            }
            for (Eigen::Index i = 0; i < m_m; ++i)
            {
                m_enter(i, j) = GetLowerChange(j, NO_DEVICE, i);
            }
        }
        double best = 0;
        Eigen::Index device = 0;
        Eigen::Index to = 0;
        for (Eigen::Index j = 0; j < m_e; ++j)
        {
            for (Eigen::Index i = 0; i < m_m; ++i)
            {
                Change& enter = m_enter(i, j);
                if (enter.value + m_leave[i] < best &&
                    Resolve(enter, j, NO_DEVICE, i) + m_leave[i] < best)
                {
                    best = enter.value + m_leave[i];
                    device = i;
                    to = j;
                }
            }
        }
        if (!IsWorthIt(best))
        {
            return false;
        }
        NS_LOG_LOGIC("device " << device << " moves to server " << to << ": " << best << " s");
        const Eigen::Index from = ServerOf(device);
        m_server[static_cast<std::size_t>(device)] = static_cast<int>(to);
        Refresh(from, to);
        return true;
    }

    /// Take the best swap, if one helps. @return whether one did
    bool Swap()
    {
        const std::vector<bool> areOld = m_swapsOld;
        m_swapsOld.assign(m_swapsOld.size(), false);
        for (Eigen::Index j = 0; j < m_e; ++j)
        {
            if (!areOld[static_cast<std::size_t>(j)])
            {
                continue;
            }
            for (const Eigen::Index i : m_groups[static_cast<std::size_t>(j)])
            {
                for (Eigen::Index l = 0; l < m_m; ++l)
                {
                    m_exchange(i, l) = GetLowerChange(j, i, l);
                }
            }
        }
        for (Eigen::Index j = 0; j < m_e; ++j)
        {
            if (areOld[static_cast<std::size_t>(j)])
            {
                SumPairs(m_groups[static_cast<std::size_t>(j)]);
            }
        }
        double best = 0;
        Eigen::Index first = 0;
        Eigen::Index second = 0;
        for (Eigen::Index i = 1; i < m_m; ++i)
        {
            if (!(m_pair.col(i).head(i).minCoeff() < best))
            {
                continue;
            }
            for (Eigen::Index l = 0; l < i; ++l)
            {
                double& change = m_pair(l, i);
                if (change < best)
                {
                    change = Resolve(m_exchange(i, l), ServerOf(i), i, l) +
                             Resolve(m_exchange(l, i), ServerOf(l), l, i);
                }
                if (change < best)
                {
                    best = change;
                    first = i;
                    second = l;
                }
            }
        }
        if (!IsWorthIt(best))
        {
            return false;
        }
        NS_LOG_LOGIC("devices " << first << " and " << second << " swap: " << best << " s");
        std::swap(m_server[static_cast<std::size_t>(first)],
                  m_server[static_cast<std::size_t>(second)]);
        Refresh(ServerOf(first), ServerOf(second));
        return true;
    }

    /// Sum up what swaps of some devices with all others change. @param devices of a server
    void SumPairs(const std::vector<Eigen::Index>& devices)
    {
        for (const Eigen::Index i : devices)
        {
            for (Eigen::Index l = 0; l < m_m; ++l)
            {
                if (ServerOf(l) != NO_SERVER)
                {
                    m_pair(std::min(i, l), std::max(i, l)) =
                        m_exchange(i, l).value + m_exchange(l, i).value;
                }
            }
        }
    }

    /// Two servers have other devices now. @param one index @param other index
    void Refresh(Eigen::Index one, Eigen::Index other)
    {
        m_groups = GroupByServer(m_server, m_e);
        for (const Eigen::Index j : {one, other})
        {
            Load(j);
        }
    }

    const AssociationCost& m_cost;                   //!< of servers
    Eigen::Index m_m;                                //!< M
    Eigen::Index m_e;                                //!< E
    std::vector<int> m_server;                       //!< of each device
    std::vector<std::vector<Eigen::Index>> m_groups; //!< devices of each server
    Eigen::ArrayXd m_serverCost;                     //!< of each server
    Eigen::ArrayXd m_leave;                          //!< change where a device leaves its server
    Changes m_enter;                                 //!< change where it comes to another server
    Changes m_exchange; //!< of a device's server, where another device takes its place
    /// Change where a device of a row and one of a column to the right of it swap, or less.
    Eigen::ArrayXXd m_pair;
    std::vector<std::unique_ptr<AssociationLoad>> m_loads; //!< each server with its devices
    std::vector<bool> m_movesOld; //!< m_leave and m_enter of a server are old
    std::vector<bool> m_swapsOld; //!< rows of its devices in m_exchange are old
};

} // namespace

AssociationSearchResult
ImproveAssociation(const AssociationCost& cost,
                   const std::vector<int>& start,
                   const AssociationSteps& steps)
{
    NS_LOG_FUNCTION(start.size() << steps.moves << steps.swaps << steps.most);
    return Search(cost, start).Run(steps);
}

std::vector<int>
AssociateByGain(const AssociationProblem& problem)
{
    std::vector<int> server(static_cast<std::size_t>(problem.GetM()), NO_SERVER);
    for (Eigen::Index i = 0; i < problem.GetM(); ++i)
    {
        double best = 0;
        for (Eigen::Index j = 0; j < problem.GetE(); ++j)
        {
            const double snr = problem.GetSnr(i, j);
            if (snr > best)
            {
                best = snr;
                server[static_cast<std::size_t>(i)] = static_cast<int>(j);
            }
        }
    }
    return server;
}

std::vector<int>
AssociateGreedily(const AssociationProblem& problem, const std::vector<Eigen::Index>& order)
{
    std::vector<int> server(static_cast<std::size_t>(problem.GetM()), NO_SERVER);
    Eigen::ArrayXd devices = Eigen::ArrayXd::Ones(problem.GetE()); // n_j + 1
    for (const Eigen::Index i : order)
    {
        double best = 0;
        int& chosen = server[static_cast<std::size_t>(i)];
        for (Eigen::Index j = 0; j < problem.GetE(); ++j)
        {
            const double rate = problem.servers.flopPerS[j] / devices[j];
            if (problem.HasLink(i, j) && rate > best)
            {
                best = rate;
                chosen = static_cast<int>(j);
            }
        }
        if (chosen != NO_SERVER)
        {
            devices[chosen] += 1;
        }
    }
    return server;
}

AssociationSearchResult
MoveAndSwap(const AssociationCost& cost)
{
    const AssociationProblem& problem = cost.GetProblem();
    std::vector<Eigen::Index> order(static_cast<std::size_t>(problem.GetM()));
    std::iota(order.begin(), order.end(), 0);
    const Eigen::ArrayXd& work = problem.devices.serverFlop;
    std::stable_sort(order.begin(), order.end(), [&work](Eigen::Index a, Eigen::Index b) {
        return work[a] > work[b];
    });
    AssociationSearchResult best = ImproveAssociation(cost, AssociateByGain(problem));
    AssociationSearchResult other = ImproveAssociation(cost, AssociateGreedily(problem, order));
    return other.cost < best.cost ? other : best;
}

} // namespace llmmec
} // namespace ns3
