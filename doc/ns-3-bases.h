/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

/**
 * @file
 * The classes of ns-3 that the module derives from, with the functions that it overrides: Doxygen
 * learns from here what those do. Never compiled.
 */

namespace ns3
{

/// ns-3's base of everything with attributes and trace sources.
class Object
{
  protected:
    /// Get ready, at the start of a simulation.
    virtual void DoInitialize();
    /// Let go of other objects, at the end of a simulation.
    virtual void DoDispose();
    /// All attributes have been set.
    virtual void NotifyConstructionCompleted();
};

/// ns-3's base of what runs on a node.
class Application : public Object
{
  private:
    /// The application starts, at its StartTime.
    virtual void StartApplication();
    /// The application stops, at its StopTime if it has one.
    virtual void StopApplication();
};

/// ns-3's base of path loss and fading.
class PropagationLossModel : public Object
{
  private:
    /**
     * Work out what this model of the chain alone does to a signal.
     * @param txPowerDbm power sent, dBm
     * @param a mobility model of the sender
     * @param b mobility model of the receiver
     * @return power received, dBm
     */
    virtual double DoCalcRxPower(double txPowerDbm,
                                 Ptr<MobilityModel> a,
                                 Ptr<MobilityModel> b) const = 0;

    /**
     * Assign fixed random streams.
     * @param stream first stream to use
     * @return number of streams used
     */
    virtual int64_t DoAssignStreams(int64_t stream) = 0;
};

/// ns-3's base of what draws from an energy source; from ns-3.42 on in namespace ns3::energy.
class DeviceEnergyModel : public Object
{
  public:
    /**
     * Set what to draw from.
     * @param source energy source
     */
    virtual void SetEnergySource(Ptr<EnergySource> source) = 0;

    /// @return energy drawn so far, J
    virtual double GetTotalEnergyConsumption() const = 0;

    /**
     * Go to another state.
     * @param newState state
     */
    virtual void ChangeState(int newState) = 0;

    /// The source is empty.
    virtual void HandleEnergyDepletion() = 0;
    /// The source is no longer empty.
    virtual void HandleEnergyRecharged() = 0;
    /// What is left in the source has changed.
    virtual void HandleEnergyChanged() = 0;

  private:
    /// @return current drawn now, A
    virtual double DoGetCurrentA() const;
};

/// ns-3's base of what connects net devices.
class Channel : public Object
{
  public:
    /// @return number of devices
    virtual std::size_t GetNDevices() const = 0;
    /// @param i index of a device @return the device
    virtual Ptr<NetDevice> GetDevice(std::size_t i) const = 0;
};

/// ns-3's base of network interfaces.
class NetDevice : public Object
{
  public:
    /// @param index index of the device on its node
    virtual void SetIfIndex(const uint32_t index) = 0;
    /// @return index of the device on its node
    virtual uint32_t GetIfIndex() const = 0;
    /// @return the channel, or null
    virtual Ptr<Channel> GetChannel() const = 0;
    /// @param address address of the device
    virtual void SetAddress(Address address) = 0;
    /// @return address of the device
    virtual Address GetAddress() const = 0;
    /// @param mtu longest payload, bytes @return whether it is possible
    virtual bool SetMtu(const uint16_t mtu) = 0;
    /// @return longest payload, bytes
    virtual uint16_t GetMtu() const = 0;
    /// @return whether the link is up
    virtual bool IsLinkUp() const = 0;
    /// @param callback called when the link goes up or down
    virtual void AddLinkChangeCallback(Callback<void> callback) = 0;
    /// @return whether there is a broadcast address
    virtual bool IsBroadcast() const = 0;
    /// @return the broadcast address
    virtual Address GetBroadcast() const = 0;
    /// @return whether there are multicast addresses
    virtual bool IsMulticast() const = 0;
    /// @param group a multicast group @return address of its frames
    virtual Address GetMulticast(Ipv4Address group) const = 0;
    /// @param group a multicast group @return address of its frames
    virtual Address GetMulticast(Ipv6Address group) const = 0;
    /// @return whether the device bridges others
    virtual bool IsBridge() const = 0;
    /// @return whether there are two devices on the link
    virtual bool IsPointToPoint() const = 0;
    /// @param packet what to send @param dest where to @param protocolNumber EtherType
    /// @return whether it was taken
    virtual bool Send(Ptr<Packet> packet, const Address& dest, uint16_t protocolNumber) = 0;
    /// @param packet what to send @param source from which address @param dest where to
    /// @param protocolNumber EtherType @return whether it was taken
    virtual bool SendFrom(Ptr<Packet> packet,
                          const Address& source,
                          const Address& dest,
                          uint16_t protocolNumber) = 0;
    /// @return node of the device
    virtual Ptr<Node> GetNode() const = 0;
    /// @param node node of the device
    virtual void SetNode(Ptr<Node> node) = 0;
    /// @return whether addresses are found by ARP
    virtual bool NeedsArp() const = 0;
    /// @param callback called for packets to this node
    virtual void SetReceiveCallback(ReceiveCallback callback) = 0;
    /// @param callback called for all packets
    virtual void SetPromiscReceiveCallback(PromiscReceiveCallback callback) = 0;
    /// @return whether SendFrom works
    virtual bool SupportsSendFrom() const = 0;
};

/// ns-3's base of headers of packets.
class Header
{
  public:
    /// @return TypeId of the class
    virtual TypeId GetInstanceTypeId() const = 0;
    /// @param os where to print
    virtual void Print(std::ostream& os) const = 0;
    /// @return length, bytes
    virtual uint32_t GetSerializedSize() const = 0;
    /// @param start where to write
    virtual void Serialize(Buffer::Iterator start) const = 0;
    /// @param start where to read @return length, bytes
    virtual uint32_t Deserialize(Buffer::Iterator start) = 0;
};

/// ns-3's base of what sends to and receives from a spectrum channel.
class SpectrumPhy : public Object
{
  public:
    /// @param device device of the PHY
    virtual void SetDevice(Ptr<NetDevice> device) = 0;
    /// @return device of the PHY
    virtual Ptr<NetDevice> GetDevice() const = 0;
    /// @param mobility where the PHY is
    virtual void SetMobility(Ptr<MobilityModel> mobility) = 0;
    /// @return where the PHY is
    virtual Ptr<MobilityModel> GetMobility() const = 0;
    /// @param channel channel of the PHY
    virtual void SetChannel(Ptr<SpectrumChannel> channel) = 0;
    /// @return frequencies that are received
    virtual Ptr<const SpectrumModel> GetRxSpectrumModel() const = 0;
    /// @return the antenna, or null
    virtual Ptr<Object> GetAntenna() const = 0;
    /// @param params a signal that begins
    virtual void StartRx(Ptr<SpectrumSignalParameters> params) = 0;
};

/// ns-3's base of signals on a spectrum channel.
struct SpectrumSignalParameters
{
    /// @return a copy
    virtual Ptr<SpectrumSignalParameters> Copy() const;
};

/// ns-3's base of helpers that write pcap files.
class PcapHelperForDevice
{
  public:
    /// @param prefix of the file name @param device whose packets @param promiscuous all packets
    /// @param explicitFilename whether the prefix is the whole name
    virtual void EnablePcapInternal(std::string prefix,
                                    Ptr<NetDevice> device,
                                    bool promiscuous,
                                    bool explicitFilename) = 0;
};

/// ns-3's base of helpers that write ascii traces.
class AsciiTraceHelperForDevice
{
  public:
    /// @param stream where to, or null @param prefix of the file name @param device whose packets
    /// @param explicitFilename whether the prefix is the whole name
    virtual void EnableAsciiInternal(Ptr<OutputStreamWrapper> stream,
                                     std::string prefix,
                                     Ptr<NetDevice> device,
                                     bool explicitFilename) = 0;
};

} // namespace ns3
