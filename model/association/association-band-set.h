/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ASSOCIATION_BAND_SET_H
#define ASSOCIATION_BAND_SET_H

#include "association-band-table.h"

#include <Eigen/Core>
#include <vector>

namespace ns3
{
namespace llmmec
{

constexpr Eigen::Index NO_DEVICE = -1; //!< that leaves or enters a set

/**
 * @ingroup llm-mec
 * @brief The band of one server among a set of devices, and among those that differ from it by one
 * that leaves or one that enters.
 *
 * The band of a server with devices N costs max_mu sum_N G_i(mu) - mu. The set has the sums of G
 * and y at the table's multipliers. The multiplier is found by halves among them, and then by
 * interpolation: of ln sum y in ln mu, and of G by the cubic that has its values and derivatives.
 */
class AssociationBandSet
{
  public:
    /// Where the multiplier of a set lies.
    struct Cell
    {
        Eigen::Index below{0}; ///< multiplier of the table
        double fraction{0};    ///< of the way to the next at which sum y is 1, [0, 1]
        double sumBelow{0};    ///< of y at the multiplier below
        double sumAbove{0};    ///< of y at the next
        bool isInside{true};   ///< the table reaches so far
    };

    /// @param table of all, outlives this @param server index @param devices with a link to it
    AssociationBandSet(const AssociationBandTable& table,
                       Eigen::Index server,
                       const std::vector<Eigen::Index>& devices);

    /// @param leaving device of the set or NO_DEVICE @param entering device with a link, not of the
    /// set, or NO_DEVICE @return least cost of the band, s
    double GetCost(Eigen::Index leaving, Eigen::Index entering) const;

    /// @param leaving device of the set or NO_DEVICE @param entering device with a link, not of the
    /// set, or NO_DEVICE @return where the multiplier lies
    Cell FindCell(Eigen::Index leaving, Eigen::Index entering) const;

    /// @param cell of the changed set, inside @param device of it @return y, such that the sum over
    /// the changed set is at most 1
    double GetShare(const Cell& cell, Eigen::Index device) const;

    /// @param cell of the changed set, inside @param device of it @return dy / dfraction
    double GetShareDerivative(const Cell& cell, Eigen::Index device) const;

    /// @return devices of the set
    const std::vector<Eigen::Index>& GetDevices() const
    {
        return m_devices;
    }

    /// @param leaving device of the set or NO_DEVICE @param entering device with a link, not of the
    /// set, or NO_DEVICE @return devices of the changed set
    std::vector<Eigen::Index> GetChanged(Eigen::Index leaving, Eigen::Index entering) const;

    /// @param devices of a changed set @return its band, worked out without the table
    AssociationBand Allocate(const std::vector<Eigen::Index>& devices) const;

  private:
    /// @param cell of a changed set, inside @return its multiplier, s
    double GetMultiplier(const Cell& cell) const;

    /// Sum up the table's rows that the sums do not have.
    void AddRows() const;

    /// @param k multiplier @param leaving device or NO_DEVICE @param entering device or NO_DEVICE
    /// @return sum of y
    double SumShares(Eigen::Index k, Eigen::Index leaving, Eigen::Index entering) const
    {
        return m_share[static_cast<std::size_t>(k)] -
               (leaving == NO_DEVICE ? 0 : m_table.GetShare(m_server, leaving, k)) +
               (entering == NO_DEVICE ? 0 : m_table.GetShare(m_server, entering, k));
    }

    /// @param k multiplier @param leaving device or NO_DEVICE @param entering device or NO_DEVICE
    /// @return sum of G, s
    double SumValues(Eigen::Index k, Eigen::Index leaving, Eigen::Index entering) const
    {
        return m_value[static_cast<std::size_t>(k)] -
               (leaving == NO_DEVICE ? 0 : m_table.GetValue(m_server, leaving, k)) +
               (entering == NO_DEVICE ? 0 : m_table.GetValue(m_server, entering, k));
    }

    const AssociationBandTable& m_table; //!< of all
    Eigen::Index m_server;               //!< index
    std::vector<Eigen::Index> m_devices; //!< of the set
    mutable std::vector<double> m_share; //!< sums of y at the table's multipliers
    mutable std::vector<double> m_value; //!< sums of G, the same
    mutable Eigen::Index m_lastBelow{0}; //!< cell that was found last
};

} // namespace llmmec
} // namespace ns3

#endif // ASSOCIATION_BAND_SET_H
