/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "offload-receiver.h"

#include "ns3/inet-socket-address.h"
#include "ns3/log.h"

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("OffloadReceiver");

NS_OBJECT_ENSURE_REGISTERED(OffloadReceiver);

TypeId
OffloadReceiver::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::OffloadReceiver")
                            .SetParent<OffloadSocketApplication>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<OffloadReceiver>();
    return tid;
}

void
OffloadReceiver::SetReceivedCallback(MessageCallback received)
{
    m_received = received;
}

void
OffloadReceiver::SetFailedCallback(MessageCallback failed)
{
    m_failed = failed;
}

void
OffloadReceiver::NotifyConstructionCompleted()
{
    OffloadSocketApplication::NotifyConstructionCompleted();
    SetDefaultLocal(InetSocketAddress(Ipv4Address::GetAny(), PORT));
}

OffloadReceiver::Peer&
OffloadReceiver::FindPeer(uint16_t mlu)
{
    Peer& peer = m_peers[mlu];
    if (!peer.messages)
    {
        peer.messages = MakeMessages(mlu);
        peer.messages->SetTransmitCallback(MecDatagramMessages::DatagramCallback(
            [this, mlu](Ptr<Packet> packet) { SendTo(packet, m_peers[mlu].address); }));
        peer.messages->SetReceivedCallback(MecDatagramMessages::MessageCallback(
            [this, mlu](uint32_t number) { m_received(mlu, number); }));
        peer.messages->SetDeliveredCallback(MecDatagramMessages::MessageCallback([](uint32_t) {}));
        peer.messages->SetFailedCallback(MecDatagramMessages::MessageCallback(
            [this, mlu](uint32_t number) { m_failed(mlu, number); }));
    }
    return peer;
}

void
OffloadReceiver::ReceiveFrom(const MecMessageHeader& header, const Address& from)
{
    Peer& peer = FindPeer(header.sender);
    peer.address = from;
    peer.messages->Receive(header);
}

void
OffloadReceiver::Send(uint32_t mlu, uint32_t number, uint32_t bytes)
{
    NS_LOG_FUNCTION(this << mlu << number << bytes);
    FindPeer(static_cast<uint16_t>(mlu)).messages->Send(number, bytes);
}

void
OffloadReceiver::NotePeer(uint32_t mlu, const Address& address)
{
    NS_LOG_FUNCTION(this << mlu << address);
    Peer& peer = FindPeer(static_cast<uint16_t>(mlu));
    if (peer.address.IsInvalid())
    {
        peer.address = address;
    }
}

void
OffloadReceiver::Cancel(uint32_t mlu, uint32_t number)
{
    NS_LOG_FUNCTION(this << mlu << number);
    FindPeer(static_cast<uint16_t>(mlu)).messages->Cancel(number);
}

void
OffloadReceiver::DoOpen(Ptr<Socket>)
{
}

Address
OffloadReceiver::GetRemote() const
{
    return Address();
}

void
OffloadReceiver::DoDispose()
{
    NS_LOG_FUNCTION(this);
    for (auto& [mlu, peer] : m_peers)
    {
        peer.messages->Dispose();
    }
    m_peers.clear();
    m_received = MessageCallback();
    m_failed = MessageCallback();
    OffloadSocketApplication::DoDispose();
}

} // namespace llmmec
} // namespace ns3
