/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef OFFLOAD_RECEIVER_H
#define OFFLOAD_RECEIVER_H

#include "offload-socket-application.h"

#include <map>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief A server's end of messages: receives the requests of any number of MLUs, and sends answers
 * to those that it has heard of.
 */
class OffloadReceiver : public OffloadSocketApplication
{
  public:
    /// Called with a message. Arguments: index of the MLU, number of the message.
    using MessageCallback = Callback<void, uint32_t, uint32_t>;

    static constexpr uint16_t PORT = 4090; //!< where the attribute Local has nothing

    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /// @param received called with each request that has arrived whole
    void SetReceivedCallback(MessageCallback received);
    /// @param failed called with each answer that is given up
    void SetFailedCallback(MessageCallback failed);

    /**
     * Send an answer.
     * @param mlu index of an MLU that has sent a request
     * @param number number of the answer, which no earlier one to this MLU has
     * @param bytes its length, >= 1
     */
    void Send(uint32_t mlu, uint32_t number, uint32_t bytes);

    /**
     * Hear of an MLU in another way than by a datagram.
     * @param mlu its index
     * @param address where its sender is; nothing happens where one is known
     */
    void NotePeer(uint32_t mlu, const Address& address);

    /**
     * Send no more of an answer. Nothing happens if it has arrived.
     * @param mlu index of the MLU
     * @param number number of the answer
     */
    void Cancel(uint32_t mlu, uint32_t number);

  protected:
    void NotifyConstructionCompleted() override;
    void DoDispose() override;

  private:
    /// An MLU that was heard of
    struct Peer
    {
        Address address;                   ///< from its last datagram
        Ptr<MecDatagramMessages> messages; ///< to and from it
    };

    void DoOpen(Ptr<Socket> socket) override;
    Address GetRemote() const override;
    void ReceiveFrom(const MecMessageHeader& header, const Address& from) override;

    /// @param mlu index of an MLU @return what is known of it, now
    Peer& FindPeer(uint16_t mlu);

    std::map<uint32_t, Peer> m_peers; //!< by index of the MLU
    MessageCallback m_received;       //!< a request is here
    MessageCallback m_failed;         //!< an answer is given up
};

} // namespace llmmec
} // namespace ns3

#endif // OFFLOAD_RECEIVER_H
