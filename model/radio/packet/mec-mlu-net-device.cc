/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-mlu-net-device.h"

#include "mec-server-net-device.h"
#include "mec-uplink-band.h"

#include "ns3/log.h"
#include "ns3/mec-node-mobility.h"
#include "ns3/pointer.h"
#include "ns3/simulator.h"
#include "ns3/string.h"

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("MecMluNetDevice");

NS_OBJECT_ENSURE_REGISTERED(MecMluNetDevice);

TypeId
MecMluNetDevice::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::MecMluNetDevice")
                            .SetParent<MecNetDevice>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<MecMluNetDevice>()
                            .AddAttribute("Phy",
                                          "Radio of the device.",
                                          StringValue("ns3::llmmec::MecUplinkPhy"),
                                          MakePointerAccessor(&MecMluNetDevice::m_phy),
                                          MakePointerChecker<MecUplinkPhy>())
                            .AddAttribute("Mac",
                                          "What makes bursts of frames.",
                                          StringValue("ns3::llmmec::MecUplinkMac"),
                                          MakePointerAccessor(&MecMluNetDevice::m_mac),
                                          MakePointerChecker<MecUplinkMac>());
    return tid;
}

void
MecMluNetDevice::Join(Ptr<MecUplinkBand> band)
{
    NS_LOG_FUNCTION(this << band);
    m_band = band;
    m_phy->SetDevice(this);
    m_phy->SetMobility(RequireMobility(GetNode(), "MecUplinkBand"));
    m_mlu = band->AddMlu(this);
    m_mac->Join(m_mlu, m_phy, GetQueue());
    m_mac->SetRateCallback(MakeCallback(&MecMluNetDevice::GetRateBps, this));
    m_mac->SetControlCallback(MakeCallback(&MecMluNetDevice::PassControl, this));
    m_mac->SetTakenCallback(MakeCallback(&MecMluNetDevice::NoteSent, this));
    m_mac->SetDropCallback(MakeCallback(&MecMluNetDevice::Drop, this));
    SetLinkUp();
}

double
MecMluNetDevice::GetRateBps(double lastAllowedBps) const
{
    return m_band->GetRateBps(m_mlu, lastAllowedBps);
}

void
MecMluNetDevice::PassControl(Ptr<MecUplinkBurst> burst)
{
    const Ptr<MecServerNetDevice> server = m_band->GetServer();
    Simulator::ScheduleWithContext(server->GetNode()->GetId(),
                                   Time(),
                                   &MecServerNetDevice::ReceiveBurst,
                                   server,
                                   burst);
}

Ptr<MecUplinkPhy>
MecMluNetDevice::GetPhy() const
{
    return m_phy;
}

Ptr<MecUplinkMac>
MecMluNetDevice::GetMac() const
{
    return m_mac;
}

void
MecMluNetDevice::CancelFrames()
{
    NS_LOG_FUNCTION(this);
    m_mac->Cancel();
}

void
MecMluNetDevice::Stop()
{
    NS_LOG_FUNCTION(this);
    m_isStopped = true;
    m_mac->Cancel();
}

Ptr<Channel>
MecMluNetDevice::GetChannel() const
{
    return m_band;
}

void
MecMluNetDevice::SendQueued()
{
    m_mac->Poll();
}

bool
MecMluNetDevice::IsStopped() const
{
    return m_isStopped;
}

void
MecMluNetDevice::DoDispose()
{
    NS_LOG_FUNCTION(this);
    if (m_phy)
    {
        m_phy->Dispose();
        m_mac->Dispose();
    }
    m_phy = nullptr;
    m_mac = nullptr;
    m_band = nullptr;
    MecNetDevice::DoDispose();
}

} // namespace llmmec
} // namespace ns3
