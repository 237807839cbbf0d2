/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-token-ledger.h"

#include "ns3/log.h"

#include <cstdint>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("TokenLedger");

void
TokenLedger::Open(std::size_t place, const TokenRecord& record)
{
    NS_LOG_FUNCTION(this << place << record.job.id);
    if (place >= m_records.size())
    {
        m_records.resize(place + 1);
        m_hasLeft.resize(place + 1);
    }
    m_records[place] = record;
    m_hasLeft[place] = false;
}

TokenRecord&
TokenLedger::Get(std::size_t place)
{
    return m_records[place];
}

double
TokenLedger::Leave(std::size_t place)
{
    NS_LOG_FUNCTION(this << place);
    m_hasLeft[place] = true;
    return m_records[place].energyJ;
}

bool
TokenLedger::HasLeft(std::size_t place) const
{
    return m_hasLeft[place];
}

TokenStepRecord
TokenLedger::Measure(const TokenStep& step)
{
    TokenStepRecord record;
    record.sequences = static_cast<uint32_t>(step.parts.size());
    for (std::size_t i = 0; i < step.parts.size(); ++i)
    {
        const LlmStepQuery& query = step.queries[i];
        const auto tokens = static_cast<uint64_t>(query.tokens);
        record.tokens += tokens;
        record.samples += step.parts[i].samples;
        if (query.IsSingle())
        {
            record.kvTokens += static_cast<uint64_t>(query.contextTokens) + tokens;
        }
        else
        {
            record.prefillTokens += tokens;
        }
    }
    return record;
}

void
TokenLedger::ShareOut(const TokenStep& step,
                      TokenStepRecord& record,
                      const StepEnergyModel& energy,
                      const LlmServing& serving)
{
    const double commonJ = energy.GetCommonEnergyJ(serving, record.durationS);
    const double perTokenJ = commonJ / static_cast<double>(record.tokens);
    for (std::size_t i = 0; i < step.parts.size(); ++i)
    {
        const LlmStepQuery& query = step.queries[i];
        const std::size_t place = step.parts[i].place;
        const double energyJ = perTokenJ * query.tokens + energy.GetOwnEnergyJ(serving, query);
        record.energyJ += energyJ;
        m_records[place].energyJ += energyJ;
        m_records[place].computedTokens += static_cast<uint64_t>(query.tokens);
        m_cancelledEnergyJ += m_hasLeft[place] ? energyJ : 0;
    }
    m_stepEnergyJ += record.energyJ;
    m_busyS += record.durationS;
}

void
TokenLedger::AddCancelled(double energyJ)
{
    m_cancelledEnergyJ += energyJ;
}

double
TokenLedger::GetStepEnergyJ() const
{
    return m_stepEnergyJ;
}

double
TokenLedger::GetCancelledEnergyJ() const
{
    return m_cancelledEnergyJ;
}

double
TokenLedger::GetBusyS() const
{
    return m_busyS;
}

} // namespace llmmec
} // namespace ns3
