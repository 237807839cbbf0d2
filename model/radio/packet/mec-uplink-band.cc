/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-uplink-band.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/mec-uplink-rate.h"
#include "ns3/pointer.h"
#include "ns3/string.h"

#include <cmath>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <string>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("MecUplinkBand");

NS_OBJECT_ENSURE_REGISTERED(MecUplinkBand);

namespace
{

/// @param bandwidthHz B, Hz @param centreHz middle of the band, Hz @return a model of that one band
/// @throw std::runtime_error in one line where the band would reach below 0 Hz
Ptr<const SpectrumModel>
MakeOneBand(double bandwidthHz, double centreHz)
{
    BandInfo band;
    band.fl = centreHz - bandwidthHz / 2;
    band.fc = centreHz;
    band.fh = centreHz + bandwidthHz / 2;
    if (!(band.fl >= 0))
    {
        std::ostringstream message;
        message << "MecUplinkBand: CentreFrequencyHz is " << centreHz
                << ", expected at least half of BandwidthHz, which is " << bandwidthHz;
        throw std::runtime_error(message.str());
    }
    return Create<SpectrumModel>(Bands{band});
}

} // namespace

TypeId
MecUplinkBand::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::MecUplinkBand")
            .SetParent<Channel>()
            .SetGroupName("LlmMec")
            .AddConstructor<MecUplinkBand>()
            .AddAttribute("PropagationLossModel",
                          "Path loss and fading between each MLU and the server.",
                          PointerValue(),
                          MakePointerAccessor(&MecUplinkBand::SetLoss, &MecUplinkBand::GetLoss),
                          MakePointerChecker<PropagationLossModel>())
            .AddAttribute("BandwidthHz",
                          "Uplink bandwidth B, Hz, shared by all MLUs.",
                          DoubleValue(10e6),
                          MakeDoubleAccessor(&MecUplinkBand::m_bandwidthHz),
                          MakeDoubleChecker<double>(std::numeric_limits<double>::min(), 1e15))
            .AddAttribute("CentreFrequencyHz",
                          "Middle of the band, Hz; it decides which transmitters of other "
                          "technologies interfere, and nothing else.",
                          DoubleValue(3.5e9),
                          MakeDoubleAccessor(&MecUplinkBand::m_centreHz),
                          MakeDoubleChecker<double>(0, 1e16))
            .AddAttribute("NoiseDbm",
                          "Noise power over the bandwidth at the server, dBm.",
                          DoubleValue(-104),
                          MakeDoubleAccessor(&MecUplinkBand::m_noiseDbm),
                          MakeDoubleChecker<double>(-300, 100))
            .AddAttribute("RateModel",
                          "What chooses the rate of a burst.",
                          StringValue("ns3::llmmec::MecSlotRateModel"),
                          MakePointerAccessor(&MecUplinkBand::m_rateModel),
                          MakePointerChecker<MecRateModel>())
            .AddAttribute("SpectrumChannel",
                          "What signals cross, without a propagation loss of its own.",
                          StringValue("ns3::MultiModelSpectrumChannel"),
                          MakePointerAccessor(&MecUplinkBand::m_spectrum),
                          MakePointerChecker<SpectrumChannel>())
            .AddAttribute("HoldGains",
                          "Whether the gains of a slot hold until the next measurement; if not, "
                          "each burst meets the fading of its own time, and its rate does not.",
                          BooleanValue(true),
                          MakeBooleanAccessor(&MecUplinkBand::SetHoldsGains),
                          MakeBooleanChecker());
    return tid;
}

MecUplinkBand::MecUplinkBand()
    : m_gains(CreateObject<HeldGainPropagationLossModel>())
{
}

void
MecUplinkBand::SetServer(Ptr<MecServerNetDevice> server)
{
    NS_LOG_FUNCTION(this << server);
    if (m_server)
    {
        throw std::runtime_error("MecUplinkBand: node " +
                                 std::to_string(server->GetNode()->GetId()) +
                                 " is a second server, expected one server per band");
    }
    m_model = MakeOneBand(m_bandwidthHz, m_centreHz);
    m_noiseW = GetNoiseW();
    m_server = server;
    server->GetPhy()->SetSpectrum(m_model, GetNoiseW());
    server->GetPhy()->SetChannel(m_spectrum);
    m_spectrum->AddPropagationLossModel(m_gains);
    m_spectrum->AddRx(server->GetPhy());
}

uint32_t
MecUplinkBand::AddMlu(Ptr<MecMluNetDevice> mlu)
{
    NS_LOG_FUNCTION(this << mlu);
    if (!m_server)
    {
        throw std::runtime_error("MecUplinkBand: node " + std::to_string(mlu->GetNode()->GetId()) +
                                 " joins a band without a server, expected the server first");
    }
    mlu->GetPhy()->SetSpectrum(m_model, GetNoiseW());
    mlu->GetPhy()->SetChannel(m_spectrum);
    const auto index = static_cast<uint32_t>(m_mlus.size());
    m_mlus.push_back(mlu);
    m_addresses[Mac48Address::ConvertFrom(mlu->GetAddress())] = index;
    m_isSlotCurrent = false;
    return index;
}

Ptr<MecServerNetDevice>
MecUplinkBand::GetServer() const
{
    return m_server;
}

uint32_t
MecUplinkBand::GetMlus() const
{
    return static_cast<uint32_t>(m_mlus.size());
}

Ptr<MecMluNetDevice>
MecUplinkBand::GetMlu(uint32_t mlu) const
{
    return m_mlus[mlu];
}

Ptr<MecMluNetDevice>
MecUplinkBand::FindMlu(Mac48Address address) const
{
    const auto found = m_addresses.find(address);
    return found == m_addresses.end() ? nullptr : m_mlus[found->second];
}

Ptr<SpectrumChannel>
MecUplinkBand::GetSpectrumChannel() const
{
    return m_spectrum;
}

void
MecUplinkBand::SetPowerW(uint32_t mlu, double powerW)
{
    NS_LOG_FUNCTION(this << mlu << powerW);
    m_mlus[mlu]->GetPhy()->SetPowerW(powerW);
    m_isSlotCurrent = false;
    m_mlus[mlu]->GetMac()->Poll();
}

void
MecUplinkBand::UpdateSlot()
{
    const auto mlus = static_cast<Eigen::Index>(m_mlus.size());
    if (m_gain.rows() != mlus)
    {
        MeasureGains();
    }
    m_receivedW.resize(mlus);
    for (Eigen::Index k = 0; k < mlus; ++k)
    {
        m_receivedW[k] = m_mlus[k]->GetPhy()->GetPowerW() * m_gain(k, 0);
    }
    m_slotInterferenceW = UplinkInterferenceW(m_receivedW);
    m_isSlotCurrent = true;
}

double
MecUplinkBand::GetRateBps(uint32_t mlu, double lastAllowedBps)
{
    if (!m_isSlotCurrent)
    {
        UpdateSlot();
    }
    MecRadioState state;
    state.receivedW = m_receivedW[mlu];
    if (!(state.receivedW > 0))
    {
        return 0;
    }
    state.slotInterferenceW = m_slotInterferenceW[mlu];
    state.airInterferenceW = m_server->GetPhy()->GetInterferenceW(mlu);
    state.bandwidthHz = m_bandwidthHz;
    state.noiseW = m_noiseW;
    state.lastAllowedBps = lastAllowedBps;
    return m_rateModel->GetRateBps(state);
}

const Eigen::ArrayXXd&
MecUplinkBand::MeasureGains()
{
    NS_LOG_FUNCTION(this);
    m_gain.resize(static_cast<Eigen::Index>(m_mlus.size()), 1);
    const Ptr<MobilityModel> server = m_server->GetPhy()->GetMobility();
    for (Eigen::Index k = 0; k < m_gain.rows(); ++k)
    {
        const double gainDb = m_gains->MeasureGainDb(m_mlus[k]->GetPhy()->GetMobility(), server);
        m_gain(k, 0) = std::pow(10, gainDb / 10);
    }
    m_isSlotCurrent = false;
    return m_gain;
}

void
MecUplinkBand::AnnounceSlot(const Eigen::ArrayXd& powerW,
                            const Eigen::ArrayXi& server,
                            const Eigen::ArrayXd& bandwidthShare)
{
    NS_LOG_FUNCTION(this << powerW.size());
    if ((server != 0).any() || bandwidthShare.size() > 0)
    {
        throw std::runtime_error("MecUplinkBand: a slot has several servers or shares of the band, "
                                 "expected one server whose MLUs share its band");
    }
    if (static_cast<std::size_t>(powerW.size()) != m_mlus.size())
    {
        throw std::runtime_error("MecUplinkBand: a slot has " + std::to_string(powerW.size()) +
                                 " powers, expected one for each of " +
                                 std::to_string(m_mlus.size()) + " MLUs");
    }
    for (Eigen::Index k = 0; k < powerW.size(); ++k)
    {
        m_mlus[k]->GetPhy()->SetPowerW(powerW[k]);
    }
    m_isSlotCurrent = false;
    for (const Ptr<MecMluNetDevice>& mlu : m_mlus)
    {
        mlu->GetMac()->Poll();
    }
}

double
MecUplinkBand::GetBandwidthHz() const
{
    return m_bandwidthHz;
}

double
MecUplinkBand::GetNoiseW() const
{
    return DbmToWatt(m_noiseDbm);
}

int64_t
MecUplinkBand::AssignStreams(int64_t stream)
{
    NS_LOG_FUNCTION(this << stream);
    return m_gains->AssignStreams(stream);
}

std::size_t
MecUplinkBand::GetNDevices() const
{
    return m_mlus.size() + (m_server ? 1 : 0);
}

Ptr<NetDevice>
MecUplinkBand::GetDevice(std::size_t i) const
{
    return i == 0 ? Ptr<NetDevice>(m_server) : Ptr<NetDevice>(m_mlus[i - 1]);
}

void
MecUplinkBand::SetHoldsGains(bool holdsGains)
{
    m_gains->SetAttribute("HoldGains", BooleanValue(holdsGains));
}

void
MecUplinkBand::SetLoss(Ptr<PropagationLossModel> model)
{
    m_gains->SetModel(model);
}

Ptr<PropagationLossModel>
MecUplinkBand::GetLoss() const
{
    return m_gains->GetModel();
}

void
MecUplinkBand::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_server = nullptr;
    m_mlus.clear();
    m_rateModel = nullptr;
    m_spectrum = nullptr;
    m_gains = nullptr;
    Channel::DoDispose();
}

} // namespace llmmec
} // namespace ns3
