/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_LIVE_CHECK_H
#define ECLD_LIVE_CHECK_H

#include "measure/pair-document.h"
#include "measure/transcript.h"
#include "model/language-model.h"

#include <cstdint>
#include <functional>
#include <string>

namespace ecld
{

/// How much of a transcript is decoded live.
struct LiveSettings
{
    int64_t questions{0};        ///< evenly spaced, > 0, at most those of the transcript
    int64_t answerTokens{0};     ///< of an answer at most, as the transcript was made with, > 0
    std::string file;            ///< where the rounds go, CSV: query,window,round,accepted
    bool progress{true};         ///< bar on standard error where that is a terminal
    std::function<void()> watch; ///< called after each answer; what it throws ends the work
};

/**
 * @brief Decode questions of a transcript with both models together and compare what each round
 * accepts, with windows of 1, 2, 4 and 8 drafts.
 * @param draft the small model
 * @param target the large model
 * @param prompts all questions of the transcript
 * @param pair the transcript
 * @param settings how much, and where to
 * @return a line: rounds, and how many of their answers differ from the transcript
 * @throws std::runtime_error where the file cannot be written
 */
std::string CheckLiveRounds(const LanguageModel& draft,
                            const LanguageModel& target,
                            const Prompts& prompts,
                            const PairDocument& pair,
                            const LiveSettings& settings);

} // namespace ecld

#endif // ECLD_LIVE_CHECK_H
