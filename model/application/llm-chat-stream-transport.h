/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_CHAT_STREAM_TRANSPORT_H
#define LLM_CHAT_STREAM_TRANSPORT_H

#include "llm-chat-transport.h"

#include "ns3/socket.h"

#include <array>
#include <cstdint>
#include <deque>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Messages of a chat over a connection, such as TCP's. What does not fit into the socket's
 * buffer waits here until the socket has room.
 *
 * TCP keeps no boundaries of messages. A header is collected byte by byte until it is whole, and
 * the bytes of its body are counted down. Nothing is joined and nothing is looked at twice.
 */
class LlmChatStreamTransport : public LlmChatTransport
{
  public:
    /**
     * @param socket of the connection, which may not be established yet
     * @param callbacks who is told
     */
    LlmChatStreamTransport(Ptr<Socket> socket, const Callbacks& callbacks);
    ~LlmChatStreamTransport() override;

    void Send(const LlmChatHeader& message) override;
    bool IsReady() const override;
    uint32_t GetRoom() const override;
    uint32_t CountWaitingTokens() const override;
    bool HasConnection() const override;
    void Close() override;

  private:
    /// A message that is not sent yet, or not all of it
    struct Waiting
    {
        LlmChatHeader header;  //!< its header
        uint32_t sentBytes{0}; //!< of header and body
    };

    /// Send what waits, as far as there is room.
    void Flush();
    /// @param waiting a message @param bytes to send of it @return them, from the first unsent on
    static Ptr<Packet> Cut(const Waiting& waiting, uint32_t bytes);
    /// The socket has room, or a connection. @param socket the socket @param room of its buffer
    void NoteRoom(Ptr<Socket> socket, uint32_t room);
    /// The connection is there. @param socket the socket
    void NoteConnected(Ptr<Socket> socket);
    /// The connection has ended or failed. @param socket the socket
    void NoteClosed(Ptr<Socket> socket);
    /// Bytes are there. @param socket the socket
    void Read(Ptr<Socket> socket);
    /// @param packet bytes that have arrived, from the first unread on
    void Parse(Ptr<Packet> packet);
    /// Read a header, or a part of it. @param packet bytes @param at the first that is not read
    /// @return how many were read
    uint32_t ReadHeader(Ptr<Packet> packet, uint32_t at);
    /// Let go of the socket.
    void Detach();

    Ptr<Socket> m_socket;        //!< of the connection, null once it is closed
    std::deque<Waiting> m_queue; //!< messages that wait
    LlmChatHeader m_header;      //!< of the message that arrives
    uint32_t m_bodyBytes{0};     //!< of its body, what has arrived
    bool m_isInBody{false};      //!< whether its header is whole
    uint32_t m_headerBytes{0};   //!< of a header in pieces, what has arrived
    std::array<uint8_t, LlmChatHeader::BYTES> m_pieces{}; //!< of that header
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_CHAT_STREAM_TRANSPORT_H
