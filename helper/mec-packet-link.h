/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_PACKET_LINK_H
#define MEC_PACKET_LINK_H

#include "mec-cell-addresses.h"
#include "mec-uplink-helper.h"

#include "ns3/mec-socket-link.h"
#include "ns3/mec-uplink-band.h"

#include <cstdint>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief A link of real packets over devices of one band, with all that is below it: nodes that
 * join get a device, IPv4, an address of 10.0.0.0/8 and permanent ARP entries.
 *
 * It stands in for MecUplinkChannel: the same gains, bandwidth, noise and announced powers, and
 * bursts at the rates (19) in place of bits that flow. Attributes of devices, MACs and radios are
 * set by their defaults, or at the objects themselves.
 */
class MecPacketLink : public MecSocketLink
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    MecPacketLink();

    /// @return the band, with all devices
    Ptr<MecUplinkBand> GetBand() const;

    std::vector<Ptr<const Object>> GetObjects(uint32_t mlu) const override;
    bool TellsPower() const override;

    MecChannelMeasurement& GetMeasurement() override;
    int64_t AssignStreams(int64_t stream) override;

  protected:
    void DoAddMlu(Ptr<Node> node) override;
    void DoAddServer(Ptr<Node> node) override;
    void DoDispose() override;

  private:
    void SetPowerW(uint32_t mlu, double powerW) override;
    RadioUse MeasureUse(uint32_t mlu) const override;
    void DropQueued(uint32_t mlu) override;

    /// An MLU's radio draws another power. @param mlu its index @param changeW what is added, W
    void PassPower(uint32_t mlu, double changeW);
    /// @param model path loss and fading
    void SetLoss(Ptr<PropagationLossModel> model);
    /// @return path loss and fading
    Ptr<PropagationLossModel> GetLoss() const;
    /// @param bandwidthHz B, Hz
    void SetBandwidthHz(double bandwidthHz);
    /// @param noiseDbm noise over B, dBm
    void SetNoiseDbm(double noiseDbm);
    /// @param model rates of bursts
    void SetRateModel(Ptr<MecRateModel> model);

    Ptr<MecUplinkBand> m_band;    //!< all devices
    MecCellAddresses m_addresses; //!< of the devices
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_PACKET_LINK_H
