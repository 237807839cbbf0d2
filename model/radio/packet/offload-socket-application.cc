/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "offload-socket-application.h"

#include "mec-socket-callbacks.h"

#include "ns3/inet-socket-address.h"
#include "ns3/ipv4.h"
#include "ns3/log.h"
#include "ns3/node.h"
#include "ns3/socket-factory.h"
#include "ns3/udp-socket-factory.h"
#include "ns3/uinteger.h"

#include <sstream>
#include <stdexcept>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("OffloadSocketApplication");

NS_OBJECT_ENSURE_REGISTERED(OffloadSocketApplication);

namespace
{

/// What the header of TCP with its timestamps is longer than that of UDP, bytes.
constexpr uint32_t TCP_OVER_UDP_BYTES = 24;

} // namespace

TypeId
OffloadSocketApplication::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::OffloadSocketApplication")
            .SetParent<Application>()
            .SetGroupName("LlmMec")
            .AddAttribute("Protocol",
                          "Type of the factory that makes sockets: ns3::UdpSocketFactory or "
                          "ns3::TcpSocketFactory, the same at both ends.",
                          TypeIdValue(UdpSocketFactory::GetTypeId()),
                          MakeTypeIdAccessor(&OffloadSocketApplication::m_protocol),
                          MakeTypeIdChecker())
            .AddAttribute("Local",
                          "Address to bind to; any when it has nothing.",
                          AddressValue(),
                          MakeAddressAccessor(&OffloadSocketApplication::m_local),
                          MakeAddressChecker())
            .AddAttribute("PacketSize",
                          "Longest datagram with the header of messages, bytes; the default fills "
                          "an MTU of 1500.",
                          UintegerValue(1472),
                          MakeUintegerAccessor(&OffloadSocketApplication::m_packetBytes),
                          MakeUintegerChecker<uint32_t>(64, 65507))
            .AddAttribute("PacingRate",
                          "Rate at which datagrams are sent; 0 for all of a message at once, which "
                          "needs queues below that hold it.",
                          DataRateValue(DataRate(0)),
                          MakeDataRateAccessor(&OffloadSocketApplication::m_pacing),
                          MakeDataRateChecker())
            .AddAttribute("ReportTimeout",
                          "A sender that has heard nothing so long after its last datagram asks "
                          "what is missing, > 0; each further wait is twice as long.",
                          TimeValue(Seconds(1)),
                          MakeTimeAccessor(&OffloadSocketApplication::m_reportTimeout),
                          MakeTimeChecker(NanoSeconds(1)))
            .AddAttribute("MaxReports",
                          "A message is given up after so many questions without any answer.",
                          UintegerValue(7),
                          MakeUintegerAccessor(&OffloadSocketApplication::m_maxReports),
                          MakeUintegerChecker<uint32_t>(0, 20))
            .AddAttribute("Tos",
                          "Type of service of IPv4 packets.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&OffloadSocketApplication::m_tos),
                          MakeUintegerChecker<uint8_t>())
            .AddTraceSource("Tx",
                            "A datagram is sent.",
                            MakeTraceSourceAccessor(&OffloadSocketApplication::m_txTrace),
                            "ns3::Packet::TracedCallback")
            .AddTraceSource("Rx",
                            "A datagram has arrived.",
                            MakeTraceSourceAccessor(&OffloadSocketApplication::m_rxTrace),
                            "ns3::Packet::AddressTracedCallback")
            .AddTraceSource("TxWithAddresses",
                            "A datagram is sent, from whom and to whom.",
                            MakeTraceSourceAccessor(&OffloadSocketApplication::m_txAddressTrace),
                            "ns3::Packet::TwoAddressTracedCallback")
            .AddTraceSource("RxWithAddresses",
                            "A datagram has arrived, from whom and to whom.",
                            MakeTraceSourceAccessor(&OffloadSocketApplication::m_rxAddressTrace),
                            "ns3::Packet::TwoAddressTracedCallback");
    return tid;
}

void
OffloadSocketApplication::SetDefaultLocal(const Address& local)
{
    if (m_local.IsInvalid())
    {
        m_local = local;
    }
}

void
OffloadSocketApplication::Open()
{
    if (m_socket)
    {
        return;
    }
    NS_LOG_FUNCTION(this << GetNode()->GetId());
    m_socket = MakeSocket();
    const bool isStream = m_socket->GetSocketType() == Socket::NS3_SOCK_STREAM;
    if (isStream && GetRemote().IsInvalid())
    {
        Listen();
    }
    else if (!isStream)
    {
        m_socket->SetRecvCallback(MakeCallback(&OffloadSocketApplication::Read, this));
    }
    DoOpen(m_socket);
}

Ptr<Socket>
OffloadSocketApplication::MakeSocket()
{
    const bool isFactory = m_protocol.IsChildOf(SocketFactory::GetTypeId());
    const auto factory =
        isFactory ? GetNode()->GetObject<SocketFactory>(m_protocol) : Ptr<SocketFactory>();
    auto socket = factory ? factory->CreateSocket() : Ptr<Socket>();
    if (!socket || socket->GetSocketType() == Socket::NS3_SOCK_RAW)
    {
        throw std::runtime_error(GetInstanceTypeId().GetName() + ": Protocol of node " +
                                 std::to_string(GetNode()->GetId()) + " is " +
                                 m_protocol.GetName() +
                                 ", expected a factory of datagrams or connections that the node "
                                 "has, such as ns3::UdpSocketFactory or ns3::TcpSocketFactory");
    }
    const int status = m_local.IsInvalid() ? socket->Bind() : socket->Bind(m_local);
    if (status != 0)
    {
        std::ostringstream message;
        message << GetInstanceTypeId().GetName() << ": Local of node " << GetNode()->GetId()
                << " is " << m_local << ", expected an address that a socket can bind to";
        throw std::runtime_error(message.str());
    }
    socket->SetIpTos(m_tos);
    // As long as a datagram; other protocols have no segments.
    socket->SetAttributeFailSafe("SegmentSize", UintegerValue(m_packetBytes - TCP_OVER_UDP_BYTES));
    return socket;
}

void
OffloadSocketApplication::Connect()
{
    if (m_hasConnected)
    {
        m_socket = MakeSocket(); // the connection was lost
    }
    m_hasConnected = true;
    AddStream(m_socket, GetRemote());
    m_socket->Connect(GetRemote());
}

void
OffloadSocketApplication::Listen()
{
    m_socket->Listen();
    m_socket->SetAcceptCallback(MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
                                MakeCallback(&OffloadSocketApplication::Accept, this));
}

void
OffloadSocketApplication::Accept(Ptr<Socket> socket, const Address& from)
{
    NS_LOG_FUNCTION(this << socket << from);
    AddStream(socket, from);
}

void
OffloadSocketApplication::AddStream(Ptr<Socket> socket, const Address& peer)
{
    MecFrameStream::Callbacks callbacks;
    callbacks.received = [this, peer](Ptr<Packet> packet) { ReceivePacket(packet, peer); };
    callbacks.closed = [this, peer] { m_streams.erase(peer); };
    m_streams[peer] = Create<MecFrameStream>(socket, callbacks);
}

Address
OffloadSocketApplication::GetReachableAddress() const
{
    Address local;
    m_socket->GetSockName(local);
    // Interface 0 is the loopback device.
    const auto ipv4 = GetNode()->GetObject<Ipv4>();
    return InetSocketAddress(ipv4->GetAddress(1, 0).GetLocal(),
                             InetSocketAddress::ConvertFrom(local).GetPort());
}

Ptr<MecDatagramMessages>
OffloadSocketApplication::MakeMessages(uint16_t mlu) const
{
    auto messages = CreateObject<MecDatagramMessages>();
    messages->SetSettings({mlu, m_packetBytes, m_pacing, m_reportTimeout, m_maxReports});
    return messages;
}

void
OffloadSocketApplication::SendTo(Ptr<Packet> packet, const Address& to)
{
    m_txTrace(packet);
    if (!m_txAddressTrace.IsEmpty())
    {
        Address local;
        m_socket->GetSockName(local);
        m_txAddressTrace(packet, local, to);
    }
    if (m_socket->GetSocketType() != Socket::NS3_SOCK_STREAM)
    {
        m_socket->SendTo(packet, 0, to);
        return;
    }
    if (m_streams.count(to) == 0 && to == GetRemote())
    {
        Connect(); // not before there is something to send: devices associate first
    }
    const auto stream = m_streams.find(to);
    if (stream != m_streams.end())
    {
        stream->second->Send(packet);
    }
}

void
OffloadSocketApplication::Read(Ptr<Socket> socket)
{
    Address from;
    while (Ptr<Packet> packet = socket->RecvFrom(from))
    {
        ReceivePacket(packet, from);
    }
}

void
OffloadSocketApplication::ReceivePacket(Ptr<Packet> packet, const Address& from)
{
    m_rxTrace(packet, from);
    if (!m_rxAddressTrace.IsEmpty())
    {
        Address local;
        m_socket->GetSockName(local);
        m_rxAddressTrace(packet, from, local);
    }
    MecMessageHeader header;
    if (packet->GetSize() < header.GetSerializedSize())
    {
        return; // not one of ours
    }
    packet->RemoveHeader(header);
    const bool isData = header.type == MecMessageHeader::DATA;
    header.length = isData ? packet->GetSize() : header.length;
    if (header.IsValid() && (isData || packet->GetSize() == 0))
    {
        ReceiveFrom(header, from);
    }
}

void
OffloadSocketApplication::StartApplication()
{
    NS_LOG_FUNCTION(this);
    Open();
}

void
OffloadSocketApplication::StopApplication()
{
    NS_LOG_FUNCTION(this);
    for (const auto& [peer, stream] : m_streams)
    {
        stream->Close();
    }
    m_streams.clear();
    if (m_socket)
    {
        ClearSocketCallbacks(m_socket);
        m_socket->Close();
    }
}

void
OffloadSocketApplication::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_streams.clear();
    if (m_socket)
    {
        ClearSocketCallbacks(m_socket);
    }
    m_socket = nullptr;
    Application::DoDispose();
}

} // namespace llmmec
} // namespace ns3
