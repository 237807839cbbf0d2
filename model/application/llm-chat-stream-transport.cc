/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-chat-stream-transport.h"

#include "ns3/log.h"
#include "ns3/mec-socket-callbacks.h"

#include <algorithm>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmChatStreamTransport");

LlmChatStreamTransport::LlmChatStreamTransport(Ptr<Socket> socket, const Callbacks& callbacks)
    : LlmChatTransport(callbacks),
      m_socket(socket)
{
    NS_LOG_FUNCTION(this << socket);
    m_socket->SetConnectCallback(MakeCallback(&LlmChatStreamTransport::NoteConnected, this),
                                 MakeCallback(&LlmChatStreamTransport::NoteClosed, this));
    m_socket->SetCloseCallbacks(MakeCallback(&LlmChatStreamTransport::NoteClosed, this),
                                MakeCallback(&LlmChatStreamTransport::NoteClosed, this));
    m_socket->SetSendCallback(MakeCallback(&LlmChatStreamTransport::NoteRoom, this));
    m_socket->SetRecvCallback(MakeCallback(&LlmChatStreamTransport::Read, this));
}

LlmChatStreamTransport::~LlmChatStreamTransport()
{
    Detach();
}

void
LlmChatStreamTransport::Send(const LlmChatHeader& message)
{
    NS_LOG_FUNCTION(this << message);
    m_queue.push_back({message});
    Flush();
}

bool
LlmChatStreamTransport::IsReady() const
{
    return m_queue.empty();
}

uint32_t
LlmChatStreamTransport::GetRoom() const
{
    const uint32_t room = m_socket ? m_socket->GetTxAvailable() : 0;
    return room - std::min(room, LlmChatHeader::BYTES);
}

uint32_t
LlmChatStreamTransport::CountWaitingTokens() const
{
    uint32_t tokens = 0;
    for (const auto& [header, sentBytes] : m_queue)
    {
        if (header.type == LlmChatHeader::TOKENS)
        {
            const uint32_t bodyBytes = sentBytes - std::min(sentBytes, LlmChatHeader::BYTES);
            tokens += header.tokens - bodyBytes / header.tokenBytes;
        }
    }
    return tokens;
}

bool
LlmChatStreamTransport::HasConnection() const
{
    return true;
}

void
LlmChatStreamTransport::Close()
{
    NS_LOG_FUNCTION(this);
    m_isOpen = false;
    if (m_socket)
    {
        Ptr<Socket> socket = m_socket;
        Detach();
        socket->Close(); // which sends what is in the socket's buffer
    }
}

void
LlmChatStreamTransport::Flush()
{
    while (m_socket && !m_queue.empty())
    {
        Waiting& waiting = m_queue.front();
        const uint32_t whole = LlmChatHeader::BYTES + waiting.header.bodyBytes;
        const uint32_t bytes = std::min(m_socket->GetTxAvailable(), whole - waiting.sentBytes);
        if (bytes == 0)
        {
            return;
        }
        Ptr<Packet> packet = Cut(waiting, bytes);
        Ptr<const Packet> seen = packet->Copy(); // the socket joins others to the packet itself
        if (m_socket->Send(packet) < 0)
        {
            return; // not connected yet, or any more: a callback tells
        }
        waiting.sentBytes += bytes;
        if (waiting.sentBytes == whole)
        {
            m_queue.pop_front();
        }
        m_callbacks.sent(seen);
    }
}

Ptr<Packet>
LlmChatStreamTransport::Cut(const Waiting& waiting, uint32_t bytes)
{
    if (waiting.sentBytes >= LlmChatHeader::BYTES)
    {
        return Create<Packet>(bytes);
    }
    const uint32_t end = waiting.sentBytes + bytes;
    Ptr<Packet> packet =
        Create<Packet>(end > LlmChatHeader::BYTES ? end - LlmChatHeader::BYTES : 0);
    packet->AddHeader(waiting.header);
    return bytes == packet->GetSize() ? packet : packet->CreateFragment(waiting.sentBytes, bytes);
}

void
LlmChatStreamTransport::NoteRoom(Ptr<Socket> /* socket */, uint32_t /* room */)
{
    const Ptr<LlmChatStreamTransport> self(this); // a callback may let go of it
    Flush();
    if (m_isOpen && m_queue.empty())
    {
        m_callbacks.ready();
    }
}

void
LlmChatStreamTransport::NoteConnected(Ptr<Socket> socket)
{
    NoteRoom(socket, socket->GetTxAvailable());
}

void
LlmChatStreamTransport::NoteClosed(Ptr<Socket> /* socket */)
{
    NS_LOG_FUNCTION(this);
    const Ptr<LlmChatStreamTransport> self(this);
    if (m_isOpen)
    {
        Close();
        m_callbacks.closed();
    }
}

void
LlmChatStreamTransport::Read(Ptr<Socket> socket)
{
    const Ptr<LlmChatStreamTransport> self(this);
    while (m_isOpen)
    {
        Ptr<Packet> packet = socket->Recv();
        if (!packet || packet->GetSize() == 0)
        {
            break;
        }
        m_callbacks.received(packet);
        Parse(packet);
    }
}

void
LlmChatStreamTransport::Parse(Ptr<Packet> packet)
{
    const uint32_t size = packet->GetSize();
    // A callback may close it.
    for (uint32_t at = 0; at < size && m_isOpen;)
    {
        if (!m_isInBody)
        {
            at += ReadHeader(packet, at);
            if (m_isInBody && !m_header.IsValid())
            {
                NS_LOG_WARN("the other end does not speak this protocol");
                NoteClosed(m_socket);
                return;
            }
        }
        if (m_isInBody)
        {
            const uint32_t begin = m_bodyBytes;
            const uint32_t bytes = std::min(m_header.bodyBytes - begin, size - at);
            at += bytes;
            m_bodyBytes += bytes;
            m_isInBody = m_bodyBytes < m_header.bodyBytes;
            if (bytes > 0 || m_header.bodyBytes == 0)
            {
                m_callbacks.arrived(m_header, begin, begin + bytes);
            }
        }
    }
}

uint32_t
LlmChatStreamTransport::ReadHeader(Ptr<Packet> packet, uint32_t at)
{
    constexpr uint32_t whole = LlmChatHeader::BYTES;
    const uint32_t bytes = std::min(whole - m_headerBytes, packet->GetSize() - at);
    Ptr<Packet> rest = at == 0 ? packet : packet->CreateFragment(at, bytes);
    if (bytes == whole)
    {
        rest->PeekHeader(m_header); // the usual case: it is whole
    }
    else
    {
        rest->CopyData(m_pieces.data() + m_headerBytes, bytes);
        m_headerBytes += bytes;
        if (m_headerBytes < whole)
        {
            return bytes;
        }
        Create<Packet>(m_pieces.data(), whole)->PeekHeader(m_header);
    }
    m_headerBytes = 0;
    m_bodyBytes = 0;
    m_isInBody = true;
    return bytes;
}

void
LlmChatStreamTransport::Detach()
{
    if (m_socket)
    {
        ClearSocketCallbacks(m_socket);
        m_socket = nullptr;
    }
}

} // namespace llmmec
} // namespace ns3
