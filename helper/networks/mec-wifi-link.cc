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
#include "ns3/simulator.h"
#include "ns3/ssid.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"
#include "ns3/wifi-helper.h"
#include "ns3/wifi-mac-queue.h"
#include "ns3/wifi-mac.h"
#include "ns3/wifi-phy-state-helper.h"
#include "ns3/wifi-phy.h"
#include "ns3/yans-wifi-helper.h"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("MecWifiLink");

NS_OBJECT_ENSURE_REGISTERED(MecWifiLink);

namespace
{

constexpr std::array<uint16_t, 4> WIDTHS_MHZ{20, 40, 80, 160}; //!< of channels
/// That know 802.11ax.
const std::array<std::string, 3> STATION_MANAGERS{"ns3::IdealWifiManager",
                                                  "ns3::MinstrelHtWifiManager",
                                                  "ns3::ConstantRateWifiManager"};
constexpr uint16_t EXPERIMENTAL_PROTOCOL = 0x88b5; //!< no node has a handler of it
constexpr double AGREEMENTS_BEGIN = 0.5;        //!< of block acknowledgements, share of ReadyTime
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
            .AddAttribute("ChannelWidthMhz",
                          "Width of the channel of 802.11ax at 5 GHz: 20, 40, 80 or 160 MHz.",
                          UintegerValue(20),
                          MakeUintegerAccessor(&MecWifiLink::m_channelWidthMhz),
                          MakeUintegerChecker<uint16_t>(20, 160))
            .AddAttribute("StationManager",
                          "What chooses modulation and coding: ns3::IdealWifiManager, "
                          "ns3::MinstrelHtWifiManager or ns3::ConstantRateWifiManager.",
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

std::string
MecWifiLink::GetChannelSettings() const
{
    const bool isWidth =
        std::find(WIDTHS_MHZ.begin(), WIDTHS_MHZ.end(), m_channelWidthMhz) != WIDTHS_MHZ.end();
    if (!isWidth)
    {
        throw std::runtime_error("MecWifiLink: ChannelWidthMhz is " +
                                 std::to_string(m_channelWidthMhz) +
                                 ", expected 20, 40, 80 or 160");
    }
    // The first channel of this width.
    return "{0, " + std::to_string(m_channelWidthMhz) + ", BAND_5GHZ, 0}";
}

void
MecWifiLink::CheckStationManager() const
{
    if (std::find(STATION_MANAGERS.begin(), STATION_MANAGERS.end(), m_stationManager) ==
        STATION_MANAGERS.end())
    {
        throw std::runtime_error("MecWifiLink: StationManager is " + m_stationManager +
                                 ", expected one that knows 802.11ax: ns3::IdealWifiManager, "
                                 "ns3::MinstrelHtWifiManager or ns3::ConstantRateWifiManager");
    }
}

void
MecWifiLink::AgreeOnBlockAcks()
{
    // A frame of each station and one to it, evenly over the time that is left.
    const Time gap = (GetReadyTime() - Simulator::Now()) / static_cast<int64_t>(2 * GetMlus() + 1);
    for (uint32_t k = 0; k < GetMlus(); ++k)
    {
        const Ptr<WifiNetDevice>& station = m_devices[k + 1];
        Simulator::Schedule(gap * (2 * int64_t{k} + 1), &Greet, station, m_devices[0]);
        Simulator::Schedule(gap * (2 * int64_t{k} + 2), &Greet, m_devices[0], station);
    }
}

void
MecWifiLink::Greet(Ptr<WifiNetDevice> from, Ptr<WifiNetDevice> to)
{
    from->Send(Create<Packet>(1), to->GetAddress(), EXPERIMENTAL_PROTOCOL);
}

Ptr<WifiNetDevice>
MecWifiLink::Install(Ptr<Node> node, const std::string& macType)
{
    YansWifiPhyHelper phy;
    phy.SetChannel(m_channel);
    phy.Set("ChannelSettings", StringValue(GetChannelSettings()));
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
    CheckStationManager();
    Install(node, "ns3::ApWifiMac");
    // Devices agree on block acknowledgements with the first frame between them. Where the last
    // acknowledgement of that is lost, as among stations that begin together, ns-3's receiver waits
    // for a frame that it has had, and holds all others back. So they agree before.
    Simulator::Schedule(GetReadyTime() * AGREEMENTS_BEGIN, &MecWifiLink::AgreeOnBlockAcks, this);
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
MecWifiLink::AssignDeviceStreams(std::size_t device, int64_t stream)
{
    return WifiHelper().AssignStreams(NetDeviceContainer(m_devices[device]), stream);
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
