/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_UPLINK_BAND_H
#define MEC_UPLINK_BAND_H

#include "held-gain-propagation-loss-model.h"
#include "mec-mlu-net-device.h"
#include "mec-rate-model.h"
#include "mec-server-net-device.h"

#include "ns3/channel.h"
#include "ns3/mec-channel-measurement.h"
#include "ns3/mobility-model.h"
#include "ns3/spectrum-channel.h"
#include "ns3/spectrum-model.h"

#include <Eigen/Core>
#include <cstdint>
#include <map>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief A band with its devices: one server, and MLUs that may all send to it at once.
 *
 * It is what a controller measures and announces: a slot's gains hold until the next measurement,
 * and a slot's powers are those of the bursts that start from then on. Signals cross an ns-3
 * SpectrumChannel that only the server hears; transmitters of other technologies on that channel
 * interfere. The list of devices is complete, so that NeighborCacheHelper and global routing see
 * the cell.
 *
 * Gains are drawn when they are measured and by nothing else: on its own a band measures when the
 * first burst starts, and after that only when it is told to.
 */
class MecUplinkBand : public Channel, public MecChannelMeasurement
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    MecUplinkBand();

    /**
     * A server joins; called by its device.
     * @param server the device
     * @throw std::runtime_error in one line if there is one already, or the band has no place
     */
    void SetServer(Ptr<MecServerNetDevice> server);

    /**
     * An MLU joins; called by its device.
     * @param mlu the device
     * @return its index in the band, from 0
     * @throw std::runtime_error in one line without a server
     */
    uint32_t AddMlu(Ptr<MecMluNetDevice> mlu);

    /// @return device of the server, or null
    Ptr<MecServerNetDevice> GetServer() const;
    /// @return number of MLUs
    uint32_t GetMlus() const;
    /// @param mlu index, below GetMlus @return its device
    Ptr<MecMluNetDevice> GetMlu(uint32_t mlu) const;
    /// @param address of a device @return the MLU's device that joined with it, or null
    Ptr<MecMluNetDevice> FindMlu(Mac48Address address) const;
    /// @return what signals cross
    Ptr<SpectrumChannel> GetSpectrumChannel() const;

    /**
     * Choose the power of one MLU's bursts, in place of what the slot announced.
     * @param mlu index
     * @param powerW power, W, >= 0; with 0 its bursts wait
     */
    void SetPowerW(uint32_t mlu, double powerW);

    /**
     * Choose the rate of a burst that starts now.
     * @param mlu index of its sender
     * @param lastAllowedBps what the worst moment of its last try allowed, bit/s; infinity in a
     *        first try
     * @return the rate, bit/s; 0 without power
     */
    double GetRateBps(uint32_t mlu, double lastAllowedBps);

    /**
     * Assign fixed random streams to path loss and fading.
     * @param stream first stream to use
     * @return number of streams used
     */
    int64_t AssignStreams(int64_t stream);

    const Eigen::ArrayXXd& MeasureGains() override;
    void AnnounceSlot(const Eigen::ArrayXd& powerW,
                      const Eigen::ArrayXi& server,
                      const Eigen::ArrayXd& bandwidthShare) override;
    double GetBandwidthHz() const override;
    double GetNoiseW() const override;

    std::size_t GetNDevices() const override;
    Ptr<NetDevice> GetDevice(std::size_t i) const override;

  protected:
    void DoDispose() override;

  private:
    /// @param holdsGains whether the gains of a slot hold until the next measurement
    void SetHoldsGains(bool holdsGains);
    /// @param model path loss and fading
    void SetLoss(Ptr<PropagationLossModel> model);
    /// @return path loss and fading
    Ptr<PropagationLossModel> GetLoss() const;
    /// Bring m_receivedW and m_slotInterferenceW up to date.
    void UpdateSlot();

    double m_bandwidthHz;                      //!< B, Hz
    double m_centreHz;                         //!< middle of the band, Hz
    double m_noiseDbm;                         //!< noise over B at the server, dBm
    Ptr<MecRateModel> m_rateModel;             //!< rates of bursts
    Ptr<SpectrumChannel> m_spectrum;           //!< what signals cross
    Ptr<HeldGainPropagationLossModel> m_gains; //!< path loss and fading of the slot
    double m_noiseW{0};                        //!< noise over B, W
    Ptr<const SpectrumModel> m_model;          //!< one band, shared by all radios

    Ptr<MecServerNetDevice> m_server;             //!< the server
    std::vector<Ptr<MecMluNetDevice>> m_mlus;     //!< the MLUs
    std::map<Mac48Address, uint32_t> m_addresses; //!< indices of MLUs
    Eigen::ArrayXXd m_gain;                       //!< h of the slot, MLUs x 1
    Eigen::ArrayXd m_receivedW;                   //!< p_k h_k of the slot
    Eigen::ArrayXd m_slotInterferenceW;           //!< sum of p_l h_l over the others
    bool m_isSlotCurrent{false};                  //!< those two are up to date
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_UPLINK_BAND_H
