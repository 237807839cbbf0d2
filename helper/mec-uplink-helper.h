/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_UPLINK_HELPER_H
#define MEC_UPLINK_HELPER_H

#include "llm-mec-factory.h"

#include "ns3/mec-uplink-band.h"
#include "ns3/net-device-container.h"
#include "ns3/node-container.h"
#include "ns3/trace-helper.h"

#include <string>
#include <utility>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Puts devices of one uplink band on a server and on MLUs, with their addresses, and writes
 * pcap and ascii traces of them.
 *
 * Nodes need mobility models. Without further settings the band is the paper's: 10 MHz, -104 dBm of
 * noise and, where SetPathLoss is not called, free space with a gain of -30 dB at 1 m.
 * A device has no flow control unless EnableFlowControl is called: otherwise Ipv4AddressHelper
 * would give it a queue discipline, FqCoDel, that drops what an upload sends at once.
 */
class MecUplinkHelper : public PcapHelperForDevice, public AsciiTraceHelperForDevice
{
  public:
    MecUplinkHelper();

    /**
     * Choose the band's attributes.
     * @param attributes names and values in turn, such as "BandwidthHz", DoubleValue(20e6)
     * @throw std::invalid_argument in one line naming an attribute that is unknown
     */
    template <typename... Attributes>
    void SetBand(Attributes&&... attributes)
    {
        m_band.Set(m_band.GetTypeId().GetName(), std::forward<Attributes>(attributes)...);
    }

    /**
     * Choose attributes of the devices of MLUs.
     * @param attributes names and values in turn, such as "Mtu", UintegerValue(9000)
     * @throw std::invalid_argument in one line naming an attribute that is unknown
     */
    template <typename... Attributes>
    void SetMluDevice(Attributes&&... attributes)
    {
        m_mlu.Set(m_mlu.GetTypeId().GetName(), std::forward<Attributes>(attributes)...);
    }

    /**
     * Choose attributes of the server's device.
     * @param attributes names and values in turn, such as "DownlinkDelay", TimeValue(Seconds(1))
     * @throw std::invalid_argument in one line naming an attribute that is unknown
     */
    template <typename... Attributes>
    void SetServerDevice(Attributes&&... attributes)
    {
        m_server.Set(m_server.GetTypeId().GetName(), std::forward<Attributes>(attributes)...);
    }

    /**
     * Choose attributes of the MLUs' radios and of the server's.
     * @param attributes names and values in turn, such as "Preamble", TimeValue(MicroSeconds(20))
     * @throw std::invalid_argument in one line naming an attribute that is unknown
     */
    template <typename... Attributes>
    void SetPhy(Attributes&&... attributes)
    {
        m_phy.Set(m_phy.GetTypeId().GetName(), std::forward<Attributes>(attributes)...);
    }

    /**
     * Choose attributes of the MLUs' MACs.
     * @param attributes names and values in turn, such as "Window", UintegerValue(1)
     * @throw std::invalid_argument in one line naming an attribute that is unknown
     */
    template <typename... Attributes>
    void SetMac(Attributes&&... attributes)
    {
        m_mac.Set(m_mac.GetTypeId().GetName(), std::forward<Attributes>(attributes)...);
    }

    /**
     * Choose attributes of the server's MAC.
     * @param attributes names and values in turn, such as "InOrder", BooleanValue(false)
     * @throw std::invalid_argument in one line naming an attribute that is unknown
     */
    template <typename... Attributes>
    void SetReceiver(Attributes&&... attributes)
    {
        m_receiver.Set(m_receiver.GetTypeId().GetName(), std::forward<Attributes>(attributes)...);
    }

    /**
     * Choose the queue of each device, in place of the one in its attribute TxQueue.
     * @param type name of a subclass of ns3::Queue<Packet>
     * @param attributes names and values in turn, such as "MaxSize", StringValue("100p")
     * @throw std::invalid_argument in one line naming the type or attribute that is unknown
     */
    template <typename... Attributes>
    void SetQueue(const std::string& type, Attributes&&... attributes)
    {
        m_queue.Set(type, std::forward<Attributes>(attributes)...);
        m_hasQueue = true;
    }

    /**
     * Choose path loss and fading.
     * @param loss a model, or the first of a chain; shared by all bands that are installed
     */
    void SetPathLoss(Ptr<PropagationLossModel> loss);

    /// Give each device a NetDeviceQueueInterface, so that queue disciplines of the traffic control
    /// layer can hold packets back.
    void EnableFlowControl();

    /**
     * Install a band.
     * @param server node of the server
     * @param mlus nodes of the MLUs, in the order of their indices
     * @return the server's device and those of the MLUs; their channel is the MecUplinkBand
     * @throw std::runtime_error in one line where a node has no mobility model
     */
    NetDeviceContainer Install(Ptr<Node> server, const NodeContainer& mlus) const;

    /**
     * Put a server's device on a node.
     * @param band its band, with path loss and without a server
     * @param node the node
     * @return the device
     * @throw std::runtime_error in one line where the node has no mobility model
     */
    Ptr<MecServerNetDevice> InstallServer(Ptr<MecUplinkBand> band, Ptr<Node> node) const;

    /**
     * Put an MLU's device on a node.
     * @param band its band, with a server
     * @param node the node
     * @return the device
     * @throw std::runtime_error in one line where the node has no mobility model
     */
    Ptr<MecMluNetDevice> InstallMlu(Ptr<MecUplinkBand> band, Ptr<Node> node) const;

  private:
    void EnablePcapInternal(std::string prefix,
                            Ptr<NetDevice> device,
                            bool promiscuous,
                            bool explicitFilename) override;
    void EnableAsciiInternal(Ptr<OutputStreamWrapper> stream,
                             std::string prefix,
                             Ptr<NetDevice> device,
                             bool explicitFilename) override;

    /// @return a band with path loss
    Ptr<MecUplinkBand> MakeBand() const;
    /// Put a device on a node. @param device the device @param node the node
    void AddDevice(Ptr<MecNetDevice> device, Ptr<Node> node) const;

    LlmMecFactory m_band;             //!< of MecUplinkBand
    LlmMecFactory m_mlu;              //!< of MecMluNetDevice
    LlmMecFactory m_server;           //!< of MecServerNetDevice
    LlmMecFactory m_phy;              //!< of MecUplinkPhy
    LlmMecFactory m_mac;              //!< of MecUplinkMac
    LlmMecFactory m_receiver;         //!< of MecUplinkReceiver
    LlmMecFactory m_queue;            //!< of Queue<Packet>
    Ptr<PropagationLossModel> m_loss; //!< path loss and fading, or null for free space
    bool m_hasQueue{false};           //!< a queue was chosen
    bool m_hasFlowControl{false};     //!< devices have a NetDeviceQueueInterface
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_UPLINK_HELPER_H
