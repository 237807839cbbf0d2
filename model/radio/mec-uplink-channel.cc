/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-uplink-channel.h"

#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/offload-clock.h"
#include "ns3/offload-equations.h"
#include "ns3/offload-ns3-compat.h"
#include "ns3/offload-problem.h"
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

namespace
{

/// @param dbm power, dBm @return power, W
double
DbmToWatt(double dbm)
{
    return std::pow(10, (dbm - 30) / 10);
}

/// @param mobility of a node, or null @param node the node
/// @throw std::runtime_error in one line without mobility
void
RequireMobility(Ptr<MobilityModel> mobility, Ptr<Node> node)
{
    if (!mobility)
    {
        throw std::runtime_error("MecUplinkChannel: node " + std::to_string(node->GetId()) +
                                 " has no mobility model, expected one before it joins a cell");
    }
}

} // namespace

TypeId
MecUplinkChannel::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::MecUplinkChannel")
            .SetParent<MecUplink>()
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
            .AddAttribute(
                "Interference",
                "Slot: the slot's announced powers interfere for the whole slot. Active: "
                "a device interferes only while it sends.",
                EnumValue(SLOT),
                MakeEnumAttributeAccessor<Interference>(&MecUplinkChannel::m_interference),
                MakeEnumChecker(SLOT, "Slot", ACTIVE, "Active"))
            .AddTraceSource("Delivered",
                            "An upload is through.",
                            MakeTraceSourceAccessor(&MecUplinkChannel::m_deliveredTrace),
                            "ns3::llmmec::MecUplinkChannel::DeliveredTracedCallback");
    return tid;
}

uint32_t
MecUplinkChannel::AddMlu(Ptr<Node> mlu)
{
    NS_LOG_FUNCTION(this << mlu->GetId());
    auto mobility = mlu->GetObject<MobilityModel>();
    RequireMobility(mobility, mlu);
    m_mluMobility.push_back(mobility);
    m_slotEnds.emplace_back();
    return static_cast<uint32_t>(m_mluMobility.size() - 1);
}

void
MecUplinkChannel::SetServer(Ptr<Node> server)
{
    m_serverMobility = server->GetObject<MobilityModel>();
    RequireMobility(m_serverMobility, server);
}

const Eigen::ArrayXd&
MecUplinkChannel::MeasureGains()
{
    NS_LOG_FUNCTION(this);
    if (!m_loss)
    {
        throw std::runtime_error("MecUplinkChannel: no PropagationLossModel, expected the path "
                                 "loss between MLUs and server in this attribute");
    }
    m_gain.resize(static_cast<Eigen::Index>(m_mluMobility.size()));
    for (Eigen::Index k = 0; k < m_gain.size(); ++k)
    {
        const double gainDb = m_loss->CalcRxPower(0, m_mluMobility[k], m_serverMobility);
        m_gain[k] = std::pow(10, gainDb / 10);
    }
    return m_gain;
}

void
MecUplinkChannel::SetSlotPowers(const Eigen::ArrayXd& powerW)
{
    NS_LOG_FUNCTION(this << powerW.size());
    m_slotPowerW = powerW;
    if (m_interference == SLOT)
    {
        m_slotRateBps = UplinkRatesBps(m_slotPowerW * m_gain, m_bandwidthHz, GetNoiseW());
    }
    else if (!m_uploads.empty())
    {
        ScheduleUpdate(); // uploads of the last slot go on over this slot's gains
    }
}

void
MecUplinkChannel::Send(const OffloadRequest& request, double powerW)
{
    NS_LOG_FUNCTION(this << request.slot << request.mlu << request.bits << powerW);
    if (m_interference == SLOT)
    {
        SendInSlot(request, powerW);
        return;
    }
    Upload upload;
    upload.request = request;
    upload.powerW = powerW;
    upload.remainingBits = request.bits;
    upload.elapsedS = m_updatedS - NowS(); // UpdateActive adds the time since its last call to all
    m_uploads.push_back(upload);
    ScheduleUpdate();
}

void
MecUplinkChannel::SendInSlot(const OffloadRequest& request, double powerW)
{
    double rateBps = m_slotRateBps[request.mlu];
    if (powerW != m_slotPowerW[request.mlu])
    {
        // A task that waited for the radio since an earlier slot goes with the power it was given.
        Eigen::ArrayXd receivedW = m_slotPowerW * m_gain;
        receivedW[request.mlu] = powerW * m_gain[request.mlu];
        rateBps = UplinkRatesBps(receivedW, m_bandwidthHz, GetNoiseW())[request.mlu];
    }
    UplinkDelivery delivery;
    delivery.latencyS = UplinkLatencyS(request.bits, rateBps, GetMaxLatencyS());
    delivery.capped = delivery.latencyS >= GetMaxLatencyS();
    delivery.rateBps = rateBps;
    NS_LOG_LOGIC("slot " << request.slot << ": MLU " << request.mlu << " at " << rateBps
                         << " bit/s takes " << delivery.latencyS << " s"
                         << (delivery.capped ? ", the cap" : ""));
    m_slotEnds[request.mlu] = Simulator::Schedule(DelayOf(delivery.latencyS),
                                                  &MecUplinkChannel::EndUpload,
                                                  this,
                                                  request,
                                                  delivery);
}

void
MecUplinkChannel::Cancel(uint32_t mlu)
{
    NS_LOG_FUNCTION(this << mlu);
    NS_LOG_LOGIC("the upload of MLU " << mlu << ", if there is one, is dropped");
    m_slotEnds[mlu].Cancel();
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
MecUplinkChannel::EndUpload(OffloadRequest request, UplinkDelivery delivery)
{
    m_deliveredTrace(request, delivery);
    Deliver(request, delivery);
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
    // Events come up to 1 ns late, so that only the rounding of doubles can leave a rest.
    constexpr double rest = 1e-9;
    const double passedS = NowS() - m_updatedS;
    m_updatedS = NowS();

    std::vector<Upload> through;
    for (auto upload = m_uploads.begin(); upload != m_uploads.end();)
    {
        upload->elapsedS += passedS;
        upload->remainingBits -= upload->rateBps * passedS;
        const bool isSent = upload->remainingBits <= rest * upload->request.bits;
        if (isSent)
        {
            // What flowed beyond the end tells how long ago that was.
            upload->elapsedS += upload->remainingBits / upload->rateBps;
            upload->remainingBits = 0;
        }
        if (isSent || upload->elapsedS >= GetMaxLatencyS() * (1 - rest))
        {
            through.push_back(*upload);
            upload = m_uploads.erase(upload);
        }
        else
        {
            ++upload;
        }
    }

    const auto senders = static_cast<Eigen::Index>(m_uploads.size());
    Eigen::ArrayXd receivedW(senders);
    for (Eigen::Index i = 0; i < senders; ++i)
    {
        receivedW[i] = m_uploads[i].powerW * m_gain[m_uploads[i].request.mlu];
    }
    const Eigen::ArrayXd rateBps = UplinkRatesBps(receivedW, m_bandwidthHz, GetNoiseW());
    double nextS = std::numeric_limits<double>::infinity();
    for (Eigen::Index i = 0; i < senders; ++i)
    {
        m_uploads[i].rateBps = rateBps[i];
        nextS = std::min(nextS,
                         UplinkLatencyS(m_uploads[i].remainingBits,
                                        rateBps[i],
                                        GetMaxLatencyS() - m_uploads[i].elapsedS));
    }
    if (senders > 0)
    {
        m_update = Simulator::Schedule(DelayOf(nextS), &MecUplinkChannel::UpdateActive, this);
    }

    for (const Upload& upload : through)
    {
        UplinkDelivery delivery;
        delivery.latencyS = std::min(upload.elapsedS, GetMaxLatencyS());
        delivery.capped = upload.remainingBits > 0;
        delivery.rateBps = (upload.request.bits - upload.remainingBits) / delivery.latencyS;
        NS_LOG_LOGIC("slot " << upload.request.slot << ": MLU " << upload.request.mlu << " took "
                             << delivery.latencyS << " s" << (delivery.capped ? ", the cap" : ""));
        EndUpload(upload.request, delivery);
    }
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
    return m_loss ? m_loss->AssignStreams(stream) : 0;
}

void
MecUplinkChannel::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_update.Cancel();
    m_loss = nullptr;
    m_serverMobility = nullptr;
    m_mluMobility.clear();
    m_uploads.clear();
    MecUplink::DoDispose();
}

} // namespace llmmec
} // namespace ns3
