/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_CHAT_APPLICATION_H
#define LLM_CHAT_APPLICATION_H

#include "llm-chat-transport.h"

#include "ns3/address.h"
#include "ns3/application.h"
#include "ns3/nstime.h"
#include "ns3/socket.h"
#include "ns3/traced-callback.h"
#include "ns3/type-id.h"

#include <cstdint>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief What LlmChatClient and LlmChatServer have in common: sockets, with the attributes and
 * traces of ns-3's own applications.
 */
class LlmChatApplication : public Application
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

  protected:
    /**
     * Make a socket with the settings of the attributes, bound to Local.
     * @param standard where to bind where Local has nothing
     * @return the socket
     * @throw std::runtime_error in one line that names node, attribute and expectation
     */
    Ptr<Socket> MakeSocket(const Address& standard) const;

    /// @param socket a socket @return whether it is of streams, which needs no boundaries
    static bool IsStream(Ptr<const Socket> socket);
    /// @return longest datagram with the header, bytes
    uint32_t GetPacketBytes() const;

    /**
     * @param local socket at this end
     * @param peer the other end
     * @return callbacks that feed the traces, and do nothing else yet
     */
    LlmChatTransport::Callbacks MakeTraceCallbacks(Ptr<Socket> local, const Address& peer);

  private:
    /// Set an attribute of a socket. @param socket the socket @param name of the attribute
    /// @param value its value
    void SetSocketAttribute(Ptr<Socket> socket,
                            const std::string& name,
                            const AttributeValue& value) const;

    Address m_local;         //!< where to bind
    TypeId m_protocol;       //!< of the factory that makes sockets
    uint8_t m_tos;           //!< type of service of IPv4, or traffic class of IPv6
    uint32_t m_packetBytes;  //!< longest datagram, bytes
    uint32_t m_segmentBytes; //!< of TCP, 0: the socket's own
    Time m_minRto;           //!< of TCP, 0: the socket's own
    Time m_delAckTimeout;    //!< of TCP, 0: the socket's own
    Time m_connTimeout;      //!< of TCP, 0: the socket's own

    TracedCallback<Ptr<const Packet>> m_txTrace;                 //!< sent
    TracedCallback<Ptr<const Packet>, const Address&> m_rxTrace; //!< received
    /// Sent, with both addresses
    TracedCallback<Ptr<const Packet>, const Address&, const Address&> m_txAddressTrace;
    /// Received, with both addresses
    TracedCallback<Ptr<const Packet>, const Address&, const Address&> m_rxAddressTrace;
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_CHAT_APPLICATION_H
