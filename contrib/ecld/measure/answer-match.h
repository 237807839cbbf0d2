/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_ANSWER_MATCH_H
#define ECLD_ANSWER_MATCH_H

#include <string>
#include <vector>

namespace ecld
{

/**
 * @brief Text as answers are compared: lower case (ASCII), no punctuation, no articles, single
 * spaces (rmanluo/reasoning-on-graphs: evaluate_results.py).
 * @param text UTF-8
 * @return the normalised text
 */
std::string NormalizeAnswer(const std::string& text);

/// How well a generated answer contains the accepted ones.
struct AnswerScore
{
    bool hit{false};     ///< contains any: (23)
    double share{0};     ///< share of the accepted answers that it contains ("Acc")
    bool wordHit{false}; ///< contains any as whole words: "us" is not in "austria"
};

/**
 * @brief Answer containment, (23).
 *
 * An accepted answer of which normalisation leaves nothing matches only an answer that is equal to
 * it, because the empty text is contained everywhere.
 *
 * @param prediction the generated answer
 * @param accepted ground truth, at least one
 * @return the scores
 * @throws std::invalid_argument where nothing is accepted
 */
AnswerScore ScoreAnswer(const std::string& prediction, const std::vector<std::string>& accepted);

/// @param text normalised @param part normalised, not empty @return whether text has part as words
bool ContainsWords(const std::string& text, const std::string& part);

} // namespace ecld

#endif // ECLD_ANSWER_MATCH_H
