/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-wifi-link.h"

#include "ns3/log.h"
#include "ns3/node.h"
#include "ns3/propagation-delay-model.h"
#include "ns3/qos-txop.h"
#include "ns3/ssid.h"
#include "ns3/string.h"
#include "ns3/wifi-helper.h"
#include "ns3/wifi-mac-queue.h"
#include "ns3/wifi-mac.h"
#include "ns3/wifi-phy-state-helper.h"
#include "ns3/wifi-phy.h"
#include "ns3/yans-wifi-helper.h"

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("MecWifiLink");

NS_OBJECT_ENSURE_REGISTERED(MecWifiLink);

namespace
{

constexpr double ADD_BA_RESPONSE_TIMEOUT_S = 1; //!< of a request for a block ack agreement, s

} // namespace

TypeId
MecWifiLink::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::MecWifiLink")
            .SetParent<MecNetworkLink>()
            .SetGroupName("LlmMec")
            .AddConstructor<MecWifiLink>()
            .AddAttribute("ChannelSettings",
                          "Channel of 802.11ax as WifiPhy::ChannelSettings has it: number or 0, "
                          "width in MHz or 0, band, primary channel.",
                          StringValue("{0, 20, BAND_5GHZ, 0}"),
                          MakeStringAccessor(&MecWifiLink::m_channelSettings),
                          MakeStringChecker())
            .AddAttribute(
                "StationManager",
                "TypeId of what chooses modulation and coding, of WifiRemoteStationManager.",
                StringValue("ns3::IdealWifiManager"),
                MakeStringAccessor(&MecWifiLink::m_stationManager),
                MakeStringChecker());
    return tid;
}

MecWifiLink::MecWifiLink()
    : m_channel(CreateObject<YansWifiChannel>())
{
    m_channel->SetPropagationLossModel(GetGains());
    m_channel->SetPropagationDelayModel(CreateObject<ConstantSpeedPropagationDelayModel>());
}

Ptr<WifiNetDevice>
MecWifiLink::Install(Ptr<Node> node, const std::string& macType)
{
    YansWifiPhyHelper phy;
    phy.SetChannel(m_channel);
    phy.Set("ChannelSettings", StringValue(m_channelSettings));
    WifiHelper wifi;
    wifi.SetStandard(WIFI_STANDARD_80211ax);
    wifi.SetRemoteStationManager(m_stationManager);
    WifiMacHelper mac;
    mac.SetType(macType, "Ssid", SsidValue(Ssid("llm-mec")));
    const auto device = DynamicCast<WifiNetDevice>(wifi.Install(phy, mac, node).Get(0));
    // Room for uploads: a sender that is not paced queues a whole one at once, which may then wait
    // for the channel as long as an upload may take.
    const auto queue = device->GetMac()->GetTxopQueue(AC_BE);
    queue->SetMaxSize(QueueSize("100000p"));
    queue->SetMaxDelay(Seconds(GetMaxLatencyS()));
    // Stations that begin together exchange their block ack agreements one after the other. Where
    // one is thought to have failed that the access point believes in, frames are lost in silence.
    device->GetMac()->GetQosTxop(AC_BE)->SetAddBaResponseTimeout(
        Seconds(ADD_BA_RESPONSE_TIMEOUT_S));
    m_addresses.Add(device);
    m_devices.push_back(device);
    return device;
}

void
MecWifiLink::InstallServer(Ptr<Node> node)
{
    NS_LOG_FUNCTION(this << node->GetId());
    Install(node, "ns3::ApWifiMac");
}

void
MecWifiLink::InstallMlu(Ptr<Node> node)
{
    NS_LOG_FUNCTION(this << node->GetId());
    const uint32_t mlu = GetMlus() - 1;
    const Ptr<WifiNetDevice> device = Install(node, "ns3::StaWifiMac");
    device->GetPhy()->GetState()->TraceConnectWithoutContext(
        "State",
        Callback<void, Time, Time, WifiPhyState>(
            [this, mlu](Time, Time duration, WifiPhyState state) {
                if (state == WifiPhyState::TX)
                {
                    NoteTransmission(mlu, duration);
                }
            }));
}

void
MecWifiLink::SetDevicePowerDbm(uint32_t mlu, double powerDbm)
{
    const auto phy = m_devices[mlu + 1]->GetPhy();
    phy->SetTxPowerStart(powerDbm);
    phy->SetTxPowerEnd(powerDbm);
}

int64_t
MecWifiLink::AssignDeviceStreams(Ptr<Node> node, int64_t stream)
{
    NetDeviceContainer devices;
    for (const Ptr<WifiNetDevice>& device : m_devices)
    {
        if (device->GetNode() == node)
        {
            devices.Add(device);
        }
    }
    return WifiHelper().AssignStreams(devices, stream);
}

std::vector<Ptr<const Object>>
MecWifiLink::GetObjects(uint32_t mlu) const
{
    auto objects = MecNetworkLink::GetObjects(mlu);
    for (const Ptr<WifiNetDevice>& device : {m_devices[0], m_devices[mlu + 1]})
    {
        objects.insert(
            objects.end(),
            {device, device->GetMac(), device->GetPhy(), device->GetRemoteStationManager()});
    }
    objects.push_back(m_channel);
    return objects;
}

void
MecWifiLink::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_channel = nullptr;
    m_devices.clear();
    MecNetworkLink::DoDispose();
}

} // namespace llmmec
} // namespace ns3
