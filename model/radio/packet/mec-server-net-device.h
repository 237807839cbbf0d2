/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_SERVER_NET_DEVICE_H
#define MEC_SERVER_NET_DEVICE_H

#include "mec-net-device.h"
#include "mec-uplink-phy.h"
#include "mec-uplink-receiver.h"

#include "ns3/data-rate.h"
#include "ns3/nstime.h"

#include <cstdint>

namespace ns3
{
namespace llmmec
{

class MecUplinkBand;

/**
 * @ingroup llm-mec
 * @brief Device of a server: decodes the bursts of all MLUs of its band, and sends to them one
 * frame after the other over a downlink of constant rate, which loses nothing and has a band of its
 * own.
 */
class MecServerNetDevice : public MecNetDevice
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * Join a band as its server, once the device and a mobility model are on their node.
     * @param band the band
     * @throw std::runtime_error in one line without mobility model
     */
    void Join(Ptr<MecUplinkBand> band);

    /// @return the device's radio
    Ptr<MecUplinkPhy> GetPhy() const;
    /// @return the device's MAC of the uplink
    Ptr<MecUplinkReceiver> GetReceiver() const;
    /// @return number of frames that the downlink is sending, which no queue has
    uint32_t GetPendingFrames() const;
    /// @return number of frames that went to a group, for each of its devices but one
    uint64_t GetExtraCopies() const;

    /// A burst is decoded. @param burst the burst
    void ReceiveBurst(Ptr<MecUplinkBurst> burst);

    Ptr<Channel> GetChannel() const override;

  protected:
    void DoDispose() override;

  private:
    void SendQueued() override;
    bool IsStopped() const override;

    /// A frame has left the device. @param frame the frame
    void EndFrame(Ptr<Packet> frame);
    /// A frame has crossed the downlink. @param device where to @param frame the frame
    void Arrive(Ptr<MecNetDevice> device, Ptr<const Packet> frame);
    /// Send a frame on to a device. @param device the device @param frame the frame
    void PassTo(Ptr<MecNetDevice> device, Ptr<const Packet> frame);

    DataRate m_downlinkRate; //!< of all frames together
    Time m_downlinkDelay;    //!< from a frame's end here to its end there

    Ptr<MecUplinkPhy> m_phy;           //!< radio
    Ptr<MecUplinkReceiver> m_receiver; //!< puts frames into order
    Ptr<MecUplinkBand> m_band;         //!< the band
    bool m_isSending{false};           //!< a frame is being sent
    uint64_t m_extraCopies{0};         //!< of frames to groups
    uint32_t m_flyingFrames{0};        //!< sent, but not there yet, for each receiver
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_SERVER_NET_DEVICE_H
