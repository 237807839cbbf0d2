/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ASSOCIATION_COST_H
#define ASSOCIATION_COST_H

#include "association-band-set.h"
#include "association-band-table.h"
#include "association-shares.h"

#include <Eigen/Core>
#include <memory>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief What a server costs with its devices, and where one of them leaves or one enters.
 */
class AssociationLoad
{
  public:
    virtual ~AssociationLoad() = default;

    /**
     * @param leaving device of the server, or NO_DEVICE
     * @param entering device with a link to the server that it does not have, or NO_DEVICE
     * @return cost of the server then, s
     */
    virtual double GetCost(Eigen::Index leaving, Eigen::Index entering) const = 0;

    /**
     * A bound that is faster to work out, if there is one.
     * @param leaving as GetCost
     * @param entering as GetCost
     * @return GetCost or less, s
     */
    virtual double GetLowerCost(Eigen::Index leaving, Eigen::Index entering) const;
};

/**
 * @ingroup llm-mec
 * @brief What servers cost with sets of devices, for a search over associations.
 */
class AssociationCost
{
  public:
    /// @param problem all that holds, outlives this
    explicit AssociationCost(const AssociationProblem& problem);
    virtual ~AssociationCost() = default;

    /**
     * @param server index
     * @param devices of it, all with a link to it
     * @return GetServerCost with the shares that this is about, s; 0 without devices
     */
    double GetCost(Eigen::Index server, const std::vector<Eigen::Index>& devices) const;

    /**
     * @param server index
     * @param devices of it, all with a link to it
     * @return the server with these devices; does not outlive this
     */
    virtual std::unique_ptr<AssociationLoad> MakeLoad(
        Eigen::Index server,
        const std::vector<Eigen::Index>& devices) const = 0;

    /// @param server of each device, M entries @return sum of the costs of all servers, s
    double GetTotal(const std::vector<int>& server) const;

    /// @return what it is about
    const AssociationProblem& GetProblem() const
    {
        return m_problem;
    }

  private:
    const AssociationProblem& m_problem; //!< all that holds
};

/**
 * @ingroup llm-mec
 * @brief With shares that are worked out for each set.
 */
class AssociationExactCost : public AssociationCost
{
  public:
    /// @param problem all that holds, outlives this @param objective which @param rule of shares
    AssociationExactCost(const AssociationProblem& problem,
                         AssociationObjective objective,
                         AssociationShareRule rule);

    std::unique_ptr<AssociationLoad> MakeLoad(
        Eigen::Index server,
        const std::vector<Eigen::Index>& devices) const override;

  private:
    AssociationObjective m_objective; //!< which
    AssociationShareRule m_rule;      //!< of shares
};

/**
 * @ingroup llm-mec
 * @brief P1 with its optimal shares, from a table; a relative 1e-3 or less from exact where the
 * band is scarce, and exact elsewhere.
 */
class AssociationPaperCost : public AssociationCost
{
  public:
    /// @param problem all that holds, outlives this
    explicit AssociationPaperCost(const AssociationProblem& problem);

    std::unique_ptr<AssociationLoad> MakeLoad(
        Eigen::Index server,
        const std::vector<Eigen::Index>& devices) const override;

    /// @return the table
    const AssociationBandTable& GetTable() const
    {
        return m_table;
    }

  private:
    AssociationBandTable m_table; //!< of P1's demands
    Eigen::ArrayXd m_rootFlop;    //!< sqrt f^ES, M entries
};

/**
 * @ingroup llm-mec
 * @brief Latencies at token level with shares that are near their best: those of the weights that
 * each time has where it is the longer one. The band's come from a table.
 */
class AssociationTokenCost : public AssociationCost
{
  public:
    /// @param problem all that holds, outlives this
    explicit AssociationTokenCost(const AssociationProblem& problem);

    std::unique_ptr<AssociationLoad> MakeLoad(
        Eigen::Index server,
        const std::vector<Eigen::Index>& devices) const override;

  private:
    std::vector<AssociationTokenTerms> m_terms; //!< of each device
    AssociationBandTable m_table;               //!< of uploads of windows
    Eigen::ArrayXXd m_rootPass; //!< square roots of weighted times of passes, M x E, sqrt s
};

/**
 * @ingroup llm-mec
 * The cost that is fast to work out: tables for optimal shares, the shares themselves elsewhere.
 * @param problem all that holds, outlives what is returned
 * @param objective which
 * @param rule of shares
 * @return the cost
 */
std::unique_ptr<AssociationCost> MakeAssociationCost(const AssociationProblem& problem,
                                                     AssociationObjective objective,
                                                     AssociationShareRule rule);

} // namespace llmmec
} // namespace ns3

#endif // ASSOCIATION_COST_H
