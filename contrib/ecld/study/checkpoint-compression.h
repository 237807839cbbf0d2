/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_CHECKPOINT_COMPRESSION_H
#define ECLD_CHECKPOINT_COMPRESSION_H

#include "compress/deployment.h"

#include <cstdint>
#include <optional>
#include <string>

namespace ecld
{

/// What becomes of a checkpoint on disk.
struct CheckpointSettings
{
    std::string model;                    ///< folder in Hugging Face's form
    std::string device;                   ///< file of the device, data/devices
    std::string output;                   ///< folder of the results
    std::optional<DeploymentTypes> types; ///< of the matrices; none: by the device's bits
    std::optional<double> sizeMiB;        ///< largest file; none: sizeShare
    /// Of the file over the model in bf16, at 4 bits, (0, 1], and twice that at 8: the paper's
    /// Llama row. A model that fits without pruning is not pruned.
    double sizeShare{0.2178};
    bool writesCheckpoint{false}; ///< the pruned model in Hugging Face's form too
    /// Texts that say what counts, MakeCalibratedModel or CompressLayerwise; empty: the weights
    /// alone.
    std::string texts;
    int64_t calibrationTokens{8192}; ///< with texts: of them at most, > 0
    bool isLayerwise{false};      ///< with texts: one layer at a time also where memory holds all
    int64_t steps{0};             ///< with texts: of the distillation
    std::string processor{"cpu"}; ///< cpu, cuda or cuda:N; other than cpu with texts alone
    std::string questions;        ///< with texts: file, ReadQuestions; a profile is written
    std::string clientFolder;     ///< llama.cpp, see SpeedSettings
    std::size_t threads{1};       ///< that score and quantise, > 0; files have the same bytes
    int trainingThreads{1};       ///< with texts, that compute, > 0; last digits depend on it
    bool progress{true};          ///< bars on standard error where that is a terminal
};

/**
 * @brief Prune and quantise a checkpoint for a device, a few rows at a time.
 *
 * Without texts, importance comes from the weights alone (ScoreByWeights). With texts it comes from
 * activations, down_proj is refitted, and rows are refined by what their errors cost. A model that
 * memory does not hold is compressed one layer at a time then (CompressLayerwise); for steps and
 * questions it has to fit. The GGUF file is
 * put in its place when whole; a run that was killed starts its file anew, and one that is done is
 * not done again. The file says what it was made with, and is refused by a run of other settings.
 *
 * @param settings what to do
 * @return a report in words: sizes, rates beside those of disk and memory, peak memory, modelled
 *         latency and energy on the device, and what llama.cpp measures here
 * @throws std::runtime_error one line naming file and tensor, or the setting that a file there was
 *         not made with
 * @throws std::invalid_argument naming a setting that could have no effect
 * @throws base::Interruption on Ctrl-C
 */
std::string CompressCheckpoint(const CheckpointSettings& settings);

} // namespace ecld

#endif // ECLD_CHECKPOINT_COMPRESSION_H
