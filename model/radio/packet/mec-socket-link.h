/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_SOCKET_LINK_H
#define MEC_SOCKET_LINK_H

#include "offload-receiver.h"
#include "offload-sender.h"

#include "ns3/event-id.h"
#include "ns3/mec-link.h"
#include "ns3/nstime.h"
#include "ns3/object-factory.h"

#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief A link of real packets: requests and answers are messages over UDP between an
 * OffloadSender on each MLU and an OffloadReceiver on the server, over whatever devices they have.
 *
 * Nodes have IPv4 and an address before they join; a subclass may see to that. There is one server.
 * A request is received when its last byte is at the server. It is sent, and the MLU free for the
 * next one, when the MLU hears of that, or has the answer. A request that takes longer than
 * MaxLatency is broken off and handed over as it is, flagged, as over a fluid link; one whose
 * receiver does not answer is lost. An answer takes BytesPerToken for each token.
 */
class MecSocketLink : public MecLink
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    void Send(const OffloadRequest& request, const LinkTransmission& transmission) override;
    void Cancel(uint32_t mlu) override;
    void SendAnswer(const OffloadAnswer& answer) override;
    double GetMaxLatencyS() const override;

    /// @param mlu index of an MLU @return its end of the messages
    Ptr<OffloadSender> GetSender(uint32_t mlu) const;
    /// @return the server's end of the messages
    Ptr<OffloadReceiver> GetReceiver() const;

  protected:
    /// What an MLU's radio has done until now
    struct RadioUse
    {
        double airTimeS{0}; ///< time on the air, s
        double energyJ{0};  ///< energy of it, J
    };

    void DoAddMlu(Ptr<Node> node) override;
    void DoAddServer(Ptr<Node> node) override;
    void DoDispose() override;

  private:
    /// An upload that is under way
    struct Upload
    {
        OffloadRequest request; ///< what is sent
        uint32_t number{0};     ///< of its message, among those of its MLU
        double beganS{0};       ///< when it was to be sent, s
        RadioUse before;        ///< of the radio then
        LinkDelivery delivery;  ///< how it went, once it is received
        bool isReceived{false}; ///< the server has it
        bool isUnderWay{false}; ///< it is not over
        EventId cap;            ///< end of MaxLatency
    };

    /// An answer that is under way
    struct Answer
    {
        OffloadAnswer answer; ///< what is sent
        double beganS{0};     ///< since when, s
        EventId cap;          ///< end of MaxAnswerLatency
    };

    /// Let an MLU send with a power. @param mlu its index @param powerW power, W
    virtual void SetPowerW(uint32_t mlu, double powerW) = 0;
    /// @param mlu index of an MLU @return what its radio has done until now
    virtual RadioUse MeasureUse(uint32_t mlu) const = 0;
    /// Send nothing of an MLU that is queued below its socket. @param mlu its index
    virtual void DropQueued(uint32_t mlu) = 0;

    /// @param upload one that is under way @return how it went until now
    LinkDelivery Measure(const Upload& upload) const;
    /// A request is at the server. @param mlu whose @param number of its message
    void NoteReceived(uint32_t mlu, uint32_t number);
    /// An MLU has heard that its request is there. @param mlu which @param number of its message
    void NoteDelivered(uint32_t mlu, uint32_t number);
    /// A request is given up. @param mlu whose @param number of its message
    void NoteFailed(uint32_t mlu, uint32_t number);
    /// An answer is here, or is given up. @param mlu whose @param number of its message @param
    /// isCapped whether it is given up
    void EndAnswer(uint32_t mlu, uint32_t number, bool isCapped);
    /// An answer is here. @param mlu whose @param number of its message
    void NoteAnswered(uint32_t mlu, uint32_t number);
    /// An answer is given up: the task ends with it all the same. @param mlu whose @param number of
    /// its message
    void NoteAnswerFailed(uint32_t mlu, uint32_t number);
    /// A request has taken MaxLatency. @param mlu whose
    void EndAtCap(uint32_t mlu);
    /// A received request is over for its MLU. @param mlu which
    void EndUpload(uint32_t mlu);
    /// @param answer an answer @return its length, bytes
    uint32_t GetAnswerBytes(const OffloadAnswer& answer);

    Time m_maxLatency;        //!< cap of an upload's latency
    Time m_maxAnswerLatency;  //!< an answer that takes longer is lost
    double m_bytesPerToken;   //!< of answers
    ObjectFactory m_sender;   //!< makes OffloadSender
    ObjectFactory m_receiver; //!< makes OffloadReceiver

    Ptr<OffloadReceiver> m_serverEnd;                          //!< the server's, or null
    Address m_serverAddress;                                   //!< of the server's end
    std::vector<Ptr<OffloadSender>> m_mluEnds;                 //!< the MLUs'
    std::vector<Upload> m_uploads;                             //!< one per MLU
    std::vector<uint32_t> m_answersSent;                       //!< to each MLU, so far
    std::map<std::pair<uint32_t, uint32_t>, Answer> m_answers; //!< under way, by MLU and number
    std::set<std::pair<uint32_t, uint64_t>> m_streamedTasks;   //!< MLU and task: tokens went before
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_SOCKET_LINK_H
