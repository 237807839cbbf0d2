/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-server-net-device.h"

#include "mec-mlu-net-device.h"
#include "mec-uplink-band.h"

#include "ns3/ethernet-header.h"
#include "ns3/log.h"
#include "ns3/mec-node-mobility.h"
#include "ns3/pointer.h"
#include "ns3/simulator.h"
#include "ns3/string.h"

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("MecServerNetDevice");

NS_OBJECT_ENSURE_REGISTERED(MecServerNetDevice);

TypeId
MecServerNetDevice::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::MecServerNetDevice")
            .SetParent<MecNetDevice>()
            .SetGroupName("LlmMec")
            .AddConstructor<MecServerNetDevice>()
            .AddAttribute("Phy",
                          "Radio of the device.",
                          StringValue("ns3::llmmec::MecUplinkPhy"),
                          MakePointerAccessor(&MecServerNetDevice::m_phy),
                          MakePointerChecker<MecUplinkPhy>())
            .AddAttribute("Receiver",
                          "What puts frames into order.",
                          StringValue("ns3::llmmec::MecUplinkReceiver"),
                          MakePointerAccessor(&MecServerNetDevice::m_receiver),
                          MakePointerChecker<MecUplinkReceiver>())
            .AddAttribute("DownlinkRate",
                          "Rate of the downlink to all MLUs together.",
                          DataRateValue(DataRate("100Mb/s")),
                          MakeDataRateAccessor(&MecServerNetDevice::m_downlinkRate),
                          MakeDataRateChecker())
            .AddAttribute("DownlinkDelay",
                          "From the end of a frame here to its end at the MLU, >= 0.",
                          TimeValue(Seconds(0)),
                          MakeTimeAccessor(&MecServerNetDevice::m_downlinkDelay),
                          MakeTimeChecker(Seconds(0)));
    return tid;
}

void
MecServerNetDevice::Join(Ptr<MecUplinkBand> band)
{
    NS_LOG_FUNCTION(this << band);
    m_band = band;
    m_phy->SetDevice(this);
    m_phy->SetMobility(RequireMobility(GetNode(), "MecUplinkBand"));
    m_phy->SetReceivedCallback(MakeCallback(&MecServerNetDevice::ReceiveBurst, this));
    m_receiver->SetDeliverCallback(MakeCallback(&MecServerNetDevice::ReceiveFrame, this));
    band->SetServer(this);
    SetLinkUp();
}

void
MecServerNetDevice::ReceiveBurst(Ptr<MecUplinkBurst> burst)
{
    m_receiver->Receive(burst);
}

void
MecServerNetDevice::SendQueued()
{
    if (m_isSending || GetQueue()->IsEmpty())
    {
        return;
    }
    m_isSending = true;
    const Ptr<Packet> frame = GetQueue()->Dequeue();
    NoteSent(frame);
    Simulator::Schedule(m_downlinkRate.CalculateBytesTxTime(frame->GetSize()),
                        &MecServerNetDevice::EndFrame,
                        this,
                        frame);
}

void
MecServerNetDevice::EndFrame(Ptr<Packet> frame)
{
    m_isSending = false;
    EthernetHeader header(false);
    frame->PeekHeader(header);
    const Mac48Address to = header.GetDestination();
    if (to.IsGroup() && m_band->GetMlus() > 0)
    {
        m_extraCopies += m_band->GetMlus() - 1;
        for (uint32_t mlu = 0; mlu < m_band->GetMlus(); ++mlu)
        {
            PassTo(m_band->GetMlu(mlu), frame);
        }
    }
    else if (const Ptr<MecMluNetDevice> device = m_band->FindMlu(to))
    {
        PassTo(device, frame);
    }
    else
    {
        Drop(frame, MecDropReason::NO_DEVICE);
    }
    SendQueued();
}

void
MecServerNetDevice::PassTo(Ptr<MecNetDevice> device, Ptr<const Packet> frame)
{
    ++m_flyingFrames;
    Simulator::ScheduleWithContext(device->GetNode()->GetId(),
                                   m_downlinkDelay,
                                   &MecServerNetDevice::Arrive,
                                   this,
                                   device,
                                   frame);
}

void
MecServerNetDevice::Arrive(Ptr<MecNetDevice> device, Ptr<const Packet> frame)
{
    --m_flyingFrames;
    device->ReceiveFrame(frame);
}

uint32_t
MecServerNetDevice::GetPendingFrames() const
{
    return m_flyingFrames + (m_isSending ? 1 : 0);
}

uint64_t
MecServerNetDevice::GetExtraCopies() const
{
    return m_extraCopies;
}

Ptr<MecUplinkPhy>
MecServerNetDevice::GetPhy() const
{
    return m_phy;
}

Ptr<MecUplinkReceiver>
MecServerNetDevice::GetReceiver() const
{
    return m_receiver;
}

Ptr<Channel>
MecServerNetDevice::GetChannel() const
{
    return m_band;
}

bool
MecServerNetDevice::IsStopped() const
{
    return false;
}

void
MecServerNetDevice::DoDispose()
{
    NS_LOG_FUNCTION(this);
    if (m_phy)
    {
        m_phy->Dispose();
        m_receiver->Dispose();
    }
    m_phy = nullptr;
    m_receiver = nullptr;
    m_band = nullptr;
    MecNetDevice::DoDispose();
}

} // namespace llmmec
} // namespace ns3
