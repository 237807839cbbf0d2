/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-profile-compute-model.h"

#include "ns3/log.h"
#include "ns3/pointer.h"

#include <stdexcept>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("ProfileComputeModel");

NS_OBJECT_ENSURE_REGISTERED(ProfileComputeModel);

TypeId
ProfileComputeModel::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::ProfileComputeModel")
                            .SetParent<ComputeModel>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<ProfileComputeModel>();
    return tid;
}

void
ProfileComputeModel::SetProfile(const LlmProfile& profile)
{
    NS_LOG_FUNCTION(this << profile.name);
    if (!profile.serving &&
        (!profile.promptLatencyPerTokenS || !profile.generationLatencyPerTokenS))
    {
        throw std::runtime_error(profile.name + ": no promptLatencyPerTokenS and "
                                                "generationLatencyPerTokenS, expected a profile "
                                                "with measured latencies or with serving");
    }
    const bool hasEnergies = profile.promptEnergyPerTokenJ && profile.generationEnergyPerTokenJ;
    if (!hasEnergies && !profile.promptTokensPerQuery)
    {
        throw std::runtime_error(profile.name +
                                 ": no promptEnergyPerTokenJ and generationEnergyPerTokenJ, and no "
                                 "promptTokensPerQuery, expected one of them");
    }
    m_lone = nullptr;
    if (profile.serving)
    {
        auto stepTime = CreateObject<CoefficientStepTimeModel>();
        stepTime->SetServing(*profile.serving);
        m_lone = CreateObject<StepTimeComputeModel>();
        m_lone->SetAttribute("StepTimeModel", PointerValue(stepTime));
    }
    m_profile = profile;
    m_hasProfile = true;
}

ComputeCost
ProfileComputeModel::GetCost(const LlmWork& work) const
{
    if (!m_hasProfile)
    {
        throw std::runtime_error("ProfileComputeModel: expected SetProfile before any cost");
    }
    ComputeCost cost;
    cost.latencyS = m_lone ? m_lone->GetCost(work).latencyS
                           : work.promptTokens * *m_profile.promptLatencyPerTokenS +
                                 work.outputTokens * *m_profile.generationLatencyPerTokenS;
    if (m_profile.promptEnergyPerTokenJ && m_profile.generationEnergyPerTokenJ)
    {
        cost.energyJ = work.promptTokens * *m_profile.promptEnergyPerTokenJ +
                       work.outputTokens * *m_profile.generationEnergyPerTokenJ;
    }
    else
    {
        cost.energyJ =
            work.promptTokens * (m_profile.energyPerQueryJ / *m_profile.promptTokensPerQuery);
    }
    return cost;
}

} // namespace llmmec
} // namespace ns3
