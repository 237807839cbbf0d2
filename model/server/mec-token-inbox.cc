/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-token-inbox.h"

#include "ns3/log.h"

#include <algorithm>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("TokenInbox");

void
TokenInbox::Add(const TokenRecord& record, bool isResident)
{
    NS_LOG_FUNCTION(this << record.job.id << isResident);
    m_arrivals.push_back({record, isResident});
}

void
TokenInbox::Add(uint64_t rightTokens, const ResidentPass& pass)
{
    NS_LOG_FUNCTION(this << rightTokens << pass.id);
    m_passes.push_back({rightTokens, pass});
}

bool
TokenInbox::RemovePass(uint64_t id)
{
    NS_LOG_FUNCTION(this << id);
    const auto isIt = [id](const Extension& extension) { return extension.pass.id == id; };
    const auto asked = std::find_if(m_passes.begin(), m_passes.end(), isIt);
    const bool isHere = asked != m_passes.end();
    if (isHere)
    {
        m_passes.erase(asked);
    }
    return isHere;
}

bool
TokenInbox::Remove(uint64_t id)
{
    NS_LOG_FUNCTION(this << id);
    const auto isPass = [id](const Extension& extension) { return extension.pass.id == id; };
    m_passes.erase(std::remove_if(m_passes.begin(), m_passes.end(), isPass), m_passes.end());
    const auto isIt = [id](const Arrival& arrival) { return arrival.record.job.id == id; };
    const auto waiting = std::find_if(m_arrivals.begin(), m_arrivals.end(), isIt);
    const bool isHere = waiting != m_arrivals.end();
    if (isHere)
    {
        m_arrivals.erase(waiting);
    }
    return isHere;
}

void
TokenInbox::Empty(TokenScheduler& scheduler,
                  const std::function<void(const TokenRecord&, std::size_t)>& tell)
{
    for (const Arrival& arrival : m_arrivals)
    {
        const TokenJob& job = arrival.record.job;
        tell(arrival.record, arrival.isResident ? scheduler.Open(job) : scheduler.Submit(job));
    }
    m_arrivals.clear();
    for (const Extension& extension : m_passes)
    {
        scheduler.Truncate(extension.pass.id, extension.rightTokens);
        scheduler.Extend(extension.pass);
    }
    m_passes.clear();
}

uint32_t
TokenInbox::GetSize() const
{
    return static_cast<uint32_t>(m_arrivals.size() + m_passes.size());
}

void
TokenInbox::AddTo(TokenScheduler::Remainder& left) const
{
    for (const Arrival& arrival : m_arrivals)
    {
        if (arrival.isResident)
        {
            continue; // its passes count
        }
        const TokenJob& job = arrival.record.job;
        ++left.jobs;
        left.promptTokens += job.promptTokens;
        left.outputTokens += job.outputTokens;
        left.contextTokens += job.promptTokens;
    }
    for (const Extension& extension : m_passes)
    {
        ++left.jobs;
        ++left.outputTokens;
        left.contextTokens += extension.pass.tokens;
    }
}

} // namespace llmmec
} // namespace ns3
