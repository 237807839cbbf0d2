/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_DATAGRAM_MESSAGES_H
#define MEC_DATAGRAM_MESSAGES_H

#include "mec-byte-ranges.h"
#include "mec-message-header.h"

#include "ns3/callback.h"
#include "ns3/data-rate.h"
#include "ns3/event-id.h"
#include "ns3/nstime.h"
#include "ns3/object.h"
#include "ns3/packet.h"

#include <cstdint>
#include <deque>
#include <map>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Messages in both directions between two ends, over datagrams that may be lost, such as
 * those of UDP.
 *
 * A message is cut into datagrams, which are sent at once or paced. The receiver asks for bytes
 * that it misses when later ones arrive (REPORT), and says when it has all (DONE). Where the sender
 * hears nothing, it asks (POLL), after ReportTimeout and then after twice the time before, and
 * gives the message up after MaxReports questions without any answer.
 */
class MecDatagramMessages : public Object
{
  public:
    /// How messages are sent
    struct Settings
    {
        uint16_t sender{0};        ///< index of the MLU at one of the ends
        uint32_t datagramBytes{0}; ///< longest datagram with its header, bytes
        DataRate pacing;           ///< of datagrams; 0 for all at once
        Time reportTimeout;        ///< wait before the first question
        uint32_t maxReports{0};    ///< questions without an answer
    };

    /// Called with a datagram. Argument: the datagram.
    using DatagramCallback = Callback<void, Ptr<Packet>>;
    /// Called with a message. Argument: its number.
    using MessageCallback = Callback<void, uint32_t>;

    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /// @param settings how messages are sent
    void SetSettings(const Settings& settings);
    /// @param transmit called with each datagram that is to be sent to the other end
    void SetTransmitCallback(DatagramCallback transmit);
    /// @param received called with each message that has arrived whole
    void SetReceivedCallback(MessageCallback received);
    /// @param delivered called with each message that the other end has
    void SetDeliveredCallback(MessageCallback delivered);
    /// @param failed called with each message that is given up
    void SetFailedCallback(MessageCallback failed);

    /**
     * Send a message.
     * @param number its number, which no earlier one in this direction has
     * @param bytes its length, >= 1
     */
    void Send(uint32_t number, uint32_t bytes);

    /// Send no more of a message, and tell no one. @param number its number
    void Cancel(uint32_t number);

    /// A datagram has arrived. @param header its header, valid
    void Receive(const MecMessageHeader& header);

  protected:
    void DoDispose() override;

  private:
    /// A message that is sent
    struct Outgoing
    {
        uint32_t bytes{0};   ///< its length
        uint32_t pieces{0};  ///< of it that wait
        uint32_t reports{0}; ///< questions since the last answer
        EventId timeout;     ///< end of the wait for an answer
    };

    /// Bytes that wait to be sent
    struct Piece
    {
        uint32_t number; ///< of their message
        uint32_t offset; ///< the first
        uint32_t length; ///< how many
    };

    /// A message that has not arrived whole
    struct Incoming
    {
        MecByteRanges there; ///< its bytes
        uint32_t next{0};    ///< after the last of them
    };

    /// Send what waits, as pacing allows.
    void Pump();
    /// Send the first bytes that wait. @return how many bytes of a datagram
    uint32_t SendNext();
    /// Wait for an answer. @param number of the message
    void Await(uint32_t number);
    /// There was no answer. @param number of the message
    void Ask(uint32_t number);
    /// Put bytes at the end of what waits. @param piece the bytes
    void AddPiece(const Piece& piece);
    /// Send a datagram. @param header its header
    void Transmit(MecMessageHeader header);
    /// Send a datagram without bytes. @param type of it @param number of the message @param total
    /// its length @param range bytes that are missing
    void Answer(MecMessageHeader::Type type,
                uint32_t number,
                uint32_t total,
                const MecByteRanges::Range& range);
    /// Bytes have arrived. @param header of their datagram
    void ReceiveData(const MecMessageHeader& header);
    /// A question has arrived. @param header of its datagram
    void ReceivePoll(const MecMessageHeader& header);
    /// The other end misses bytes. @param header of its datagram
    void ReceiveReport(const MecMessageHeader& header);
    /// The other end has a message. @param number the message
    void ReceiveDone(uint32_t number);

    Settings m_settings;                     //!< how messages are sent
    DatagramCallback m_transmit;             //!< sends a datagram
    MessageCallback m_received;              //!< a message is here
    MessageCallback m_delivered;             //!< a message is there
    MessageCallback m_failed;                //!< a message is given up
    std::map<uint32_t, Outgoing> m_outgoing; //!< by number
    std::map<uint32_t, Incoming> m_incoming; //!< by number
    MecByteRanges m_complete;                //!< numbers of messages that are here
    std::deque<Piece> m_pieces;              //!< wait to be sent
    EventId m_pump;                          //!< the next paced datagram
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_DATAGRAM_MESSAGES_H
