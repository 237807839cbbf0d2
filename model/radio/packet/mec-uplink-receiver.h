/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_UPLINK_RECEIVER_H
#define MEC_UPLINK_RECEIVER_H

#include "mec-reorder-buffer.h"

#include "ns3/callback.h"
#include "ns3/event-id.h"
#include "ns3/nstime.h"
#include "ns3/object.h"

#include <cstdint>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief MAC of a server: acknowledges bursts and hands on their frames, each MLU's in order.
 *
 * A burst that follows a missing one is held until that one is here, until a later burst says that
 * its sender has given it up, or until ReorderTimeout.
 */
class MecUplinkReceiver : public Object
{
  public:
    /// Called with a frame. Argument: the frame.
    using FrameCallback = Callback<void, Ptr<const Packet>>;
    /// Called with a burst that is decoded. Arguments: index of the MLU, the burst's number.
    using AcknowledgeCallback = Callback<void, uint32_t, uint64_t>;

    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /// @param deliver called with each frame that goes on
    void SetDeliverCallback(FrameCallback deliver);
    /// @param acknowledge called with each burst that is decoded: brings the MLU the
    /// acknowledgement, AckDelay later
    void SetAcknowledgeCallback(AcknowledgeCallback acknowledge);

    /// A burst is decoded. @param burst the burst
    void Receive(Ptr<MecUplinkBurst> burst);

    /// @return how long after its end a burst is acknowledged
    Time GetAckDelay() const;
    /// @return number of frames that are held for order
    uint32_t GetHeldFrames() const;

  protected:
    void DoDispose() override;

  private:
    /// What is known of an MLU
    struct Sender
    {
        MecReorderBuffer buffer; ///< bursts that follow a missing one
        EventId timeout;         ///< end of the wait for that one
    };

    /// Hand bursts on and wait for what is missing still. @param mlu whose @param bursts in order
    void HandOn(uint32_t mlu, const std::vector<Ptr<MecUplinkBurst>>& bursts);
    /// A missing burst is waited for no longer. @param mlu whose
    void EndWait(uint32_t mlu);

    Time m_ackDelay;       //!< from a burst's end to its acknowledgement
    bool m_isInOrder;      //!< whether bursts wait for those before them
    Time m_reorderTimeout; //!< longest wait

    FrameCallback m_deliver;           //!< a frame goes on
    AcknowledgeCallback m_acknowledge; //!< a burst is acknowledged
    std::vector<Sender> m_senders;     //!< by index of the MLU
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_UPLINK_RECEIVER_H
