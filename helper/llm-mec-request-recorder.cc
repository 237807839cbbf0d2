/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-request-recorder.h"

#include "base/folder-lock.h"
#include "llm-mec-summary.h"

#include "ns3/log.h"

#include <algorithm>
#include <filesystem>
#include <iomanip>
#include <ostream>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmMecRequestRecorder");

LlmMecRequestRecorder::LlmMecRequestRecorder(const std::string& folder, const LatencyLimits& limits)
    : m_folder(folder),
      m_limits(limits)
{
    if (folder.empty())
    {
        return;
    }
    m_lock = std::make_shared<base::FolderLock>(folder);
    LlmMecSummary::RefuseOthers(folder, {"requests.csv"});
    m_file = std::make_unique<LlmMecOutputFile>(folder + "/requests.csv");
    constexpr int digits = 9;
    m_file->GetStream().precision(digits);
    m_file->GetStream()
        << "cell,mlu,id,isLocal,isLost,isCancelled,uplinkCapped,arrivalS,promptTokens,answerTokens,"
           "uplinkLatencyS,queueS,ttftS,tpotS,latencyS,preemptions,cachedTokens,"
           "deviceEnergyJ,uplinkEnergyJ,serverEnergyJ\n";
}

void
LlmMecRequestRecorder::Add(std::size_t cell, const LlmRequestOutcome& outcome)
{
    NS_LOG_FUNCTION(this << cell << outcome.mlu << outcome.id);
    m_firstArrivalS =
        GetAll() == 0 ? outcome.arrivalS : std::min(m_firstArrivalS, outcome.arrivalS);
    m_lastDoneS = std::max(m_lastDoneS, outcome.arrivalS + outcome.latencyS);
    m_deviceEnergyJ += outcome.deviceEnergyJ;
    m_uplinkEnergyJ += outcome.uplinkEnergyJ;
    m_serverEnergyJ += outcome.serverEnergyJ.value_or(0);
    m_cappedUploads += outcome.uplinkCapped;
    const bool hasAnswer = !outcome.isLost && !outcome.isCancelled;
    if (!hasAnswer)
    {
        m_lost += outcome.isLost;
        m_cancelled += outcome.isCancelled;
    }
    else
    {
        m_ttftS.push_back(outcome.ttftS);
        m_latencyS.push_back(outcome.latencyS);
        if (outcome.queueS)
        {
            m_queueS.push_back(*outcome.queueS);
        }
        if (outcome.tpotS)
        {
            m_tpotS.push_back(*outcome.tpotS);
        }
        m_good += outcome.ttftS <= m_limits.ttftS && outcome.tpotS.value_or(0) <= m_limits.tpotS;
        m_local += outcome.isLocal;
        m_preemptions += outcome.preemptions;
        m_cachedTokens += outcome.cachedTokens;
        m_answerTokens += outcome.answerTokens;
    }
    if (!m_file)
    {
        return;
    }
    std::ostream& os = m_file->GetStream();
    const auto optional = [&os](const std::optional<double>& value) {
        if (value)
        {
            os << *value;
        }
        os << ',';
    };
    os << cell << ',' << outcome.mlu << ',' << outcome.id << ',' << outcome.isLocal << ','
       << outcome.isLost << ',' << outcome.isCancelled << ',' << outcome.uplinkCapped << ','
       << outcome.arrivalS << ',' << outcome.promptTokens << ',' << outcome.answerTokens << ','
       << outcome.uplinkLatencyS << ',';
    optional(outcome.queueS);
    optional(hasAnswer ? std::optional(outcome.ttftS) : std::nullopt);
    optional(hasAnswer ? outcome.tpotS : std::nullopt);
    os << outcome.latencyS << ',' << outcome.preemptions << ',' << outcome.cachedTokens << ','
       << outcome.deviceEnergyJ << ',' << outcome.uplinkEnergyJ << ',';
    if (outcome.serverEnergyJ)
    {
        os << *outcome.serverEnergyJ;
    }
    os << '\n';
    m_file->RequireWritable();
}

std::size_t
LlmMecRequestRecorder::GetAnswered() const
{
    return m_latencyS.size();
}

std::size_t
LlmMecRequestRecorder::GetAll() const
{
    return m_latencyS.size() + m_lost + m_cancelled;
}

double
LlmMecRequestRecorder::GetGoodputShare() const
{
    return GetAll() == 0 ? 0 : static_cast<double>(m_good) / static_cast<double>(GetAll());
}

std::vector<std::pair<std::string, Distribution>>
LlmMecRequestRecorder::GetDistributions() const
{
    std::vector<std::pair<std::string, Distribution>> distributions;
    const auto add = [&distributions](const char* name, const std::vector<double>& values) {
        if (!values.empty())
        {
            distributions.emplace_back(name, GetDistribution(values));
        }
    };
    add("queueS", m_queueS);
    add("ttftS", m_ttftS);
    add("tpotS", m_tpotS);
    add("latencyS", m_latencyS);
    return distributions;
}

void
LlmMecRequestRecorder::Finish(const std::vector<std::pair<std::string, std::string>>& settings,
                              const ServerTotals& servers)
{
    NS_LOG_FUNCTION(this << m_folder);
    if (!m_file)
    {
        return;
    }
    LlmMecSummary summary;
    for (const auto& [name, d] : GetDistributions())
    {
        summary.Add(
            name,
            {{"mean", d.mean}, {"p50", d.p50}, {"p90", d.p90}, {"p95", d.p95}, {"p99", d.p99}});
    }
    const double spanS = m_lastDoneS - m_firstArrivalS;
    const double perS = spanS > 0 ? 1 / spanS : 0;
    summary.AddCount("requests", GetAll());
    summary.AddCount("answeredByDevice", m_local);
    summary.AddCount("lost", m_lost);
    summary.AddCount("cancelled", m_cancelled);
    summary.AddCount("cappedUploads", m_cappedUploads);
    summary.AddCount("preemptions", m_preemptions);
    summary.AddCount("cachedTokens", m_cachedTokens);
    summary.AddCount("answerTokens", m_answerTokens);
    summary.Add("spanS", spanS);
    summary.Add("answerTokensPerS", static_cast<double>(m_answerTokens) * perS);
    summary.Add("goodput",
                {{"ttftLimitS", m_limits.ttftS},
                 {"tpotLimitS", m_limits.tpotS},
                 {"shareOfRequests", GetGoodputShare()},
                 {"requestsPerS", static_cast<double>(m_good) * perS}});
    summary.Add(
        "energyJ",
        {{"devices", m_deviceEnergyJ}, {"uplink", m_uplinkEnergyJ}, {"servers", m_serverEnergyJ}});
    summary.AddCount("steps", servers.steps);
    summary.Add("serverBusyS", servers.busyS);
    summary.Add("serverStepEnergyJ", servers.stepEnergyJ);
    LlmMecOutputFile file(m_folder + "/summary.json");
    file.GetStream() << summary.GetText(settings);
    // An earlier run's summary never stands beside these requests, whatever happens meanwhile.
    std::filesystem::remove(m_folder + "/summary.json");
    m_file->Commit();
    file.Commit();
}

void
LlmMecRequestRecorder::Print(std::ostream& os, const ServerTotals& servers) const
{
    constexpr int width = 12;
    constexpr int digits = 5;
    os << GetAnswered() << " requests answered, " << m_lost << " lost, " << m_preemptions
       << " preemptions, " << servers.steps << " steps\n";
    if (m_cappedUploads > 0)
    {
        os << m_cappedUploads << " uploads met the cap of their latency\n";
    }
    os << '\n' << std::left << std::setw(width) << "s" << std::right;
    for (const char* name : {"mean", "P50", "P90", "P95", "P99"})
    {
        os << std::setw(width) << name;
    }
    os << '\n' << std::setprecision(digits);
    for (const auto& [name, d] : GetDistributions())
    {
        os << std::left << std::setw(width) << name.substr(0, name.size() - 1) << std::right;
        for (const double value : {d.mean, d.p50, d.p90, d.p95, d.p99})
        {
            os << std::setw(width) << value;
        }
        os << '\n';
    }
    os << "\nwithin " << m_limits.ttftS << " s to the first token and " << m_limits.tpotS
       << " s a token: " << 100 * GetGoodputShare() << " % of the requests\n";
}

} // namespace llmmec
} // namespace ns3
