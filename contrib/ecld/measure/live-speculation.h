/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_LIVE_SPECULATION_H
#define ECLD_LIVE_SPECULATION_H

#include "model/language-model.h"
#include "pair-document.h"

#include <cstdint>
#include <vector>

namespace ecld
{

/// An answer that two models have written together.
struct LiveAnswer
{
    std::vector<int32_t> tokens;   ///< the answer, with its end token
    std::vector<int64_t> accepted; ///< drafts that each round accepts, rounds in their order
};

/**
 * @brief Speculative decoding with greedy verification, both models computing.
 *
 * A round: the draft writes a window of tokens after the text so far, the target reads text and
 * window in one pass, the drafts up to its first disagreement are accepted, and its own token after
 * these is appended.
 *
 * @param draft the small model
 * @param target the large model
 * @param prompt what is asked, token ids, at least one
 * @param vocabularySize tokens that there are
 * @param window drafts of a round, >= 1
 * @param answerTokens of the answer at most, >= 1, that both contexts have room for
 * @return the answer
 * @throws std::invalid_argument for a window or a number of tokens out of range
 */
LiveAnswer SpeculateLive(const LanguageModel& draft,
                         const LanguageModel& target,
                         const std::vector<int32_t>& prompt,
                         int64_t vocabularySize,
                         int64_t window,
                         int64_t answerTokens);

/**
 * @param query a transcript
 * @param window drafts of a round, >= 1
 * @return drafts that each round accepts, if both models say what the transcript has
 */
std::vector<int64_t> ReplayRounds(const PairQuery& query, int64_t window);

} // namespace ecld

#endif // ECLD_LIVE_SPECULATION_H
