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
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief What every device would ask of every server's band at a number of prices, so that a
 * server's band is divided among any of them in microseconds.
 *
 * G_ij(mu) = min_y cost_ij(y) + mu y is concave in mu and has the slope y_ij(mu). The band of a
 * server with devices N costs max_mu sum_N G_ij(mu) - mu. A table has G and y at multipliers in
 * geometric steps. The multiplier of a set of devices is found by halves among them, and then by
 * interpolation: of ln sum y in ln mu, and of G by the cubic that has its values and slopes.
 */
class AssociationBandTable
{
  public:
    /**
     * Fill the table.
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

    /// @param device index @param server index @return whether it was in the table
    bool HasLink(Eigen::Index device, Eigen::Index server) const;

    /// @param device index @param server index, with a link @return what it asks for
    const AssociationDemand& GetDemand(Eigen::Index device, Eigen::Index server) const
    {
        return At(device, server).demand;
    }

    /**
     * The cost of a server's band.
     * @param server index
     * @param devices with a link to it
     * @return least sum of cost(y) with sum y <= 1
     */
    double GetCost(Eigen::Index server, const std::vector<Eigen::Index>& devices) const;

    /**
     * Shares of a server's band, by interpolation; their sum is 1 at most.
     * @param server index
     * @param devices with a link to it
     * @param share y, an entry a device; its memory is used again
     */
    void GetShares(Eigen::Index server,
                   const std::vector<Eigen::Index>& devices,
                   Eigen::ArrayXd& share) const;

    /**
     * G_ij at a multiplier, from below: linear between the multipliers of the table, and at most
     * the value at the last of them.
     * @param device index @param server index, with a link @param multiplier mu, s, >= 0
     * @return (G, slope), s
     */
    std::pair<double, double> GetLowerCost(Eigen::Index device,
                                           Eigen::Index server,
                                           double multiplier) const;

  private:
    /// Where the multiplier of a set lies.
    struct Cell
    {
        Eigen::Index below{0}; //!< multiplier of the table
        double fraction{0};    //!< of the way to the next, [0, 1]
        double multiplier{0};  //!< mu, s
        double sumBelow{0};    //!< of shares at the multiplier below
        double sumAbove{0};    //!< of shares at the next
        bool isInside{true};   //!< the table reaches so far
    };

    /// What one device asks of one server.
    struct Pair
    {
        AssociationDemand demand;  //!< itself
        std::vector<double> share; //!< y at each multiplier; empty without a link
        std::vector<double> value; //!< G at each multiplier
    };

    /// @param device index @param server index @return the pair
    const Pair& At(Eigen::Index device, Eigen::Index server) const
    {
        return m_pairs[static_cast<std::size_t>(server * m_devices + device)];
    }

    /// Choose multipliers for a server, and fill its pairs. @param server index
    void Fill(Eigen::Index server);

    /// @param server index @param devices of it @return where their multiplier lies
    Cell FindCell(Eigen::Index server, const std::vector<Eigen::Index>& devices) const;

    Eigen::Index m_devices;                         //!< M
    std::vector<Pair> m_pairs;                      //!< of E times M
    std::vector<std::vector<double>> m_multipliers; //!< of each server, rising
};

} // namespace llmmec
} // namespace ns3

#endif // ASSOCIATION_BAND_TABLE_H
