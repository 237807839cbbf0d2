/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-ip-link.h"

#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/mec-uplink-rate.h"
#include "ns3/offload-clock.h"

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("MecIpLink");

NS_OBJECT_ENSURE_REGISTERED(MecIpLink);

TypeId
MecIpLink::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::MecIpLink")
                            .SetParent<MecSocketLink>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<MecIpLink>()
                            .AddAttribute("BelievedBps",
                                          "Rate that policies count on at 1 W, bit/s.",
                                          DoubleValue(10e6),
                                          MakeDoubleAccessor(&MecIpLink::m_believedBps),
                                          MakeDoubleChecker<double>(1e-3, 1e15));
    return tid;
}

void
MecIpLink::DoAddMlu(Ptr<Node> node)
{
    NS_LOG_FUNCTION(this << node->GetId());
    MecSocketLink::DoAddMlu(node);
    m_powerW.push_back(0);
}

void
MecIpLink::SetPowerW(uint32_t mlu, double powerW)
{
    m_powerW[mlu] = powerW;
}

MecSocketLink::RadioUse
MecIpLink::MeasureUse(uint32_t mlu) const
{
    // Differences within one upload count, and its power is constant.
    return {NowS(), UplinkEnergyJ(m_powerW[mlu], NowS())};
}

void
MecIpLink::DropQueued(uint32_t)
{
    // What a device of another kind has queued leaves it; the receiver knows of it no more.
}

MecChannelMeasurement&
MecIpLink::GetMeasurement()
{
    return *this;
}

int64_t
MecIpLink::AssignStreams(int64_t)
{
    return 0; // the devices' streams are the study's
}

const Eigen::ArrayXXd&
MecIpLink::MeasureGains()
{
    m_gain.setOnes(static_cast<Eigen::Index>(m_powerW.size()), 1);
    return m_gain;
}

void
MecIpLink::AnnounceSlot(const Eigen::ArrayXd&, const Eigen::ArrayXi&, const Eigen::ArrayXd&)
{
    // Devices of other kinds are told of no powers.
}

double
MecIpLink::GetBandwidthHz() const
{
    return m_believedBps;
}

double
MecIpLink::GetNoiseW() const
{
    return 1;
}

} // namespace llmmec
} // namespace ns3
