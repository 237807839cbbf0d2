/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_UPLINK_MAC_H
#define MEC_UPLINK_MAC_H

#include "mec-drop-reason.h"
#include "mec-uplink-burst.h"
#include "mec-uplink-phy.h"

#include "ns3/callback.h"
#include "ns3/data-rate.h"
#include "ns3/object.h"
#include "ns3/queue.h"

#include <cstdint>
#include <deque>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief MAC of an MLU: takes frames from a queue, joins them to bursts (trains), and sends each
 * burst until it is acknowledged or was tried MaxTries times (selective repeat).
 *
 * Up to Window bursts are unacknowledged at a time; they are numbered in order, and none is sent
 * that is Window or more after the oldest unacknowledged one. Frames are never cut.
 *
 * Acknowledgements come over a control channel that loses nothing and takes no band; a burst that
 * has none AckDelay after its end is sent again. While the MLU
 * has no power in the band, frames of at most MaxControlBytes go over that channel too, at
 * ControlRate; longer ones wait for power.
 */
class MecUplinkMac : public Object
{
  public:
    /// Called with a frame. Argument: the frame.
    using FrameCallback = Callback<void, Ptr<const Packet>>;
    /// Called with a frame that is dropped. Arguments: the frame, why.
    using DropCallback = Callback<void, Ptr<const Packet>, MecDropReason>;

    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * Join a band.
     * @param mlu index of the MLU in its band
     * @param phy its radio
     * @param queue where its frames wait
     */
    void Join(uint32_t mlu, Ptr<MecUplinkPhy> phy, Ptr<Queue<Packet>> queue);

    /// Gives the rate of a burst that starts now, bit/s; 0 without power. Argument: what the worst
    /// moment of its last try allowed, bit/s; infinity in a first try.
    using RateCallback = Callback<double, double>;
    /// @param rate gives the rate of a burst
    void SetRateCallback(RateCallback rate);
    /// @param control called when a burst has crossed the control channel
    void SetControlCallback(MecUplinkPhy::BurstCallback control);
    /// @param taken called with each frame that is taken from the queue
    void SetTakenCallback(FrameCallback taken);
    /// @param dropped called with each frame that is given up
    void SetDropCallback(DropCallback dropped);

    /// Start a burst if there is something to send and it can be sent: the queue or the power has
    /// changed.
    void Poll();

    /// Give up all frames of the queue and of bursts that are not decoded. A burst that is on the
    /// air stays there until its end, and is dropped then.
    void Cancel();

    /// @return number of frames in bursts that are not decoded yet
    uint32_t GetPendingFrames() const;

  protected:
    void DoDispose() override;

  private:
    /// A burst that is not acknowledged, or follows one that is not
    struct Entry
    {
        /// Where it is
        enum State
        {
            WAITING, ///< to be sent, again
            SENT,    ///< on the air, or to be acknowledged
            DONE     ///< acknowledged or given up
        };

        Ptr<MecUplinkBurst> burst; ///< the burst
        State state{WAITING};      ///< where it is
    };

    /// @return whether a burst is being sent, or made
    bool IsBusy() const;
    /// @return the first burst to be sent again, or null
    Entry* FindWaiting();
    /// @param sequence number of a burst @return the burst, or null where it is known no more
    Entry* Find(uint64_t sequence);
    /// @return a new burst in the window, without frames
    Entry& AddEntry();
    /// Move a frame from the queue to a burst. @param burst the burst
    void TakeFrame(MecUplinkBurst& burst);
    /// Join frames of the queue to a new burst. @param rateBps its rate, bit/s @return the burst
    Entry& MakeBurst(double rateBps);
    /// Send a burst in the band. @param entry the burst @param rateBps its rate, bit/s
    void Transmit(Entry& entry, double rateBps);
    /// Send the first frame of the queue over the control channel.
    void TransmitControl();
    /// A burst has crossed the control channel. @param burst the burst
    void EndControl(Ptr<MecUplinkBurst> burst);
    /// A burst has ended in the band. @param burst the burst
    void EndBurst(Ptr<MecUplinkBurst> burst);
    /// By now a burst is acknowledged, or it will never be. @param sequence its number
    void Settle(uint64_t sequence);
    /// Give up a burst. @param burst the burst @param reason why
    void Drop(MecUplinkBurst& burst, MecDropReason reason);
    /// Forget bursts at the begin of the window that are done.
    void MoveWindow();

    uint32_t m_maxBurstFrames;   //!< most frames of a burst
    Time m_maxBurstDuration;     //!< longest payload of several frames
    uint32_t m_windowSize;       //!< most bursts that are unacknowledged
    uint32_t m_maxTries;         //!< tries of a burst
    Time m_ackDelay;             //!< from a burst's end to its acknowledgement
    uint32_t m_burstHeaderBytes; //!< of a burst, bytes
    uint32_t m_frameHeaderBytes; //!< of a frame in a burst, bytes
    DataRate m_controlRate;      //!< of the control channel
    uint32_t m_maxControlBytes;  //!< longest frame there, bytes

    uint32_t m_mlu{0};                     //!< index in the band
    Ptr<MecUplinkPhy> m_phy;               //!< radio
    Ptr<Queue<Packet>> m_queue;            //!< frames that wait
    RateCallback m_rate;                   //!< gives the rate of a burst
    MecUplinkPhy::BurstCallback m_control; //!< a burst has crossed the control channel
    FrameCallback m_taken;                 //!< a frame has left the queue
    DropCallback m_dropped;                //!< a frame is given up
    std::deque<Entry> m_window;            //!< unacknowledged bursts by number
    uint64_t m_nextSequence{0};            //!< number of the next burst
    bool m_isSendingControl{false};        //!< a burst is on the control channel
    bool m_isPolling{false};               //!< traces of frames that are taken may send others
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_UPLINK_MAC_H
