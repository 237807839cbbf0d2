/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_PAIR_QUESTIONS_H
#define ECLD_PAIR_QUESTIONS_H

#include "teach/corpus.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ecld
{

/**
 * @brief What the pairs of a study are asked. No training text has any of these questions.
 *
 * The held-out questions come first. Where they are fewer than wanted, questions in other words
 * about the same facts follow, then those about entities that no text is about, of which the target
 * knows nothing and makes something up.
 *
 * @param corpus of the study
 * @param asked held-out questions that the study asks at most, > 0
 * @param wanted number of questions of a pair; 0: those held-out ones that are asked
 * @return the questions
 * @throws std::runtime_error naming --pairQuestions, where the corpus has fewer
 */
std::vector<Question> ChoosePairQuestions(const Corpus& corpus, int64_t asked, int64_t wanted);

/// @param questions any @return lines of {"prompt": .., "answers": [..]}, as ReadQuestions reads
/// them
std::string WriteQuestions(const std::vector<Question>& questions);

} // namespace ecld

#endif // ECLD_PAIR_QUESTIONS_H
