/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-profile-compute-model.h"

#include "ns3/double.h"
#include "ns3/log.h"

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
    static TypeId tid =
        TypeId("ns3::llmmec::ProfileComputeModel")
            .SetParent<ComputeModel>()
            .SetGroupName("LlmMec")
            .AddConstructor<ProfileComputeModel>()
            .AddAttribute(
                "BitsPerToken",
                "Bits of a task that make up one token of the prompt; the default is four "
                "characters of eight bits.",
                DoubleValue(32),
                MakeDoubleAccessor(&ProfileComputeModel::m_bitsPerToken),
                MakeDoubleChecker<double>(1, 1e9))
            .AddAttribute("GeneratedPerPromptToken",
                          "Tokens generated for each token of the prompt, where the profile does "
                          "not say.",
                          DoubleValue(0.25),
                          MakeDoubleAccessor(&ProfileComputeModel::m_generatedPerPromptToken),
                          MakeDoubleChecker<double>(0, 1e6));
    return tid;
}

void
ProfileComputeModel::SetProfile(const LlmProfile& profile)
{
    NS_LOG_FUNCTION(this << profile.name);
    if (!profile.promptLatencyPerTokenS || !profile.generationLatencyPerTokenS)
    {
        throw std::runtime_error(profile.name + ": no promptLatencyPerTokenS and "
                                                "generationLatencyPerTokenS, expected a profile "
                                                "with measured latencies");
    }
    const bool hasEnergies = profile.promptEnergyPerTokenJ && profile.generationEnergyPerTokenJ;
    if (!hasEnergies && !profile.promptTokensPerQuery)
    {
        throw std::runtime_error(profile.name +
                                 ": no promptEnergyPerTokenJ and generationEnergyPerTokenJ, and no "
                                 "promptTokensPerQuery, expected one of them");
    }
    m_profile = profile;
    m_hasProfile = true;
}

ComputeCost
ProfileComputeModel::GetTokenCost() const
{
    if (!m_hasProfile)
    {
        throw std::runtime_error("ProfileComputeModel: expected SetProfile before any cost");
    }
    const bool isKnown = m_profile.promptTokensPerQuery && m_profile.generatedTokensPerQuery;
    const double generated =
        isKnown ? *m_profile.generatedTokensPerQuery / *m_profile.promptTokensPerQuery
                : m_generatedPerPromptToken;
    ComputeCost cost;
    cost.latencyS =
        *m_profile.promptLatencyPerTokenS + generated * *m_profile.generationLatencyPerTokenS;
    if (m_profile.promptEnergyPerTokenJ && m_profile.generationEnergyPerTokenJ)
    {
        cost.energyJ =
            *m_profile.promptEnergyPerTokenJ + generated * *m_profile.generationEnergyPerTokenJ;
    }
    else
    {
        cost.energyJ = m_profile.energyPerQueryJ / *m_profile.promptTokensPerQuery;
    }
    return cost;
}

ComputeCost
ProfileComputeModel::GetCost(double bits, double) const
{
    const ComputeCost token = GetTokenCost();
    const double tokens = bits / m_bitsPerToken;
    return {tokens * token.latencyS, tokens * token.energyJ};
}

double
ProfileComputeModel::GetFrequencyHz(double cyclesPerBit) const
{
    // (14): latency of a bit is phi / f.
    return cyclesPerBit * m_bitsPerToken / GetTokenCost().latencyS;
}

double
ProfileComputeModel::GetEnergyCoefficient(double cyclesPerBit) const
{
    // (15): energy of a bit is kappa f^2 phi.
    const double frequencyHz = GetFrequencyHz(cyclesPerBit);
    return GetTokenCost().energyJ / m_bitsPerToken / (cyclesPerBit * frequencyHz * frequencyHz);
}

} // namespace llmmec
} // namespace ns3
