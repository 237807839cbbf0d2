/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "rician-propagation-loss-model.h"

#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/mobility-model.h"
#include "ns3/node.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("RicianPropagationLossModel");

NS_OBJECT_ENSURE_REGISTERED(RicianPropagationLossModel);

TypeId
RicianPropagationLossModel::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::RicianPropagationLossModel")
            .SetParent<PropagationLossModel>()
            .SetGroupName("LlmMec")
            .AddConstructor<RicianPropagationLossModel>()
            .AddAttribute("KFactor",
                          "Power of the line of sight over power of the scatter, a linear ratio, "
                          ">= 0; 0 is Rayleigh fading.",
                          DoubleValue(8),
                          MakeDoubleAccessor(&RicianPropagationLossModel::m_kFactor),
                          MakeDoubleChecker<double>(0))
            .AddAttribute("CoherenceTime",
                          "Length of a block, in which the fading is constant, at least 1 ns.",
                          TimeValue(Seconds(1)),
                          MakeTimeAccessor(&RicianPropagationLossModel::m_coherenceTime),
                          MakeTimeChecker(NanoSeconds(1)))
            .AddAttribute("Correlation",
                          "Correlation of the scattered complex coefficient from one block to the "
                          "next, in [0, 1]; 0 draws each block anew, 1 keeps the first block.",
                          DoubleValue(0),
                          MakeDoubleAccessor(&RicianPropagationLossModel::m_correlation),
                          MakeDoubleChecker<double>(0, 1));
    return tid;
}

RicianPropagationLossModel::RicianPropagationLossModel()
    : m_unit(CreateObject<NormalRandomVariable>())
{
}

RicianPropagationLossModel::~RicianPropagationLossModel() = default;

void
RicianPropagationLossModel::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_links.clear();
    m_bareEnds.clear();
    m_unit = nullptr;
    PropagationLossModel::DoDispose();
}

double
RicianPropagationLossModel::GetPowerGain(double kFactor, std::complex<double> scatter)
{
    const double lineOfSight = std::sqrt(kFactor / (kFactor + 1));
    const double amplitude = std::sqrt(1 / (kFactor + 1));
    const double re = lineOfSight + amplitude * scatter.real();
    const double im = amplitude * scatter.imag();
    return re * re + im * im;
}

double
RicianPropagationLossModel::GetPowerGain(Ptr<MobilityModel> a, Ptr<MobilityModel> b) const
{
    return GetLink(a, b).gain;
}

double
RicianPropagationLossModel::DoCalcRxPower(double txPowerDbm,
                                          Ptr<MobilityModel> a,
                                          Ptr<MobilityModel> b) const
{
    return txPowerDbm + GetLink(a, b).gainDb;
}

int64_t
RicianPropagationLossModel::DoAssignStreams(int64_t stream)
{
    NS_LOG_FUNCTION(this << stream);
    m_unit->SetStream(stream);
    // Links drawn from the former stream would make the results depend on what was asked before.
    m_links.clear();
    return 1;
}

uint64_t
RicianPropagationLossModel::GetEndId(const Ptr<MobilityModel>& mobility) const
{
    if (const Ptr<Node> node = mobility->GetObject<Node>())
    {
        return node->GetId();
    }
    // Counted down from the largest id, where no node comes near.
    const uint64_t next = std::numeric_limits<uint32_t>::max() - m_bareEnds.size();
    return m_bareEnds.emplace(mobility, next).first->second;
}

const RicianPropagationLossModel::Link&
RicianPropagationLossModel::GetLink(const Ptr<MobilityModel>& a, const Ptr<MobilityModel>& b) const
{
    // A time resolution coarser than the coherence time rounds it to 0.
    if (!m_coherenceTime.IsStrictlyPositive())
    {
        throw std::runtime_error("RicianPropagationLossModel: CoherenceTime is 0, expected at "
                                 "least one step of the simulator's time resolution");
    }
    // Whole steps: with doubles, a block would begin one step early or late here and there.
    const int64_t block = Simulator::Now().GetTimeStep() / m_coherenceTime.GetTimeStep();
    const uint64_t idA = GetEndId(a);
    const uint64_t idB = GetEndId(b);
    Link& link = m_links[std::min(idA, idB) << 32 | std::max(idA, idB)];
    if (link.block != block)
    {
        Draw(link, block);
    }
    return link;
}

void
RicianPropagationLossModel::Draw(Link& link, int64_t block) const
{
    // A new link has no past, and time that ran backwards belongs to another simulation.
    const bool hasPast = link.block >= 0 && block > link.block;
    const double rho =
        hasPast ? std::pow(m_correlation, static_cast<double>(block - link.block)) : 0;
    const double real = m_unit->GetValue();
    const double imaginary = m_unit->GetValue();
    // CN(0, 1) has half its power in each part. The factored 1 - rho^2 stays accurate near 1.
    const double innovation = std::sqrt((1 - rho) * (1 + rho) / 2);
    link.scatter = rho * link.scatter + innovation * std::complex<double>(real, imaginary);
    link.gain = std::max(GetPowerGain(m_kFactor, link.scatter), std::numeric_limits<double>::min());
    link.gainDb = 10 * std::log10(link.gain);
    link.block = block;
    NS_LOG_LOGIC("block " << block << (hasPast ? "" : " of a new link") << ": gain " << link.gainDb
                          << " dB");
}

} // namespace llmmec
} // namespace ns3
