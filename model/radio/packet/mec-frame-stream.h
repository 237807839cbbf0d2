/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_FRAME_STREAM_H
#define MEC_FRAME_STREAM_H

#include "ns3/packet.h"
#include "ns3/simple-ref-count.h"
#include "ns3/socket.h"

#include <cstdint>
#include <deque>
#include <functional>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Frames over a connection, such as TCP's, which keeps no boundaries: each frame has its
 * length before it, 4 bytes. What does not fit into the socket's buffer waits here.
 */
class MecFrameStream : public SimpleRefCount<MecFrameStream>
{
  public:
    /// Who is told; each may close the stream
    struct Callbacks
    {
        std::function<void(Ptr<Packet>)> received; ///< a frame has arrived
        std::function<void()> closed; ///< the other end has closed, or cannot be reached
    };

    /// Longest frame, bytes. A longer one means that the other end does not speak this protocol.
    static constexpr uint32_t MAX_BYTES = 65535;

    /**
     * @param socket of the connection, which may not be established yet
     * @param callbacks who is told
     */
    MecFrameStream(Ptr<Socket> socket, const Callbacks& callbacks);
    ~MecFrameStream();

    /// Send a frame, or keep it until it can be sent. @param frame 1 to MAX_BYTES bytes
    void Send(Ptr<const Packet> frame);

    /// End it: what waits here is dropped, what the socket has is still sent. No one is told of
    /// anything more.
    void Close();

  private:
    /// Send what waits, as far as there is room.
    void Flush();
    /// The socket has room. @param socket the socket @param room of its buffer
    void NoteRoom(Ptr<Socket> socket, uint32_t room);
    /// The connection is there. @param socket the socket
    void NoteConnected(Ptr<Socket> socket);
    /// The connection has ended or failed. @param socket the socket
    void NoteClosed(Ptr<Socket> socket);
    /// Bytes are there. @param socket the socket
    void Read(Ptr<Socket> socket);
    /// Hand on the frames that are whole.
    void Parse();
    /// Let go of the socket.
    void Detach();

    Ptr<Socket> m_socket;            //!< of the connection, null once it is closed
    Callbacks m_callbacks;           //!< who is told
    std::deque<Ptr<Packet>> m_queue; //!< what waits: frames with their lengths, the first in part
    Ptr<Packet> m_arrived;           //!< bytes of frames that are not whole
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_FRAME_STREAM_H
