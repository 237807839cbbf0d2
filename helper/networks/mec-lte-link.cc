/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-lte-link.h"

#include "ns3/boolean.h"
#include "ns3/constant-position-mobility-model.h"
#include "ns3/double.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/ipv4-static-routing-helper.h"
#include "ns3/log.h"
#include "ns3/lte-enb-net-device.h"
#include "ns3/lte-enb-rrc.h"
#include "ns3/lte-helper.h"
#include "ns3/lte-radio-bearer-info.h"
#include "ns3/lte-rlc.h"
#include "ns3/lte-ue-phy.h"
#include "ns3/lte-ue-power-control.h"
#include "ns3/lte-ue-rrc.h"
#include "ns3/node-list.h"
#include "ns3/object-map.h"
#include "ns3/point-to-point-epc-helper.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/spectrum-channel.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("MecLteLink");

NS_OBJECT_ENSURE_REGISTERED(MecLteLink);

namespace
{

constexpr std::array<uint16_t, 6> RESOURCE_BLOCKS{6, 15, 25, 50, 75, 100}; //!< of a band
/// UEs that connect together are known twice for a while, and ns-3 ends where signals are too few.
constexpr uint32_t SIGNALS_PER_UE = 2;
/// How often a UE sends its sounding reference signal, ms; one UE a ms.
constexpr std::array<uint32_t, 8> SRS_PERIODS_MS{2, 5, 10, 20, 40, 80, 160, 320};
constexpr uint32_t BUFFER_BYTES = 64 * 1024 * 1024; //!< what a UE may have waiting
constexpr const char* CORE_RATE = "10Gb/s";         //!< between core network and server

} // namespace

TypeId
MecLteLink::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::MecLteLink")
            .SetParent<MecNetworkLink>()
            .SetGroupName("LlmMec")
            .AddConstructor<MecLteLink>()
            .AddAttribute("ResourceBlocks",
                          "Resource blocks of each direction: 6, 15, 25, 50, 75 or 100; 50 are 10 "
                          "MHz.",
                          UintegerValue(50),
                          MakeUintegerAccessor(&MecLteLink::m_resourceBlocks),
                          MakeUintegerChecker<uint16_t>(6, 100))
            .AddAttribute("CoreDelay",
                          "Delay between the core network and the server, >= 0.",
                          TimeValue(MilliSeconds(1)),
                          MakeTimeAccessor(&MecLteLink::m_coreDelay),
                          MakeTimeChecker(Time(0)));
    return tid;
}

MecLteLink::MecLteLink()
    : m_lte(CreateObject<LteHelper>())
{
}

void
MecLteLink::InstallServer(Ptr<Node> node)
{
    NS_LOG_FUNCTION(this << node->GetId());
    CheckAlone();
    CheckResourceBlocks();
    m_core = CreateObject<PointToPointEpcHelper>();
    m_lte->SetEpcHelper(m_core);
    m_lte->SetPathlossModelType(TypeId::LookupByName("ns3::MatrixPropagationLossModel"));
    m_lte->SetPathlossModelAttribute("DefaultLoss", DoubleValue(0));
    m_lte->SetEnbDeviceAttribute("DlBandwidth", UintegerValue(m_resourceBlocks));
    m_lte->SetEnbDeviceAttribute("UlBandwidth", UintegerValue(m_resourceBlocks));
    ConnectServer(node);
    m_baseStationNode = CreateObject<Node>();
    auto mobility = CreateObject<ConstantPositionMobilityModel>();
    mobility->SetPosition(node->GetObject<MobilityModel>()->GetPosition());
    m_baseStationNode->AggregateObject(mobility);
    m_baseStation = m_lte->InstallEnbDevice(NodeContainer(m_baseStationNode));
    SetGains();
}

void
MecLteLink::CheckAlone()
{
    for (uint32_t n = 0; n < NodeList::GetNNodes(); ++n)
    {
        const Ptr<Node> node = NodeList::GetNode(n);
        for (uint32_t d = 0; d < node->GetNDevices(); ++d)
        {
            if (DynamicCast<LteEnbNetDevice>(node->GetDevice(d)))
            {
                throw std::runtime_error("MecLteLink: a second base station, expected one cell in "
                                         "a simulation: ns-3's LTE would mix the UEs of both");
            }
        }
    }
}

void
MecLteLink::CheckResourceBlocks() const
{
    if (std::find(RESOURCE_BLOCKS.begin(), RESOURCE_BLOCKS.end(), m_resourceBlocks) ==
        RESOURCE_BLOCKS.end())
    {
        throw std::runtime_error("MecLteLink: ResourceBlocks is " +
                                 std::to_string(m_resourceBlocks) +
                                 ", expected 6, 15, 25, 50, 75 or 100");
    }
}

void
MecLteLink::MakeRoomForUe()
{
    const auto rrc = DynamicCast<LteEnbNetDevice>(m_baseStation.Get(0))->GetRrc();
    UintegerValue period;
    rrc->GetAttribute("SrsPeriodicity", period);
    const uint32_t needed = SIGNALS_PER_UE * GetMlus();
    if (needed <= period.Get())
    {
        return;
    }
    const auto longer = std::lower_bound(SRS_PERIODS_MS.begin(), SRS_PERIODS_MS.end(), needed);
    if (longer == SRS_PERIODS_MS.end())
    {
        throw std::runtime_error("MecLteLink: " + std::to_string(GetMlus()) +
                                 " MLUs, expected at most " +
                                 std::to_string(SRS_PERIODS_MS.back() / SIGNALS_PER_UE) +
                                 ", since each needs sounding reference signals of its own");
    }
    rrc->SetAttribute("SrsPeriodicity", UintegerValue(*longer));
}

void
MecLteLink::SetGains()
{
    for (const Ptr<SpectrumChannel>& channel :
         {m_lte->GetUplinkSpectrumChannel(), m_lte->GetDownlinkSpectrumChannel()})
    {
        channel->AddPropagationLossModel(GetGains());
    }
}

void
MecLteLink::ConnectServer(Ptr<Node> server)
{
    InternetStackHelper internet;
    internet.SetIpv6StackInstall(false);
    internet.Install(server);
    PointToPointHelper cable;
    cable.SetDeviceAttribute("DataRate", StringValue(CORE_RATE));
    cable.SetChannelAttribute("Delay", TimeValue(m_coreDelay));
    Ipv4AddressHelper addresses("1.0.0.0", "255.0.0.0");
    addresses.Assign(cable.Install(m_core->GetPgwNode(), server));
    Ipv4StaticRoutingHelper routing;
    routing.GetStaticRouting(server->GetObject<Ipv4>())
        ->AddNetworkRouteTo(Ipv4Address("7.0.0.0"), Ipv4Mask("255.0.0.0"), 1);
}

Ptr<MobilityModel>
MecLteLink::GetRadioMobility(Ptr<Node>) const
{
    return m_baseStationNode->GetObject<MobilityModel>();
}

void
MecLteLink::InstallMlu(Ptr<Node> node)
{
    NS_LOG_FUNCTION(this << node->GetId());
    const uint32_t mlu = GetMlus() - 1;
    MakeRoomForUe();
    const NetDeviceContainer devices = m_lte->InstallUeDevice(NodeContainer(node));
    const auto device = DynamicCast<LteUeNetDevice>(devices.Get(0));
    m_phones.push_back(device);
    InternetStackHelper internet;
    internet.Install(node);
    m_core->AssignUeIpv4Address(devices);
    Ipv4StaticRoutingHelper routing;
    routing.GetStaticRouting(node->GetObject<Ipv4>())
        ->SetDefaultRoute(m_core->GetUeDefaultGatewayAddress(), 1);
    m_lte->Attach(device, m_baseStation.Get(0));
    const Ptr<LteUePhy> phy = device->GetPhy();
    phy->SetAttribute("EnableUplinkPowerControl", BooleanValue(false));
    phy->TraceConnectWithoutContext(
        "UlPhyTransmission",
        Callback<void, PhyTransmissionStatParameters>([this, mlu](PhyTransmissionStatParameters) {
            NoteTransmission(mlu, MilliSeconds(1)); // a subframe
        }));
    const Ptr<LteUeRrc> rrc = device->GetRrc();
    const auto baseStation = DynamicCast<LteEnbNetDevice>(m_baseStation.Get(0));
    rrc->TraceConnectWithoutContext(
        "DrbCreated",
        Callback<void, uint64_t, uint16_t, uint16_t, uint8_t>(
            [rrc, baseStation](uint64_t, uint16_t, uint16_t rnti, uint8_t) {
                EnlargeBuffers(rrc);
                EnlargeBuffers(baseStation->GetRrc()->GetUeManager(rnti));
            }));
}

void
MecLteLink::EnlargeBuffers(Ptr<Object> bearersOwner)
{
    ObjectMapValue bearers;
    bearersOwner->GetAttribute("DataRadioBearerMap", bearers);
    for (auto bearer = bearers.Begin(); bearer != bearers.End(); ++bearer)
    {
        const auto rlc = DynamicCast<LteDataRadioBearerInfo>(bearer->second)->m_rlc;
        rlc->SetAttributeFailSafe("MaxTxBufferSize", UintegerValue(BUFFER_BYTES));
    }
}

void
MecLteLink::SetDevicePowerDbm(uint32_t mlu, double powerDbm)
{
    m_phones[mlu]->GetPhy()->SetTxPower(powerDbm);
}

int64_t
MecLteLink::AssignDeviceStreams(std::size_t device, int64_t stream)
{
    const bool isUe = device > 0;
    return m_lte->AssignStreams(isUe ? NetDeviceContainer(m_phones[device - 1]) : m_baseStation,
                                stream);
}

std::vector<Ptr<const Object>>
MecLteLink::GetObjects(uint32_t mlu) const
{
    auto objects = MecNetworkLink::GetObjects(mlu);
    const auto baseStation = DynamicCast<LteEnbNetDevice>(m_baseStation.Get(0));
    const Ptr<LteUeNetDevice>& device = m_phones[mlu];
    objects.insert(objects.end(),
                   {m_lte,
                    baseStation,
                    baseStation->GetRrc(),
                    baseStation->GetPhy(),
                    device,
                    device->GetRrc(),
                    device->GetPhy()});
    return objects;
}

void
MecLteLink::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_lte = nullptr;
    m_core = nullptr;
    m_baseStationNode = nullptr;
    m_baseStation = NetDeviceContainer();
    m_phones.clear();
    MecNetworkLink::DoDispose();
}

} // namespace llmmec
} // namespace ns3
