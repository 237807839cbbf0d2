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
 * @brief MAC of a server: hands on the frames of bursts, each MLU's in order. That it has a burst
 * is what acknowledges it.
 *
 * A burst that follows a missing one is held until that one is here, until a later burst says that
 * its sender has given it up, or until ReorderTimeout.
 */
class MecUplinkReceiver : public Object
{
  public:
    /// Called with a frame. Argument: the frame.
    using FrameCallback = Callback<void, Ptr<const Packet>>;

    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /// @param deliver called with each frame that goes on
    void SetDeliverCallback(FrameCallback deliver);

    /// A burst is decoded. @param burst the burst
    void Receive(Ptr<MecUplinkBurst> burst);

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

    /// Hand on the frames of a burst. @param burst the burst
    void HandOn(const MecUplinkBurst& burst);
    /// Hand bursts on and wait for what is missing still. @param mlu whose @param bursts in order
    void HandOn(uint32_t mlu, const std::vector<Ptr<MecUplinkBurst>>& bursts);
    /// A missing burst is waited for no longer. @param mlu whose
    void EndWait(uint32_t mlu);

    bool m_isInOrder;      //!< whether bursts wait for those before them
    Time m_reorderTimeout; //!< longest wait

    FrameCallback m_deliver;       //!< a frame goes on
    std::vector<Sender> m_senders; //!< by index of the MLU
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_UPLINK_RECEIVER_H
