/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_WIFI_LINK_H
#define MEC_WIFI_LINK_H

#include "ns3/mec-cell-addresses.h"
#include "ns3/mec-network-link.h"
#include "ns3/wifi-net-device.h"
#include "ns3/yans-wifi-channel.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief A link over ns-3's wifi: the server's node is an access point, MLUs are stations, and all
 * share one channel by CSMA/CA. A decision's power is the station's transmit power from then on.
 */
class MecWifiLink : public MecNetworkLink
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    MecWifiLink();

    std::vector<Ptr<const Object>> GetObjects(uint32_t mlu) const override;

  protected:
    void DoDispose() override;

  private:
    void InstallServer(Ptr<Node> node) override;
    void InstallMlu(Ptr<Node> node) override;
    void SetDevicePowerDbm(uint32_t mlu, double powerDbm) override;
    int64_t AssignDeviceStreams(std::size_t device, int64_t stream) override;

    /// Have stations and access point agree on block acknowledgements, one after the other.
    void AgreeOnBlockAcks();
    /// Send a frame without content. @param from sender @param to receiver
    static void Greet(Ptr<WifiNetDevice> from, Ptr<WifiNetDevice> to);
    /// @return the channel as WifiPhy::ChannelSettings has it
    /// @throw std::runtime_error in one line where there is none of this width
    std::string GetChannelSettings() const;
    /// @throw std::runtime_error in one line where StationManager is none for 802.11ax
    void CheckStationManager() const;
    /// @param node a node @param macType TypeId of its MAC @return its device
    Ptr<WifiNetDevice> Install(Ptr<Node> node, const std::string& macType);

    uint16_t m_channelWidthMhz;   //!< width of the channel, MHz
    std::string m_stationManager; //!< TypeId of what chooses modes

    Ptr<YansWifiChannel> m_channel;            //!< what signals cross
    MecCellAddresses m_addresses;              //!< of the devices
    std::vector<Ptr<WifiNetDevice>> m_devices; //!< access point first
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_WIFI_LINK_H
