/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-token-scheduler.h"

#include "ns3/log.h"

#include <algorithm>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <string>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("TokenScheduler");

/// A job at the engine.
struct TokenScheduler::Job
{
    TokenJob job;                           //!< what was asked
    std::size_t place{0};                   //!< in m_jobs
    uint64_t tokens{0};                     //!< known tokens: the prompt and what was yielded
    uint64_t computed{0};                   //!< tokens whose KV is there or under way
    uint32_t inFlight{0};                   //!< tokens that steps under way will yield
    uint32_t steps{0};                      //!< steps under way that it is part of
    uint64_t noted{0};                      //!< blocks whose content is known
    std::vector<KvBlockPool::Block> blocks; //!< of its KV
    std::vector<TextRun> text;              //!< whose text it begins with
    bool isRunning{false};                  //!< whether it has a seat
    bool isGone{false};                     //!< whether it was done or cancelled
    bool isResident{false};                 //!< whether its user gives its text
    bool isIdle{false};                     //!< whether it is resident and has no pass to compute
    uint64_t right{0};                      //!< of a resident sequence: tokens that stay
    uint32_t rows{1};                       //!< rows of logits of its pass
    uint32_t passes{0};                     //!< of a resident sequence that are complete

    /// @return tokens of the answer that are known or under way
    uint64_t GetStarted() const
    {
        return tokens - job.promptTokens + inFlight;
    }
};

TokenScheduler::TokenScheduler(const TokenSchedulerSettings& settings)
    : m_settings(settings),
      m_pool(settings.blocks)
{
    NS_LOG_FUNCTION(this << settings.seats << settings.tokenBudget << settings.blocks);
}

TokenScheduler::~TokenScheduler() = default;

void
TokenScheduler::RequireServable(const TokenJob& job) const
{
    // The last token of the answer is never computed on.
    RequireRoom(job, uint64_t{job.promptTokens} + job.outputTokens - 1);
}

void
TokenScheduler::RequireRoom(const TokenJob& job, uint64_t tokens) const
{
    const auto refuse = [&job](const auto&... words) {
        std::ostringstream message;
        message << "request " << job.id << ": " << job.promptTokens << " prompt tokens and "
                << job.outputTokens << " answer tokens";
        (message << ... << words);
        throw std::invalid_argument(message.str());
    };
    if (job.promptTokens == 0 || job.outputTokens == 0)
    {
        refuse(", expected at least one of each");
    }
    constexpr uint64_t most = std::numeric_limits<uint32_t>::max();
    if (uint64_t{job.promptTokens} + job.outputTokens > most)
    {
        refuse(", expected at most ", most, " together");
    }
    const uint64_t blocks = CountBlocks(tokens);
    if (blocks > m_pool.GetTotal())
    {
        refuse(" take ",
               blocks,
               " KV blocks, expected at most the ",
               m_pool.GetTotal(),
               " that memory has");
    }
}

std::size_t
TokenScheduler::Submit(const TokenJob& job)
{
    NS_LOG_FUNCTION(this << job.id << job.promptTokens << job.outputTokens);
    RequireServable(job);
    Job& added = Add(job);
    added.tokens = job.promptTokens;
    m_waiting.push_back(&added);
    return added.place;
}

TokenScheduler::Job&
TokenScheduler::Add(const TokenJob& job)
{
    if (m_places.count(job.id) > 0)
    {
        throw std::invalid_argument("request " + std::to_string(job.id) +
                                    ": another request has this id, expected one of its own");
    }
    if (m_freePlaces.empty())
    {
        m_freePlaces.push_back(m_jobs.size());
        m_jobs.emplace_back();
    }
    const std::size_t place = m_freePlaces.back();
    m_freePlaces.pop_back();
    m_jobs[place] = std::make_unique<Job>();
    Job& added = *m_jobs[place];
    added.job = job;
    added.place = place;
    NoteText(added);
    m_places[job.id] = place;
    return added;
}

std::size_t
TokenScheduler::Open(const TokenJob& job)
{
    NS_LOG_FUNCTION(this << job.id << job.promptTokens << job.outputTokens);
    RequireRoom(job, uint64_t{job.promptTokens} + job.outputTokens);
    Job& added = Add(job);
    added.isResident = true;
    added.right = job.promptTokens;
    added.tokens = 0;
    MakeIdle(added);
    return added.place;
}

TokenScheduler::Job&
TokenScheduler::GetResident(uint64_t id)
{
    const auto found = m_places.find(id);
    if (found == m_places.end() || !m_jobs[found->second]->isResident)
    {
        throw std::logic_error("TokenScheduler: no resident sequence has the number " +
                               std::to_string(id));
    }
    return *m_jobs[found->second];
}

void
TokenScheduler::MakeIdle(Job& job)
{
    job.isRunning = false;
    job.isIdle = true;
    m_idle.push_back(&job);
}

void
TokenScheduler::Truncate(uint64_t id, uint64_t tokens)
{
    NS_LOG_FUNCTION(this << id << tokens);
    Job& job = GetResident(id);
    if (!job.isIdle)
    {
        throw std::logic_error("TokenScheduler: sequence " + std::to_string(id) +
                               " is truncated, expected it to be idle");
    }
    job.right = tokens;
    job.tokens = std::min(job.tokens, tokens);
    job.computed = std::min(job.computed, tokens);
    job.noted = std::min(job.noted, tokens / m_settings.blockTokens);
    TrimBlocks(job);
    NoteContents(job);
}

void
TokenScheduler::TrimBlocks(Job& job)
{
    const uint64_t needed = CountBlocks(job.computed);
    if (job.blocks.size() > needed)
    {
        std::vector<KvBlockPool::Block> rest(job.blocks.begin() + static_cast<long>(needed),
                                             job.blocks.end());
        job.blocks.resize(needed);
        m_pool.Release(rest);
    }
}

void
TokenScheduler::Extend(const ResidentPass& pass)
{
    NS_LOG_FUNCTION(this << pass.id << pass.tokens << pass.rows);
    Job& job = GetResident(pass.id);
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
    m_idle.erase(std::find(m_idle.begin(), m_idle.end(), &job));
    job.isIdle = false;
    job.tokens = pass.tokens;
    job.rows = pass.rows;
    m_waiting.push_back(&job);
}

bool
TokenScheduler::Withdraw(uint64_t id)
{
    NS_LOG_FUNCTION(this << id);
    Job& job = GetResident(id);
    if (job.isIdle || job.steps > 0)
    {
        return job.isIdle;
    }
    Unlist(job);
    MakeIdle(job);
    return true;
}

void
TokenScheduler::NoteText(Job& job)
{
    const uint64_t shared = job.job.prefixTokens / m_settings.blockTokens;
    if (!m_settings.cachesPrefixes || !job.job.prefixOf || shared == 0)
    {
        return;
    }
    const auto earlier = m_texts.find(*job.job.prefixOf);
    if (earlier != m_texts.end())
    {
        job.text = earlier->second;
    }
    job.text.push_back({*job.job.prefixOf, shared});
    // What the other took from others still, as far as this one goes along.
    for (TextRun& run : job.text)
    {
        run.endBlock = std::min(run.endBlock, shared);
    }
    m_texts[job.job.id] = job.text;
}

KvContent
TokenScheduler::GetContent(const Job& job, uint64_t index)
{
    for (const TextRun& run : job.text)
    {
        if (index < run.endBlock)
        {
            return {run.owner, index};
        }
    }
    return {job.job.id, index};
}

std::optional<std::size_t>
TokenScheduler::Cancel(uint64_t id)
{
    NS_LOG_FUNCTION(this << id);
    const auto found = m_places.find(id);
    if (found == m_places.end())
    {
        return std::nullopt;
    }
    const std::size_t place = found->second;
    Remove(*m_jobs[place]);
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
        NoteContents(*m_jobs[part.place]);
    }
    return step;
}

void
TokenScheduler::ContinueRunning(TokenStep& step, uint32_t& budget)
{
    for (std::size_t i = 0; i < m_running.size() && budget > 0; ++i)
    {
        Job& job = *m_running[i];
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
TokenScheduler::MakeRoom(Job& job, uint64_t tokens, TokenStep& step)
{
    const uint64_t blocks = CountBlocks(tokens);
    if (blocks <= job.blocks.size())
    {
        return true;
    }
    while (!m_pool.Allocate(static_cast<uint32_t>(blocks - job.blocks.size()), job.blocks))
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
    Job& job = *m_running.back();
    m_running.pop_back();
    NS_LOG_LOGIC("request " << job.job.id << " is preempted, " << job.computed
                            << " tokens are to be computed again");
    step.preempted.push_back({job.place, static_cast<uint32_t>(job.computed)});
    LoseBlocks(job);
    job.isRunning = false;
    m_waiting.push_front(&job);
}

bool
TokenScheduler::EvictResident(const Job& taker, TokenStep& step)
{
    const auto isHolding = [&taker](const Job* job) {
        return job != &taker && !job->blocks.empty();
    };
    Job* job = nullptr;
    if (const auto idle = std::find_if(m_idle.begin(), m_idle.end(), isHolding);
        idle != m_idle.end())
    {
        job = *idle;
    }
    else if (const auto last = std::find_if(m_waiting.rbegin(), m_waiting.rend(), isHolding);
             last != m_waiting.rend())
    {
        job = *last;
    }
    if (!job)
    {
        return false;
    }
    NS_LOG_LOGIC("sequence " << job->job.id << " without a seat loses its KV blocks, of "
                             << job->computed << " tokens");
    step.evicted.push_back({job->place, static_cast<uint32_t>(job->computed)});
    LoseBlocks(*job);
    return true;
}

void
TokenScheduler::LoseBlocks(Job& job)
{
    m_pool.Release(job.blocks);
    job.computed = 0;
    job.noted = 0;
}

void
TokenScheduler::AdmitWaiting(TokenStep& step, uint32_t& budget)
{
    while (!m_waiting.empty() && budget > 0 && m_running.size() < m_settings.seats &&
           AdmitHead(step, budget))
    {
    }
}

bool
TokenScheduler::AdmitHead(TokenStep& step, uint32_t& budget)
{
    Job& job = *m_waiting.front();
    if (job.isResident && job.inFlight > 0)
    {
        return false; // it was preempted, but a step under way ends its pass
    }
    const std::vector<KvBlockPool::Block> cached = FindCached(job);
    const uint64_t cachedTokens = cached.size() * m_settings.blockTokens;
    const uint64_t computed = job.computed + cachedTokens;
    const uint32_t tokens = Limit(job.tokens - computed, budget);
    const uint64_t needed =
        CountBlocks(m_settings.reservesWholePrompt ? job.tokens : computed + tokens);
    const auto countFree = [&]() {
        uint64_t free = m_pool.GetFree() + job.blocks.size() + cached.size();
        for (const KvBlockPool::Block block : cached)
        {
            free -= m_pool.IsFree(block); // using it takes it from the free ones
        }
        return free;
    };
    while (needed > countFree())
    {
        if (!EvictResident(job, step))
        {
            return false;
        }
    }
    m_waiting.pop_front();
    for (const KvBlockPool::Block block : cached)
    {
        m_pool.Share(block);
        job.blocks.push_back(block);
        ++job.noted;
    }
    job.computed = computed;
    const uint64_t blocks = CountBlocks(computed + tokens);
    if (blocks > job.blocks.size())
    {
        m_pool.Allocate(static_cast<uint32_t>(blocks - job.blocks.size()), job.blocks);
    }
    job.isRunning = true;
    m_running.push_back(&job);
    step.admitted.push_back({job.place, static_cast<uint32_t>(cachedTokens)});
    AddPart(job, tokens, step);
    budget -= tokens;
    return true;
}

std::vector<KvBlockPool::Block>
TokenScheduler::FindCached(const Job& job) const
{
    std::vector<KvBlockPool::Block> cached;
    if (!m_settings.cachesPrefixes || !job.blocks.empty())
    {
        return cached; // a resident sequence has its own
    }
    // One token at least is computed, since its logits are needed.
    const uint64_t most = (job.tokens - 1) / m_settings.blockTokens;
    for (uint64_t i = 0; i < most; ++i)
    {
        const auto block = m_pool.Find(GetContent(job, i));
        if (!block)
        {
            break;
        }
        cached.push_back(*block);
    }
    return cached;
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
TokenScheduler::AddPart(Job& job, uint32_t tokens, TokenStep& step)
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
TokenScheduler::NoteContents(Job& job)
{
    if (!m_settings.cachesPrefixes)
    {
        return;
    }
    // A token that is still under way has no text yet, and a draft may be wrong.
    const uint64_t text = job.isResident ? std::min(job.right, job.tokens) : job.tokens;
    const uint64_t full = std::min(job.computed, text) / m_settings.blockTokens;
    for (; job.noted < full; ++job.noted)
    {
        m_pool.SetContent(job.blocks[job.noted], GetContent(job, job.noted));
    }
}

void
TokenScheduler::Complete(const TokenStep& step, std::vector<TokenSample>& samples)
{
    for (const TokenStep::Part& part : step.parts)
    {
        Job& job = *m_jobs[part.place];
        --job.steps;
        if (job.isGone)
        {
            Forget(job);
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
            Unlist(job);
            MakeIdle(job);
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
            NoteContents(job);
        }
    }
}

void
TokenScheduler::Unlist(Job& job)
{
    if (job.isRunning)
    {
        m_running.erase(std::find(m_running.begin(), m_running.end(), &job));
        return;
    }
    std::deque<Job*>& jobs = job.isIdle ? m_idle : m_waiting;
    jobs.erase(std::find(jobs.begin(), jobs.end(), &job));
}

void
TokenScheduler::Remove(Job& job)
{
    Unlist(job);
    m_pool.Release(job.blocks);
    m_places.erase(job.job.id);
    job.isRunning = false;
    job.isGone = true;
    Forget(job);
}

void
TokenScheduler::Forget(Job& job)
{
    if (job.steps == 0)
    {
        const std::size_t place = job.place;
        m_freePlaces.push_back(place);
        m_jobs[place].reset();
    }
}

TokenScheduler::Remainder
TokenScheduler::GetRemainder() const
{
    Remainder remainder;
    const auto add = [&remainder](const Job& job) {
        ++remainder.jobs;
        const uint64_t tokens = job.tokens + job.inFlight;
        // A decode's own token counts as one of the answer.
        remainder.promptTokens += std::max<uint64_t>(tokens - job.computed, 1) - 1;
        remainder.outputTokens +=
            job.isResident ? 1 : job.job.outputTokens - (job.tokens - job.job.promptTokens);
        remainder.contextTokens += tokens;
    };
    for (const Job* job : m_running)
    {
        add(*job);
    }
    for (const Job* job : m_waiting)
    {
        add(*job);
    }
    return remainder;
}

uint64_t
TokenScheduler::CountBlocks(uint64_t tokens) const
{
    return (tokens + m_settings.blockTokens - 1) / m_settings.blockTokens;
}

uint32_t
TokenScheduler::GetRunning() const
{
    return static_cast<uint32_t>(m_running.size());
}

uint32_t
TokenScheduler::GetWaiting() const
{
    return static_cast<uint32_t>(m_waiting.size());
}

uint32_t
TokenScheduler::GetIdle() const
{
    return static_cast<uint32_t>(m_idle.size());
}

const KvBlockPool&
TokenScheduler::GetPool() const
{
    return m_pool;
}

} // namespace llmmec
} // namespace ns3
