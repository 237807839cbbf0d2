/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_CHAT_TRANSPORT_H
#define LLM_CHAT_TRANSPORT_H

#include "ns3/llm-chat-header.h"
#include "ns3/packet.h"
#include "ns3/simple-ref-count.h"

#include <cstdint>
#include <functional>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief One end of the messages of a chat, over a stream of bytes or over datagrams.
 */
class LlmChatTransport : public SimpleRefCount<LlmChatTransport>
{
  public:
    /// Who is told; each may close the transport
    struct Callbacks
    {
        /// Bytes of a body have arrived. Arguments: the message, the first byte, after the last.
        /// Without a body it is called once with 0, 0.
        std::function<void(const LlmChatHeader&, uint32_t, uint32_t)> arrived;
        /// There is more room, and it is ready, see IsReady
        std::function<void()> ready;
        /// The other end has closed, or cannot be reached
        std::function<void()> closed;
        /// Bytes are handed to the socket
        std::function<void(Ptr<const Packet>)> sent;
        /// Bytes have come from the socket
        std::function<void(Ptr<const Packet>)> received;
    };

    /// @param callbacks who is told
    explicit LlmChatTransport(const Callbacks& callbacks);
    virtual ~LlmChatTransport();

    /**
     * Send a message, or keep it until it can be sent.
     * @param message header and length of the body
     */
    virtual void Send(const LlmChatHeader& message) = 0;

    /// @return whether nothing waits here that Send was called with
    virtual bool IsReady() const = 0;

    /// @return bytes of a body that would not wait here, where it is ready
    virtual uint32_t GetRoom() const = 0;

    /// @return tokens that wait here, also once it is closed: their last bytes never reached a
    /// socket
    virtual uint32_t CountWaitingTokens() const = 0;

    /// @return whether there is a connection, which both ends know of
    virtual bool HasConnection() const = 0;

    /// End it: what waits here is dropped, what the socket has is still sent. No one is told of
    /// anything more.
    virtual void Close() = 0;

  protected:
    Callbacks m_callbacks; //!< who is told until it is closed
    bool m_isOpen{true};   //!< until Close
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_CHAT_TRANSPORT_H
