/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-link-factory.h"

#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/pointer.h"

#include <array>
#include <string>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmMecLinkFactory");

namespace
{

/// Exponent of the path loss (17).
constexpr double FREE_SPACE_EXPONENT = 2;
/// Loss at 1 m, dB: g_0 is -30 dB.
constexpr double REFERENCE_LOSS_DB = 30;

/// Attributes of devices of other modules that links set: by decisions, or by their own attributes.
constexpr std::array<const char*, 5> DECIDED{"ns3::WifiPhy::TxPowerStart",
                                             "ns3::WifiPhy::TxPowerEnd",
                                             "ns3::WifiPhy::ChannelSettings",
                                             "ns3::LteUePhy::TxPower",
                                             "ns3::LteHelper::PathlossModel"};

const std::string PATH_LOSS = "ns3::LogDistancePropagationLossModel"; //!< by default
const std::string FADING = "ns3::llmmec::RicianPropagationLossModel"; //!< by default

/// @param type a type @param attribute name of an attribute that it has @return the type that
/// declares it: the type itself, or one above it
TypeId
FindOwner(TypeId type, const std::string& attribute)
{
    for (; type.HasParent(); type = type.GetParent())
    {
        for (std::size_t i = 0; i < type.GetAttributeN(); ++i)
        {
            if (type.GetAttribute(i).name == attribute)
            {
                return type;
            }
        }
    }
    return type;
}

} // namespace

LlmMecLinkFactory::LlmMecLinkFactory()
    : link(MecLink::GetTypeId(), "ns3::llmmec::MecUplinkChannel"),
      pathLoss(PropagationLossModel::GetTypeId(), PATH_LOSS),
      fading(PropagationLossModel::GetTypeId(), FADING)
{
}

Ptr<MecLink>
LlmMecLinkFactory::Create(const std::optional<Time>& coherenceTime, LlmMecAttributeUse& use) const
{
    NS_LOG_FUNCTION(this);
    auto created = link.Create<MecLink>();
    TypeId::AttributeInformation attribute;
    if (link.GetTypeId().LookupAttributeByName("PropagationLossModel", &attribute))
    {
        LlmMecFactory distance = pathLoss;
        if (distance.GetTypeId().GetName() == PATH_LOSS)
        {
            distance.SetDefault("Exponent", DoubleValue(FREE_SPACE_EXPONENT));
            distance.SetDefault("ReferenceDistance", DoubleValue(1));
            distance.SetDefault("ReferenceLoss", DoubleValue(REFERENCE_LOSS_DB));
        }
        LlmMecFactory scatter = fading;
        if (coherenceTime && scatter.GetTypeId().GetName() == FADING)
        {
            scatter.SetDefault("CoherenceTime", TimeValue(*coherenceTime));
        }
        auto loss = distance.Create<PropagationLossModel>();
        auto fadingModel = scatter.Create<PropagationLossModel>();
        loss->SetNext(fadingModel);
        created->SetAttribute("PropagationLossModel", PointerValue(loss));
        use.NoteReplaced(FindOwner(link.GetTypeId(), "PropagationLossModel").GetName() +
                         "::PropagationLossModel");
        use.Note(loss);
        use.Note(fadingModel);
    }
    use.Note(created);
    for (const char* name : DECIDED)
    {
        use.NoteReplaced(name);
    }
    return created;
}

} // namespace llmmec
} // namespace ns3
