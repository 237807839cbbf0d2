/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "association-token-load.h"

#include "ns3/log.h"

#include <algorithm>
#include <cstddef>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("AssociationTokenLoad");

AssociationTokenLoad::AssociationTokenLoad(const AssociationProblem& problem,
                                           const std::vector<AssociationTokenTerms>& terms,
                                           const AssociationBandTable& table,
                                           const Eigen::ArrayXXd& rootPass,
                                           Eigen::Index server,
                                           const std::vector<Eigen::Index>& devices)
    : m_problem(problem),
      m_terms(terms),
      m_table(table),
      m_rootPass(rootPass),
      m_server(server),
      m_set(table, server, devices),
      m_root(0),
      m_planes(devices.size() + 1)
{
    NS_LOG_FUNCTION(this << server << devices.size());
    for (const Eigen::Index device : devices)
    {
        m_root += rootPass(device, server);
    }
}

double
AssociationTokenLoad::GetRoot(Eigen::Index leaving, Eigen::Index entering) const
{
    return std::max(m_root - (leaving == NO_DEVICE ? 0 : m_rootPass(leaving, m_server)) +
                        (entering == NO_DEVICE ? 0 : m_rootPass(entering, m_server)),
                    0.0);
}

double
AssociationTokenLoad::GetWaitS(Eigen::Index leaving, Eigen::Index entering) const
{
    const double number = static_cast<double>(m_set.GetDevices().size()) -
                          (leaving == NO_DEVICE ? 0 : 1) + (entering == NO_DEVICE ? 0 : 1);
    return number * m_problem.servers.waitS[m_server];
}

double
AssociationTokenLoad::GetLatencyS(Eigen::Index device, double share, double root) const
{
    const double own = m_rootPass(device, m_server);
    if (!(own > 0)) // nothing to verify
    {
        return 0;
    }
    const double slower = root / own; // 1 / z
    const double roundTripS = m_table.GetDemand(device, m_server).GetTimeS(share) +
                              m_problem.servers.verifyS[m_server] * slower +
                              m_problem.decoding.downlinkS;
    return m_terms[static_cast<std::size_t>(device)].GetLatencyS(
        roundTripS,
        m_problem.servers.preVerifyS[m_server] * slower);
}

double
AssociationTokenLoad::GetCost(Eigen::Index leaving, Eigen::Index entering) const
{
    const double root = GetRoot(leaving, entering);
    const AssociationBandSet::Cell cell = m_set.FindCell(leaving, entering);
    double cost = GetWaitS(leaving, entering);
    if (!cell.isInside)
    {
        const std::vector<Eigen::Index> changed = m_set.GetChanged(leaving, entering);
        const Eigen::ArrayXd share = m_set.Allocate(changed).share;
        for (std::size_t i = 0; i < changed.size(); ++i)
        {
            cost += GetLatencyS(changed[i], share[static_cast<Eigen::Index>(i)], root);
        }
        return cost;
    }
    for (const Eigen::Index device : m_set.GetDevices())
    {
        if (device != leaving)
        {
            cost += GetLatencyS(device, m_set.GetShare(cell, device), root);
        }
    }
    if (entering != NO_DEVICE)
    {
        cost += GetLatencyS(entering, m_set.GetShare(cell, entering), root);
    }
    return cost;
}

AssociationTokenLoad::Plane
AssociationTokenLoad::Touch(Eigen::Index leaving,
                            const AssociationBandSet::Cell& cell,
                            double root) const
{
    const AssociationServers& servers = m_problem.servers;
    Plane plane;
    plane.fraction = cell.fraction;
    plane.root = root;
    for (const Eigen::Index device : m_set.GetDevices())
    {
        const double own = m_rootPass(device, m_server);
        if (device == leaving || !(own > 0))
        {
            continue;
        }
        const AssociationTokenTerms& terms = m_terms[static_cast<std::size_t>(device)];
        const AssociationUpload upload =
            m_table.GetDemand(device, m_server).GetUpload(m_set.GetShare(cell, device));
        const double passS = servers.verifyS[m_server] / own;
        const double prePassS = servers.preVerifyS[m_server] / own;
        const double roundTripS = upload.timeS + passS * root + m_problem.decoding.downlinkS;
        const double preVerifyS = prePassS * root;
        const double byRoundTrip = terms.roundTrip + (roundTripS > terms.draftS ? terms.longer : 0);
        const double byPreVerify = (preVerifyS > terms.draftTokenS ? terms.restart : 0) +
                                   (preVerifyS > terms.draftS ? terms.longerStart : 0);
        plane.valueS += terms.GetLatencyS(roundTripS, preVerifyS);
        plane.byFraction +=
            byRoundTrip * upload.derivativeS * m_set.GetShareDerivative(cell, device);
        plane.byRoot += byRoundTrip * passS + byPreVerify * prePassS;
    }
    return plane;
}

double
AssociationTokenLoad::GetLowerCost(Eigen::Index leaving, Eigen::Index entering) const
{
    const AssociationBandSet::Cell cell = m_set.FindCell(leaving, entering);
    if (!cell.isInside)
    {
        return GetCost(leaving, entering); // shares are not linear there
    }
    const double root = GetRoot(leaving, entering);
    const std::vector<Eigen::Index>& devices = m_set.GetDevices();
    const auto row = std::find(devices.begin(), devices.end(), leaving) - devices.begin();
    std::vector<std::optional<Plane>>& planes = m_planes[static_cast<std::size_t>(row)];
    const std::size_t at = cell.fraction > 0 ? static_cast<std::size_t>(cell.below) + 1 : 0;
    if (at >= planes.size())
    {
        planes.resize(at + 1);
    }
    if (!planes[at])
    {
        planes[at] = Touch(leaving, cell, root);
    }
    const Plane& plane = *planes[at];
    const double low = plane.valueS + plane.byFraction * (cell.fraction - plane.fraction) +
                       plane.byRoot * (root - plane.root);
    const double own =
        entering == NO_DEVICE ? 0 : GetLatencyS(entering, m_set.GetShare(cell, entering), root);
    constexpr double rounding = 1e-12; // of sums in another order
    return GetWaitS(leaving, entering) + own + low - rounding * (own + plane.valueS);
}

} // namespace llmmec
} // namespace ns3
