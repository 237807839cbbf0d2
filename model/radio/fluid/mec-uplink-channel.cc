/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-uplink-channel.h"

#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/mec-node-mobility.h"
#include "ns3/mec-uplink-rate.h"
#include "ns3/offload-clock.h"
#include "ns3/offload-ns3-compat.h"
#include "ns3/pointer.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("MecUplinkChannel");

NS_OBJECT_ENSURE_REGISTERED(MecUplinkChannel);

TypeId
MecUplinkChannel::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::MecUplinkChannel")
            .SetParent<MecLink>()
            .SetGroupName("LlmMec")
            .AddConstructor<MecUplinkChannel>()
            .AddAttribute("PropagationLossModel",
                          "Path loss and fading between each MLU and the server.",
                          PointerValue(),
                          MakePointerAccessor(&MecUplinkChannel::m_loss),
                          MakePointerChecker<PropagationLossModel>())
            .AddAttribute("BandwidthHz",
                          "Uplink bandwidth B, Hz, shared by all MLUs of the cell.",
                          DoubleValue(10e6),
                          MakeDoubleAccessor(&MecUplinkChannel::m_bandwidthHz),
                          MakeDoubleChecker<double>(std::numeric_limits<double>::min(), 1e15))
            .AddAttribute("NoiseDbm",
                          "Noise power sigma^2 over the bandwidth, dBm.",
                          DoubleValue(-104),
                          MakeDoubleAccessor(&MecUplinkChannel::m_noiseDbm),
                          MakeDoubleChecker<double>(-300, 100))
            .AddAttribute("MaxLatency",
                          "An upload that would take longer is ended here and flagged.",
                          TimeValue(Seconds(10)),
                          MakeTimeAccessor(&MecUplinkChannel::m_maxLatency),
                          MakeTimeChecker(NanoSeconds(1)))
            .AddAttribute("DownlinkLatency",
                          "What an answer, or a token of it, takes to its MLU, >= 0; the paper "
                          "has none.",
                          TimeValue(Seconds(0)),
                          MakeTimeAccessor(&MecUplinkChannel::m_downlinkLatency),
                          MakeTimeChecker(Seconds(0)))
            .AddAttribute(
                "Interference",
                "Slot: the slot's announced powers interfere for the whole slot. Active: "
                "a device interferes only while it sends.",
                EnumValue(SLOT),
                MakeEnumAttributeAccessor<Interference>(&MecUplinkChannel::m_interference),
                MakeEnumChecker(SLOT, "Slot", ACTIVE, "Active"))
            .AddAttribute("RateDeviation",
                          "Standard deviation of the natural logarithm of the factor between the "
                          "rate of an upload and (19), drawn for each upload; 0 for none.",
                          DoubleValue(0),
                          MakeDoubleAccessor(&MecUplinkChannel::m_rateDeviation),
                          MakeDoubleChecker<double>(0, 3));
    return tid;
}

MecUplinkChannel::MecUplinkChannel()
    : m_rateDraws(CreateObject<NormalRandomVariable>())
{
}

void
MecUplinkChannel::DoAddMlu(Ptr<Node> node)
{
    NS_LOG_FUNCTION(this << node->GetId());
    m_mluMobility.push_back(RequireMobility(node, "MecUplinkChannel"));
    m_slotUploads.emplace_back();
}

void
MecUplinkChannel::DoAddServer(Ptr<Node> node)
{
    NS_LOG_FUNCTION(this << node->GetId());
    m_serverMobility.push_back(RequireMobility(node, "MecUplinkChannel"));
}

MecChannelMeasurement&
MecUplinkChannel::GetMeasurement()
{
    return *this;
}

const Eigen::ArrayXXd&
MecUplinkChannel::MeasureGains()
{
    NS_LOG_FUNCTION(this);
    if (!m_loss)
    {
        throw std::runtime_error("MecUplinkChannel: no PropagationLossModel, expected the path "
                                 "loss between MLUs and server in this attribute");
    }
    m_gain.resize(static_cast<Eigen::Index>(m_mluMobility.size()),
                  static_cast<Eigen::Index>(m_serverMobility.size()));
    for (Eigen::Index m = 0; m < m_gain.cols(); ++m)
    {
        for (Eigen::Index k = 0; k < m_gain.rows(); ++k)
        {
            const double gainDb = m_loss->CalcRxPower(0, m_mluMobility[k], m_serverMobility[m]);
            m_gain(k, m) = std::pow(10, gainDb / 10);
        }
    }
    return m_gain;
}

void
MecUplinkChannel::AnnounceSlot(const Eigen::ArrayXd& powerW,
                               const Eigen::ArrayXi& server,
                               const Eigen::ArrayXd& bandwidthShare)
{
    NS_LOG_FUNCTION(this << powerW.size());
    m_slotPowerW = powerW;
    m_slotServer = server;
    m_slotShare = bandwidthShare;
    if (m_interference == SLOT)
    {
        m_slotRateBps = UplinkRatesBps(m_slotPowerW,
                                       m_gain,
                                       m_slotServer,
                                       m_slotShare,
                                       m_bandwidthHz,
                                       GetNoiseW());
    }
    else if (!m_uploads.empty())
    {
        ScheduleUpdate(); // uploads of the last slot go on over this slot's gains
    }
}

void
MecUplinkChannel::Send(const OffloadRequest& request, const LinkTransmission& transmission)
{
    NS_LOG_FUNCTION(this << request.slot << request.mlu << request.work.bits
                         << transmission.powerW);
    if (m_interference == SLOT)
    {
        StartAtSlotRate(request, transmission);
        return;
    }
    Upload upload;
    upload.request = request;
    upload.transmission = transmission;
    upload.remainingBits = request.work.bits;
    upload.rateFactor = DrawRateFactor();
    upload.elapsedS = m_updatedS - NowS(); // UpdateActive adds the time since its last call to all
    m_uploads.push_back(upload);
    ScheduleUpdate();
}

double
MecUplinkChannel::DrawRateFactor()
{
    return m_rateDeviation > 0 ? std::exp(m_rateDeviation * m_rateDraws->GetValue()) : 1;
}

double
MecUplinkChannel::GetSlotRateBps(const OffloadRequest& request,
                                 const LinkTransmission& transmission) const
{
    const uint32_t mlu = request.mlu;
    const double powerW = transmission.powerW;
    if (transmission.bandwidthShare)
    {
        return OrthogonalRateBps(powerW * m_gain(mlu, request.server),
                                 *transmission.bandwidthShare,
                                 m_bandwidthHz,
                                 GetNoiseW());
    }
    if (static_cast<std::size_t>(m_slotPowerW.size()) != m_slotUploads.size())
    {
        throw std::runtime_error(
            "MecUplinkChannel: Interference is Slot, but no controller has announced "
            "a slot, expected Active, or a controller that announces slots");
    }
    const bool isAnnounced =
        powerW == m_slotPowerW[mlu] && m_slotShare.size() == 0 &&
        (m_slotServer.size() == 0 ? 0U : static_cast<uint32_t>(m_slotServer[mlu])) ==
            request.server;
    if (isAnnounced)
    {
        return m_slotRateBps[mlu];
    }
    // A task that waited for the radio since an earlier slot goes with what it was given.
    Eigen::ArrayXd slotPowerW = m_slotPowerW;
    slotPowerW[mlu] = powerW;
    Eigen::ArrayXi server = m_slotServer;
    if (server.size() == 0 && request.server != 0)
    {
        server.setZero(slotPowerW.size()); // announced is the first server for all
    }
    if (server.size() > 0)
    {
        server[mlu] = static_cast<int>(request.server);
    }
    return UplinkRatesBps(slotPowerW,
                          m_gain,
                          server,
                          Eigen::ArrayXd(),
                          m_bandwidthHz,
                          GetNoiseW())[mlu];
}

void
MecUplinkChannel::StartAtSlotRate(const OffloadRequest& request,
                                  const LinkTransmission& transmission)
{
    LinkDelivery delivery;
    delivery.rateBps = GetSlotRateBps(request, transmission) * DrawRateFactor();
    const double capS = GetMaxLatencyS();
    delivery.latencyS = UplinkLatencyS(request.work.bits, delivery.rateBps, capS);
    delivery.airTimeS = delivery.latencyS;
    delivery.energyJ = UplinkEnergyJ(transmission.powerW, delivery.airTimeS);
    delivery.capped = delivery.latencyS >= capS;
    NS_LOG_LOGIC("slot " << request.slot << ": MLU " << request.mlu << " at " << delivery.rateBps
                         << " bit/s takes " << delivery.latencyS << " s"
                         << (delivery.capped ? ", the cap" : ""));
    SlotUpload& upload = m_slotUploads[request.mlu];
    upload.request = request;
    upload.delivery = delivery;
    upload.end = Simulator::Schedule(DelayOf(delivery.latencyS),
                                     &MecUplinkChannel::EndSlotUpload,
                                     this,
                                     request.mlu);
}

void
MecUplinkChannel::Cancel(uint32_t mlu)
{
    NS_LOG_FUNCTION(this << mlu);
    NS_LOG_LOGIC("the upload of MLU " << mlu << ", if there is one, is dropped");
    m_slotUploads[mlu].end.Cancel();
    const auto upload =
        std::find_if(m_uploads.begin(), m_uploads.end(), [mlu](const Upload& other) {
            return other.request.mlu == mlu;
        });
    if (upload != m_uploads.end())
    {
        m_uploads.erase(upload);
        ScheduleUpdate(); // counts what the others have sent at the old rates, then raises them
    }
}

void
MecUplinkChannel::SendAnswer(const OffloadAnswer& answer)
{
    LinkDelivery delivery;
    if (m_downlinkLatency.IsZero())
    {
        TellAnswer(answer, delivery);
        return;
    }
    delivery.latencyS = m_downlinkLatency.GetSeconds();
    Simulator::Schedule(m_downlinkLatency, &MecUplinkChannel::TellAnswer, this, answer, delivery);
}

void
MecUplinkChannel::EndSlotUpload(uint32_t mlu)
{
    // A copy: the MLU may start its next upload at once.
    const SlotUpload upload = m_slotUploads[mlu];
    Deliver(upload.request, upload.delivery);
}

void
MecUplinkChannel::Deliver(const OffloadRequest& request, const LinkDelivery& delivery)
{
    TellSent(request, delivery);
    TellReceived(request, delivery);
}

void
MecUplinkChannel::ScheduleUpdate()
{
    const auto now = static_cast<uint64_t>(Simulator::Now().GetTimeStep());
    if (!m_update.IsExpired() && m_update.GetTs() == now)
    {
        return;
    }
    m_update.Cancel();
    m_update = Simulator::ScheduleNow(&MecUplinkChannel::UpdateActive, this);
}

void
MecUplinkChannel::UpdateActive()
{
    NS_LOG_FUNCTION(this);
    const std::vector<Upload> arrived = TakeArrived();
    const double nextS = UpdateRates();
    if (!m_uploads.empty())
    {
        m_update = Simulator::Schedule(DelayOf(nextS), &MecUplinkChannel::UpdateActive, this);
    }
    for (const Upload& upload : arrived)
    {
        const OffloadRequest& request = upload.request;
        LinkDelivery delivery;
        delivery.latencyS = std::min(upload.elapsedS, GetMaxLatencyS());
        delivery.airTimeS = delivery.latencyS;
        delivery.energyJ = UplinkEnergyJ(upload.transmission.powerW, delivery.airTimeS);
        delivery.capped = upload.remainingBits > 0;
        delivery.rateBps = (request.work.bits - upload.remainingBits) / delivery.latencyS;
        NS_LOG_LOGIC("slot " << request.slot << ": MLU " << request.mlu << " took "
                             << delivery.latencyS << " s" << (delivery.capped ? ", the cap" : ""));
        Deliver(request, delivery);
    }
}

std::vector<MecUplinkChannel::Upload>
MecUplinkChannel::TakeArrived()
{
    // Events come up to 1 ns late, so that only the rounding of doubles can leave a rest.
    constexpr double rest = 1e-9;
    const double passedS = NowS() - m_updatedS;
    m_updatedS = NowS();
    std::vector<Upload> arrived;
    for (auto upload = m_uploads.begin(); upload != m_uploads.end();)
    {
        upload->elapsedS += passedS;
        upload->remainingBits -= upload->rateBps * passedS;
        const bool isSent = upload->remainingBits <= rest * upload->request.work.bits;
        if (isSent)
        {
            // What flowed beyond the end tells how long ago that was.
            upload->elapsedS += upload->remainingBits / upload->rateBps;
            upload->remainingBits = 0;
        }
        if (isSent || upload->elapsedS >= GetMaxLatencyS() * (1 - rest))
        {
            arrived.push_back(*upload);
            upload = m_uploads.erase(upload);
        }
        else
        {
            ++upload;
        }
    }
    return arrived;
}

double
MecUplinkChannel::UpdateRates()
{
    const auto senders = static_cast<Eigen::Index>(m_uploads.size());
    Eigen::ArrayXd powerW(senders);
    Eigen::ArrayXXd gain(senders, m_gain.cols());
    Eigen::ArrayXi server(senders);
    for (Eigen::Index i = 0; i < senders; ++i)
    {
        const Upload& upload = m_uploads[i];
        // Who has a part of the band for itself is silent in what the others share.
        powerW[i] = upload.transmission.bandwidthShare ? 0 : upload.transmission.powerW;
        gain.row(i) = m_gain.row(upload.request.mlu);
        server[i] = static_cast<int>(upload.request.server);
    }
    const bool isOneServer = m_gain.cols() == 1;
    const Eigen::ArrayXd rateBps = UplinkRatesBps(powerW,
                                                  gain,
                                                  isOneServer ? Eigen::ArrayXi() : server,
                                                  Eigen::ArrayXd(),
                                                  m_bandwidthHz,
                                                  GetNoiseW());
    double nextS = std::numeric_limits<double>::infinity();
    for (Eigen::Index i = 0; i < senders; ++i)
    {
        Upload& upload = m_uploads[i];
        const double rate = upload.transmission.bandwidthShare
                                ? GetSlotRateBps(upload.request, upload.transmission)
                                : rateBps[i];
        upload.rateBps = rate * upload.rateFactor;
        nextS = std::min(nextS,
                         UplinkLatencyS(upload.remainingBits,
                                        upload.rateBps,
                                        GetMaxLatencyS() - upload.elapsedS));
    }
    return nextS;
}

double
MecUplinkChannel::GetBandwidthHz() const
{
    return m_bandwidthHz;
}

double
MecUplinkChannel::GetNoiseW() const
{
    return DbmToWatt(m_noiseDbm);
}

double
MecUplinkChannel::GetMaxLatencyS() const
{
    return m_maxLatency.GetSeconds();
}

int64_t
MecUplinkChannel::AssignStreams(int64_t stream)
{
    const int64_t used = m_loss ? m_loss->AssignStreams(stream) : 0;
    if (m_rateDeviation == 0)
    {
        return used; // nothing is drawn
    }
    m_rateDraws->SetStream(stream + used);
    return used + 1;
}

void
MecUplinkChannel::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_update.Cancel();
    m_loss = nullptr;
    m_mluMobility.clear();
    m_serverMobility.clear();
    m_uploads.clear();
    MecLink::DoDispose();
}

} // namespace llmmec
} // namespace ns3
