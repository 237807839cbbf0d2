/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_SMALL_MODEL_H
#define ECLD_SMALL_MODEL_H

#include "format/model-config.h"
#include "model/language-model.h"
#include "model/token-corpus.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace ecld
{

/// Weights outside torch, row-major
using Weights = std::map<std::string, std::vector<float>>;

/// @param architecture of the model @return two layers, two query heads to a key/value head, and a
/// head wider than hidden / heads
ModelConfig MakeSmallConfig(Architecture architecture);

/// @param config shape @param seed of the draw @return normal weights that keep activations near
/// one
Weights DrawWeights(const ModelConfig& config, uint64_t seed);

/// @param config shape @param weights by name @return a model that has them
LanguageModel MakeModel(const ModelConfig& config, const Weights& weights);

/// @param model any @return its weights
Weights GetWeights(const LanguageModel& model);

/// @param vocabularySize tokens @param documents how many @param seed of the draw
/// @return texts of 5 to 20 random tokens, begun by token 0 and ended by token 1
TokenCorpus DrawTexts(int64_t vocabularySize, int64_t documents, uint64_t seed);

/// @param a logits @param b as a @return largest absolute difference
double GetLargestDifference(const std::vector<std::vector<float>>& a,
                            const std::vector<std::vector<float>>& b);

} // namespace ecld

#endif // ECLD_SMALL_MODEL_H
