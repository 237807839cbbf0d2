/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "association-band-table.h"

#include "ns3/log.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("AssociationBandTable");

namespace
{

constexpr int MULTIPLIERS = 32;  //!< above zero, where the band is scarce
constexpr double WIDEST = 1e-10; //!< the lowest of them over the highest

/// @param ask at a multiplier @param multipliers of a table @param k of the multiplier @return the
/// share at the next one, if its logarithm went on as it goes; 0 where it does not move
double
Predict(const AssociationAsk& ask, const std::vector<double>& multipliers, std::size_t k)
{
    if (k + 1 >= multipliers.size() || multipliers[k] <= 0 || !(ask.derivative < 0))
    {
        return 0;
    }
    const double elasticity = multipliers[k] * ask.derivative / ask.share;
    return ask.share * std::pow(multipliers[k + 1] / multipliers[k], elasticity);
}

} // namespace

AssociationBandTable::AssociationBandTable(
    Eigen::Index devices,
    Eigen::Index servers,
    const std::function<bool(Eigen::Index, Eigen::Index)>& hasLink,
    const std::function<AssociationDemand(Eigen::Index, Eigen::Index)>& getDemand)
    : m_servers(static_cast<std::size_t>(servers))
{
    NS_LOG_FUNCTION(this << devices << servers);
    for (Eigen::Index server = 0; server < servers; ++server)
    {
        Column& column = m_servers[static_cast<std::size_t>(server)];
        for (Eigen::Index device = 0; device < devices; ++device)
        {
            const bool isLinked = hasLink(device, server);
            column.hasLink.push_back(isLinked);
            column.demands.push_back(isLinked ? getDemand(device, server) : AssociationDemand());
        }
        column.multipliers = {0};
        Fill(column);
    }
}

void
AssociationBandTable::Fill(Column& column)
{
    const auto rows = static_cast<Eigen::Index>(column.multipliers.size());
    const auto devices = static_cast<Eigen::Index>(column.demands.size());
    const Eigen::Index first = column.share.rows();
    column.share.conservativeResize(rows, devices);
    column.value.conservativeResize(rows, devices);
    for (Eigen::Index i = 0; i < devices; ++i)
    {
        if (!column.hasLink[static_cast<std::size_t>(i)])
        {
            continue;
        }
        const AssociationDemand& demand = column.demands[static_cast<std::size_t>(i)];
        double near = 0;
        for (Eigen::Index k = first; k < rows; ++k)
        {
            const double multiplier = column.multipliers[static_cast<std::size_t>(k)];
            const AssociationAsk ask = demand.Ask(multiplier, near);
            column.share(k, i) = ask.share;
            column.value(k, i) = demand.GetCost(ask.share) + multiplier * ask.share;
            near = Predict(ask, column.multipliers, static_cast<std::size_t>(k));
        }
    }
}

const std::vector<double>&
AssociationBandTable::GetMultipliers(Eigen::Index server) const
{
    Column& column = m_servers[static_cast<std::size_t>(server)];
    if (column.multipliers.size() > 1)
    {
        return column.multipliers;
    }
    // From where one device alone would leave some band, to where all would be content with 1/M.
    double lowest = std::numeric_limits<double>::infinity();
    double highest = 0;
    const double even = 1 / static_cast<double>(column.demands.size());
    for (std::size_t i = 0; i < column.demands.size(); ++i)
    {
        const AssociationDemand& demand = column.demands[i];
        if (column.hasLink[i] && demand.bits > 0)
        {
            highest = std::max(highest, demand.GetGain(even) - demand.price);
            lowest = std::min(lowest, demand.GetGain(1) - demand.price);
        }
    }
    if (highest > 0 && std::isfinite(highest))
    {
        NS_LOG_LOGIC("server " << server << ": multipliers up to " << highest);
        const double from = std::max(lowest, WIDEST * highest);
        for (int k = 0; k < MULTIPLIERS; ++k)
        {
            const double part = k / static_cast<double>(MULTIPLIERS - 1);
            column.multipliers.push_back(from * std::pow(highest / from, part));
        }
        Fill(column);
    }
    return column.multipliers;
}

AssociationBandTable::Place
AssociationBandTable::Find(Eigen::Index server, double multiplier) const
{
    if (multiplier <= 0)
    {
        return {};
    }
    const std::vector<double>& multipliers = GetMultipliers(server);
    const auto above = std::upper_bound(multipliers.begin(), multipliers.end(), multiplier);
    const double low = *(above - 1);
    return {above - multipliers.begin() - 1,
            multiplier - low,
            above == multipliers.end() ? 0 : *above - low};
}

} // namespace llmmec
} // namespace ns3
