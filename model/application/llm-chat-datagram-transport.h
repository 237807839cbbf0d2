/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_CHAT_DATAGRAM_TRANSPORT_H
#define LLM_CHAT_DATAGRAM_TRANSPORT_H

#include "llm-chat-transport.h"

#include "ns3/address.h"
#include "ns3/data-rate.h"
#include "ns3/event-id.h"
#include "ns3/socket.h"

#include <cstdint>
#include <deque>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Messages of a chat over datagrams, such as UDP's. A prompt is cut into datagrams, which
 * are paced; tokens are sent in whole messages that fit. What is lost is not sent again.
 */
class LlmChatDatagramTransport : public LlmChatTransport
{
  public:
    /// How datagrams are sent
    struct Settings
    {
        uint32_t packetBytes{0}; ///< longest datagram with the header, bytes
        DataRate pacing;         ///< of the datagrams of a prompt; 0 for all at once
    };

    /**
     * @param socket that sends
     * @param peer the other end
     * @param settings how datagrams are sent
     * @param callbacks who is told
     */
    LlmChatDatagramTransport(Ptr<Socket> socket,
                             const Address& peer,
                             const Settings& settings,
                             const Callbacks& callbacks);
    ~LlmChatDatagramTransport() override;

    void Send(const LlmChatHeader& message) override;
    bool IsReady() const override;
    uint32_t GetRoom() const override;
    uint32_t CountWaitingTokens() const override;
    bool HasConnection() const override;
    void Close() override;

    /// Take the socket for its own: read what comes, and close it in the end. Otherwise several
    /// transports can share a socket, and its owner calls Receive.
    void OwnSocket();

    /// A datagram has come from the other end. @param packet the datagram
    void Receive(Ptr<Packet> packet);

  private:
    /// Send a datagram. @param message header with its offset @param bytes of the body
    void SendDatagram(const LlmChatHeader& message, uint32_t bytes);
    /// Datagrams are there. @param socket the socket
    void Read(Ptr<Socket> socket);
    /// Send the next datagram of prompts.
    void SendNext();

    Ptr<Socket> m_socket;              //!< that sends
    bool m_ownsSocket{false};          //!< whether it is closed in the end
    Address m_peer;                    //!< the other end
    Settings m_settings;               //!< how datagrams are sent
    std::deque<LlmChatHeader> m_queue; //!< prompts that are not sent yet, from their offsets on
    EventId m_next;                    //!< the next datagram
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_CHAT_DATAGRAM_TRANSPORT_H
