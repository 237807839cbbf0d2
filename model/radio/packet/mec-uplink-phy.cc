/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-uplink-phy.h"

#include "mec-uplink-signal.h"

#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/mec-uplink-rate.h"
#include "ns3/simulator.h"
#include "ns3/spectrum-value.h"
#include "ns3/uinteger.h"

#include <cmath>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("MecUplinkPhy");

NS_OBJECT_ENSURE_REGISTERED(MecUplinkPhy);

namespace
{

constexpr double NS_PER_SECOND = 1e9; //!< the simulator's steps are ns

/// @return the simulator's time, ns
int64_t
NowNs()
{
    return Simulator::Now().GetNanoSeconds();
}

/// @param trace a trace of packets @param burst whose frames to trace
void
TraceFrames(const TracedCallback<Ptr<const Packet>>& trace, const MecUplinkBurst& burst)
{
    if (!trace.IsEmpty())
    {
        for (const Ptr<Packet>& frame : burst.frames)
        {
            trace(frame);
        }
    }
}

} // namespace

TypeId
MecUplinkPhy::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::MecUplinkPhy")
            .SetParent<SpectrumPhy>()
            .SetGroupName("LlmMec")
            .AddConstructor<MecUplinkPhy>()
            .AddAttribute("TxPowerDbm",
                          "Power of bursts until a controller announces another, dBm.",
                          DoubleValue(33),
                          MakeDoubleAccessor(&MecUplinkPhy::SetPowerDbm),
                          MakeDoubleChecker<double>(-200, 100))
            .AddAttribute("Preamble",
                          "How long a burst lasts before its payload, >= 0.",
                          TimeValue(MicroSeconds(40)),
                          MakeTimeAccessor(&MecUplinkPhy::m_preamble),
                          MakeTimeChecker(Seconds(0)))
            .AddAttribute("MaxReceptions",
                          "Most bursts that are decoded at once, 0 for any number; further ones "
                          "only interfere.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&MecUplinkPhy::m_maxReceptions),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("RateTolerance",
                          "Share of its bits that a burst's capacity may lack; it is there for "
                          "the rounding of rates.",
                          DoubleValue(1e-9),
                          MakeDoubleAccessor(&MecUplinkPhy::m_rateTolerance),
                          MakeDoubleChecker<double>(0, 0.1))
            .AddTraceSource("TransmitPowerW",
                            "Power that is being sent, W; 0 without a burst on the air.",
                            MakeTraceSourceAccessor(&MecUplinkPhy::m_transmitPowerW),
                            "ns3::TracedValueCallback::Double")
            .AddTraceSource("PhyTxBegin",
                            "A frame begins to be sent, in each try.",
                            MakeTraceSourceAccessor(&MecUplinkPhy::m_txBeginTrace),
                            "ns3::Packet::TracedCallback")
            .AddTraceSource("PhyTxEnd",
                            "A frame was sent, in each try.",
                            MakeTraceSourceAccessor(&MecUplinkPhy::m_txEndTrace),
                            "ns3::Packet::TracedCallback")
            .AddTraceSource("PhyRxBegin",
                            "A frame begins to be received.",
                            MakeTraceSourceAccessor(&MecUplinkPhy::m_rxBeginTrace),
                            "ns3::Packet::TracedCallback")
            .AddTraceSource("PhyRxEnd",
                            "A frame is decoded.",
                            MakeTraceSourceAccessor(&MecUplinkPhy::m_rxEndTrace),
                            "ns3::Packet::TracedCallback")
            .AddTraceSource("PhyRxDrop",
                            "A frame is not decoded in this try.",
                            MakeTraceSourceAccessor(&MecUplinkPhy::m_rxDropTrace),
                            "ns3::Packet::TracedCallback")
            .AddTraceSource("Burst",
                            "The reception of a burst has ended.",
                            MakeTraceSourceAccessor(&MecUplinkPhy::m_receptionTrace),
                            "ns3::llmmec::MecUplinkPhy::ReceptionTracedCallback");
    return tid;
}

void
MecUplinkPhy::SetSpectrum(Ptr<const SpectrumModel> model, double noiseW)
{
    NS_LOG_FUNCTION(this << model << noiseW);
    m_model = model;
    const auto band = model->Begin();
    m_interference.emplace(band->fh - band->fl, noiseW);
}

void
MecUplinkPhy::SetSentCallback(BurstCallback sent)
{
    m_sent = sent;
}

void
MecUplinkPhy::SetReceivedCallback(BurstCallback received)
{
    m_received = received;
}

Time
MecUplinkPhy::GetPayloadDuration(double bits, double rateBps)
{
    return NanoSeconds(static_cast<int64_t>(std::ceil(bits / rateBps * NS_PER_SECOND)));
}

void
MecUplinkPhy::Send(Ptr<MecUplinkBurst> burst, double rateBps)
{
    burst->rateBps = rateBps;
    burst->preamble = m_preamble;
    burst->duration = m_preamble + GetPayloadDuration(burst->bits, rateBps);
    auto psd = Create<SpectrumValue>(m_model);
    const auto band = m_model->Begin();
    *psd = m_powerW / (band->fh - band->fl);
    auto signal = Create<MecUplinkSignal>();
    signal->burst = burst;
    signal->duration = burst->duration;
    signal->txPhy = this;
    signal->psd = psd;
    m_isSending = true;
    m_sendingSince = Simulator::Now();
    m_transmitPowerW = m_powerW;
    TraceFrames(m_txBeginTrace, *burst);
    // Before the receiver's own end: a burst that follows at once then starts after that.
    Simulator::Schedule(burst->duration, &MecUplinkPhy::EndSending, this, burst);
    m_channel->StartTx(signal);
}

void
MecUplinkPhy::EndSending(Ptr<MecUplinkBurst> burst)
{
    const double sentS = GetSendingS();
    m_airTimeS += sentS;
    m_transmitEnergyJ += UplinkEnergyJ(m_transmitPowerW, sentS);
    m_isSending = false;
    m_transmitPowerW = 0;
    TraceFrames(m_txEndTrace, *burst);
    m_sent(burst);
}

bool
MecUplinkPhy::IsSending() const
{
    return m_isSending;
}

double
MecUplinkPhy::GetSendingS() const
{
    return m_isSending ? (Simulator::Now() - m_sendingSince).GetSeconds() : 0;
}

void
MecUplinkPhy::SetPowerW(double powerW)
{
    NS_LOG_FUNCTION(this << powerW);
    m_powerW = powerW;
}

void
MecUplinkPhy::SetPowerDbm(double powerDbm)
{
    m_powerW = DbmToWatt(powerDbm);
}

double
MecUplinkPhy::GetPowerW() const
{
    return m_powerW;
}

double
MecUplinkPhy::GetReceivedW() const
{
    return m_interference->GetReceivedW();
}

double
MecUplinkPhy::GetInterferenceW(uint32_t mlu) const
{
    const bool isReceived = mlu < m_signals.size() && m_signals[mlu];
    return isReceived ? m_interference->GetOthersW(*m_signals[mlu]) : GetReceivedW();
}

double
MecUplinkPhy::GetAirTimeS() const
{
    return m_airTimeS + GetSendingS();
}

double
MecUplinkPhy::GetTransmitEnergyJ() const
{
    return m_transmitEnergyJ + UplinkEnergyJ(m_transmitPowerW, GetSendingS());
}

void
MecUplinkPhy::StartRx(Ptr<SpectrumSignalParameters> params)
{
    const auto id = m_interference->Start(NowNs(), Integral(*params->psd));
    const auto signal = DynamicCast<MecUplinkSignal>(params);
    if (!signal)
    {
        Simulator::Schedule(params->duration, &MecUplinkPhy::EndForeign, this, id);
        return;
    }
    Reception reception;
    reception.burst = signal->burst;
    reception.signal = id;
    reception.payloadNs = NowNs() + signal->burst->preamble.GetNanoSeconds();
    reception.hasReceiver = m_maxReceptions == 0 || m_receptions < m_maxReceptions;
    m_receptions += reception.hasReceiver ? 1 : 0;
    if (signal->burst->mlu >= m_signals.size())
    {
        m_signals.resize(signal->burst->mlu + 1);
    }
    m_signals[signal->burst->mlu] = id;
    TraceFrames(m_rxBeginTrace, *signal->burst);
    Simulator::Schedule(params->duration, &MecUplinkPhy::EndReception, this, reception);
}

void
MecUplinkPhy::EndForeign(MecUplinkInterference::SignalId signal)
{
    m_interference->End(signal, NowNs());
}

MecBurstReception::Result
MecUplinkPhy::Decide(const Reception& reception, double worstRateBps) const
{
    if (reception.burst->isCancelled)
    {
        return MecBurstReception::CANCELLED;
    }
    if (!reception.hasReceiver)
    {
        return MecBurstReception::NO_RECEIVER;
    }
    const double neededBits = reception.burst->bits * (1 - m_rateTolerance);
    const double payloadS = (NowNs() - reception.payloadNs) / NS_PER_SECOND;
    const bool isDecoded =
        worstRateBps * payloadS >= neededBits ||
        m_interference->GetBits(reception.signal, reception.payloadNs, NowNs()) >= neededBits;
    return isDecoded ? MecBurstReception::DECODED : MecBurstReception::TOO_FAST;
}

void
MecUplinkPhy::EndReception(const Reception& reception)
{
    const Ptr<MecUplinkBurst> burst = reception.burst;
    MecBurstReception ended;
    ended.mlu = burst->mlu;
    ended.sequence = burst->sequence;
    ended.tries = burst->tries;
    ended.bits = burst->bits;
    ended.rateBps = burst->rateBps;
    ended.worstRateBps = m_interference->GetWorstRateBps(reception.signal, reception.payloadNs);
    ended.result = Decide(reception, ended.worstRateBps);
    burst->allowedBps = ended.worstRateBps;
    m_interference->End(reception.signal, NowNs());
    if (m_signals[burst->mlu] == reception.signal)
    {
        m_signals[burst->mlu].reset();
    }
    m_receptions -= reception.hasReceiver ? 1 : 0;
    NS_LOG_LOGIC("burst " << burst->sequence << " of MLU " << burst->mlu << " at " << burst->rateBps
                          << " bit/s ends with result " << ended.result);
    m_receptionTrace(ended);
    const bool isDecoded = ended.result == MecBurstReception::DECODED;
    TraceFrames(isDecoded ? m_rxEndTrace : m_rxDropTrace, *burst);
    if (isDecoded)
    {
        m_received(burst);
    }
}

void
MecUplinkPhy::SetDevice(Ptr<NetDevice> device)
{
    m_device = device;
}

Ptr<NetDevice>
MecUplinkPhy::GetDevice() const
{
    return m_device;
}

void
MecUplinkPhy::SetMobility(Ptr<MobilityModel> mobility)
{
    m_mobility = mobility;
}

Ptr<MobilityModel>
MecUplinkPhy::GetMobility() const
{
    return m_mobility;
}

void
MecUplinkPhy::SetChannel(Ptr<SpectrumChannel> channel)
{
    m_channel = channel;
}

Ptr<const SpectrumModel>
MecUplinkPhy::GetRxSpectrumModel() const
{
    return m_model;
}

Ptr<Object>
MecUplinkPhy::GetAntenna() const
{
    return nullptr; // isotropic
}

void
MecUplinkPhy::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_device = nullptr;
    m_mobility = nullptr;
    m_channel = nullptr;
    m_sent = BurstCallback();
    m_received = BurstCallback();
    SpectrumPhy::DoDispose();
}

} // namespace llmmec
} // namespace ns3
