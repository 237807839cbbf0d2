/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-speculation-recorder.h"

#include "base/folder-lock.h"
#include "llm-mec-summary.h"

#include "ns3/log.h"

#include <filesystem>
#include <ostream>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmMecSpeculationRecorder");

LlmMecSpeculationRecorder::LlmMecSpeculationRecorder(const std::string& folder)
    : m_folder(folder)
{
    if (folder.empty())
    {
        return;
    }
    m_lock = std::make_shared<base::FolderLock>(folder);
    LlmMecSummary::RefuseOthers(folder, {"rounds.csv"});
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
    os << cell << ',' << outcome.mlu << ',' << outcome.id << ','
       << GetSpeculativeEndName(outcome.end) << ',' << outcome.isTargets << ','
       << outcome.promptTokens << ',' << outcome.answer.size() << ',' << outcome.arrivalS << ',';
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
    for (const auto& [name, count] : m_totals.GetCounts())
    {
        summary.AddCount(name, count);
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
