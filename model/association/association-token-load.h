/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ASSOCIATION_TOKEN_LOAD_H
#define ASSOCIATION_TOKEN_LOAD_H

#include "association-band-set.h"
#include "association-cost.h"
#include "association-objective.h"

#include <Eigen/Core>
#include <optional>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief What a server costs at token level with shares that are near their best: those of the
 * weights that each time has where it is the longer one.
 *
 * Between two multipliers of the band's table each share is linear in the place between them, so
 * that the sum of the latencies of given devices is convex in that place and in the sum of square
 * roots that rules the shares of computing. A plane that touches it once bounds it from below for
 * all devices that may enter.
 */
class AssociationTokenLoad : public AssociationLoad
{
  public:
    /**
     * @param problem all that holds
     * @param terms of the answer of each device, M
     * @param table of uploads of windows
     * @param rootPass square roots of weighted times of passes, M x E, sqrt s; 0 for devices
     * without tokens
     * @param server index
     * @param devices of it, all with a link to it
     */
    AssociationTokenLoad(const AssociationProblem& problem,
                         const std::vector<AssociationTokenTerms>& terms,
                         const AssociationBandTable& table,
                         const Eigen::ArrayXXd& rootPass,
                         Eigen::Index server,
                         const std::vector<Eigen::Index>& devices);

    double GetCost(Eigen::Index leaving, Eigen::Index entering) const override;
    double GetLowerCost(Eigen::Index leaving, Eigen::Index entering) const override;

  private:
    /// A plane below the latencies of devices: at a place, with its derivatives.
    struct Plane
    {
        double fraction{0};   //!< place between two multipliers, [0, 1]
        double root{0};       //!< sum of m_rootPass
        double valueS{0};     //!< there, s
        double byFraction{0}; //!< derivative, s
        double byRoot{0};     //!< derivative, sqrt s
    };

    /// @param leaving device or NO_DEVICE @param entering device or NO_DEVICE @return sum of
    /// m_rootPass over the changed set
    double GetRoot(Eigen::Index leaving, Eigen::Index entering) const;
    /// @param leaving device or NO_DEVICE @param entering device or NO_DEVICE @return waits of the
    /// changed set, s
    double GetWaitS(Eigen::Index leaving, Eigen::Index entering) const;
    /// @param device index @param share y @param root sum of m_rootPass over the changed set
    /// @return latency, s
    double GetLatencyS(Eigen::Index device, double share, double root) const;
    /// Find the plane that touches the latencies of the devices that stay.
    /// @param leaving device or NO_DEVICE @param cell where the plane touches @param root the same
    /// @return the plane
    Plane Touch(Eigen::Index leaving, const AssociationBandSet::Cell& cell, double root) const;

    const AssociationProblem& m_problem;               //!< all that holds
    const std::vector<AssociationTokenTerms>& m_terms; //!< of each device
    const AssociationBandTable& m_table;               //!< of uploads
    const Eigen::ArrayXXd& m_rootPass;                 //!< M x E
    Eigen::Index m_server;                             //!< index
    AssociationBandSet m_set;                          //!< band of the server's devices
    double m_root;                                     //!< sum of m_rootPass over them
    /// By the device that leaves, the last for none, and by cell, the first where band is left.
    mutable std::vector<std::vector<std::optional<Plane>>> m_planes;
};

} // namespace llmmec
} // namespace ns3

#endif // ASSOCIATION_TOKEN_LOAD_H
