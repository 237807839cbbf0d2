/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_NETWORK_LINK_H
#define MEC_NETWORK_LINK_H

#include "mec-cell-gains.h"
#include "mec-socket-link.h"

#include "ns3/mec-channel-measurement.h"
#include "ns3/mobility-model.h"
#include "ns3/nstime.h"

#include <Eigen/Core>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief A link over the devices of another ns-3 module, which it puts on the nodes that join.
 *
 * Policies see what they see over every link: gains (17), bandwidth and noise of (19). The network
 * moves bits in its own way, and that difference is what a study measures. Gains are those of the
 * network's radio too, if it has one. The energy of an upload is power times time on the air.
 *
 * A subclass installs devices, and says when they transmit.
 */
class MecNetworkLink : public MecSocketLink, public MecChannelMeasurement
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    MecNetworkLink();

    Time GetReadyTime() const override;
    bool HasEndlessEvents() const override;
    bool TellsPower() const override;
    MecChannelMeasurement& GetMeasurement() override;
    /**
     * Assign fixed random streams. Devices take theirs far above, also those that join later, so
     * that what an MLU draws is the same over all links.
     * @param stream first stream to use
     * @return number of streams that gains use
     */
    int64_t AssignStreams(int64_t stream) override;
    std::vector<Ptr<const Object>> GetObjects(uint32_t mlu) const override;

    const Eigen::ArrayXXd& MeasureGains() override;
    void AnnounceSlot(const Eigen::ArrayXd& powerW,
                      const Eigen::ArrayXi& server,
                      const Eigen::ArrayXd& bandwidthShare) override;
    double GetBandwidthHz() const override;
    double GetNoiseW() const override;

  protected:
    void DoAddServer(Ptr<Node> node) override;
    void DoAddMlu(Ptr<Node> node) override;
    void DoDispose() override;

    /// @return gains between all nodes of the cell, for the network's radio
    Ptr<MecCellGains> GetGains() const;
    /// @return number of MLUs
    uint32_t GetMlus() const;
    /// An MLU's radio starts to transmit with the power that it was given last.
    /// @param mlu index of the MLU @param duration how long it will transmit
    void NoteTransmission(uint32_t mlu, Time duration);

  private:
    /// Put a device and an address on the server's node. @param node the node, with mobility
    virtual void InstallServer(Ptr<Node> node) = 0;
    /// Put a device and an address on an MLU's node. @param node the node, with mobility
    virtual void InstallMlu(Ptr<Node> node) = 0;
    /// Let an MLU's radio transmit with a power. @param mlu its index @param powerDbm power, dBm
    virtual void SetDevicePowerDbm(uint32_t mlu, double powerDbm) = 0;
    /// Assign random streams to a device. @param device 0 for the server's, then those of the MLUs
    /// @param stream the first @return how many are used
    virtual int64_t AssignDeviceStreams(std::size_t device, int64_t stream) = 0;
    /// @param server the server's node @return where its radio is
    virtual Ptr<MobilityModel> GetRadioMobility(Ptr<Node> server) const;

    void SetPowerW(uint32_t mlu, double powerW) override;
    RadioUse MeasureUse(uint32_t mlu) const override;
    void DropQueued(uint32_t mlu) override;

    /// What an MLU's radio does
    struct Radio
    {
        Ptr<MobilityModel> mobility; ///< where it is
        double powerW{0};            ///< of what it sends, W
        RadioUse use;                ///< until now
    };

    /// A node has got its device.
    void NoteInstalled();
    /// A transmission begins. @param mlu index of its MLU @param powerW its power, W
    void BeginTransmission(uint32_t mlu, double powerW);
    /// A transmission has ended. @param mlu index of its MLU @param powerW its power, W
    /// @param durationS how long it was, s
    void EndTransmission(uint32_t mlu, double powerW, double durationS);
    /// @param model path loss and fading
    void SetLoss(Ptr<PropagationLossModel> model);
    /// @return path loss
    Ptr<PropagationLossModel> GetLoss() const;

    double m_bandwidthHz; //!< B that policies count on, Hz
    double m_noiseDbm;    //!< noise over B that policies count on, dBm
    Time m_readyTime;     //!< when the devices are associated

    Ptr<MecCellGains> m_gains;           //!< gains between all nodes
    Ptr<MobilityModel> m_serverMobility; //!< where the server's radio is
    std::vector<Radio> m_radios;         //!< one per MLU
    Eigen::ArrayXXd m_gain;              //!< measured, MLUs x 1
    std::size_t m_devices{0};            //!< of server and MLUs
    int64_t m_deviceStream{-1};          //!< next one of devices, or -1
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_NETWORK_LINK_H
