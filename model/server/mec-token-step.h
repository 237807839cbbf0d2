/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_TOKEN_STEP_H
#define MEC_TOKEN_STEP_H

#include "ns3/llm-step-time-law.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief A request to an engine, in tokens.
 */
struct TokenJob
{
    uint64_t id{0};                     ///< number, unlike that of any other job of the engine
    uint32_t promptTokens{1};           ///< tokens of the prompt, >= 1
    uint32_t outputTokens{1};           ///< tokens of the answer, >= 1
    std::optional<uint64_t> prefixOf{}; ///< id of a job whose text, prompt and answer, begins alike
    uint32_t prefixTokens{0};           ///< how many tokens of it are the same
};

/**
 * @ingroup llm-mec
 * @brief One step of an engine: who computes how many tokens.
 */
struct TokenStep
{
    /// A sequence's part in the step
    struct Part
    {
        std::size_t place{0}; ///< place of the job, see TokenScheduler::Submit
        bool samples{false};  ///< whether it yields a token of the answer
    };

    /// A job that got a seat
    struct Admission
    {
        std::size_t place{0};     ///< place of the job
        uint32_t cachedTokens{0}; ///< tokens that were found in KV blocks
    };

    /// A job that lost its blocks, and its seat if it had one
    struct Preemption
    {
        std::size_t place{0};   ///< place of the job
        uint32_t lostTokens{0}; ///< computed tokens that are to be computed again
    };

    std::vector<LlmStepQuery> queries; ///< what is computed, for the law
    std::vector<Part> parts;           ///< of whom, in the same order
    std::vector<Admission> admitted;   ///< who was admitted to this step
    std::vector<Preemption> preempted; ///< who was preempted for this step
    std::vector<Preemption> evicted;   ///< sequences without a seat that lost their blocks for it
};

/**
 * @ingroup llm-mec
 * @brief A token of an answer that a step has yielded, or the end of a resident sequence's pass.
 */
struct TokenSample
{
    std::size_t place{0};   ///< place of the job
    uint64_t id{0};         ///< TokenJob::id
    uint32_t index{0};      ///< number of the token, or of the pass, from 0
    bool isLast{false};     ///< whether the answer is complete; the place is free then
    bool isResident{false}; ///< whether it is the end of a pass
};

/**
 * @ingroup llm-mec
 * @brief One pass of the model over the end of a resident sequence.
 */
struct ResidentPass
{
    uint64_t id{0};     ///< TokenJob::id
    uint64_t tokens{0}; ///< of the text with what is new, such as drafts
    uint32_t rows{0};   ///< rows of logits that are wanted, of the last tokens; 0 for none
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_TOKEN_STEP_H
