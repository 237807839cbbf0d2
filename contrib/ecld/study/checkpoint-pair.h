/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_CHECKPOINT_PAIR_H
#define ECLD_CHECKPOINT_PAIR_H

#include <cstdint>
#include <string>

namespace ecld
{

/// Two checkpoints on disk that are to speculate together, and what they are asked.
struct PairSettings
{
    std::string draft;            ///< folder of the small model in Hugging Face's form
    std::string target;           ///< folder of the large one
    std::string questions;        ///< file, ReadPrompts
    std::string file;             ///< the pair file
    int64_t answerTokens{128};    ///< of an answer at most, >= 1
    int64_t liveQuestions{0};     ///< that both models also decode together, >= 0
    double temperature{0};        ///< of the acceptance, > 0; 0: there is none
    std::string processor{"cpu"}; ///< cpu, cuda or cuda:N, that computes
    int threads{1};               ///< of the CPU that compute, > 0; last digits depend on it
    bool progress{true};          ///< bar on standard error where that is a terminal
};

/**
 * @brief Write the transcript of two models, both in memory.
 *
 * What was done is in FILE.state until the file is written, so that a run which was stopped or
 * killed goes on, to the same bytes. The file says in its source what it was made with; one that is
 * there is left as it is, and refused by a run of other settings.
 *
 * liveQuestions of the questions, evenly spaced, are also decoded by both models round by round;
 * what each round accepts goes to FILE.live.csv, and the report says how many rounds are those of
 * the transcript.
 *
 * @param settings what to do
 * @return a report in words: how many tokens of the target the draft says too
 * @throws std::runtime_error one line, such as where the vocabularies differ
 * @throws base::Interruption on Ctrl-C
 */
std::string MakePair(const PairSettings& settings);

} // namespace ecld

#endif // ECLD_CHECKPOINT_PAIR_H
