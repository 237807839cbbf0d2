/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_PIPELINE_H
#define ECLD_PIPELINE_H

#include "format/model-config.h"
#include "study-row.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ecld
{

/// A study of all methods on a small model that is trained here.
struct StudySettings
{
    std::string size{"small"};                      ///< fixture, small or table, GetTeacherSettings
    Architecture architecture{Architecture::LLAMA}; ///< of the teacher
    std::string output{"results/compress"};         ///< folder of all files
    std::string processor{"cpu"};                   ///< cpu or cuda, runs the training
    /// Bytes of ECLD's weights over the teacher's in bf16, (0, 1); the paper's Llama row.
    double sizeShare{0.2178};
    int64_t steps{0};         ///< of the teacher; 0: those of the size
    int64_t questions{0};     ///< of each kind, and articles up to 80; 0: 300, for table 1000
    int64_t pairQuestions{0}; ///< of each pair file; 0: the held-out questions that are asked
    uint64_t seed{1};         ///< of all draws: texts, weights, batches, calibration, samples
    std::string clientFolder; ///< llama.cpp, see SpeedSettings
    bool hasAblation{false};  ///< rows for several alpha and tau of (8), and the refit
    bool progress{true};      ///< bars on standard error where that is a terminal
};

/**
 * @param settings of a study
 * @throws std::runtime_error naming --pairQuestions, where the texts have fewer questions
 */
void RequirePairQuestions(const StudySettings& settings);

/**
 * @brief Train, prune, distil, quantise, export, evaluate, time, write profiles.
 *
 * Every stage leaves its result in the output folder and is not done again; one that was killed
 * goes on where it stopped (training) or starts anew. Models and quality do not depend on it, byte
 * for byte; times and energies are measured and kept once measured.
 *
 * @param settings what to do
 * @return the rows
 * @throws std::runtime_error one line, such as where the folder was made with other settings
 * @throws base::Interruption on Ctrl-C
 */
std::vector<StudyRow> RunStudy(const StudySettings& settings);

} // namespace ecld

#endif // ECLD_PIPELINE_H
