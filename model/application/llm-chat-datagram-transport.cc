/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-chat-datagram-transport.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

#include <algorithm>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmChatDatagramTransport");

LlmChatDatagramTransport::LlmChatDatagramTransport(Ptr<Socket> socket,
                                                   const Address& peer,
                                                   const Settings& settings,
                                                   const Callbacks& callbacks)
    : LlmChatTransport(callbacks),
      m_socket(socket),
      m_peer(peer),
      m_settings(settings)
{
    NS_LOG_FUNCTION(this << socket << peer);
}

LlmChatDatagramTransport::~LlmChatDatagramTransport()
{
    m_next.Cancel();
    if (m_ownsSocket)
    {
        m_socket->SetRecvCallback(MakeNullCallback<void, Ptr<Socket>>());
    }
}

void
LlmChatDatagramTransport::OwnSocket()
{
    m_ownsSocket = true;
    m_socket->SetRecvCallback(MakeCallback(&LlmChatDatagramTransport::Read, this));
}

void
LlmChatDatagramTransport::Send(const LlmChatHeader& message)
{
    NS_LOG_FUNCTION(this << message);
    if (message.type == LlmChatHeader::PROMPT)
    {
        m_queue.push_back(message);
        if (m_next.IsExpired())
        {
            SendNext();
        }
        return;
    }
    if (message.type == LlmChatHeader::CANCEL)
    {
        m_queue.erase(std::remove_if(
                          m_queue.begin(),
                          m_queue.end(),
                          [&](const LlmChatHeader& prompt) { return prompt.turn == message.turn; }),
                      m_queue.end());
    }
    SendDatagram(message, message.bodyBytes);
}

void
LlmChatDatagramTransport::SendNext()
{
    while (!m_queue.empty())
    {
        LlmChatHeader& prompt = m_queue.front();
        const uint32_t bytes = std::min(GetRoom(), prompt.bodyBytes - prompt.offset);
        SendDatagram(prompt, bytes);
        prompt.offset += bytes;
        if (prompt.offset == prompt.bodyBytes)
        {
            m_queue.pop_front();
        }
        if (m_settings.pacing.GetBitRate() > 0)
        {
            m_next = Simulator::Schedule(
                m_settings.pacing.CalculateBytesTxTime(bytes + LlmChatHeader::BYTES),
                &LlmChatDatagramTransport::SendNext,
                this);
            return;
        }
    }
}

void
LlmChatDatagramTransport::SendDatagram(const LlmChatHeader& message, uint32_t bytes)
{
    if (!m_isOpen)
    {
        return;
    }
    Ptr<Packet> packet = Create<Packet>(bytes);
    packet->AddHeader(message);
    m_callbacks.sent(packet);
    if (m_socket->SendTo(packet, 0, m_peer) < 0)
    {
        NS_LOG_LOGIC("a datagram to " << m_peer << " was not sent: it counts as lost");
    }
}

bool
LlmChatDatagramTransport::IsReady() const
{
    return true; // there is no back-pressure: tokens never wait here
}

uint32_t
LlmChatDatagramTransport::GetRoom() const
{
    return m_settings.packetBytes - LlmChatHeader::BYTES;
}

uint32_t
LlmChatDatagramTransport::CountWaitingTokens() const
{
    return 0;
}

bool
LlmChatDatagramTransport::HasConnection() const
{
    return false;
}

void
LlmChatDatagramTransport::Close()
{
    NS_LOG_FUNCTION(this);
    m_queue.clear();
    m_next.Cancel();
    if (m_isOpen && m_ownsSocket)
    {
        m_socket->SetRecvCallback(MakeNullCallback<void, Ptr<Socket>>());
        m_socket->Close();
    }
    m_isOpen = false;
}

void
LlmChatDatagramTransport::Read(Ptr<Socket> socket)
{
    const Ptr<LlmChatDatagramTransport> self(this); // a callback may let go of it
    Address from;
    while (m_isOpen)
    {
        Ptr<Packet> packet = socket->RecvFrom(from);
        if (!packet)
        {
            break;
        }
        Receive(packet);
    }
}

void
LlmChatDatagramTransport::Receive(Ptr<Packet> packet)
{
    if (!m_isOpen)
    {
        return;
    }
    const Ptr<LlmChatDatagramTransport> self(this); // a callback may let go of it
    m_callbacks.received(packet);
    if (packet->GetSize() < LlmChatHeader::BYTES)
    {
        return; // not one of ours
    }
    LlmChatHeader header;
    packet->PeekHeader(header);
    const uint32_t bytes = packet->GetSize() - LlmChatHeader::BYTES;
    if (header.IsValid() && bytes <= header.bodyBytes - header.offset)
    {
        m_callbacks.arrived(header, header.offset, header.offset + bytes);
    }
}

} // namespace llmmec
} // namespace ns3
