/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_TRAINING_H
#define ECLD_TRAINING_H

#include "base/interruption.h"
#include "model/language-model.h"
#include "model/token-corpus.h"

#include <cstdint>
#include <string>

namespace ecld
{

/// Type of matrix products while training
enum class Precision
{
    AUTO,    ///< BFLOAT16 where the processor multiplies it in hardware, else FLOAT32
    FLOAT32, ///< float32 throughout
    BFLOAT16 ///< products in bfloat16, all else in float32
};

/// How a model is trained: AdamW, linear warm-up, cosine decay
struct TrainingSettings
{
    int64_t steps{1000};                  ///< optimiser steps, >= 0
    int64_t rows{16};                     ///< rows per step, > 0
    int64_t length{128};                  ///< positions per row, > 1
    double peakLearningRate{3e-3};        ///< after the warm-up, > 0
    double finalRatio{0.05};              ///< learning rate at the end over its peak, 0 to 1
    int64_t warmupSteps{50};              ///< linear from 0, >= 0
    double beta1{0.9};                    ///< AdamW
    double beta2{0.95};                   ///< AdamW
    double epsilon{1e-8};                 ///< AdamW
    double weightDecay{0.01};             ///< AdamW, on matrices only
    double gradientClip{1.0};             ///< largest L2 norm of the gradient, > 0
    uint64_t seed{1};                     ///< of the order of documents
    Precision precision{Precision::AUTO}; ///< of matrix products
    /// File that a stopped run goes on from; empty: none. Removed by the caller when done with.
    std::string stateFile;
    int64_t stateEverySteps{200};  ///< how often it is written, > 0
    std::string label{"training"}; ///< before the progress bar
    bool progress{true};           ///< bar on standard error where that is a terminal
};

/// What a training did
struct TrainingReport
{
    int64_t firstStep{0}; ///< 0, or where it went on from
    int64_t steps{0};     ///< in all
    int64_t tokens{0};    ///< targets seen since firstStep
    double seconds{0};    ///< wall clock since firstStep
    double lastLoss{0};   ///< mean of the last 20 steps (or fewer), nats per token
};

/**
 * Train on next tokens.
 *
 * With a state file, a run that was killed goes on from the last state, and its weights are in the
 * end those of a run that was not, bit for bit.
 *
 * @param model is trained in place
 * @param corpus the texts
 * @param settings how
 * @return what it did
 * @throws std::invalid_argument naming the setting that is out of range
 * @throws std::runtime_error where the state file is of other settings, or the loss is no number
 * @throws base::Interruption on Ctrl-C
 */
TrainingReport Train(LanguageModel& model,
                     const TokenCorpus& corpus,
                     const TrainingSettings& settings);

/**
 * @param settings steps, warm-up, peak and final ratio
 * @param step from 0
 * @return learning rate of that step: peak (step + 1) / warmupSteps while warming up, then a half
 * cosine from the peak to finalRatio times it
 */
double GetLearningRate(const TrainingSettings& settings, int64_t step);

} // namespace ecld

#endif // ECLD_TRAINING_H
