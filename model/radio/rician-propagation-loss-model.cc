/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "rician-propagation-loss-model.h"

#include "ns3/abort.h"
#include "ns3/double.h"
#include "ns3/mobility-model.h"
#include "ns3/node.h"
#include "ns3/offload-equations.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ns3
{
namespace llmmec
{

NS_OBJECT_ENSURE_REGISTERED(RicianPropagationLossModel);

namespace
{

/**
 * @brief Get the id of the node that a mobility model belongs to.
 * @param mobility the mobility model
 * @return the node's id
 */
uint64_t
GetNodeId(const Ptr<MobilityModel>& mobility)
{
    Ptr<Node> node = mobility->GetObject<Node>();
    NS_ABORT_MSG_UNLESS(node,
                        "RicianPropagationLossModel: a mobility model is not aggregated to a node; "
                        "links are known by the ids of their nodes");
    return node->GetId();
}

} // namespace

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
    m_links.clear();
    m_unit = nullptr;
    PropagationLossModel::DoDispose();
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
    m_unit->SetStream(stream);
    // Links drawn from the former stream would make the results depend on what was asked before.
    m_links.clear();
    return 1;
}

const RicianPropagationLossModel::Link&
RicianPropagationLossModel::GetLink(const Ptr<MobilityModel>& a, const Ptr<MobilityModel>& b) const
{
    // A time resolution coarser than the coherence time rounds it to 0.
    NS_ABORT_MSG_UNLESS(m_coherenceTime.IsStrictlyPositive(),
                        "RicianPropagationLossModel: CoherenceTime is below the time resolution");
    // Whole steps: with doubles, a block would begin one step early or late here and there.
    const int64_t block = Simulator::Now().GetTimeStep() / m_coherenceTime.GetTimeStep();
    const uint64_t idA = GetNodeId(a);
    const uint64_t idB = GetNodeId(b);
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
    link.gain = std::max(RicianPowerGain(m_kFactor, link.scatter.real(), link.scatter.imag()),
                         std::numeric_limits<double>::min());
    link.gainDb = 10 * std::log10(link.gain);
    link.block = block;
}

} // namespace llmmec
} // namespace ns3
