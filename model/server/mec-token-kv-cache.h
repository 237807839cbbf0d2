/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_TOKEN_KV_CACHE_H
#define MEC_TOKEN_KV_CACHE_H

#include "mec-kv-block-pool.h"
#include "mec-token-scheduler-settings.h"
#include "mec-token-sequence.h"

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief The KV cache of an engine: which sequence holds which blocks, and whose text a block has.
 *
 * Blocks that still hold the beginning of a text are found for a sequence that begins alike
 * (TokenJob::prefixOf). Only text that is known to stay counts: no token under way, and no draft.
 */
class TokenKvCache
{
  public:
    /// @param settings blocks, their size, and whether prefixes are cached
    explicit TokenKvCache(const TokenSchedulerSettings& settings);

    /**
     * Refuse a job that can never be served.
     * @param job a job
     * @param tokens of it that are computed at its end
     * @throws std::invalid_argument in one line where it has no tokens, 2^32 or more, or does not
     * fit into all blocks
     */
    void RequireRoom(const TokenJob& job, uint64_t tokens) const;

    /// Note whose text a sequence begins with. @param sequence the sequence, which is new
    void NoteText(TokenSequence& sequence);
    /// Make known what the blocks of a sequence hold. @param sequence the sequence
    void NoteContents(TokenSequence& sequence);
    /// @param sequence a sequence @return blocks that hold the beginning of its text, not all of it
    std::vector<KvBlockPool::Block> FindCached(const TokenSequence& sequence) const;

    /**
     * Take blocks for all tokens of a sequence up to a number, all or none.
     * @param sequence the sequence
     * @param tokens the number
     * @return whether there were enough
     */
    bool Allocate(TokenSequence& sequence, uint64_t tokens);
    /// Hold blocks that were found. @param sequence who holds them @param cached the blocks
    void Share(TokenSequence& sequence, const std::vector<KvBlockPool::Block>& cached);
    /// Give all blocks back: all is to be computed again. @param sequence the sequence
    void Lose(TokenSequence& sequence);
    /// What follows a token is dropped, and the blocks that held nothing else with it.
    /// @param sequence the sequence @param tokens of it that stay
    void Truncate(TokenSequence& sequence, uint64_t tokens);

    /// @param tokens a number of tokens @return blocks that hold them
    uint64_t CountBlocks(uint64_t tokens) const;
    /// @param sequence a sequence @param cached blocks that were found for it
    /// @return blocks that it could hold in all
    uint64_t CountUsable(const TokenSequence& sequence,
                         const std::vector<KvBlockPool::Block>& cached) const;
    /// @return the blocks
    const KvBlockPool& GetPool() const;

  private:
    /// @param sequence a sequence @param index of a block of its text @return what the block holds
    static KvContent GetContent(const TokenSequence& sequence, uint64_t index);

    uint32_t m_blockTokens; //!< tokens of a block
    bool m_cachesPrefixes;  //!< whether blocks that hold the same text are used again
    KvBlockPool m_pool;     //!< the blocks
    /// By id, of jobs that continue others, also when they are gone: a later job may continue them.
    std::unordered_map<uint64_t, std::vector<TokenTextRun>> m_texts;
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_TOKEN_KV_CACHE_H
