/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-speculation-totals.h"

#include "ns3/log.h"

#include <algorithm>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmMecSpeculationTotals");

namespace
{

/// @param sum of something @param of of how many @return a share of it; 0 of none
double
GetRatio(double sum, double of)
{
    return of > 0 ? sum / of : 0;
}

} // namespace

void
LlmMecSpeculationTotals::Add(const SpeculativeOutcome& outcome)
{
    NS_LOG_FUNCTION(this << outcome.mlu << outcome.id);
    ++m_answers;
    m_lost += outcome.end == SpeculativeEnd::LOST;
    m_cancelled += outcome.end == SpeculativeEnd::CANCELLED;
    m_depleted += outcome.end == SpeculativeEnd::DEPLETED;
    m_targets += outcome.isTargets;
    m_tokens += outcome.answer.size();
    m_drafted += outcome.drafted;
    m_accepted += outcome.accepted;
    m_rounds += outcome.rounds;
    m_restarts += outcome.restarts;
    m_passes += outcome.passes;
    m_timeS += outcome.GetLatencyS();
    m_endS = std::max(m_endS, outcome.doneS);
    m_draftS += outcome.draftS;
    m_deviceEnergyJ += outcome.deviceEnergyJ;
    m_uplinkEnergyJ += outcome.uplinkEnergyJ;
    m_serverEnergyJ += outcome.serverEnergyJ;
    if (outcome.end != SpeculativeEnd::ANSWERED)
    {
        return;
    }
    m_ttftS.push_back(outcome.GetTtftS());
    m_latencyS.push_back(outcome.GetLatencyS());
    if (outcome.answer.size() > 1)
    {
        m_tpotS.push_back(outcome.GetTpotS());
    }
}

double
LlmMecSpeculationTotals::GetTokensPerS() const
{
    return GetRatio(static_cast<double>(m_tokens), m_timeS);
}

double
LlmMecSpeculationTotals::GetTokensPerStep() const
{
    return GetRatio(static_cast<double>(m_tokens), static_cast<double>(m_rounds));
}

double
LlmMecSpeculationTotals::GetDraftedPerToken() const
{
    return GetRatio(static_cast<double>(m_drafted), static_cast<double>(m_tokens));
}

double
LlmMecSpeculationTotals::GetJoulesPerToken() const
{
    return GetRatio(m_deviceEnergyJ + m_uplinkEnergyJ + m_serverEnergyJ,
                    static_cast<double>(m_tokens));
}

std::size_t
LlmMecSpeculationTotals::GetAnswers() const
{
    return m_answers;
}

std::size_t
LlmMecSpeculationTotals::GetComplete() const
{
    return m_latencyS.size();
}

std::vector<std::pair<std::string, double>>
LlmMecSpeculationTotals::GetValues() const
{
    const auto tokens = static_cast<double>(m_tokens);
    return {
        {"tokensPerS", GetTokensPerS()},
        {"tokensPerStep", GetTokensPerStep()},
        {"draftedPerToken", GetDraftedPerToken()},
        {"usefulDraftShare",
         GetRatio(static_cast<double>(m_accepted), static_cast<double>(m_drafted))},
        {"restartsPerToken", GetRatio(static_cast<double>(m_restarts), tokens)},
        {"passesPerToken", GetRatio(static_cast<double>(m_passes), tokens)},
        {"draftingShare", GetRatio(m_draftS, m_timeS)},
        {"allTokensPerS", GetRatio(tokens, m_endS)},
        {"joulesPerToken", GetJoulesPerToken()},
        {"deviceJoulesPerToken", GetRatio(m_deviceEnergyJ, tokens)},
        {"uplinkJoulesPerToken", GetRatio(m_uplinkEnergyJ, tokens)},
        {"serverJoulesPerToken", GetRatio(m_serverEnergyJ, tokens)},
    };
}

std::vector<std::pair<std::string, uint64_t>>
LlmMecSpeculationTotals::GetCounts() const
{
    return {
        {"tokens", m_tokens},
        {"answers", m_answers},
        {"targetTexts", m_targets},
        {"lost", m_lost},
        {"cancelled", m_cancelled},
        {"depleted", m_depleted},
    };
}

std::vector<std::pair<std::string, Distribution>>
LlmMecSpeculationTotals::GetDistributions() const
{
    std::vector<std::pair<std::string, Distribution>> distributions;
    const auto add = [&distributions](const char* name, const std::vector<double>& values) {
        if (!values.empty())
        {
            distributions.emplace_back(name, GetDistribution(values));
        }
    };
    add("ttftS", m_ttftS);
    add("tpotS", m_tpotS);
    add("latencyS", m_latencyS);
    return distributions;
}

} // namespace llmmec
} // namespace ns3
