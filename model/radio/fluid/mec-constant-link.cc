/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-constant-link.h"

#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/mec-uplink-rate.h"
#include "ns3/offload-clock.h"
#include "ns3/simulator.h"

#include <cmath>
#include <limits>
#include <sstream>
#include <stdexcept>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("MecConstantLink");

NS_OBJECT_ENSURE_REGISTERED(MecConstantLink);

TypeId
MecConstantLink::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::MecConstantLink")
            .SetParent<MecLink>()
            .SetGroupName("LlmMec")
            .AddConstructor<MecConstantLink>()
            .AddAttribute("UplinkBps",
                          "Rate of each MLU's uplink, bit/s.",
                          DoubleValue(10e6),
                          MakeDoubleAccessor(&MecConstantLink::m_uplinkBps),
                          MakeDoubleChecker<double>(1e-3, 1e15))
            .AddAttribute("DownlinkLatency",
                          "What an answer, or a token of it, takes to its MLU, >= 0.",
                          TimeValue(Seconds(0)),
                          MakeTimeAccessor(&MecConstantLink::m_downlinkLatency),
                          MakeTimeChecker(Seconds(0)));
    return tid;
}

void
MecConstantLink::SetUplinkBps(uint32_t mlu, double bps)
{
    NS_LOG_FUNCTION(this << mlu << bps);
    if (mlu >= m_rates.size() || !(bps > 0) || !std::isfinite(bps))
    {
        std::ostringstream message;
        message << "MecConstantLink: got " << bps << " bit/s for MLU " << mlu << " of "
                << m_rates.size() << ", expected a rate > 0 for one of them";
        throw std::invalid_argument(message.str());
    }
    m_rates[mlu] = bps;
}

double
MecConstantLink::GetUplinkBps(uint32_t mlu) const
{
    return m_rates[mlu] > 0 ? m_rates[mlu] : m_uplinkBps;
}

void
MecConstantLink::Send(const OffloadRequest& request, const LinkTransmission& transmission)
{
    NS_LOG_FUNCTION(this << request.mlu << request.work.bits);
    LinkDelivery delivery;
    delivery.latencyS = request.work.bits / GetUplinkBps(request.mlu);
    delivery.airTimeS = delivery.latencyS;
    delivery.energyJ = UplinkEnergyJ(transmission.powerW, delivery.airTimeS);
    delivery.rateBps = GetUplinkBps(request.mlu);
    m_ends[request.mlu] = Simulator::Schedule(DelayOf(delivery.latencyS),
                                              &MecConstantLink::Deliver,
                                              this,
                                              request,
                                              delivery);
}

void
MecConstantLink::Deliver(const OffloadRequest& request, const LinkDelivery& delivery)
{
    NS_LOG_LOGIC("an upload of MLU " << request.mlu << " has arrived");
    TellSent(request, delivery);
    TellReceived(request, delivery);
}

void
MecConstantLink::Cancel(uint32_t mlu)
{
    NS_LOG_FUNCTION(this << mlu);
    m_ends[mlu].Cancel();
}

void
MecConstantLink::SendAnswer(const OffloadAnswer& answer)
{
    LinkDelivery delivery;
    delivery.latencyS = m_downlinkLatency.GetSeconds();
    Simulator::Schedule(m_downlinkLatency, &MecConstantLink::TellAnswer, this, answer, delivery);
}

MecChannelMeasurement&
MecConstantLink::GetMeasurement()
{
    return *this;
}

double
MecConstantLink::GetMaxLatencyS() const
{
    return std::numeric_limits<double>::infinity();
}

int64_t
MecConstantLink::AssignStreams(int64_t)
{
    return 0; // nothing is random
}

const Eigen::ArrayXXd&
MecConstantLink::MeasureGains()
{
    m_gain.setOnes(static_cast<Eigen::Index>(m_ends.size()), GetServers());
    for (std::size_t mlu = 0; mlu < m_rates.size(); ++mlu)
    {
        if (m_rates[mlu] > 0)
        {
            m_gain.row(static_cast<Eigen::Index>(mlu)) = std::exp2(m_rates[mlu] / m_uplinkBps) - 1;
        }
    }
    return m_gain;
}

void
MecConstantLink::AnnounceSlot(const Eigen::ArrayXd&, const Eigen::ArrayXi&, const Eigen::ArrayXd&)
{
}

double
MecConstantLink::GetBandwidthHz() const
{
    return m_uplinkBps;
}

double
MecConstantLink::GetNoiseW() const
{
    return 1;
}

void
MecConstantLink::DoAddMlu(Ptr<Node>)
{
    m_ends.emplace_back();
    m_rates.push_back(0);
}

void
MecConstantLink::DoAddServer(Ptr<Node>)
{
}

} // namespace llmmec
} // namespace ns3
