/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_TRAINING_STATE_H
#define ECLD_TRAINING_STATE_H

#include "model/transformer.h"

#include <cstdint>
#include <string>
#include <torch/optim/adamw.h>
#include <vector>

namespace ecld
{

/// Where a training stands, beside weights and optimiser
struct TrainingPosition
{
    int64_t step{0};            ///< steps done
    std::vector<double> losses; ///< of the last steps
};

/**
 * Write weights, optimiser and position to one file, beside its place and renamed.
 * @param path the file
 * @param fingerprint of the run; another one cannot go on from the file
 * @param network weights
 * @param optimiser moments
 * @param position where it stands
 * @throws std::runtime_error naming the file
 */
void WriteTrainingState(const std::string& path,
                        const std::string& fingerprint,
                        const Transformer& network,
                        const torch::optim::AdamW& optimiser,
                        const TrainingPosition& position);

/**
 * @param path the file; where there is none, nothing changes
 * @param fingerprint of this run
 * @param network gets the weights, in place
 * @param optimiser gets the moments
 * @return where to go on
 * @throws std::runtime_error naming the file: of another run, or damaged
 */
TrainingPosition ReadTrainingState(const std::string& path,
                                   const std::string& fingerprint,
                                   Transformer& network,
                                   torch::optim::AdamW& optimiser);

} // namespace ecld

#endif // ECLD_TRAINING_STATE_H
