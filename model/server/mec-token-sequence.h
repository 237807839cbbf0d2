/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_TOKEN_SEQUENCE_H
#define MEC_TOKEN_SEQUENCE_H

#include "mec-kv-block-pool.h"
#include "mec-token-step.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief The first blocks of a text, up to a number, are those of another sequence's.
 */
struct TokenTextRun
{
    uint64_t owner{0};    ///< id of the job whose text it is
    uint64_t endBlock{0}; ///< number of the first block that is not
};

/**
 * @ingroup llm-mec
 * @brief A job at an engine, as its scheduler keeps it.
 */
struct TokenSequence
{
    TokenJob job;                           ///< what was asked
    std::size_t place{0};                   ///< see TokenScheduler::Submit
    uint64_t tokens{0};                     ///< known tokens: the prompt and what was yielded
    uint64_t computed{0};                   ///< tokens whose KV is there or under way
    uint32_t inFlight{0};                   ///< tokens that steps under way will yield
    uint32_t steps{0};                      ///< steps under way that it is part of
    uint64_t noted{0};                      ///< blocks whose content is known
    std::vector<KvBlockPool::Block> blocks; ///< of its KV
    std::vector<TokenTextRun> text;         ///< whose text it begins with
    bool isRunning{false};                  ///< whether it has a seat
    bool isGone{false};                     ///< whether it was done or cancelled
    bool isResident{false};                 ///< whether its user gives its text
    bool isIdle{false};                     ///< whether it is resident and has no pass to compute
    uint64_t right{0};                      ///< of a resident sequence: tokens that stay
    uint32_t rows{1};                       ///< rows of logits of its pass
    uint32_t passes{0};                     ///< of a resident sequence that are complete

    /// @return tokens of the answer that are known or under way
    uint64_t GetStarted() const
    {
        return tokens - job.promptTokens + inFlight;
    }
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_TOKEN_SEQUENCE_H
