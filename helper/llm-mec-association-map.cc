/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-association-map.h"

#include "ns3/channel-condition-model.h"
#include "ns3/constant-position-mobility-model.h"
#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/node.h"
#include "ns3/object-factory.h"
#include "ns3/string.h"
#include "ns3/three-gpp-propagation-loss-model.h"

#include <cmath>
#include <stdexcept>
#include <vector>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmMecAssociationMap");

NS_OBJECT_ENSURE_REGISTERED(LlmMecAssociationMap);

namespace
{

/// A node with a position. @param at the position @return its mobility model
Ptr<MobilityModel>
PlaceNode(const Vector& at)
{
    // ThreeGpp models tell links apart by their nodes.
    Ptr<Node> node = CreateObject<Node>();
    Ptr<MobilityModel> mobility = CreateObject<ConstantPositionMobilityModel>();
    mobility->SetPosition(at);
    node->AggregateObject(mobility);
    return mobility;
}

} // namespace

TypeId
LlmMecAssociationMap::GetTypeId()
{
    using S = LlmMecAssociationMap;
    static TypeId tid =
        TypeId("ns3::llmmec::LlmMecAssociationMap")
            .SetParent<Object>()
            .SetGroupName("LlmMec")
            .AddConstructor<LlmMecAssociationMap>()
            .AddAttribute("SideM",
                          "Side of the square, m.",
                          DoubleValue(400),
                          MakeDoubleAccessor(&S::m_sideM),
                          MakeDoubleChecker<double>(1, 1e5))
            .AddAttribute("DeviceHeightM",
                          "Height of a phone, m.",
                          DoubleValue(1.5),
                          MakeDoubleAccessor(&S::m_deviceHeightM),
                          MakeDoubleChecker<double>(1.5, 22.5))
            .AddAttribute("ServerHeightM",
                          "Height of a server's antenna, m.",
                          DoubleValue(10),
                          MakeDoubleAccessor(&S::m_serverHeightM),
                          MakeDoubleChecker<double>(1.5, 150))
            .AddAttribute(
                "PathLoss",
                "TypeId of the path loss; 3GPP's have line of sight as in a street canyon.",
                StringValue("ns3::ThreeGppUmiStreetCanyonPropagationLossModel"),
                MakeStringAccessor(&S::m_pathLoss),
                MakeStringChecker())
            .AddAttribute("FrequencyHz",
                          "Carrier of 3GPP's path losses, Hz.",
                          DoubleValue(3.5e9),
                          MakeDoubleAccessor(&S::m_frequencyHz),
                          MakeDoubleChecker<double>(5e8, 1e11));
    return tid;
}

LlmMecAssociationMap::LlmMecAssociationMap()
    : m_position(CreateObject<UniformRandomVariable>())
{
}

int64_t
LlmMecAssociationMap::AssignStreams(int64_t stream)
{
    m_position->SetStream(stream);
    m_stream = stream + 1;
    return 1;
}

LlmMecAssociationLinks
LlmMecAssociationMap::Draw(uint32_t devices, uint32_t servers)
{
    NS_LOG_FUNCTION(this << devices << servers);
    TypeId tid;
    if (!TypeId::LookupByNameFailSafe(m_pathLoss, &tid) ||
        !tid.IsChildOf(PropagationLossModel::GetTypeId()) || !tid.HasConstructor())
    {
        throw std::invalid_argument("path loss \"" + m_pathLoss +
                                    "\" is unknown, expected the TypeId of a PropagationLossModel");
    }
    ObjectFactory factory;
    factory.SetTypeId(tid);
    // Made anew each time, since 3GPP's models keep the shadowing of links that they know.
    Ptr<PropagationLossModel> loss = factory.Create<PropagationLossModel>();
    Ptr<ChannelConditionModel> condition;
    if (auto threeGpp = DynamicCast<ThreeGppPropagationLossModel>(loss))
    {
        condition = CreateObject<ThreeGppUmiStreetCanyonChannelConditionModel>();
        threeGpp->SetChannelConditionModel(condition);
        threeGpp->SetFrequency(m_frequencyHz);
    }
    if (m_stream >= 0)
    {
        m_stream += loss->AssignStreams(m_stream);
        m_stream += condition ? condition->AssignStreams(m_stream) : 0;
    }
    const auto place = [this](double heightM) {
        const double x = m_position->GetValue(0, m_sideM);
        return PlaceNode(Vector(x, m_position->GetValue(0, m_sideM), heightM));
    };
    std::vector<Ptr<MobilityModel>> masts;
    for (uint32_t j = 0; j < servers; ++j)
    {
        masts.push_back(place(m_serverHeightM));
    }
    LlmMecAssociationLinks links;
    links.gain.resize(devices, servers);
    links.distanceM.resize(devices, servers);
    for (uint32_t i = 0; i < devices; ++i)
    {
        const Ptr<MobilityModel> phone = place(m_deviceHeightM);
        for (uint32_t j = 0; j < servers; ++j)
        {
            constexpr double dbInDecade = 10;
            links.gain(i, j) = std::pow(10, loss->CalcRxPower(0, phone, masts[j]) / dbInDecade);
            links.distanceM(i, j) = phone->GetDistanceFrom(masts[j]);
        }
    }
    return links;
}

} // namespace llmmec
} // namespace ns3
