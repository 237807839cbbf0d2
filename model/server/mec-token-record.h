/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_TOKEN_RECORD_H
#define MEC_TOKEN_RECORD_H

#include "mec-token-step.h"

#include <cstdint>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief How a request went at an engine.
 */
struct TokenRecord
{
    TokenJob job;               ///< what was asked
    double arrivalS{0};         ///< when it came, s
    double admittedS{-1};       ///< when it first got a seat, s
    double firstTokenS{-1};     ///< when the first token of its answer was there, s
    double doneS{-1};           ///< when the last one was, s
    uint32_t preemptions{0};    ///< times that it lost its seat
    uint32_t cachedTokens{0};   ///< tokens of its prompt that were found in KV blocks
    uint64_t computedTokens{0}; ///< tokens that were computed for it, again ones too
    uint64_t reusedTokens{0};   ///< tokens that were found in KV blocks, at each admission
    double energyJ{0};          ///< its part of the energy of its steps, J

    /// @return time in the queue, s
    double GetQueueS() const
    {
        return admittedS - arrivalS;
    }

    /// @return time to first token (TTFT), s
    double GetTtftS() const
    {
        return firstTokenS - arrivalS;
    }

    /// @return time per output token (TPOT) after the first, s; 0 for answers of one token
    double GetTpotS() const
    {
        return job.outputTokens > 1 ? (doneS - firstTokenS) / (job.outputTokens - 1) : 0;
    }

    /// @return latency of the whole answer, s
    double GetLatencyS() const
    {
        return doneS - arrivalS;
    }
};

/**
 * @ingroup llm-mec
 * @brief A step of an engine.
 */
struct TokenStepRecord
{
    double startS{0};          ///< when the device began, s
    double durationS{0};       ///< how long it took, s
    uint64_t tokens{0};        ///< tokens that were computed
    uint32_t sequences{0};     ///< sequences that took part
    uint64_t prefillTokens{0}; ///< tokens of those sequences that had several
    uint64_t kvTokens{0};      ///< tokens of context of those that had one
    uint32_t samples{0};       ///< tokens of answers that it yielded
    double energyJ{0};         ///< energy, J
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_TOKEN_RECORD_H
