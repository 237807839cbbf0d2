/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "offload-socket-application.h"

#include "ns3/log.h"
#include "ns3/node.h"
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

TypeId
OffloadSocketApplication::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::OffloadSocketApplication")
            .SetParent<Application>()
            .SetGroupName("LlmMec")
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
    m_socket = Socket::CreateSocket(GetNode(), UdpSocketFactory::GetTypeId());
    const int status = m_local.IsInvalid() ? m_socket->Bind() : m_socket->Bind(m_local);
    if (status != 0)
    {
        std::ostringstream message;
        message << GetInstanceTypeId().GetName() << ": Local of node " << GetNode()->GetId()
                << " is " << m_local << ", expected an address that a socket can bind to";
        throw std::runtime_error(message.str());
    }
    m_socket->SetIpTos(m_tos);
    m_socket->SetRecvCallback(MakeCallback(&OffloadSocketApplication::Read, this));
    DoOpen(m_socket);
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
    m_socket->SendTo(packet, 0, to);
}

void
OffloadSocketApplication::Read(Ptr<Socket> socket)
{
    Address from;
    while (Ptr<Packet> packet = socket->RecvFrom(from))
    {
        m_rxTrace(packet, from);
        if (!m_rxAddressTrace.IsEmpty())
        {
            Address local;
            socket->GetSockName(local);
            m_rxAddressTrace(packet, from, local);
        }
        MecMessageHeader header;
        if (packet->GetSize() < header.GetSerializedSize())
        {
            continue; // not one of ours
        }
        packet->RemoveHeader(header);
        const bool isData = header.type == MecMessageHeader::DATA;
        header.length = isData ? packet->GetSize() : header.length;
        if (header.IsValid() && (isData || packet->GetSize() == 0))
        {
            ReceiveFrom(header, from);
        }
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
    if (m_socket)
    {
        m_socket->SetRecvCallback(MakeNullCallback<void, Ptr<Socket>>());
        m_socket->Close();
    }
}

void
OffloadSocketApplication::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_socket = nullptr;
    Application::DoDispose();
}

} // namespace llmmec
} // namespace ns3
