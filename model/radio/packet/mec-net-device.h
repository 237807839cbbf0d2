/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_NET_DEVICE_H
#define MEC_NET_DEVICE_H

#include "mec-drop-reason.h"

#include "ns3/channel.h"
#include "ns3/mac48-address.h"
#include "ns3/net-device.h"
#include "ns3/node.h"
#include "ns3/queue.h"
#include "ns3/traced-callback.h"

#include <cstdint>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief A device of a MecUplinkBand: what devices of MLUs and of the server have in common, which
 * is Ethernet framing, a queue, traces and what ns-3 asks of a NetDevice.
 *
 * Frames are Ethernet II without frame check sequence. The band is hub and spoke: the server talks
 * to all MLUs, an MLU to the server alone.
 */
class MecNetDevice : public NetDevice
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /// @return where frames wait that are to be sent
    Ptr<Queue<Packet>> GetQueue() const;

    void SetIfIndex(const uint32_t index) override;
    uint32_t GetIfIndex() const override;
    void SetAddress(Address address) override;
    Address GetAddress() const override;
    bool SetMtu(const uint16_t mtu) override;
    uint16_t GetMtu() const override;
    bool IsLinkUp() const override;
    void AddLinkChangeCallback(Callback<void> callback) override;
    bool IsBroadcast() const override;
    Address GetBroadcast() const override;
    bool IsMulticast() const override;
    Address GetMulticast(Ipv4Address group) const override;
    Address GetMulticast(Ipv6Address group) const override;
    bool IsBridge() const override;
    bool IsPointToPoint() const override;
    bool Send(Ptr<Packet> packet, const Address& dest, uint16_t protocolNumber) override;
    bool SendFrom(Ptr<Packet> packet,
                  const Address& source,
                  const Address& dest,
                  uint16_t protocolNumber) override;
    Ptr<Node> GetNode() const override;
    void SetNode(Ptr<Node> node) override;
    bool NeedsArp() const override;
    void SetReceiveCallback(ReceiveCallback callback) override;
    void SetPromiscReceiveCallback(PromiscReceiveCallback callback) override;
    bool SupportsSendFrom() const override;

    /**
     * A frame has arrived over the air.
     * @param frame the frame, with its Ethernet header
     */
    void ReceiveFrame(Ptr<const Packet> frame);

    /**
     * TracedCallback signature of a frame that is dropped.
     * @param [in] frame the frame, with its Ethernet header
     * @param [in] reason why
     */
    typedef void (*DropTracedCallback)(Ptr<const Packet> frame, MecDropReason reason);

  protected:
    void DoDispose() override;

    /// The queue has a frame more.
    virtual void SendQueued() = 0;
    /// @return whether frames are refused, for the rest of the run
    virtual bool IsStopped() const = 0;

    /// A frame is on its way. @param frame the frame
    void NoteSent(Ptr<const Packet> frame);
    /// A frame is dropped. @param frame the frame @param reason why
    void Drop(Ptr<const Packet> frame, MecDropReason reason);
    /// The link can be used. It is told to those who asked.
    void SetLinkUp();

  private:
    /// Queue a packet. @param packet the packet @param source of the frame @param dest of the frame
    /// @param protocolNumber EtherType @return whether it was taken
    bool SendFrame(Ptr<Packet> packet,
                   const Mac48Address& source,
                   const Mac48Address& dest,
                   uint16_t protocolNumber);
    /// @param to a frame's receiver @return what it is to this device
    PacketType Classify(Mac48Address to) const;

    Mac48Address m_address;                  //!< of this device
    uint16_t m_mtu;                          //!< longest packet, bytes
    Ptr<Queue<Packet>> m_queue;              //!< frames to be sent
    Ptr<Node> m_node;                        //!< owner
    uint32_t m_ifIndex{0};                   //!< index in the node
    bool m_isLinkUp{false};                  //!< the device is in a band
    ReceiveCallback m_receive;               //!< takes packets up
    PromiscReceiveCallback m_promiscReceive; //!< takes all packets up

    TracedCallback<> m_linkChanges;                               //!< the link can be used
    TracedCallback<Ptr<const Packet>> m_macTxTrace;               //!< a frame to be sent
    TracedCallback<Ptr<const Packet>> m_macTxDropTrace;           //!< a frame is dropped
    TracedCallback<Ptr<const Packet>> m_macRxTrace;               //!< a frame for this device
    TracedCallback<Ptr<const Packet>> m_macPromiscRxTrace;        //!< a frame
    TracedCallback<Ptr<const Packet>> m_snifferTrace;             //!< sent, or for this device
    TracedCallback<Ptr<const Packet>> m_promiscSnifferTrace;      //!< sent or received
    TracedCallback<Ptr<const Packet>, MecDropReason> m_dropTrace; //!< a frame is dropped, and why
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_NET_DEVICE_H
