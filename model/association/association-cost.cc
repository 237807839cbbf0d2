/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "association-cost.h"

#include "association-token-load.h"

#include "ns3/log.h"

#include <algorithm>
#include <iterator>

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

/// With shares that are worked out for each set.
class ExactLoad : public AssociationLoad
{
  public:
    /// @param problem all that holds @param objective which @param rule of shares @param server
    /// index
    /// @param devices of it
    ExactLoad(const AssociationProblem& problem,
              AssociationObjective objective,
              AssociationShareRule rule,
              Eigen::Index server,
              const std::vector<Eigen::Index>& devices)
        : m_problem(problem),
          m_objective(objective),
          m_rule(rule),
          m_server(server),
          m_devices(devices)
    {
    }

    double GetCost(Eigen::Index leaving, Eigen::Index entering) const override
    {
        std::vector<Eigen::Index> changed;
        std::remove_copy(m_devices.begin(), m_devices.end(), std::back_inserter(changed), leaving);
        if (entering != NO_DEVICE)
        {
            changed.push_back(entering);
        }
        if (changed.empty())
        {
            return 0;
        }
        const AssociationServerShares shares =
            DivideServer(m_problem, m_objective, m_rule, m_server, changed);
        return GetServerCost(m_problem,
                             m_objective,
                             m_server,
                             changed,
                             shares.bandwidth,
                             shares.compute);
    }

  private:
    const AssociationProblem& m_problem; //!< all that holds
    AssociationObjective m_objective;    //!< which
    AssociationShareRule m_rule;         //!< of shares
    Eigen::Index m_server;               //!< index
    std::vector<Eigen::Index> m_devices; //!< of the server
};

/// @param values of each device, s @param devices of a set @return their sum
double
SumOf(const Eigen::Ref<const Eigen::ArrayXd>& values, const std::vector<Eigen::Index>& devices)
{
    double sum = 0;
    for (const Eigen::Index device : devices)
    {
        sum += values[device];
    }
    return sum;
}

/// @param values of each device @param sum over a set @param leaving device or NO_DEVICE
/// @param entering device or NO_DEVICE @return sum over the changed set, >= 0
double
ChangeSum(const Eigen::Ref<const Eigen::ArrayXd>& values,
          double sum,
          Eigen::Index leaving,
          Eigen::Index entering)
{
    return std::max(sum - (leaving == NO_DEVICE ? 0 : values[leaving]) +
                        (entering == NO_DEVICE ? 0 : values[entering]),
                    0.0);
}

/// @param n devices of a set @param leaving device or NO_DEVICE @param entering device or NO_DEVICE
/// @return devices of the changed set
double
ChangeNumber(std::size_t n, Eigen::Index leaving, Eigen::Index entering)
{
    return static_cast<double>(n) - (leaving == NO_DEVICE ? 0 : 1) +
           (entering == NO_DEVICE ? 0 : 1);
}

/// P1 with its optimal shares.
class PaperLoad : public AssociationLoad
{
  public:
    /// @param problem all that holds @param table of its demands @param rootFlop of each device
    /// @param server index @param devices of it
    PaperLoad(const AssociationProblem& problem,
              const AssociationBandTable& table,
              const Eigen::ArrayXd& rootFlop,
              Eigen::Index server,
              const std::vector<Eigen::Index>& devices)
        : m_waitS(problem.servers.waitS[server]),
          m_flopPerS(problem.servers.flopPerS[server]),
          m_rootFlop(rootFlop),
          m_set(table, server, devices),
          m_root(SumOf(rootFlop, devices))
    {
    }

    double GetCost(Eigen::Index leaving, Eigen::Index entering) const override
    {
        const double root = ChangeSum(m_rootFlop, m_root, leaving, entering);
        return ChangeNumber(m_set.GetDevices().size(), leaving, entering) * m_waitS +
               root * root / m_flopPerS + m_set.GetCost(leaving, entering);
    }

  private:
    double m_waitS;                   //!< of the queue
    double m_flopPerS;                //!< rate of the server
    const Eigen::ArrayXd& m_rootFlop; //!< of each device
    AssociationBandSet m_set;         //!< band of the server's devices
    double m_root;                    //!< sum of their sqrt f
};

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

double
AssociationLoad::GetLowerCost(Eigen::Index leaving, Eigen::Index entering) const
{
    return GetCost(leaving, entering);
}

AssociationCost::AssociationCost(const AssociationProblem& problem)
    : m_problem(problem)
{
}

double
AssociationCost::GetCost(Eigen::Index server, const std::vector<Eigen::Index>& devices) const
{
    return devices.empty() ? 0 : MakeLoad(server, devices)->GetCost(NO_DEVICE, NO_DEVICE);
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

std::unique_ptr<AssociationLoad>
AssociationExactCost::MakeLoad(Eigen::Index server, const std::vector<Eigen::Index>& devices) const
{
    return std::make_unique<ExactLoad>(GetProblem(), m_objective, m_rule, server, devices);
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

std::unique_ptr<AssociationLoad>
AssociationPaperCost::MakeLoad(Eigen::Index server, const std::vector<Eigen::Index>& devices) const
{
    return std::make_unique<PaperLoad>(GetProblem(), m_table, m_rootFlop, server, devices);
}

AssociationTokenCost::AssociationTokenCost(const AssociationProblem& problem)
    : AssociationCost(problem),
      m_terms(GetAllTerms(problem)),
      m_table(MakeTable(problem,
                        [this, &problem](Eigen::Index device, Eigen::Index server) {
                            const auto& terms = m_terms[static_cast<std::size_t>(device)];
                            return GetUploadDemand(problem,
                                                   device,
                                                   server,
                                                   problem.decoding.windowBits,
                                                   terms.roundTrip + terms.longer);
                        })),
      m_rootPass(problem.GetM(), problem.GetE())
{
    for (Eigen::Index i = 0; i < problem.GetM(); ++i)
    {
        const AssociationTokenTerms& terms = m_terms[static_cast<std::size_t>(i)];
        m_rootPass.row(i) = ((terms.roundTrip + terms.longer) * problem.servers.verifyS +
                             (terms.restart + terms.longerStart) * problem.servers.preVerifyS)
                                .sqrt();
    }
}

std::unique_ptr<AssociationLoad>
AssociationTokenCost::MakeLoad(Eigen::Index server, const std::vector<Eigen::Index>& devices) const
{
    return std::make_unique<AssociationTokenLoad>(GetProblem(),
                                                  m_terms,
                                                  m_table,
                                                  m_rootPass,
                                                  server,
                                                  devices);
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
