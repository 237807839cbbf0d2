/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef OFFLOAD_SENDER_H
#define OFFLOAD_SENDER_H

#include "offload-socket-application.h"

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief An MLU's end of messages: sends requests to a receiver, and receives its answers.
 */
class OffloadSender : public OffloadSocketApplication
{
  public:
    /// Called with a message. Arguments: index of the MLU, number of the message.
    using MessageCallback = Callback<void, uint32_t, uint32_t>;

    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * Say whose end this is, before it is started.
     * @param mlu index of the MLU, below 65536
     * @throw std::invalid_argument in one line
     */
    void SetMlu(uint32_t mlu);

    /// @param delivered called with each request that the receiver has
    void SetDeliveredCallback(MessageCallback delivered);
    /// @param failed called with each request that is given up
    void SetFailedCallback(MessageCallback failed);
    /// @param answered called with each answer that has arrived whole
    void SetAnsweredCallback(MessageCallback answered);

    /**
     * Send a request.
     * @param number its number, which no earlier one has
     * @param bytes its length, >= 1
     */
    void Send(uint32_t number, uint32_t bytes);

    /// Send no more of a request, and tell no one. @param number its number
    void Cancel(uint32_t number);

  protected:
    void DoDispose() override;

  private:
    void DoOpen(Ptr<Socket> socket) override;
    Address GetRemote() const override;
    void ReceiveFrom(const MecMessageHeader& header, const Address& from) override;

    /// Send a datagram to the receiver. @param packet the datagram
    void Transmit(Ptr<Packet> packet);
    /// A request is there. @param number its number
    void NoteDelivered(uint32_t number);
    /// A request is given up. @param number its number
    void NoteFailed(uint32_t number);
    /// An answer is here. @param number its number
    void NoteAnswered(uint32_t number);

    Address m_remote;                    //!< the receiver
    uint16_t m_mlu{0};                   //!< index of the MLU
    Ptr<MecDatagramMessages> m_messages; //!< to and from the receiver
    MessageCallback m_delivered;         //!< a request is there
    MessageCallback m_failed;            //!< a request is given up
    MessageCallback m_answered;          //!< an answer is here
};

} // namespace llmmec
} // namespace ns3

#endif // OFFLOAD_SENDER_H
