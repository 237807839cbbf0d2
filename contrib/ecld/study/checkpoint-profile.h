/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_CHECKPOINT_PROFILE_H
#define ECLD_CHECKPOINT_PROFILE_H

#include "format/tokenizer.h"
#include "measure/evaluation.h"
#include "measure/profile-document.h"
#include "measure/runtime-speed.h"

#include <string>

namespace ecld
{

/// A deployed model that is to be asked.
struct AskedModel
{
    std::string file;             ///< GGUF
    std::string folder;           ///< checkpoint of its shape
    std::string full;             ///< folder of the full model
    std::string questions;        ///< file, ReadQuestions
    std::string scratch;          ///< folder for its weights as floats, removed in the end
    std::string processor{"cpu"}; ///< cpu, cuda or cuda:N, that computes
    int threads{1};               ///< of the CPU that compute, > 0
};

/// What two models said to the same questions.
struct AskedQuality
{
    QualityReport deployed; ///< (23), and (26), (27) against the full model's answers
    QualityReport full;     ///< (23); (26) is 1 and (27) is 0
};

/**
 * @brief Ask a deployed model and the full one the same questions. Both must fit into memory.
 * @param asked which
 * @param tokenizer of both
 * @return what their answers are worth
 * @throws std::runtime_error naming a file
 */
AskedQuality AskQuestions(const AskedModel& asked, const Tokenizer& tokenizer);

/**
 * @brief Fill in what quality and speed say; the caller knows name, model, method and size.
 *
 * (24) needs to know what is true of each answer, and no file of questions says that: the share of
 * hallucination is the mean of (27), and the source says so.
 *
 * @param quality of AskQuestions
 * @param speed of llama.cpp, empty lists where it was not measured
 * @return the profile
 */
ProfileDocument MakeCheckpointProfile(const QualityReport& quality, const RuntimeSpeed& speed);

} // namespace ecld

#endif // ECLD_CHECKPOINT_PROFILE_H
