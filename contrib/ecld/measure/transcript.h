/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_TRANSCRIPT_H
#define ECLD_TRANSCRIPT_H

#include "format/tokenizer.h"
#include "model/generation.h"
#include "model/language-model.h"
#include "pair-document.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace ecld
{

/// Prompts as token ids.
using Prompts = std::vector<std::vector<int32_t>>;

/**
 * @brief Fail unless two tokenizers have the same tokens with the same ids. Their merges may
 * differ: who speaks to the pair uses the target's.
 * @param draft its tokenizer
 * @param draftFile what the message calls it
 * @param target its tokenizer
 * @param targetFile what the message calls it
 * @throws std::runtime_error one line naming both and the first difference
 */
void RequireSameVocabulary(const Tokenizer& draft,
                           const std::string& draftFile,
                           const Tokenizer& target,
                           const std::string& targetFile);

/**
 * @param prompts any
 * @param rows at most so many together, > 0
 * @return indices of prompts of equal length, short ones first: what is continued at once. It
 * depends on nothing but the arguments, so that a work that goes on has the same sums
 */
std::vector<std::vector<std::size_t>> GroupByLength(const Prompts& prompts, int64_t rows);

/**
 * @param target the large model
 * @param prompts what it is asked
 * @param vocabularySize tokens that there are
 * @param answerTokens of an answer at most, >= 1
 * @param watch called after each token, may be empty; what it throws ends the work
 * @return its greedy answers, each with the end token unless answerTokens or the context ended it
 * @throws std::invalid_argument for a prompt that fills the context
 */
Prompts AnswerGreedily(const LanguageModel& target,
                       const Prompts& prompts,
                       int64_t vocabularySize,
                       int64_t answerTokens,
                       const std::function<void()>& watch = {});

/**
 * @brief What a draft says at each prefix of the target's answer, in one pass over it.
 * @param draft the small model
 * @param prompt what the target was asked
 * @param answer what it said, at least one token; both fit into the draft's context
 * @param vocabularySize tokens that there are
 * @return the transcript, without acceptance
 */
PairQuery Transcribe(const LanguageModel& draft,
                     const std::vector<int32_t>& prompt,
                     const std::vector<int32_t>& answer,
                     int64_t vocabularySize);

/**
 * @brief The same with the chance that what the draft samples at a temperature is accepted: the sum
 * over the vocabulary of the lesser of both probabilities, at each prefix of the greedy answer.
 * @param draft the small model
 * @param target the large model
 * @param prompt what the target was asked
 * @param answer what it said, as above
 * @param vocabularySize tokens that there are
 * @param temperature that divides the logits of both, > 0
 * @return the transcript
 */
PairQuery TranscribeSampling(const LanguageModel& draft,
                             const LanguageModel& target,
                             const std::vector<int32_t>& prompt,
                             const std::vector<int32_t>& answer,
                             int64_t vocabularySize,
                             double temperature);

} // namespace ecld

#endif // ECLD_TRANSCRIPT_H
