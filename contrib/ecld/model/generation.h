/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_GENERATION_H
#define ECLD_GENERATION_H

#include "format/tokenizer.h"
#include "language-model.h"
#include "token-corpus.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace ecld
{

/// How a text is continued
struct GenerationSettings
{
    int64_t maxNewTokens{32}; ///< stops there at the latest, >= 1
    double temperature{0};    ///< 0 takes the likeliest token; 1 draws from the model itself
    uint64_t seed{1};         ///< of the draws
    bool stopAtNewline{true}; ///< an answer is one line, the first that is not empty
    int64_t rows{64};         ///< prompts of equal length that are continued at once, > 0
};

/**
 * Continue prompts until an end token, a newline after some text, or maxNewTokens.
 * @param model the model
 * @param tokenizer the model's; its begin token is added
 * @param prompts such as "Question: ...\nAnswer:"
 * @param settings how; with a temperature, each prompt draws from a stream of its own, seeded by
 * settings.seed and the prompt's place, whatever else is asked at once
 * @return what follows each prompt, white space at the ends stripped
 * @throws std::invalid_argument naming the setting that is out of range
 */
std::vector<std::string> AnswerQuestions(const LanguageModel& model,
                                         const Tokenizer& tokenizer,
                                         const std::vector<std::string>& prompts,
                                         const GenerationSettings& settings = {});

/**
 * Several answers to each prompt at temperature 1, as SelfCheckGPT compares them.
 * @param model the model
 * @param tokenizer the model's
 * @param prompts the questions
 * @param samples answers per prompt
 * @param settings as AnswerQuestions; a temperature of 0 means 1 here
 * @return [prompt][sample]
 */
std::vector<std::vector<std::string>> SampleAnswers(const LanguageModel& model,
                                                    const Tokenizer& tokenizer,
                                                    const std::vector<std::string>& prompts,
                                                    int64_t samples,
                                                    const GenerationSettings& settings = {});

/**
 * Continue texts by the likeliest token until an end token, which is kept, or maxNewTokens.
 * @param model the model
 * @param prompts token ids, all of the same length, which are continued at once
 * @param vocabularySize tokens that there are; a model may have more rows
 * @param maxNewTokens stops there at the latest, >= 1
 * @param watch called after each token, may be empty; what it throws ends the work
 * @return what follows each prompt, at least one token
 * @throws std::invalid_argument where there is no room for maxNewTokens, or prompts differ in
 * length
 */
std::vector<std::vector<int32_t>> ContinueGreedily(const LanguageModel& model,
                                                   const std::vector<std::vector<int32_t>>& prompts,
                                                   int64_t vocabularySize,
                                                   int64_t maxNewTokens,
                                                   const std::function<void()>& watch = {});

/// How well a model predicts texts
struct Likelihood
{
    double negativeLogLikelihood{0}; ///< nats, summed over all targets
    int64_t tokens{0};               ///< targets

    /// @return exp of the mean; 1 is perfect
    double GetPerplexity() const;
};

/**
 * @param model the model
 * @param corpus the texts; each is read on its own, up to the model's maxPositions
 * @return how well the model predicts every token but the first of each text
 */
Likelihood MeasureLikelihood(const LanguageModel& model, const TokenCorpus& corpus);

/**
 * @param model the model
 * @param ids a text
 * @param first position that matters
 * @return [position - first][token]: logits of what follows each position
 */
std::vector<std::vector<float>> ComputeLogits(const LanguageModel& model,
                                              const std::vector<int32_t>& ids,
                                              int64_t first = 0);

/// @param logits of all tokens @param count of those that there are, > 0 @return the likeliest
int32_t FindLikeliest(const std::vector<float>& logits, int64_t count);

/// Tokens of a text with what the model makes of each in its context
struct ContextualEmbedding
{
    std::vector<int32_t> ids;                ///< tokens, without the begin token
    std::vector<std::vector<float>> vectors; ///< last hidden state after the final norm, per token
};

/**
 * The embeddings that (26) and (27) compare.
 * @param model the model
 * @param tokenizer the model's; its begin token is read, not returned
 * @param text UTF-8, may be empty
 * @return tokens and vectors
 */
ContextualEmbedding ComputeEmbedding(const LanguageModel& model,
                                     const Tokenizer& tokenizer,
                                     const std::string& text);

} // namespace ecld

#endif // ECLD_GENERATION_H
