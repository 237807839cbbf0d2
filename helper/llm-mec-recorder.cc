/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-recorder.h"

#include "base/folder-lock.h"
#include "llm-mec-summary.h"

#include "ns3/log.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <numeric>
#include <stdexcept>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmMecRecorder");

namespace
{

/// Names of the means in summary.json
const std::array<const char*, 7> METRIC_NAMES = {"meanLatencyS",
                                                 "meanReward",
                                                 "meanAccuracy",
                                                 "meanHallucination",
                                                 "meanEnergyJ",
                                                 "violationRate",
                                                 "meanPenalty"};

/// @param values values @return their mean
double
MeanOf(const std::vector<double>& values)
{
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

} // namespace

LlmMecRecorder::LlmMecRecorder(const std::string& folder, bool withTasks)
    : m_folder(folder)
{
    if (folder.empty())
    {
        return;
    }
    m_lock = std::make_shared<base::FolderLock>(folder);
    LlmMecSummary::RefuseOthers(folder, {"slots.csv", "tasks.csv", "packets.csv"});
    // Digits enough to tell any two latencies apart, few enough to be read.
    constexpr int digits = 9;
    m_slots = std::make_unique<LlmMecOutputFile>(folder + "/slots.csv");
    m_slots->GetStream().precision(digits);
    m_slots->GetStream() << "cell,slot,startS,meanLatencyS,reward,penalty,meanAccuracy,"
                            "meanHallucination,meanEnergyJ,violations,cappedUploads,unserved\n";
    if (withTasks)
    {
        m_tasks = std::make_unique<LlmMecOutputFile>(folder + "/tasks.csv");
        m_tasks->GetStream().precision(digits);
        m_tasks->GetStream() << "cell,slot,mlu,bits,gainDb,offloadRatio,powerW,uplinkBps,"
                                "localLatencyS,uplinkLatencyS,mecLatencyS,latencyS,localEnergyJ,"
                                "uplinkEnergyJ,accuracy,hallucination,uplinkCapped,unserved,"
                                "server,downlinkLatencyS\n";
    }
}

void
LlmMecRecorder::AddCell(const LlmMecCell& cell)
{
    NS_LOG_FUNCTION(this << m_controllers.size());
    const std::size_t index = m_controllers.size();
    m_controllers.push_back(cell.controller);
    m_values.emplace_back();
    m_packets.AddCell(index, cell.link);
    cell.controller->TraceConnectWithoutContext(
        "SlotEnded",
        Callback<void, const SlotObservation&, const SlotDecision&, const SlotOutcome&>(
            [this, index](const SlotObservation& observation,
                          const SlotDecision& decision,
                          const SlotOutcome& outcome) {
                SlotEnded(index, observation, decision, outcome);
            }));
}

void
LlmMecRecorder::SlotEnded(std::size_t cell,
                          const SlotObservation& observation,
                          const SlotDecision& decision,
                          const SlotOutcome& outcome)
{
    NS_LOG_FUNCTION(this << cell << observation.slot);
    const SlotMetrics metrics = MetricsOf(m_controllers[cell]->GetProblem(), outcome);
    const std::array<double, METRICS> values = {metrics.latencyS,
                                                metrics.reward,
                                                metrics.accuracy,
                                                metrics.hallucination,
                                                metrics.energyJ,
                                                metrics.violationRate,
                                                metrics.penalty};
    for (std::size_t i = 0; i < METRICS; ++i)
    {
        m_values[cell][i].push_back(values[i]);
    }
    m_cappedUploads += outcome.uplinkCapped.count();
    m_unservedTasks += outcome.unserved.count();

    if (m_slots)
    {
        WriteSlot(cell, observation, outcome, metrics);
    }
    if (m_tasks)
    {
        WriteTasks(cell, observation, decision, outcome);
    }
}

void
LlmMecRecorder::WriteSlot(std::size_t cell,
                          const SlotObservation& observation,
                          const SlotOutcome& outcome,
                          const SlotMetrics& metrics)
{
    const auto n = static_cast<double>(outcome.latencyS.size());
    m_slots->GetStream() << cell << ',' << observation.slot << ',' << observation.startS << ','
                         << metrics.latencyS << ',' << metrics.reward << ',' << metrics.penalty
                         << ',' << metrics.accuracy << ',' << metrics.hallucination << ','
                         << metrics.energyJ << ',' << std::lround(metrics.violationRate * n) << ','
                         << outcome.uplinkCapped.count() << ',' << outcome.unserved.count() << '\n';
    m_slots->RequireWritable();
}

void
LlmMecRecorder::WriteTasks(std::size_t cell,
                           const SlotObservation& observation,
                           const SlotDecision& decision,
                           const SlotOutcome& outcome)
{
    std::ostream& os = m_tasks->GetStream();
    for (Eigen::Index k = 0; k < outcome.latencyS.size(); ++k)
    {
        os << cell << ',' << observation.slot << ',' << k << ',' << observation.tasks.bits[k] << ','
           << 10 * std::log10(observation.serverGain(k, decision.GetServer(k))) << ','
           << decision.offloadRatio[k] << ',' << decision.powerW[k] << ',' << outcome.uplinkBps[k]
           << ',' << outcome.localLatencyS[k] << ',' << outcome.uplinkLatencyS[k] << ','
           << outcome.mecLatencyS[k] << ',' << outcome.latencyS[k] << ',' << outcome.localEnergyJ[k]
           << ',' << outcome.uplinkEnergyJ[k] << ',' << outcome.accuracy[k] << ','
           << outcome.hallucination[k] << ',' << outcome.uplinkCapped[k] << ','
           << outcome.unserved[k] << ',' << decision.GetServer(k) << ','
           << outcome.downlinkLatencyS[k] << '\n';
    }
    m_tasks->RequireWritable();
}

std::vector<std::pair<std::string, MeanInterval>>
LlmMecRecorder::GetMeans() const
{
    // Cells may have stopped apart; intervals over slots go as far as all of them have come.
    std::size_t commonSlots = m_values.empty() ? 0 : m_values.front().front().size();
    for (const auto& cell : m_values)
    {
        commonSlots = std::min(commonSlots, cell.front().size());
    }
    if (commonSlots == 0)
    {
        throw std::runtime_error("no slot has ended in one of the " +
                                 std::to_string(m_values.size()) +
                                 " recorded cells, expected something to take means of");
    }
    std::vector<std::pair<std::string, MeanInterval>> means;
    for (std::size_t i = 0; i < METRICS; ++i)
    {
        std::vector<double> values; // independent, or nearly so
        if (m_values.size() >= MIN_CELLS)
        {
            for (const auto& cell : m_values)
            {
                values.push_back(MeanOf(cell[i]));
            }
        }
        else
        {
            // The mean over cells, slot by slot, and of that the batches.
            std::vector<double> slots(commonSlots, 0.0);
            for (const auto& cell : m_values)
            {
                for (std::size_t t = 0; t < slots.size(); ++t)
                {
                    slots[t] += cell[i][t] / static_cast<double>(m_values.size());
                }
            }
            values = GetBatchMeans(slots, BATCHES);
        }
        means.emplace_back(METRIC_NAMES[i], GetMeanInterval(values));
        // Batches and cells can differ in size.
        double sum = 0;
        std::size_t count = 0;
        for (const auto& cell : m_values)
        {
            sum += std::accumulate(cell[i].begin(), cell[i].end(), 0.0);
            count += cell[i].size();
        }
        MeanInterval& interval = means.back().second;
        const double shift = sum / static_cast<double>(count) - interval.mean;
        interval.mean += shift;
        interval.low = std::min(interval.low + shift, interval.mean);
        interval.high = std::max(interval.high + shift, interval.mean);
    }
    return means;
}

uint64_t
LlmMecRecorder::GetCappedUploads() const
{
    return m_cappedUploads;
}

uint64_t
LlmMecRecorder::GetUnservedTasks() const
{
    return m_unservedTasks;
}

const LlmMecPacketRecorder&
LlmMecRecorder::GetPackets() const
{
    return m_packets;
}

void
LlmMecRecorder::Finish(const std::vector<std::pair<std::string, std::string>>& settings)
{
    NS_LOG_FUNCTION(this << m_folder);
    m_packets.Check();
    if (!m_slots)
    {
        return;
    }
    LlmMecSummary summary;
    for (const auto& [name, interval] : GetMeans())
    {
        summary.Add(name, interval.mean);
        summary.AddInterval(name + "Ci95", interval.low, interval.high);
    }
    summary.Add("intervalsOver",
                std::string(m_values.size() >= MIN_CELLS ? "cells" : "batches of slots"));
    summary.AddCount("cappedUploads", m_cappedUploads);
    summary.AddCount("unservedTasks", m_unservedTasks);

    LlmMecOutputFile file(m_folder + "/summary.json");
    file.GetStream() << summary.GetText(settings);
    // An earlier run's summary never stands beside these slots, whatever happens meanwhile.
    std::filesystem::remove(m_folder + "/summary.json");
    m_slots->Commit();
    // Tasks and packets of an earlier run into the same folder do not belong to these slots.
    if (m_tasks)
    {
        m_tasks->Commit();
    }
    else
    {
        std::filesystem::remove(m_folder + "/tasks.csv");
    }
    if (m_packets.HasCells())
    {
        LlmMecOutputFile packets(m_folder + "/packets.csv");
        m_packets.Write(packets.GetStream());
        packets.Commit();
    }
    else
    {
        std::filesystem::remove(m_folder + "/packets.csv");
    }
    file.Commit();
}

} // namespace llmmec
} // namespace ns3
