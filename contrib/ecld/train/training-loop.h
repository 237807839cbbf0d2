/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_TRAINING_LOOP_H
#define ECLD_TRAINING_LOOP_H

#include "model/batch-tensors.h"
#include "training.h"

#include <functional>
#include <string>

namespace ecld
{

/// Mean loss of a batch, a scalar that gradients flow from
using LossFunction = std::function<at::Tensor(const Transformer&, const BatchTensors&)>;

/**
 * What Train and Distill share: schedule, optimiser, state file, interruption.
 * @param model is trained in place
 * @param corpus the texts
 * @param settings how
 * @param loss of a batch
 * @param purpose tells the state files of different losses apart
 * @return what it did
 */
TrainingReport RunTraining(LanguageModel& model,
                           const TokenCorpus& corpus,
                           const TrainingSettings& settings,
                           const LossFunction& loss,
                           const std::string& purpose);

/// @param precision what was asked for @param device where @return type of matrix products
torch::ScalarType ChooseComputeType(Precision precision, const torch::Device& device);

/// @param network a transformer @return 64-bit FNV-1a of all weights
uint64_t HashWeights(const Transformer& network);

} // namespace ecld

#endif // ECLD_TRAINING_LOOP_H
