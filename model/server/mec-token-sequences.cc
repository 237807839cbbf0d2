/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-token-sequences.h"

#include "ns3/log.h"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("TokenSequences");

TokenSequence&
TokenSequences::Add(const TokenJob& job)
{
    NS_LOG_FUNCTION(this << job.id);
    if (m_places.count(job.id) > 0)
    {
        throw std::invalid_argument("request " + std::to_string(job.id) +
                                    ": another request has this id, expected one of its own");
    }
    if (m_freePlaces.empty())
    {
        m_freePlaces.push_back(m_sequences.size());
        m_sequences.emplace_back();
    }
    const std::size_t place = m_freePlaces.back();
    m_freePlaces.pop_back();
    m_sequences[place] = std::make_unique<TokenSequence>();
    TokenSequence& added = *m_sequences[place];
    added.job = job;
    added.place = place;
    m_places[job.id] = place;
    return added;
}

TokenSequence*
TokenSequences::Find(uint64_t id) const
{
    const auto found = m_places.find(id);
    return found == m_places.end() ? nullptr : m_sequences[found->second].get();
}

TokenSequence&
TokenSequences::At(std::size_t place) const
{
    return *m_sequences[place];
}

void
TokenSequences::Enqueue(TokenSequence& sequence)
{
    sequence.isIdle = false;
    m_waiting.push_back(&sequence);
}

void
TokenSequences::Seat(TokenSequence& sequence)
{
    m_waiting.pop_front();
    sequence.isRunning = true;
    m_running.push_back(&sequence);
}

TokenSequence&
TokenSequences::Unseat()
{
    TokenSequence& sequence = *m_running.back();
    m_running.pop_back();
    sequence.isRunning = false;
    m_waiting.push_front(&sequence);
    return sequence;
}

void
TokenSequences::Rest(TokenSequence& sequence)
{
    sequence.isRunning = false;
    sequence.isIdle = true;
    m_idle.push_back(&sequence);
}

void
TokenSequences::Unlist(TokenSequence& sequence)
{
    if (sequence.isRunning)
    {
        m_running.erase(std::find(m_running.begin(), m_running.end(), &sequence));
        return;
    }
    std::deque<TokenSequence*>& list = sequence.isIdle ? m_idle : m_waiting;
    list.erase(std::find(list.begin(), list.end(), &sequence));
}

void
TokenSequences::Remove(TokenSequence& sequence)
{
    NS_LOG_FUNCTION(this << sequence.job.id);
    Unlist(sequence);
    m_places.erase(sequence.job.id);
    sequence.isRunning = false;
    sequence.isGone = true;
    Forget(sequence);
}

void
TokenSequences::Forget(TokenSequence& sequence)
{
    if (sequence.steps == 0)
    {
        const std::size_t place = sequence.place;
        m_freePlaces.push_back(place);
        m_sequences[place].reset();
    }
}

TokenSequence*
TokenSequences::FindEvictable(const TokenSequence& taker) const
{
    const auto isHolding = [&taker](const TokenSequence* sequence) {
        return sequence != &taker && !sequence->blocks.empty();
    };
    if (const auto idle = std::find_if(m_idle.begin(), m_idle.end(), isHolding);
        idle != m_idle.end())
    {
        return *idle;
    }
    const auto last = std::find_if(m_waiting.rbegin(), m_waiting.rend(), isHolding);
    return last != m_waiting.rend() ? *last : nullptr;
}

const std::vector<TokenSequence*>&
TokenSequences::GetRunning() const
{
    return m_running;
}

const std::deque<TokenSequence*>&
TokenSequences::GetWaiting() const
{
    return m_waiting;
}

const std::deque<TokenSequence*>&
TokenSequences::GetIdle() const
{
    return m_idle;
}

} // namespace llmmec
} // namespace ns3
