/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-token-kv-cache.h"

#include "ns3/log.h"

#include <algorithm>
#include <limits>
#include <sstream>
#include <stdexcept>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("TokenKvCache");

TokenKvCache::TokenKvCache(const TokenSchedulerSettings& settings)
    : m_blockTokens(settings.blockTokens),
      m_cachesPrefixes(settings.cachesPrefixes),
      m_pool(settings.blocks)
{
    NS_LOG_FUNCTION(this << settings.blocks << settings.blockTokens);
}

void
TokenKvCache::RequireRoom(const TokenJob& job, uint64_t tokens) const
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

void
TokenKvCache::NoteText(TokenSequence& sequence)
{
    const TokenJob& job = sequence.job;
    const uint64_t shared = job.prefixTokens / m_blockTokens;
    if (!m_cachesPrefixes || !job.prefixOf || shared == 0)
    {
        return;
    }
    const auto earlier = m_texts.find(*job.prefixOf);
    if (earlier != m_texts.end())
    {
        sequence.text = earlier->second;
    }
    sequence.text.push_back({*job.prefixOf, shared});
    // What the other took from others still, as far as this one goes along.
    for (TokenTextRun& run : sequence.text)
    {
        run.endBlock = std::min(run.endBlock, shared);
    }
    m_texts[job.id] = sequence.text;
}

KvContent
TokenKvCache::GetContent(const TokenSequence& sequence, uint64_t index)
{
    for (const TokenTextRun& run : sequence.text)
    {
        if (index < run.endBlock)
        {
            return {run.owner, index};
        }
    }
    return {sequence.job.id, index};
}

void
TokenKvCache::NoteContents(TokenSequence& sequence)
{
    if (!m_cachesPrefixes)
    {
        return;
    }
    // A token that is still under way has no text yet, and a draft may be wrong.
    const uint64_t text =
        sequence.isResident ? std::min(sequence.right, sequence.tokens) : sequence.tokens;
    const uint64_t full = std::min(sequence.computed, text) / m_blockTokens;
    for (; sequence.noted < full; ++sequence.noted)
    {
        m_pool.SetContent(sequence.blocks[sequence.noted], GetContent(sequence, sequence.noted));
    }
}

std::vector<KvBlockPool::Block>
TokenKvCache::FindCached(const TokenSequence& sequence) const
{
    std::vector<KvBlockPool::Block> cached;
    if (!m_cachesPrefixes || !sequence.blocks.empty())
    {
        return cached; // a resident sequence has its own
    }
    // One token at least is computed, since its logits are needed.
    const uint64_t most = (sequence.tokens - 1) / m_blockTokens;
    for (uint64_t i = 0; i < most; ++i)
    {
        const auto block = m_pool.Find(GetContent(sequence, i));
        if (!block)
        {
            break;
        }
        cached.push_back(*block);
    }
    return cached;
}

bool
TokenKvCache::Allocate(TokenSequence& sequence, uint64_t tokens)
{
    const uint64_t blocks = CountBlocks(tokens);
    const uint64_t held = sequence.blocks.size();
    return blocks <= held || m_pool.Allocate(static_cast<uint32_t>(blocks - held), sequence.blocks);
}

void
TokenKvCache::Share(TokenSequence& sequence, const std::vector<KvBlockPool::Block>& cached)
{
    for (const KvBlockPool::Block block : cached)
    {
        m_pool.Share(block);
        sequence.blocks.push_back(block);
        ++sequence.noted;
    }
}

void
TokenKvCache::Lose(TokenSequence& sequence)
{
    m_pool.Release(sequence.blocks);
    sequence.computed = 0;
    sequence.noted = 0;
}

void
TokenKvCache::Truncate(TokenSequence& sequence, uint64_t tokens)
{
    sequence.tokens = std::min(sequence.tokens, tokens);
    sequence.computed = std::min(sequence.computed, tokens);
    sequence.noted = std::min(sequence.noted, tokens / m_blockTokens);
    std::vector<KvBlockPool::Block>& blocks = sequence.blocks;
    const uint64_t needed = CountBlocks(sequence.computed);
    if (blocks.size() > needed)
    {
        std::vector<KvBlockPool::Block> rest(blocks.begin() + static_cast<long>(needed),
                                             blocks.end());
        blocks.resize(needed);
        m_pool.Release(rest);
    }
}

uint64_t
TokenKvCache::CountBlocks(uint64_t tokens) const
{
    return (tokens + m_blockTokens - 1) / m_blockTokens;
}

uint64_t
TokenKvCache::CountUsable(const TokenSequence& sequence,
                          const std::vector<KvBlockPool::Block>& cached) const
{
    uint64_t usable = m_pool.GetFree() + sequence.blocks.size() + cached.size();
    for (const KvBlockPool::Block block : cached)
    {
        usable -= m_pool.IsFree(block); // using it takes it from the free ones
    }
    return usable;
}

const KvBlockPool&
TokenKvCache::GetPool() const
{
    return m_pool;
}

} // namespace llmmec
} // namespace ns3
