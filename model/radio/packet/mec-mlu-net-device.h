/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_MLU_NET_DEVICE_H
#define MEC_MLU_NET_DEVICE_H

#include "mec-net-device.h"
#include "mec-uplink-mac.h"
#include "mec-uplink-phy.h"

#include <cstdint>

namespace ns3
{
namespace llmmec
{

class MecUplinkBand;

/**
 * @ingroup llm-mec
 * @brief Device of an MLU: sends bursts into the uplink band, receives frames of the downlink.
 */
class MecMluNetDevice : public MecNetDevice
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * Join a band, once the device and a mobility model are on their node.
     * @param band the band, which has its server
     * @throw std::runtime_error in one line without mobility model
     */
    void Join(Ptr<MecUplinkBand> band);

    /// @return the device's radio
    Ptr<MecUplinkPhy> GetPhy() const;
    /// @return the device's MAC
    Ptr<MecUplinkMac> GetMac() const;

    /// Give up all frames that are not received yet, with the reason CANCELLED.
    void CancelFrames();

    /// Send nothing more in this run: CancelFrames, and all later frames have the reason STOPPED.
    void Stop();

    Ptr<Channel> GetChannel() const override;

  protected:
    void DoDispose() override;

  private:
    void SendQueued() override;
    bool IsStopped() const override;

    /// @param lastAllowedBps what the worst moment of a burst's last try allowed, bit/s
    /// @return rate of that burst if it starts now, bit/s
    double GetRateBps(double lastAllowedBps) const;
    /// Hand a burst of the control channel to the server. @param burst the burst
    void PassControl(Ptr<MecUplinkBurst> burst);

    Ptr<MecUplinkPhy> m_phy;   //!< radio
    Ptr<MecUplinkMac> m_mac;   //!< makes bursts of frames
    Ptr<MecUplinkBand> m_band; //!< the band
    uint32_t m_mlu{0};         //!< index in the band
    bool m_isStopped{false};   //!< takes no frames
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_MLU_NET_DEVICE_H
