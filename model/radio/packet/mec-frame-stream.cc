/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-frame-stream.h"

#include "mec-socket-callbacks.h"

#include "ns3/log.h"

#include <algorithm>
#include <array>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("MecFrameStream");

namespace
{

using Length = std::array<uint8_t, 4>; //!< of a frame, the highest byte first

/// @param bytes length of a frame @return it as it is sent
Length
ToLength(uint32_t bytes)
{
    return {static_cast<uint8_t>(bytes >> 24),
            static_cast<uint8_t>(bytes >> 16),
            static_cast<uint8_t>(bytes >> 8),
            static_cast<uint8_t>(bytes)};
}

/// @param length as it was sent @return length of a frame, bytes
uint32_t
ToBytes(const Length& length)
{
    return uint32_t{length[0]} << 24 | uint32_t{length[1]} << 16 | uint32_t{length[2]} << 8 |
           uint32_t{length[3]};
}

} // namespace

MecFrameStream::MecFrameStream(Ptr<Socket> socket, const Callbacks& callbacks)
    : m_socket(socket),
      m_callbacks(callbacks),
      m_arrived(Create<Packet>())
{
    NS_LOG_FUNCTION(this << socket);
    m_socket->SetConnectCallback(MakeCallback(&MecFrameStream::NoteConnected, this),
                                 MakeCallback(&MecFrameStream::NoteClosed, this));
    m_socket->SetCloseCallbacks(MakeCallback(&MecFrameStream::NoteClosed, this),
                                MakeCallback(&MecFrameStream::NoteClosed, this));
    m_socket->SetSendCallback(MakeCallback(&MecFrameStream::NoteRoom, this));
    m_socket->SetRecvCallback(MakeCallback(&MecFrameStream::Read, this));
}

MecFrameStream::~MecFrameStream()
{
    Detach();
}

void
MecFrameStream::Send(Ptr<const Packet> frame)
{
    NS_LOG_FUNCTION(this << frame->GetSize());
    const Length length = ToLength(frame->GetSize());
    auto bytes = Create<Packet>(length.data(), length.size());
    bytes->AddAtEnd(frame);
    m_queue.push_back(bytes);
    Flush();
}

void
MecFrameStream::Close()
{
    NS_LOG_FUNCTION(this);
    if (m_socket)
    {
        Ptr<Socket> socket = m_socket;
        Detach();
        socket->Close(); // which sends what is in the socket's buffer
    }
}

void
MecFrameStream::Flush()
{
    while (m_socket && !m_queue.empty())
    {
        Ptr<Packet>& first = m_queue.front();
        const uint32_t bytes = std::min(m_socket->GetTxAvailable(), first->GetSize());
        if (bytes == 0 || m_socket->Send(first->CreateFragment(0, bytes)) < 0)
        {
            return; // no room, or not connected yet, or any more: a callback tells
        }
        first->RemoveAtStart(bytes);
        if (first->GetSize() == 0)
        {
            m_queue.pop_front();
        }
    }
}

void
MecFrameStream::NoteRoom(Ptr<Socket> /* socket */, uint32_t /* room */)
{
    Flush();
}

void
MecFrameStream::NoteConnected(Ptr<Socket> /* socket */)
{
    Flush();
}

void
MecFrameStream::NoteClosed(Ptr<Socket> /* socket */)
{
    NS_LOG_FUNCTION(this);
    const Ptr<MecFrameStream> self(this); // the callback may let go of it
    if (m_socket)
    {
        Close();
        m_callbacks.closed();
    }
}

void
MecFrameStream::Read(Ptr<Socket> socket)
{
    const Ptr<MecFrameStream> self(this);
    while (m_socket)
    {
        Ptr<Packet> packet = socket->Recv();
        if (!packet || packet->GetSize() == 0)
        {
            break;
        }
        m_arrived->AddAtEnd(packet);
        Parse();
    }
}

void
MecFrameStream::Parse()
{
    Length length;
    // A callback may close it.
    while (m_socket && m_arrived->CopyData(length.data(), length.size()) == length.size())
    {
        const uint32_t bytes = ToBytes(length);
        if (bytes == 0 || bytes > MAX_BYTES)
        {
            NS_LOG_WARN("the other end does not speak this protocol");
            NoteClosed(m_socket);
            return;
        }
        const auto begin = static_cast<uint32_t>(length.size());
        if (m_arrived->GetSize() < begin + bytes)
        {
            return;
        }
        const Ptr<Packet> frame = m_arrived->CreateFragment(begin, bytes);
        m_arrived->RemoveAtStart(begin + bytes);
        m_callbacks.received(frame);
    }
}

void
MecFrameStream::Detach()
{
    if (m_socket)
    {
        ClearSocketCallbacks(m_socket);
        m_socket = nullptr;
    }
}

} // namespace llmmec
} // namespace ns3
