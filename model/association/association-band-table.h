/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ASSOCIATION_BAND_TABLE_H
#define ASSOCIATION_BAND_TABLE_H

#include "association-demand.h"

#include <Eigen/Core>
#include <functional>
#include <utility>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief What every device would ask of every server's band at a number of prices, so that a
 * server's band is divided among any of them in microseconds: see AssociationBandSet.
 *
 * G_ij(mu) = min_y cost_ij(y) + mu y is concave in mu and has the derivative y_ij(mu). The table
 * has G and y at mu = 0 and, for servers whose band some set has found scarce, at 32 multipliers in
 * geometric steps. These are worked out when they are first asked for, so that a table belongs to
 * one thread.
 */
class AssociationBandTable
{
  public:
    /**
     * Fill the table for mu = 0.
     * @param devices M
     * @param servers E
     * @param hasLink of (device, server): whether there is anything to ask for
     * @param getDemand of (device, server) with a link: its demand
     */
    AssociationBandTable(
        Eigen::Index devices,
        Eigen::Index servers,
        const std::function<bool(Eigen::Index, Eigen::Index)>& hasLink,
        const std::function<AssociationDemand(Eigen::Index, Eigen::Index)>& getDemand);

    /// @param device index @param server index, with a link @return what it asks for
    const AssociationDemand& GetDemand(Eigen::Index device, Eigen::Index server) const
    {
        return m_servers[static_cast<std::size_t>(server)]
            .demands[static_cast<std::size_t>(device)];
    }

    /// @param server index @return its multipliers, rising from 0, s; works out what is missing
    const std::vector<double>& GetMultipliers(Eigen::Index server) const;

    /// @param server index @param device with a link to it @param k multiplier; above 0 only after
    /// GetMultipliers @return y there
    double GetShare(Eigen::Index server, Eigen::Index device, Eigen::Index k) const
    {
        return m_servers[static_cast<std::size_t>(server)].share(k, device);
    }

    /// @param server index @param device with a link to it @return y at all multipliers, until
    /// GetMultipliers is called for the first time
    const double* GetShares(Eigen::Index server, Eigen::Index device) const
    {
        return m_servers[static_cast<std::size_t>(server)].share.col(device).data();
    }

    /// @param server index @param device with a link to it @param k multiplier; above 0 only after
    /// GetMultipliers @return G there, s
    double GetValue(Eigen::Index server, Eigen::Index device, Eigen::Index k) const
    {
        return m_servers[static_cast<std::size_t>(server)].value(k, device);
    }

    /// Where a multiplier lies among those of a server.
    struct Place
    {
        Eigen::Index below{0}; ///< multiplier of the table
        double past{0};        ///< how far past it, s
        double width{0};       ///< to the next; 0 where that is not needed, s
    };

    /// @param server index @param multiplier mu, s, >= 0 @return where it lies
    Place Find(Eigen::Index server, double multiplier) const;

    /**
     * G_ij at a multiplier, from below: linear between the multipliers of the table, and at most
     * the value at the last of them.
     * @param device index @param server index, with a link @param place of the multiplier
     * @return (G, derivative), s
     */
    std::pair<double, double> GetLowerCost(Eigen::Index device,
                                           Eigen::Index server,
                                           const Place& place) const
    {
        const Column& column = m_servers[static_cast<std::size_t>(server)];
        const double low = column.value(place.below, device);
        if (place.width <= 0)
        {
            return {low, place.past > 0 ? 0 : column.share(place.below, device)};
        }
        const double derivative = (column.value(place.below + 1, device) - low) / place.width;
        return {low + derivative * place.past, derivative};
    }

  private:
    /// What all devices ask of one server.
    struct Column
    {
        std::vector<AssociationDemand> demands; //!< of each device
        std::vector<bool> hasLink;              //!< of each device
        std::vector<double> multipliers;        //!< rising from 0; 0 alone until more are needed
        Eigen::ArrayXXd share;                  //!< y, a row a multiplier, a column a device
        Eigen::ArrayXXd value;                  //!< G, the same
    };

    /// Work out the rows that are missing. @param column of a server
    static void Fill(Column& column);

    mutable std::vector<Column> m_servers; //!< of each server
};

} // namespace llmmec
} // namespace ns3

#endif // ASSOCIATION_BAND_TABLE_H
