/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_EVALUATION_H
#define ECLD_EVALUATION_H

#include "model/generation.h"
#include "model/language-model.h"
#include "semantic-agreement.h"
#include "teach/corpus.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ecld
{

/// How much is asked.
struct EvaluationSettings
{
    int64_t questions{300};     ///< of each kind at most, evenly spaced over all, >= 1
    int64_t articles{80};       ///< texts to continue for (24), >= 1
    int64_t selfCheckTexts{20}; ///< of the articles, those with samples, >= 0
    int64_t samples{5};         ///< answers at temperature 1 of each, >= 1
    int64_t maxNewTokens{32};   ///< of an answer; a continuation may have twice as many
    int64_t documents{200};     ///< texts for the perplexity, >= 1
    double similarityThreshold{DEFAULT_SIMILARITY_THRESHOLD}; ///< gamma of (27)
    uint64_t seed{1};                                         ///< of the samples
};

/// Quality of one model, one number for each query so that intervals can be made; and what the
/// queries have in common, by which they are resampled.
struct QualityReport
{
    std::vector<double> hits;             ///< (23) on held-out questions
    std::vector<double> shares;           ///< share of the accepted answers, same questions
    std::vector<double> wordHits;         ///< (23) by whole words, same questions
    std::vector<double> memorisedHits;    ///< (23) on questions that were trained
    std::vector<double> paraphraseHits;   ///< (23) on questions in words never seen
    std::vector<double> inconsistent;     ///< each sentence: 1 - the indicator of (24)
    std::vector<double> contradicted;     ///< each sentence: names a value of something else
    std::vector<double> selfCheck;        ///< SelfCheckGPT-Unigram; not comparable with (24)
    std::vector<double> agreement;        ///< (26), held-out questions
    std::vector<double> disagreement;     ///< (27), same questions
    std::vector<int64_t> heldOutFacts;    ///< which fact each held-out question asks
    std::vector<int64_t> memorisedFacts;  ///< of memorisedHits
    std::vector<int64_t> paraphraseFacts; ///< of paraphraseHits
    std::vector<int64_t> articles;        ///< which text each sentence is from
    double perplexity{0};                 ///< on training texts
    double promptTokens{0};               ///< mean of the held-out questions
    double answerTokens{0};               ///< mean of the answers to them, the end included
};

/// @param questions any @return a number for the fact that each asks, the same for two wordings; a
/// question that names no entity is a fact of its own
std::vector<int64_t> NumberFacts(const std::vector<Question>& questions);

/// What the full model says, the reference of (26) and (27).
struct ReferenceAnswers
{
    std::vector<std::string> texts;                          ///< [question] answer
    std::vector<std::vector<std::vector<float>>> embeddings; ///< [question][token] contextual
};

/**
 * @param full the full model
 * @param tokenizer its vocabulary
 * @param corpus the questions
 * @param settings how many
 * @return its answers to the held-out questions, embedded by itself
 */
ReferenceAnswers AnswerAsReference(const LanguageModel& full,
                                   const Tokenizer& tokenizer,
                                   const Corpus& corpus,
                                   const EvaluationSettings& settings);

/**
 * @brief Check what the full model itself says; by its own answers, (26) is 1 and (27) is 0.
 * @param reference its answers
 * @param tokenizer its vocabulary
 * @param corpus the questions
 * @param settings how many
 * @return the report on held-out questions; the other lists are empty
 */
QualityReport EvaluateReference(const ReferenceAnswers& reference,
                                const Tokenizer& tokenizer,
                                const Corpus& corpus,
                                const EvaluationSettings& settings);

/**
 * @brief Ask a model and check what it says. Same model and settings, same report.
 * @param model what is measured
 * @param full embeds the answers for (26) and (27)
 * @param reference what the full model said
 * @param tokenizer of both
 * @param corpus questions and facts
 * @param tokens training texts, for the perplexity
 * @param settings how many
 * @return the report
 */
QualityReport Evaluate(const LanguageModel& model,
                       const LanguageModel& full,
                       const ReferenceAnswers& reference,
                       const Tokenizer& tokenizer,
                       const Corpus& corpus,
                       const TokenCorpus& tokens,
                       const EvaluationSettings& settings);

/// @param report a report @return it as JSON text
std::string WriteQualityReport(const QualityReport& report);

/// @param text what WriteQualityReport gave @param file what messages call it @return the report
/// @throws std::runtime_error naming the file
QualityReport ParseQualityReport(const std::string& text, const std::string& file);

} // namespace ecld

#endif // ECLD_EVALUATION_H
