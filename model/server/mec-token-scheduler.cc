/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-token-scheduler.h"

#include "ns3/log.h"

#include <algorithm>
#include <sstream>
#include <stdexcept>
#include <string>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("TokenScheduler");

TokenScheduler::TokenScheduler(const TokenSchedulerSettings& settings)
    : m_settings(settings),
      m_cache(settings)
{
    NS_LOG_FUNCTION(this << settings.seats << settings.tokenBudget << settings.blocks);
}

void
TokenScheduler::RequireServable(const TokenJob& job) const
{
    // The last token of the answer is never computed on.
    m_cache.RequireRoom(job, uint64_t{job.promptTokens} + job.outputTokens - 1);
}

std::size_t
TokenScheduler::Submit(const TokenJob& job)
{
    NS_LOG_FUNCTION(this << job.id << job.promptTokens << job.outputTokens);
    RequireServable(job);
    TokenSequence& added = m_sequences.Add(job);
    m_cache.NoteText(added);
    added.tokens = job.promptTokens;
    m_sequences.Enqueue(added);
    return added.place;
}

std::size_t
TokenScheduler::Open(const TokenJob& job)
{
    NS_LOG_FUNCTION(this << job.id << job.promptTokens << job.outputTokens);
    m_cache.RequireRoom(job, uint64_t{job.promptTokens} + job.outputTokens);
    TokenSequence& added = m_sequences.Add(job);
    m_cache.NoteText(added);
    added.isResident = true;
    added.right = job.promptTokens;
    added.tokens = 0;
    m_sequences.Rest(added);
    return added.place;
}

TokenSequence&
TokenScheduler::GetResident(uint64_t id)
{
    TokenSequence* const sequence = m_sequences.Find(id);
    if (!sequence || !sequence->isResident)
    {
        throw std::logic_error("TokenScheduler: no resident sequence has the number " +
                               std::to_string(id));
    }
    return *sequence;
}

void
TokenScheduler::Truncate(uint64_t id, uint64_t tokens)
{
    NS_LOG_FUNCTION(this << id << tokens);
    TokenSequence& job = GetResident(id);
    if (!job.isIdle)
    {
        throw std::logic_error("TokenScheduler: sequence " + std::to_string(id) +
                               " is truncated, expected it to be idle");
    }
    job.right = tokens;
    m_cache.Truncate(job, tokens);
    m_cache.NoteContents(job);
}

void
TokenScheduler::Extend(const ResidentPass& pass)
{
    NS_LOG_FUNCTION(this << pass.id << pass.tokens << pass.rows);
    TokenSequence& job = GetResident(pass.id);
    const uint64_t most = uint64_t{job.job.promptTokens} + job.job.outputTokens;
    if (!job.isIdle || pass.tokens <= job.computed || pass.tokens > most)
    {
        std::ostringstream message;
        message << "TokenScheduler: a pass over " << pass.tokens << " tokens of sequence "
                << pass.id << ", of which " << job.computed << " are computed and "
                << (job.isIdle ? "none" : "some") << " are asked for, expected up to " << most
                << " of an idle one";
        throw std::logic_error(message.str());
    }
    m_sequences.Unlist(job);
    job.tokens = pass.tokens;
    job.rows = pass.rows;
    m_sequences.Enqueue(job);
}

bool
TokenScheduler::Withdraw(uint64_t id)
{
    NS_LOG_FUNCTION(this << id);
    TokenSequence& job = GetResident(id);
    if (job.isIdle || job.steps > 0)
    {
        return job.isIdle;
    }
    m_sequences.Unlist(job);
    m_sequences.Rest(job);
    return true;
}

void
TokenScheduler::Remove(TokenSequence& job)
{
    m_cache.Lose(job);
    m_sequences.Remove(job);
}

std::optional<std::size_t>
TokenScheduler::Cancel(uint64_t id)
{
    NS_LOG_FUNCTION(this << id);
    TokenSequence* const sequence = m_sequences.Find(id);
    if (!sequence)
    {
        return std::nullopt;
    }
    const std::size_t place = sequence->place;
    Remove(*sequence);
    return place;
}

TokenStep
TokenScheduler::Schedule()
{
    TokenStep step;
    uint32_t budget = m_settings.tokenBudget;
    ContinueRunning(step, budget);
    if (step.preempted.empty())
    {
        AdmitWaiting(step, budget);
    }
    for (const TokenStep::Part& part : step.parts)
    {
        m_cache.NoteContents(m_sequences.At(part.place));
    }
    return step;
}

void
TokenScheduler::ContinueRunning(TokenStep& step, uint32_t& budget)
{
    const std::vector<TokenSequence*>& running = m_sequences.GetRunning();
    for (std::size_t i = 0; i < running.size() && budget > 0; ++i)
    {
        TokenSequence& job = *running[i];
        const bool isLastUnderWay =
            job.inFlight > 0 && (job.isResident || job.GetStarted() >= job.job.outputTokens);
        const uint64_t missing = job.tokens + job.inFlight - job.computed;
        if (isLastUnderWay || missing == 0)
        {
            continue;
        }
        const uint32_t tokens = Limit(missing, budget);
        if (!MakeRoom(job, job.computed + tokens, step))
        {
            return;
        }
        AddPart(job, tokens, step);
        budget -= tokens;
    }
}

bool
TokenScheduler::MakeRoom(TokenSequence& job, uint64_t tokens, TokenStep& step)
{
    while (!m_cache.Allocate(job, tokens))
    {
        if (EvictResident(job, step))
        {
            continue;
        }
        PreemptLast(step);
        if (!job.isRunning)
        {
            return false;
        }
    }
    return true;
}

void
TokenScheduler::PreemptLast(TokenStep& step)
{
    TokenSequence& job = m_sequences.Unseat();
    NS_LOG_LOGIC("request " << job.job.id << " is preempted, " << job.computed
                            << " tokens are to be computed again");
    step.preempted.push_back({job.place, static_cast<uint32_t>(job.computed)});
    m_cache.Lose(job);
}

bool
TokenScheduler::EvictResident(const TokenSequence& taker, TokenStep& step)
{
    TokenSequence* const job = m_sequences.FindEvictable(taker);
    if (!job)
    {
        return false;
    }
    NS_LOG_LOGIC("sequence " << job->job.id << " without a seat loses its KV blocks, of "
                             << job->computed << " tokens");
    step.evicted.push_back({job->place, static_cast<uint32_t>(job->computed)});
    m_cache.Lose(*job);
    return true;
}

void
TokenScheduler::AdmitWaiting(TokenStep& step, uint32_t& budget)
{
    while (!m_sequences.GetWaiting().empty() && budget > 0 &&
           m_sequences.GetRunning().size() < m_settings.seats && AdmitHead(step, budget))
    {
    }
}

bool
TokenScheduler::AdmitHead(TokenStep& step, uint32_t& budget)
{
    TokenSequence& job = *m_sequences.GetWaiting().front();
    if (job.isResident && job.inFlight > 0)
    {
        return false; // it was preempted, but a step under way ends its pass
    }
    const std::vector<KvBlockPool::Block> cached = m_cache.FindCached(job);
    const uint64_t cachedTokens = cached.size() * m_settings.blockTokens;
    const uint64_t computed = job.computed + cachedTokens;
    const uint32_t tokens = Limit(job.tokens - computed, budget);
    const uint64_t needed =
        m_cache.CountBlocks(m_settings.reservesWholePrompt ? job.tokens : computed + tokens);
    while (needed > m_cache.CountUsable(job, cached))
    {
        if (!EvictResident(job, step))
        {
            return false;
        }
    }
    m_sequences.Seat(job);
    m_cache.Share(job, cached);
    job.computed = computed;
    m_cache.Allocate(job, computed + tokens);
    step.admitted.push_back({job.place, static_cast<uint32_t>(cachedTokens)});
    AddPart(job, tokens, step);
    budget -= tokens;
    return true;
}

uint32_t
TokenScheduler::Limit(uint64_t tokens, uint32_t budget) const
{
    uint64_t limited = std::min<uint64_t>(tokens, budget);
    if (m_settings.longPrefillTokens > 0)
    {
        limited = std::min<uint64_t>(limited, m_settings.longPrefillTokens);
    }
    return static_cast<uint32_t>(limited);
}

void
TokenScheduler::AddPart(TokenSequence& job, uint32_t tokens, TokenStep& step)
{
    const auto context = static_cast<double>(job.computed);
    job.computed += tokens;
    const bool samples = job.computed == job.tokens + job.inFlight;
    const double rows = samples && job.isResident ? job.rows : 1;
    step.queries.push_back({static_cast<double>(tokens), context, rows});
    job.inFlight += samples;
    ++job.steps;
    step.parts.push_back({job.place, samples});
}

void
TokenScheduler::Complete(const TokenStep& step, std::vector<TokenSample>& samples)
{
    for (const TokenStep::Part& part : step.parts)
    {
        TokenSequence& job = m_sequences.At(part.place);
        --job.steps;
        if (job.isGone)
        {
            m_sequences.Forget(job);
            continue;
        }
        if (!part.samples)
        {
            continue;
        }
        --job.inFlight;
        if (job.isResident)
        {
            samples.push_back({part.place, job.job.id, job.passes++, false, true});
            m_sequences.Unlist(job);
            m_sequences.Rest(job);
            continue;
        }
        ++job.tokens;
        const uint64_t yielded = job.tokens - job.job.promptTokens;
        const bool isLast = yielded == job.job.outputTokens;
        samples.push_back(
            {part.place, job.job.id, static_cast<uint32_t>(yielded - 1), isLast, false});
        if (isLast)
        {
            Remove(job);
        }
        else if (job.isRunning)
        {
            m_cache.NoteContents(job);
        }
    }
}

TokenScheduler::Remainder
TokenScheduler::GetRemainder() const
{
    Remainder remainder;
    const auto add = [&remainder](const TokenSequence& job) {
        ++remainder.jobs;
        const uint64_t tokens = job.tokens + job.inFlight;
        // A decode's own token counts as one of the answer.
        remainder.promptTokens += std::max<uint64_t>(tokens - job.computed, 1) - 1;
        remainder.outputTokens +=
            job.isResident ? 1 : job.job.outputTokens - (job.tokens - job.job.promptTokens);
        remainder.contextTokens += tokens;
    };
    for (const TokenSequence* job : m_sequences.GetRunning())
    {
        add(*job);
    }
    for (const TokenSequence* job : m_sequences.GetWaiting())
    {
        add(*job);
    }
    return remainder;
}

uint32_t
TokenScheduler::GetRunning() const
{
    return static_cast<uint32_t>(m_sequences.GetRunning().size());
}

uint32_t
TokenScheduler::GetWaiting() const
{
    return static_cast<uint32_t>(m_sequences.GetWaiting().size());
}

uint32_t
TokenScheduler::GetIdle() const
{
    return static_cast<uint32_t>(m_sequences.GetIdle().size());
}

const KvBlockPool&
TokenScheduler::GetPool() const
{
    return m_cache.GetPool();
}

} // namespace llmmec
} // namespace ns3
