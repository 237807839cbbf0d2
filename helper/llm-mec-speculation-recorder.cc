/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-speculation-recorder.h"

#include "base/folder-lock.h"
#include "llm-mec-summary.h"

#include "ns3/log.h"

#include <algorithm>
#include <filesystem>
#include <ostream>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmMecSpeculationRecorder");

namespace
{

/// @param end how an answer ended @return its name in answers.csv
const char*
GetName(SpeculativeEnd end)
{
    switch (end)
    {
    case SpeculativeEnd::LOST:
        return "lost";
    case SpeculativeEnd::CANCELLED:
        return "cancelled";
    case SpeculativeEnd::DEPLETED:
        return "depleted";
    default:
        return "answered";
    }
}

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
        {"tokens", tokens},
        {"answers", static_cast<double>(m_answers)},
        {"targetTexts", static_cast<double>(m_targets)},
        {"lost", static_cast<double>(m_lost)},
        {"cancelled", static_cast<double>(m_cancelled)},
        {"depleted", static_cast<double>(m_depleted)},
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

LlmMecSpeculationRecorder::LlmMecSpeculationRecorder(const std::string& folder)
    : m_folder(folder)
{
    if (folder.empty())
    {
        return;
    }
    m_lock = std::make_shared<base::FolderLock>(folder);
    LlmMecSummary::RefuseOthers(folder, {"slots.csv", "tasks.csv", "requests.csv"});
    m_rounds = std::make_unique<LlmMecOutputFile>(folder + "/rounds.csv");
    m_answers = std::make_unique<LlmMecOutputFile>(folder + "/answers.csv");
    constexpr int digits = 9;
    m_rounds->GetStream().precision(digits);
    m_rounds->GetStream() << "cell,device,answer,epoch,isPre,drafts,accepted,startS,uploadS,"
                             "serverS,downlinkS,endS,deviceWaitS\n";
    m_answers->GetStream().precision(digits);
    m_answers->GetStream()
        << "cell,device,answer,end,isTargets,promptTokens,tokens,arrivalS,ttftS,tpotS,latencyS,"
           "drafted,"
           "accepted,windows,rounds,restarts,passes,draftS,deviceEnergyJ,uplinkEnergyJ,"
           "serverEnergyJ\n";
}

void
LlmMecSpeculationRecorder::Add(std::size_t cell, const SpeculativeRound& round)
{
    if (!m_rounds)
    {
        return;
    }
    m_rounds->GetStream() << cell << ',' << round.mlu << ',' << round.id << ',' << round.epoch
                          << ',' << round.isPre << ',' << round.drafts << ',' << round.accepted
                          << ',' << round.startS << ',' << round.uploadS << ',' << round.serverS
                          << ',' << round.downlinkS << ',' << round.endS << ',' << round.deviceWaitS
                          << '\n';
    m_rounds->RequireWritable();
}

void
LlmMecSpeculationRecorder::Add(std::size_t cell, const SpeculativeOutcome& outcome)
{
    NS_LOG_FUNCTION(this << cell << outcome.mlu << outcome.id);
    m_totals.Add(outcome);
    if (!m_answers)
    {
        return;
    }
    std::ostream& os = m_answers->GetStream();
    os << cell << ',' << outcome.mlu << ',' << outcome.id << ',' << GetName(outcome.end) << ','
       << outcome.isTargets << ',' << outcome.promptTokens << ',' << outcome.answer.size() << ','
       << outcome.arrivalS << ',';
    const bool hasToken = outcome.firstTokenS >= 0;
    if (hasToken)
    {
        os << outcome.GetTtftS();
    }
    os << ',';
    if (outcome.answer.size() > 1)
    {
        os << outcome.GetTpotS();
    }
    os << ',' << outcome.GetLatencyS() << ',' << outcome.drafted << ',' << outcome.accepted << ','
       << outcome.windows << ',' << outcome.rounds << ',' << outcome.restarts << ','
       << outcome.passes << ',' << outcome.draftS << ',' << outcome.deviceEnergyJ << ','
       << outcome.uplinkEnergyJ << ',' << outcome.serverEnergyJ << '\n';
    m_answers->RequireWritable();
}

const LlmMecSpeculationTotals&
LlmMecSpeculationRecorder::GetTotals() const
{
    return m_totals;
}

void
LlmMecSpeculationRecorder::Finish(
    const std::vector<std::pair<std::string, std::string>>& settings,
    const std::vector<std::pair<std::string, LlmMecSpeculationTotals>>& others)
{
    NS_LOG_FUNCTION(this << m_folder);
    if (!m_rounds)
    {
        return;
    }
    LlmMecSummary summary;
    for (const auto& [name, value] : m_totals.GetValues())
    {
        summary.Add(name, value);
    }
    for (const auto& [name, d] : m_totals.GetDistributions())
    {
        summary.Add(
            name,
            {{"mean", d.mean}, {"p50", d.p50}, {"p90", d.p90}, {"p95", d.p95}, {"p99", d.p99}});
    }
    for (const auto& [name, totals] : others)
    {
        summary.Add(name, totals.GetValues());
    }
    LlmMecOutputFile file(m_folder + "/summary.json");
    file.GetStream() << summary.GetText(settings);
    // An earlier run's summary never stands beside these rounds, whatever happens meanwhile.
    std::filesystem::remove(m_folder + "/summary.json");
    m_rounds->Commit();
    m_answers->Commit();
    file.Commit();
}

} // namespace llmmec
} // namespace ns3
