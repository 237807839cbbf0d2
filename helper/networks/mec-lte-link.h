/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_LTE_LINK_H
#define MEC_LTE_LINK_H

#include "ns3/lte-ue-net-device.h"
#include "ns3/mec-network-link.h"
#include "ns3/net-device-container.h"
#include "ns3/node.h"

#include <cstdint>
#include <vector>

namespace ns3
{

class LteHelper;
class PointToPointEpcHelper;

namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief A link over ns-3's LTE: MLUs are UEs (user equipment) of one base station, which stands
 * where the server is, and a core network connects that to the server's node. The base station
 * schedules uploads on resource blocks that do not interfere. A decision's power is the UE's
 * transmit power from then on: LTE's own power control is off.
 *
 * Each UE needs a sounding reference signal of its own. Where MLUs are too many for SrsPeriodicity
 * of LteEnbRrc, the period is made longer, for at most 160 MLUs. A simulation has one such cell.
 */
class MecLteLink : public MecNetworkLink
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    MecLteLink();

    std::vector<Ptr<const Object>> GetObjects(uint32_t mlu) const override;

  protected:
    void DoDispose() override;

  private:
    void InstallServer(Ptr<Node> node) override;
    void InstallMlu(Ptr<Node> node) override;
    void SetDevicePowerDbm(uint32_t mlu, double powerDbm) override;
    int64_t AssignDeviceStreams(std::size_t device, int64_t stream) override;
    Ptr<MobilityModel> GetRadioMobility(Ptr<Node> server) const override;

    /// @throw std::runtime_error in one line where the simulation has a base station
    static void CheckAlone();
    /// @throw std::runtime_error in one line where LTE has no such band
    void CheckResourceBlocks() const;
    /// Have sounding reference signals for one UE more.
    /// @throw std::runtime_error in one line where there are none left
    void MakeRoomForUe();
    /// Let the radio have the gains of the cell, in both directions.
    void SetGains();
    /// Connect the server to the core network. @param server its node
    void ConnectServer(Ptr<Node> server);
    /// Make room for uploads or answers in what is sent over bearers. @param bearersOwner a UE's
    /// RRC, or what the base station has for a UE
    static void EnlargeBuffers(Ptr<Object> bearersOwner);

    uint16_t m_resourceBlocks; //!< in each direction
    Time m_coreDelay;          //!< between core network and server

    Ptr<LteHelper> m_lte;                      //!< makes devices
    Ptr<PointToPointEpcHelper> m_core;         //!< makes the core network
    Ptr<Node> m_baseStationNode;               //!< where the server is
    NetDeviceContainer m_baseStation;          //!< one device
    std::vector<Ptr<LteUeNetDevice>> m_phones; //!< one per MLU
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_LTE_LINK_H
