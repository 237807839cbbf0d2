/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-association-recorder.h"

#include "base/folder-lock.h"
#include "llm-mec-summary.h"

#include "ns3/log.h"

#include <filesystem>
#include <iomanip>
#include <limits>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmMecAssociationRecorder");

LlmMecAssociationRecorder::LlmMecAssociationRecorder(const std::string& folder,
                                                     const std::vector<std::string>& names)
    : m_lock(std::make_unique<base::FolderLock>(folder)),
      m_summaryPath(folder + "/summary.json"),
      m_names(names)
{
    NS_LOG_FUNCTION(this << folder << names.size());
    LlmMecSummary::RefuseOthers(folder, {"associations.csv"});
    m_slots = std::make_unique<LlmMecOutputFile>(folder + "/associations.csv");
    std::ostream& csv = m_slots->GetStream();
    csv << "slot";
    for (const std::string& name : m_names)
    {
        csv << ',' << name;
    }
    csv << '\n' << std::setprecision(std::numeric_limits<double>::max_digits10);
}

LlmMecAssociationRecorder::~LlmMecAssociationRecorder() = default;

void
LlmMecAssociationRecorder::Add(uint64_t slot, const std::vector<double>& numbers)
{
    NS_LOG_FUNCTION(this << slot);
    m_slots->GetStream() << slot;
    for (const double number : numbers)
    {
        m_slots->GetStream() << ',' << number;
    }
    m_slots->GetStream() << '\n';
    m_slots->RequireWritable();
}

void
LlmMecAssociationRecorder::Finish(const LlmMecSettings& line,
                                  const std::vector<MeanInterval>& means,
                                  bool areIndependent)
{
    NS_LOG_FUNCTION(this);
    LlmMecSummary summary;
    for (std::size_t i = 0; i < means.size(); ++i)
    {
        summary.Add(i == 0 ? "meanLatencyS" : m_names[i], means[i].mean);
        if (i == 0 && areIndependent)
        {
            summary.AddInterval("meanLatencyS95", means[i].low, means[i].high);
        }
    }
    LlmMecOutputFile text(m_summaryPath);
    text.GetStream() << summary.GetText(line.GetValues());
    // An earlier run's summary never stands beside these slots, whatever happens meanwhile.
    std::filesystem::remove(m_summaryPath);
    m_slots->Commit();
    text.Commit();
}

} // namespace llmmec
} // namespace ns3
