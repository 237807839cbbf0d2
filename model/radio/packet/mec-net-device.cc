/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-net-device.h"

#include "ns3/ethernet-header.h"
#include "ns3/log.h"
#include "ns3/pointer.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("MecNetDevice");

NS_OBJECT_ENSURE_REGISTERED(MecNetDevice);

TypeId
MecNetDevice::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::MecNetDevice")
            .SetParent<NetDevice>()
            .SetGroupName("LlmMec")
            .AddAttribute("Mtu",
                          "Longest packet that the device takes, bytes, without Ethernet header.",
                          UintegerValue(1500),
                          MakeUintegerAccessor(&MecNetDevice::SetMtu, &MecNetDevice::GetMtu),
                          MakeUintegerChecker<uint16_t>(1))
            .AddAttribute("TxQueue",
                          "Where frames wait that are to be sent.",
                          StringValue("ns3::DropTailQueue<Packet>[MaxSize=100000p]"),
                          MakePointerAccessor(&MecNetDevice::m_queue),
                          MakePointerChecker<Queue<Packet>>())
            .AddTraceSource("MacTx",
                            "A frame is to be sent.",
                            MakeTraceSourceAccessor(&MecNetDevice::m_macTxTrace),
                            "ns3::Packet::TracedCallback")
            .AddTraceSource("MacTxDrop",
                            "A frame that was to be sent is dropped.",
                            MakeTraceSourceAccessor(&MecNetDevice::m_macTxDropTrace),
                            "ns3::Packet::TracedCallback")
            .AddTraceSource("MacRx",
                            "A frame for this device has arrived.",
                            MakeTraceSourceAccessor(&MecNetDevice::m_macRxTrace),
                            "ns3::Packet::TracedCallback")
            .AddTraceSource("MacPromiscRx",
                            "A frame has arrived, for this device or another.",
                            MakeTraceSourceAccessor(&MecNetDevice::m_macPromiscRxTrace),
                            "ns3::Packet::TracedCallback")
            .AddTraceSource("Sniffer",
                            "A frame is sent, once whatever its tries, or arrives for this device.",
                            MakeTraceSourceAccessor(&MecNetDevice::m_snifferTrace),
                            "ns3::Packet::TracedCallback")
            .AddTraceSource("PromiscSniffer",
                            "A frame is sent, once whatever its tries, or arrives.",
                            MakeTraceSourceAccessor(&MecNetDevice::m_promiscSnifferTrace),
                            "ns3::Packet::TracedCallback")
            .AddTraceSource("Drop",
                            "A frame that was to be sent is dropped, with the reason.",
                            MakeTraceSourceAccessor(&MecNetDevice::m_dropTrace),
                            "ns3::llmmec::MecNetDevice::DropTracedCallback");
    return tid;
}

Ptr<Queue<Packet>>
MecNetDevice::GetQueue() const
{
    return m_queue;
}

bool
MecNetDevice::Send(Ptr<Packet> packet, const Address& dest, uint16_t protocolNumber)
{
    return SendFrame(packet, m_address, Mac48Address::ConvertFrom(dest), protocolNumber);
}

bool
MecNetDevice::SendFrom(Ptr<Packet> packet,
                       const Address& source,
                       const Address& dest,
                       uint16_t protocolNumber)
{
    return SendFrame(packet,
                     Mac48Address::ConvertFrom(source),
                     Mac48Address::ConvertFrom(dest),
                     protocolNumber);
}

bool
MecNetDevice::SendFrame(Ptr<Packet> packet,
                        const Mac48Address& source,
                        const Mac48Address& dest,
                        uint16_t protocolNumber)
{
    NS_LOG_FUNCTION(this << packet << source << dest << protocolNumber);
    const bool isTooLong = packet->GetSize() > m_mtu;
    EthernetHeader header(false);
    header.SetSource(source);
    header.SetDestination(dest);
    header.SetLengthType(protocolNumber);
    packet->AddHeader(header);
    m_macTxTrace(packet);
    if (isTooLong || IsStopped())
    {
        Drop(packet, isTooLong ? MecDropReason::TOO_LONG : MecDropReason::STOPPED);
        return false;
    }
    if (!m_queue->Enqueue(packet))
    {
        Drop(packet, MecDropReason::QUEUE_FULL);
        return false;
    }
    SendQueued();
    return true;
}

void
MecNetDevice::NoteSent(Ptr<const Packet> frame)
{
    m_snifferTrace(frame);
    m_promiscSnifferTrace(frame);
}

void
MecNetDevice::Drop(Ptr<const Packet> frame, MecDropReason reason)
{
    NS_LOG_LOGIC("device " << m_address << " drops a frame of " << frame->GetSize()
                           << " bytes: " << GetDropReasonName(reason));
    m_macTxDropTrace(frame);
    m_dropTrace(frame, reason);
}

NetDevice::PacketType
MecNetDevice::Classify(Mac48Address to) const
{
    if (to == m_address)
    {
        return PACKET_HOST;
    }
    if (to.IsBroadcast())
    {
        return PACKET_BROADCAST;
    }
    return to.IsGroup() ? PACKET_MULTICAST : PACKET_OTHERHOST;
}

void
MecNetDevice::ReceiveFrame(Ptr<const Packet> frame)
{
    EthernetHeader header(false);
    Ptr<Packet> packet = frame->Copy();
    packet->RemoveHeader(header);
    const PacketType type = Classify(header.GetDestination());
    m_promiscSnifferTrace(frame);
    m_macPromiscRxTrace(frame);
    if (!m_promiscReceive.IsNull())
    {
        m_promiscReceive(this,
                         packet->Copy(),
                         header.GetLengthType(),
                         header.GetSource(),
                         header.GetDestination(),
                         type);
    }
    if (type == PACKET_OTHERHOST)
    {
        return;
    }
    m_snifferTrace(frame);
    m_macRxTrace(frame);
    if (!m_receive.IsNull())
    {
        m_receive(this, packet, header.GetLengthType(), header.GetSource());
    }
}

void
MecNetDevice::SetLinkUp()
{
    m_isLinkUp = true;
    m_linkChanges();
}

void
MecNetDevice::SetIfIndex(const uint32_t index)
{
    m_ifIndex = index;
}

uint32_t
MecNetDevice::GetIfIndex() const
{
    return m_ifIndex;
}

void
MecNetDevice::SetAddress(Address address)
{
    m_address = Mac48Address::ConvertFrom(address);
}

Address
MecNetDevice::GetAddress() const
{
    return m_address;
}

bool
MecNetDevice::SetMtu(const uint16_t mtu)
{
    m_mtu = mtu;
    return true;
}

uint16_t
MecNetDevice::GetMtu() const
{
    return m_mtu;
}

bool
MecNetDevice::IsLinkUp() const
{
    return m_isLinkUp;
}

void
MecNetDevice::AddLinkChangeCallback(Callback<void> callback)
{
    m_linkChanges.ConnectWithoutContext(callback);
}

bool
MecNetDevice::IsBroadcast() const
{
    return true;
}

Address
MecNetDevice::GetBroadcast() const
{
    return Mac48Address::GetBroadcast();
}

bool
MecNetDevice::IsMulticast() const
{
    return true;
}

Address
MecNetDevice::GetMulticast(Ipv4Address group) const
{
    return Mac48Address::GetMulticast(group);
}

Address
MecNetDevice::GetMulticast(Ipv6Address group) const
{
    return Mac48Address::GetMulticast(group);
}

bool
MecNetDevice::IsBridge() const
{
    return false;
}

bool
MecNetDevice::IsPointToPoint() const
{
    return false;
}

Ptr<Node>
MecNetDevice::GetNode() const
{
    return m_node;
}

void
MecNetDevice::SetNode(Ptr<Node> node)
{
    m_node = node;
}

bool
MecNetDevice::NeedsArp() const
{
    return true;
}

void
MecNetDevice::SetReceiveCallback(ReceiveCallback callback)
{
    m_receive = callback;
}

void
MecNetDevice::SetPromiscReceiveCallback(PromiscReceiveCallback callback)
{
    m_promiscReceive = callback;
}

bool
MecNetDevice::SupportsSendFrom() const
{
    return true;
}

void
MecNetDevice::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_node = nullptr;
    m_queue = nullptr;
    m_receive = ReceiveCallback();
    m_promiscReceive = PromiscReceiveCallback();
    NetDevice::DoDispose();
}

} // namespace llmmec
} // namespace ns3
