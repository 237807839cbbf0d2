/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-chat-application.h"

#include "ns3/inet6-socket-address.h"
#include "ns3/log.h"
#include "ns3/node.h"
#include "ns3/socket-factory.h"
#include "ns3/tcp-socket-factory.h"
#include "ns3/uinteger.h"

#include <sstream>
#include <stdexcept>
#include <string>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmChatApplication");

NS_OBJECT_ENSURE_REGISTERED(LlmChatApplication);

TypeId
LlmChatApplication::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::LlmChatApplication")
            .SetParent<Application>()
            .SetGroupName("LlmMec")
            .AddAttribute("Local",
                          "Address to bind to; any when it has nothing.",
                          AddressValue(),
                          MakeAddressAccessor(&LlmChatApplication::m_local),
                          MakeAddressChecker())
            .AddAttribute("Protocol",
                          "Type of the factory that makes sockets: ns3::TcpSocketFactory, or "
                          "ns3::UdpSocketFactory, over which what is lost stays lost.",
                          TypeIdValue(TcpSocketFactory::GetTypeId()),
                          MakeTypeIdAccessor(&LlmChatApplication::m_protocol),
                          MakeTypeIdChecker())
            .AddAttribute("Tos",
                          "Type of service of IPv4 packets, traffic class of IPv6 ones.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&LlmChatApplication::m_tos),
                          MakeUintegerChecker<uint8_t>())
            .AddAttribute("PacketSize",
                          "Longest datagram with the header of messages, bytes; the default fills "
                          "an MTU of 1500. Streams have none.",
                          UintegerValue(1472),
                          MakeUintegerAccessor(&LlmChatApplication::m_packetBytes),
                          MakeUintegerChecker<uint32_t>(64, 65507))
            .AddAttribute("SegmentSize",
                          "Payload of a segment of TCP, bytes; 0: TcpSocket's own.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&LlmChatApplication::m_segmentBytes),
                          MakeUintegerChecker<uint32_t>(0, 65495))
            .AddAttribute("MinRto",
                          "Least timeout of TCP before it sends again, >= 0; 0: TcpSocketBase's "
                          "own.",
                          TimeValue(Seconds(0)),
                          MakeTimeAccessor(&LlmChatApplication::m_minRto),
                          MakeTimeChecker(Seconds(0)))
            .AddAttribute("DelAckTimeout",
                          "Longest delay of an acknowledgement of TCP, >= 0; 0: TcpSocket's own.",
                          TimeValue(Seconds(0)),
                          MakeTimeAccessor(&LlmChatApplication::m_delAckTimeout),
                          MakeTimeChecker(Seconds(0)))
            .AddAttribute("ConnTimeout",
                          "Timeout of TCP before it asks again for a connection, >= 0; 0: "
                          "TcpSocket's own.",
                          TimeValue(Seconds(0)),
                          MakeTimeAccessor(&LlmChatApplication::m_connTimeout),
                          MakeTimeChecker(Seconds(0)))
            .AddTraceSource("Tx",
                            "Bytes are handed to the socket.",
                            MakeTraceSourceAccessor(&LlmChatApplication::m_txTrace),
                            "ns3::Packet::TracedCallback")
            .AddTraceSource("Rx",
                            "Bytes have come from the socket.",
                            MakeTraceSourceAccessor(&LlmChatApplication::m_rxTrace),
                            "ns3::Packet::AddressTracedCallback")
            .AddTraceSource("TxWithAddresses",
                            "Bytes are handed to the socket, from whom and to whom.",
                            MakeTraceSourceAccessor(&LlmChatApplication::m_txAddressTrace),
                            "ns3::Packet::TwoAddressTracedCallback")
            .AddTraceSource("RxWithAddresses",
                            "Bytes have come from the socket, from whom and to whom.",
                            MakeTraceSourceAccessor(&LlmChatApplication::m_rxAddressTrace),
                            "ns3::Packet::TwoAddressTracedCallback");
    return tid;
}

Ptr<Socket>
LlmChatApplication::MakeSocket(const Address& standard) const
{
    NS_LOG_FUNCTION(this << standard);
    const std::string where =
        GetInstanceTypeId().GetName() + " of node " + std::to_string(GetNode()->GetId()) + ": ";
    auto factory = DynamicCast<SocketFactory>(GetNode()->GetObject<Object>(m_protocol));
    if (!factory)
    {
        throw std::runtime_error(where + "Protocol is " + m_protocol.GetName() +
                                 ", expected the type of a socket factory that the node has, such "
                                 "as ns3::TcpSocketFactory after InternetStackHelper::Install");
    }
    Ptr<Socket> socket = factory->CreateSocket();
    const Address& local = m_local.IsInvalid() ? standard : m_local;
    if (IsStream(socket))
    {
        if (m_segmentBytes > 0)
        {
            SetSocketAttribute(socket, "SegmentSize", UintegerValue(m_segmentBytes));
        }
        for (const auto& [name, time] : {std::pair<std::string, Time>("MinRto", m_minRto),
                                         {"DelAckTimeout", m_delAckTimeout},
                                         {"ConnTimeout", m_connTimeout}})
        {
            if (time.IsStrictlyPositive())
            {
                SetSocketAttribute(socket, name, TimeValue(time));
            }
        }
    }
    if (socket->Bind(local) != 0)
    {
        std::ostringstream message;
        message << where << "Local is " << local << ", expected an address that a socket can bind "
                << "to";
        throw std::runtime_error(message.str());
    }
    if (Inet6SocketAddress::IsMatchingType(local))
    {
        socket->SetIpv6Tclass(m_tos);
    }
    else
    {
        socket->SetIpTos(m_tos);
    }
    return socket;
}

void
LlmChatApplication::SetSocketAttribute(Ptr<Socket> socket,
                                       const std::string& name,
                                       const AttributeValue& value) const
{
    if (!socket->SetAttributeFailSafe(name, value))
    {
        throw std::runtime_error(GetInstanceTypeId().GetName() + " of node " +
                                 std::to_string(GetNode()->GetId()) + ": " + name +
                                 " is set, but " + socket->GetInstanceTypeId().GetName() +
                                 " has no such attribute, expected 0");
    }
}

bool
LlmChatApplication::IsStream(Ptr<const Socket> socket)
{
    return socket->GetSocketType() == Socket::NS3_SOCK_STREAM;
}

uint32_t
LlmChatApplication::GetPacketBytes() const
{
    return m_packetBytes;
}

LlmChatTransport::Callbacks
LlmChatApplication::MakeTraceCallbacks(Ptr<Socket> local, const Address& peer)
{
    const auto getLocal = [local] {
        Address address;
        local->GetSockName(address);
        return address;
    };
    LlmChatTransport::Callbacks callbacks;
    callbacks.sent = [this, getLocal, peer](Ptr<const Packet> packet) {
        m_txTrace(packet);
        if (!m_txAddressTrace.IsEmpty())
        {
            m_txAddressTrace(packet, getLocal(), peer);
        }
    };
    callbacks.received = [this, getLocal, peer](Ptr<const Packet> packet) {
        m_rxTrace(packet, peer);
        if (!m_rxAddressTrace.IsEmpty())
        {
            m_rxAddressTrace(packet, peer, getLocal());
        }
    };
    return callbacks;
}

} // namespace llmmec
} // namespace ns3
