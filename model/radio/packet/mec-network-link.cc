/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-network-link.h"

#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/mec-node-mobility.h"
#include "ns3/mec-uplink-rate.h"
#include "ns3/node.h"
#include "ns3/pointer.h"
#include "ns3/simulator.h"

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("MecNetworkLink");

NS_OBJECT_ENSURE_REGISTERED(MecNetworkLink);

namespace
{

constexpr int64_t FIRST_DEVICE_STREAM = 500000; //!< above those of a cell's MLUs

} // namespace

TypeId
MecNetworkLink::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::MecNetworkLink")
            .SetParent<MecSocketLink>()
            .SetGroupName("LlmMec")
            .AddAttribute("PropagationLossModel",
                          "Path loss and fading between each MLU and the server.",
                          PointerValue(),
                          MakePointerAccessor(&MecNetworkLink::SetLoss, &MecNetworkLink::GetLoss),
                          MakePointerChecker<PropagationLossModel>())
            .AddAttribute("BandwidthHz",
                          "Bandwidth B that policies count on, Hz; the network has its own.",
                          DoubleValue(10e6),
                          MakeDoubleAccessor(&MecNetworkLink::m_bandwidthHz),
                          MakeDoubleChecker<double>(std::numeric_limits<double>::min(), 1e15))
            .AddAttribute("NoiseDbm",
                          "Noise power over B that policies count on, dBm; the network has its "
                          "own.",
                          DoubleValue(-104),
                          MakeDoubleAccessor(&MecNetworkLink::m_noiseDbm),
                          MakeDoubleChecker<double>(-300, 100))
            .AddAttribute("ReadyTime",
                          "When a cell begins its work; devices associate before, >= 0.",
                          TimeValue(Seconds(1)),
                          MakeTimeAccessor(&MecNetworkLink::m_readyTime),
                          MakeTimeChecker(Time(0)));
    return tid;
}

MecNetworkLink::MecNetworkLink()
    : m_gains(CreateObject<MecCellGains>())
{
}

Time
MecNetworkLink::GetReadyTime() const
{
    return m_readyTime;
}

bool
MecNetworkLink::HasEndlessEvents() const
{
    return true;
}

bool
MecNetworkLink::TellsPower() const
{
    return true;
}

MecChannelMeasurement&
MecNetworkLink::GetMeasurement()
{
    return *this;
}

int64_t
MecNetworkLink::AssignStreams(int64_t stream)
{
    NS_LOG_FUNCTION(this << stream);
    m_deviceStream = stream + FIRST_DEVICE_STREAM;
    for (std::size_t device = 0; device < m_devices; ++device)
    {
        m_deviceStream += AssignDeviceStreams(device, m_deviceStream);
    }
    return m_gains->AssignStreams(stream);
}

std::vector<Ptr<const Object>>
MecNetworkLink::GetObjects(uint32_t mlu) const
{
    return {GetSender(mlu), GetReceiver()};
}

void
MecNetworkLink::DoAddServer(Ptr<Node> node)
{
    RequireMobility(node, "MecNetworkLink");
    InstallServer(node);
    NoteInstalled();
    m_serverMobility = GetRadioMobility(node);
    MecSocketLink::DoAddServer(node);
}

void
MecNetworkLink::DoAddMlu(Ptr<Node> node)
{
    Radio radio;
    radio.mobility = RequireMobility(node, "MecNetworkLink");
    m_radios.push_back(radio);
    InstallMlu(node);
    NoteInstalled();
    MecSocketLink::DoAddMlu(node);
}

void
MecNetworkLink::NoteInstalled()
{
    ++m_devices;
    if (m_deviceStream >= 0)
    {
        m_deviceStream += AssignDeviceStreams(m_devices - 1, m_deviceStream);
    }
}

Ptr<MobilityModel>
MecNetworkLink::GetRadioMobility(Ptr<Node> server) const
{
    return server->GetObject<MobilityModel>();
}

Ptr<MecCellGains>
MecNetworkLink::GetGains() const
{
    return m_gains;
}

uint32_t
MecNetworkLink::GetMlus() const
{
    return static_cast<uint32_t>(m_radios.size());
}

const Eigen::ArrayXXd&
MecNetworkLink::MeasureGains()
{
    NS_LOG_FUNCTION(this);
    m_gain.resize(static_cast<Eigen::Index>(m_radios.size()), 1);
    for (Eigen::Index k = 0; k < m_gain.rows(); ++k)
    {
        const double gainDb = m_gains->MeasureGainDb(m_radios[k].mobility, m_serverMobility);
        m_gain(k, 0) = std::pow(10, gainDb / 10);
    }
    return m_gain;
}

void
MecNetworkLink::AnnounceSlot(const Eigen::ArrayXd& powerW,
                             const Eigen::ArrayXi& server,
                             const Eigen::ArrayXd& bandwidthShare)
{
    NS_LOG_FUNCTION(this << powerW.size());
    if ((server != 0).any() || bandwidthShare.size() > 0)
    {
        throw std::runtime_error("MecNetworkLink: a slot has several servers or shares of the "
                                 "band, expected one server whose MLUs share its band");
    }
    for (Eigen::Index k = 0; k < powerW.size(); ++k)
    {
        SetPowerW(static_cast<uint32_t>(k), powerW[k]);
    }
}

void
MecNetworkLink::SetPowerW(uint32_t mlu, double powerW)
{
    // Without power an MLU has nothing to upload; it still acknowledges, with the power before.
    if (powerW > 0 && powerW != m_radios[mlu].powerW)
    {
        m_radios[mlu].powerW = powerW;
        SetDevicePowerDbm(mlu, 10 * std::log10(powerW / 1e-3));
    }
}

MecSocketLink::RadioUse
MecNetworkLink::MeasureUse(uint32_t mlu) const
{
    return m_radios[mlu].use;
}

void
MecNetworkLink::DropQueued(uint32_t)
{
    // What a device of another module has queued leaves it; the receiver knows of it no more.
}

void
MecNetworkLink::NoteTransmission(uint32_t mlu, Time duration)
{
    const double powerW = m_radios[mlu].powerW;
    // An empty battery cancels what is sent, which has to wait until a transmission has begun.
    Simulator::ScheduleNow(&MecNetworkLink::BeginTransmission, this, mlu, powerW);
    Simulator::Schedule(duration,
                        &MecNetworkLink::EndTransmission,
                        this,
                        mlu,
                        powerW,
                        duration.GetSeconds());
}

void
MecNetworkLink::BeginTransmission(uint32_t mlu, double powerW)
{
    TellPower(mlu, powerW);
}

void
MecNetworkLink::EndTransmission(uint32_t mlu, double powerW, double durationS)
{
    RadioUse& use = m_radios[mlu].use;
    use.airTimeS += durationS;
    use.energyJ += UplinkEnergyJ(powerW, durationS);
    TellPower(mlu, -powerW);
}

double
MecNetworkLink::GetBandwidthHz() const
{
    return m_bandwidthHz;
}

double
MecNetworkLink::GetNoiseW() const
{
    return DbmToWatt(m_noiseDbm);
}

void
MecNetworkLink::SetLoss(Ptr<PropagationLossModel> model)
{
    if (model)
    {
        m_gains->SetModel(model);
    }
}

Ptr<PropagationLossModel>
MecNetworkLink::GetLoss() const
{
    return m_gains->GetModel();
}

void
MecNetworkLink::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_radios.clear();
    m_serverMobility = nullptr;
    m_gains = nullptr;
    MecSocketLink::DoDispose();
}

} // namespace llmmec
} // namespace ns3
