/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_PAIR_DOCUMENT_H
#define ECLD_PAIR_DOCUMENT_H

#include <cstdint>
#include <string>
#include <vector>

namespace ecld
{

/// One of the two models of a pair.
struct PairModel
{
    std::string name;      ///< by convention that of its profile
    std::string baseModel; ///< what it was made of; empty where it is not known
};

/// What both models of a pair say to one prompt.
struct PairQuery
{
    int64_t promptTokens{0};        ///< tokens of the prompt
    std::vector<int32_t> target;    ///< the target's greedy tokens
    std::vector<int32_t> draft;     ///< the draft's greedy next token at each prefix of these
    std::vector<double> acceptance; ///< at each prefix, share; empty without a temperature
};

/**
 * @brief What a simulation reads of a draft and a target: data/schema/llm-pair.schema.json.
 */
struct PairDocument
{
    std::string name;               ///< by convention the file's stem
    PairModel draft;                ///< the small model
    PairModel target;               ///< the large model
    int64_t vocabularySize{0};      ///< tokens of both
    double temperature{0};          ///< of the acceptance; 0: there is none
    std::string source;             ///< where the transcript comes from
    std::vector<PairQuery> queries; ///< in the order of the questions
};

/**
 * @param pair the transcript; acceptance is rounded to six digits
 * @return the file's text, a line for each query
 */
std::string WritePairDocument(const PairDocument& pair);

/// @param text what WritePairDocument gave @param file what messages call it @return the transcript
/// @throws std::runtime_error naming the file
PairDocument ParsePairDocument(const std::string& text, const std::string& file);

/// @param query of a transcript @return for each token of the target 1 where the draft has the same
std::vector<double> GetAccepted(const PairQuery& query);

} // namespace ecld

#endif // ECLD_PAIR_DOCUMENT_H
