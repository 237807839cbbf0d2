/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "association-band-set.h"

#include "ns3/log.h"

#include <cmath>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("AssociationBandSet");

AssociationBandSet::AssociationBandSet(const AssociationBandTable& table,
                                       Eigen::Index server,
                                       const std::vector<Eigen::Index>& devices)
    : m_table(table),
      m_server(server),
      m_devices(devices),
      m_share{0},
      m_value{0}
{
    for (const Eigen::Index device : m_devices)
    {
        m_share[0] += m_table.GetShare(m_server, device, 0);
        m_value[0] += m_table.GetValue(m_server, device, 0);
    }
}

void
AssociationBandSet::AddRows() const
{
    if (m_share.size() > 1)
    {
        return;
    }
    const std::size_t rows = m_table.GetMultipliers(m_server).size();
    for (std::size_t k = m_share.size(); k < rows; ++k)
    {
        m_share.push_back(0);
        m_value.push_back(0);
        for (const Eigen::Index device : m_devices)
        {
            m_share[k] += m_table.GetShare(m_server, device, static_cast<Eigen::Index>(k));
            m_value[k] += m_table.GetValue(m_server, device, static_cast<Eigen::Index>(k));
        }
    }
}

AssociationBandSet::Cell
AssociationBandSet::FindCell(Eigen::Index leaving, Eigen::Index entering) const
{
    Cell cell;
    cell.sumBelow = SumShares(0, leaving, entering);
    // A sum of differences that is 1 but for rounding leaves no band, and lacks none.
    constexpr double rounding = 1e-12;
    if (cell.sumBelow <= 1 + rounding)
    {
        return cell;
    }
    AddRows();
    const double* const fewer =
        leaving == NO_DEVICE ? nullptr : m_table.GetShares(m_server, leaving);
    const double* const more =
        entering == NO_DEVICE ? nullptr : m_table.GetShares(m_server, entering);
    const auto sumAt = [this, fewer, more](Eigen::Index k) {
        return m_share[static_cast<std::size_t>(k)] - (fewer ? fewer[k] : 0) + (more ? more[k] : 0);
    };
    auto above = static_cast<Eigen::Index>(m_share.size()) - 1;
    if (sumAt(above) > 1)
    {
        cell.isInside = false;
        return cell;
    }
    // Sets that differ by one device mostly share a cell.
    if (m_lastBelow + 1 < above && sumAt(m_lastBelow) > 1 && sumAt(m_lastBelow + 1) <= 1)
    {
        cell.below = m_lastBelow;
        above = m_lastBelow + 1;
    }
    while (above - cell.below > 1)
    {
        const Eigen::Index middle = (above + cell.below) / 2;
        (sumAt(middle) > 1 ? cell.below : above) = middle;
    }
    m_lastBelow = cell.below;
    cell.sumBelow = sumAt(cell.below);
    cell.sumAbove = sumAt(above);
    cell.fraction = (cell.sumBelow - 1) / (cell.sumBelow - cell.sumAbove);
    return cell;
}

double
AssociationBandSet::GetMultiplier(const Cell& cell) const
{
    if (cell.fraction <= 0)
    {
        return 0;
    }
    const std::vector<double>& multipliers = m_table.GetMultipliers(m_server);
    const double low = multipliers[static_cast<std::size_t>(cell.below)];
    const double high = multipliers[static_cast<std::size_t>(cell.below) + 1];
    if (low > 0 && cell.sumAbove > 0)
    {
        const double part = std::log(cell.sumBelow) / std::log(cell.sumBelow / cell.sumAbove);
        return low * std::pow(high / low, part);
    }
    return low + cell.fraction * (high - low);
}

double
AssociationBandSet::GetCost(Eigen::Index leaving, Eigen::Index entering) const
{
    const Cell cell = FindCell(leaving, entering);
    if (!cell.isInside)
    {
        const std::vector<Eigen::Index> changed = GetChanged(leaving, entering);
        const AssociationBand band = Allocate(changed);
        double cost = 0;
        for (std::size_t i = 0; i < changed.size(); ++i)
        {
            cost += m_table.GetDemand(changed[i], m_server)
                        .GetCost(band.share[static_cast<Eigen::Index>(i)]);
        }
        return cost;
    }
    const double valueBelow = SumValues(cell.below, leaving, entering);
    const double multiplier = GetMultiplier(cell);
    if (multiplier <= 0)
    {
        return valueBelow;
    }
    const double valueAbove = SumValues(cell.below + 1, leaving, entering);
    const std::vector<double>& multipliers = m_table.GetMultipliers(m_server);
    const double low = multipliers[static_cast<std::size_t>(cell.below)];
    const double width = multipliers[static_cast<std::size_t>(cell.below) + 1] - low;
    const double t = (multiplier - low) / width;
    const double left = 1 - t;
    return left * left * (1 + 2 * t) * valueBelow + t * t * (3 - 2 * t) * valueAbove +
           width * t * left * (left * cell.sumBelow - t * cell.sumAbove) - multiplier;
}

double
AssociationBandSet::GetShare(const Cell& cell, Eigen::Index device) const
{
    const double below = m_table.GetShare(m_server, device, cell.below);
    if (cell.fraction <= 0)
    {
        return below;
    }
    return below + cell.fraction * (m_table.GetShare(m_server, device, cell.below + 1) - below);
}

double
AssociationBandSet::GetShareDerivative(const Cell& cell, Eigen::Index device) const
{
    return cell.fraction > 0 ? m_table.GetShare(m_server, device, cell.below + 1) -
                                   m_table.GetShare(m_server, device, cell.below)
                             : 0;
}

std::vector<Eigen::Index>
AssociationBandSet::GetChanged(Eigen::Index leaving, Eigen::Index entering) const
{
    std::vector<Eigen::Index> changed;
    for (const Eigen::Index device : m_devices)
    {
        if (device != leaving)
        {
            changed.push_back(device);
        }
    }
    if (entering != NO_DEVICE)
    {
        changed.push_back(entering);
    }
    return changed;
}

AssociationBand
AssociationBandSet::Allocate(const std::vector<Eigen::Index>& devices) const
{
    NS_LOG_FUNCTION(this << devices.size());
    std::vector<AssociationDemand> demands;
    demands.reserve(devices.size());
    for (const Eigen::Index device : devices)
    {
        demands.push_back(m_table.GetDemand(device, m_server));
    }
    return AllocateBand(demands);
}

} // namespace llmmec
} // namespace ns3
