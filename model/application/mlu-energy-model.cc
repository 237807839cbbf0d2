/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mlu-energy-model.h"

#include "ns3/log.h"
#include "ns3/offload-clock.h"

#include <algorithm>
#include <cmath>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("MluEnergyModel");

NS_OBJECT_ENSURE_REGISTERED(MluEnergyModel);

TypeId
MluEnergyModel::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::MluEnergyModel")
                            .SetParent<DeviceEnergyModel>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<MluEnergyModel>();
    return tid;
}

void
MluEnergyModel::SetDepletedCallback(DepletedCallback depleted)
{
    m_depleted = depleted;
}

void
MluEnergyModel::ChangePower(double changeW)
{
    NS_LOG_FUNCTION(this << changeW);
    if (m_isDepleted)
    {
        return;
    }
    // The source first takes what was drawn until now.
    const double remainingJ = m_source->GetRemainingEnergy();
    if (m_isDepleted)
    {
        return; // that was the last of it
    }
    CountEnergy();
    m_powerW += changeW;
    // Sums of doubles leave a rest where everything has stopped.
    constexpr double restW = 1e-12;
    if (m_powerW < restW)
    {
        m_powerW = 0;
    }
    m_depletion.Cancel();
    // Rounded down: a basic source must not be asked for more than it has.
    const double leftNs = std::floor(std::max(remainingJ, 0.0) / m_powerW * 1e9);
    constexpr double longestNs = 9e18; // int64_t
    if (m_powerW > 0 && leftNs < longestNs)
    {
        m_depletion = Simulator::Schedule(NanoSeconds(static_cast<int64_t>(leftNs)),
                                          &MluEnergyModel::HandleEnergyDepletion,
                                          this);
    }
}

bool
MluEnergyModel::IsDepleted() const
{
    return m_isDepleted;
}

double
MluEnergyModel::GetCapacityJ() const
{
    return m_source->GetInitialEnergy();
}

double
MluEnergyModel::GetRemainingJ() const
{
    return m_isDepleted ? 0 : std::clamp(m_source->GetRemainingEnergy(), 0.0, GetCapacityJ());
}

void
MluEnergyModel::SetEnergySource(Ptr<EnergySource> source)
{
    NS_LOG_FUNCTION(this << source);
    m_source = source;
}

double
MluEnergyModel::GetTotalEnergyConsumption() const
{
    return m_energyJ + m_powerW * (NowS() - m_countedS);
}

void
MluEnergyModel::ChangeState(int)
{
    // The power is a sum of what goes on side by side and not one of a few states: ChangePower.
}

void
MluEnergyModel::HandleEnergyDepletion()
{
    NS_LOG_FUNCTION(this);
    if (m_isDepleted)
    {
        return;
    }
    m_depletion.Cancel();
    m_source->UpdateEnergySource();
    if (m_isDepleted)
    {
        return; // the source itself called back
    }
    CountEnergy();
    NS_LOG_LOGIC("the battery is empty after " << m_energyJ << " J");
    m_isDepleted = true;
    m_powerW = 0;
    if (!m_depleted.IsNull())
    {
        m_depleted();
    }
}

void
MluEnergyModel::HandleEnergyRecharged()
{
    NS_LOG_FUNCTION(this);
    // An MLU that has stopped stays stopped for the run.
}

void
MluEnergyModel::HandleEnergyChanged()
{
}

double
MluEnergyModel::DoGetCurrentA() const
{
    return m_powerW / m_source->GetSupplyVoltage();
}

void
MluEnergyModel::CountEnergy()
{
    m_energyJ += m_powerW * (NowS() - m_countedS);
    m_countedS = NowS();
}

void
MluEnergyModel::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_depletion.Cancel();
    m_source = nullptr;
    m_depleted = DepletedCallback();
    DeviceEnergyModel::DoDispose();
}

} // namespace llmmec
} // namespace ns3
