/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "association-horizon.h"

#include "ns3/log.h"

#include <algorithm>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("AssociationHorizon");

AssociationHorizon::AssociationHorizon(const AssociationHorizonSettings& settings,
                                       const AssociationProblem& problem)
    : m_settings(settings),
      m_backlogS(problem.servers.waitS),
      m_battery(problem.devices.battery)
{
    NS_LOG_FUNCTION(this << settings.slotS << settings.carriesQueues << settings.batteryJ);
}

bool
AssociationHorizon::IsEmpty(Eigen::Index device) const
{
    return m_settings.batteryJ > 0 && m_battery[device] <= 0;
}

void
AssociationHorizon::Begin(AssociationProblem& problem) const
{
    if (m_settings.carriesQueues)
    {
        problem.servers.waitS = m_backlogS;
    }
    if (m_settings.batteryJ <= 0)
    {
        return;
    }
    problem.devices.battery = m_battery;
    for (Eigen::Index i = 0; i < problem.GetM(); ++i)
    {
        if (IsEmpty(i))
        {
            problem.gain.row(i).setZero();
        }
    }
}

AssociationSlotEnd
AssociationHorizon::End(const AssociationProblem& problem, const AssociationDecision& decision)
{
    AssociationSlotEnd end;
    Eigen::ArrayXd work = Eigen::ArrayXd::Zero(problem.GetE());
    for (Eigen::Index i = 0; i < problem.GetM(); ++i)
    {
        const int j = decision.server[static_cast<std::size_t>(i)];
        if (j == NO_SERVER)
        {
            continue;
        }
        work[j] += problem.devices.serverFlop[i] / problem.servers.flopPerS[j];
        if (m_settings.batteryJ <= 0)
        {
            continue;
        }
        const double energyJ = problem.devices.draftEnergyJ[i] +
                               problem.GetTransmitEnergyJ(i, j) * decision.bandwidthShare[i];
        const double leftJ = m_battery[i] * m_settings.batteryJ;
        end.drainedJ += std::min(energyJ, leftJ);
        m_battery[i] = std::max(m_battery[i] - energyJ / m_settings.batteryJ, 0.0);
        if (energyJ >= leftJ)
        {
            m_battery[i] = 0;
            ++end.drained;
            NS_LOG_LOGIC("the battery of device " << i << " is empty");
        }
    }
    end.arrivedS = work.sum();
    const Eigen::ArrayXd waiting = m_backlogS + work;
    if (m_settings.carriesQueues)
    {
        m_backlogS = (waiting - m_settings.slotS).max(0.0);
        end.servedS = (waiting - m_backlogS).sum();
    }
    return end;
}

const Eigen::ArrayXd&
AssociationHorizon::GetBacklogS() const
{
    return m_backlogS;
}

const Eigen::ArrayXd&
AssociationHorizon::GetBattery() const
{
    return m_battery;
}

Eigen::Index
AssociationHorizon::GetEmpty() const
{
    return m_settings.batteryJ > 0 ? (m_battery <= 0).count() : 0;
}

} // namespace llmmec
} // namespace ns3
