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

} // namespace

AssociationBandTable::AssociationBandTable(
    Eigen::Index devices,
    Eigen::Index servers,
    const std::function<bool(Eigen::Index, Eigen::Index)>& hasLink,
    const std::function<AssociationDemand(Eigen::Index, Eigen::Index)>& getDemand)
    : m_devices(devices),
      m_pairs(static_cast<std::size_t>(devices * servers)),
      m_multipliers(static_cast<std::size_t>(servers))
{
    NS_LOG_FUNCTION(this << devices << servers);
    for (Eigen::Index server = 0; server < servers; ++server)
    {
        for (Eigen::Index device = 0; device < devices; ++device)
        {
            if (hasLink(device, server))
            {
                Pair& pair = m_pairs[static_cast<std::size_t>(server * devices + device)];
                pair.demand = getDemand(device, server);
                pair.share.resize(1);
            }
        }
        Fill(server);
    }
}

bool
AssociationBandTable::HasLink(Eigen::Index device, Eigen::Index server) const
{
    return !At(device, server).share.empty();
}

void
AssociationBandTable::Fill(Eigen::Index server)
{
    std::vector<double>& multipliers = m_multipliers[static_cast<std::size_t>(server)];
    multipliers = {0};
    const auto first = m_pairs.begin() + server * m_devices;
    // The band is scarce for some set of devices only if it is for all together.
    double sum = 0;
    double highest = 0;
    double lowest = std::numeric_limits<double>::infinity();
    for (auto pair = first; pair != first + m_devices; ++pair)
    {
        if (!pair->share.empty() && pair->demand.bits > 0)
        {
            sum += pair->demand.Ask(0).share;
            const double even = 1 / static_cast<double>(m_devices);
            highest = std::max(highest, pair->demand.GetGain(even) - pair->demand.price);
            lowest = std::min(lowest, pair->demand.GetGain(1) - pair->demand.price);
        }
    }
    if (sum > 1 && highest > 0 && std::isfinite(highest))
    {
        const double from = std::max(lowest, WIDEST * highest);
        for (int k = 0; k < MULTIPLIERS; ++k)
        {
            multipliers.push_back(
                from * std::pow(highest / from, k / static_cast<double>(MULTIPLIERS - 1)));
        }
    }
    for (auto pair = first; pair != first + m_devices; ++pair)
    {
        if (pair->share.empty())
        {
            continue;
        }
        pair->share.clear();
        for (const double multiplier : multipliers)
        {
            const double share = pair->demand.Ask(multiplier).share;
            pair->share.push_back(share);
            pair->value.push_back(pair->demand.GetCost(share) + multiplier * share);
        }
    }
}

AssociationBandTable::Cell
AssociationBandTable::FindCell(Eigen::Index server, const std::vector<Eigen::Index>& devices) const
{
    const std::vector<double>& multipliers = m_multipliers[static_cast<std::size_t>(server)];
    const auto sumAt = [this, server, &devices](Eigen::Index k) {
        double sum = 0;
        for (const Eigen::Index device : devices)
        {
            sum += At(device, server).share[static_cast<std::size_t>(k)];
        }
        return sum;
    };
    Cell cell;
    cell.sumBelow = sumAt(0);
    if (cell.sumBelow <= 1)
    {
        return cell;
    }
    auto above = static_cast<Eigen::Index>(multipliers.size()) - 1;
    cell.sumAbove = sumAt(above);
    if (cell.sumAbove > 1)
    {
        cell.isInside = false;
        return cell;
    }
    while (above - cell.below > 1)
    {
        const Eigen::Index middle = (above + cell.below) / 2;
        const double sum = sumAt(middle);
        if (sum > 1)
        {
            cell.below = middle;
            cell.sumBelow = sum;
        }
        else
        {
            above = middle;
            cell.sumAbove = sum;
        }
    }
    const double low = multipliers[static_cast<std::size_t>(cell.below)];
    const double high = multipliers[static_cast<std::size_t>(above)];
    if (low > 0 && cell.sumAbove > 0)
    {
        cell.fraction = std::log(cell.sumBelow) / std::log(cell.sumBelow / cell.sumAbove);
        cell.multiplier = low * std::pow(high / low, cell.fraction);
    }
    else
    {
        cell.fraction = (cell.sumBelow - 1) / (cell.sumBelow - cell.sumAbove);
        cell.multiplier = low + cell.fraction * (high - low);
    }
    return cell;
}

double
AssociationBandTable::GetCost(Eigen::Index server, const std::vector<Eigen::Index>& devices) const
{
    const Cell cell = FindCell(server, devices);
    if (!cell.isInside)
    {
        std::vector<AssociationDemand> demands;
        for (const Eigen::Index device : devices)
        {
            demands.push_back(At(device, server).demand);
        }
        const AssociationBand band = AllocateBand(demands);
        double cost = 0;
        for (std::size_t i = 0; i < demands.size(); ++i)
        {
            cost += demands[i].GetCost(band.share[static_cast<Eigen::Index>(i)]);
        }
        return cost;
    }
    const auto below = static_cast<std::size_t>(cell.below);
    double valueBelow = 0;
    double valueAbove = 0;
    const bool isFree = cell.multiplier <= 0;
    for (const Eigen::Index device : devices)
    {
        const Pair& pair = At(device, server);
        valueBelow += pair.value[below];
        valueAbove += isFree ? 0 : pair.value[below + 1];
    }
    if (isFree)
    {
        return valueBelow;
    }
    const std::vector<double>& multipliers = m_multipliers[static_cast<std::size_t>(server)];
    const double width = multipliers[below + 1] - multipliers[below];
    const double t = (cell.multiplier - multipliers[below]) / width;
    const double left = 1 - t;
    return left * left * (1 + 2 * t) * valueBelow + t * t * (3 - 2 * t) * valueAbove +
           width * t * left * (left * cell.sumBelow - t * cell.sumAbove) - cell.multiplier;
}

void
AssociationBandTable::GetShares(Eigen::Index server,
                                const std::vector<Eigen::Index>& devices,
                                Eigen::ArrayXd& share) const
{
    const auto n = static_cast<Eigen::Index>(devices.size());
    share.resize(n);
    const Cell cell = FindCell(server, devices);
    if (!cell.isInside)
    {
        std::vector<AssociationDemand> demands;
        for (const Eigen::Index device : devices)
        {
            demands.push_back(At(device, server).demand);
        }
        share = AllocateBand(demands).share;
        return;
    }
    const auto below = static_cast<std::size_t>(cell.below);
    for (Eigen::Index i = 0; i < n; ++i)
    {
        const std::vector<double>& shares = At(devices[static_cast<std::size_t>(i)], server).share;
        share[i] = shares[below];
        if (cell.fraction > 0)
        {
            share[i] += cell.fraction * (shares[below + 1] - shares[below]);
        }
    }
    const double sum = share.sum();
    share /= std::max(sum, 1.0);
}

std::pair<double, double>
AssociationBandTable::GetLowerCost(Eigen::Index device,
                                   Eigen::Index server,
                                   double multiplier) const
{
    const std::vector<double>& multipliers = m_multipliers[static_cast<std::size_t>(server)];
    const Pair& pair = At(device, server);
    const auto above = std::upper_bound(multipliers.begin(), multipliers.end(), multiplier);
    const auto k = static_cast<std::size_t>(above - multipliers.begin());
    if (k == multipliers.size())
    {
        return {pair.value.back(), 0};
    }
    const double slope =
        (pair.value[k] - pair.value[k - 1]) / (multipliers[k] - multipliers[k - 1]);
    return {pair.value[k - 1] + slope * (multiplier - multipliers[k - 1]), slope};
}

} // namespace llmmec
} // namespace ns3
