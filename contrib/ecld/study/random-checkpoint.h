/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_RANDOM_CHECKPOINT_H
#define ECLD_RANDOM_CHECKPOINT_H

#include "format/model-config.h"

#include <cstdint>
#include <functional>
#include <string>

namespace ecld
{

/**
 * @param name llama-3.1-8b, qwen3-8b, mistral-nemo-12b, or tiny (also llama-3.1-8b-tiny), which is
 * Llama's family in small
 * @return the shape and constants of the published config.json
 * @throws std::invalid_argument for another name
 */
ModelConfig GetPublishedConfig(const std::string& name);

/**
 * @brief Write a checkpoint with random weights in BF16, shards of 5 GB: a model of a real
 * one's shapes for measuring time and memory where no weights are at hand.
 *
 * Matrices have zero mean and a deviation of 0.02 (logistic), norms 1. Its tokenizer is trained on
 * a line of text; the embedding's other rows have no token.
 *
 * @param config the shape
 * @param seed of the weights; same seed, same bytes
 * @param folder where
 * @param progress told weights done and in all, may be empty
 * @throws std::runtime_error naming what cannot be written
 */
void WriteRandomCheckpoint(const ModelConfig& config,
                           uint64_t seed,
                           const std::string& folder,
                           const std::function<void(int64_t, int64_t)>& progress = {});

} // namespace ecld

#endif // ECLD_RANDOM_CHECKPOINT_H
