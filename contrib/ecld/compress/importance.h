/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_IMPORTANCE_H
#define ECLD_IMPORTANCE_H

#include "model/language-model.h"
#include "model/token-corpus.h"

#include <cstdint>
#include <vector>

namespace ecld
{

/// What a score measures
enum class ImportanceMethod
{
    ACTIVATION, ///< size of activations on the calibration texts (Minitron)
    TAYLOR,     ///< |weight * gradient| summed over what is coupled (LLM-Pruner, first order)
    RANDOM      ///< uniform draws, the control
};

/// How scores are taken
struct CalibrationSettings
{
    ImportanceMethod method{ImportanceMethod::ACTIVATION}; ///< which scores
    int64_t samples{512}; ///< rows of texts at most, > 0; each is read once
    int64_t length{128};  ///< positions per row, > 1
    int64_t rows{16};     ///< rows at once, > 0
    uint64_t seed{1};     ///< of the choice, and of RANDOM
};

/// Scores (1); higher is more important. Those of different axes are not comparable.
struct ImportanceScores
{
    std::vector<double> layers;               ///< [layer]
    std::vector<double> channels;             ///< [hidden]
    std::vector<std::vector<double>> neurons; ///< [layer][intermediate]
    std::vector<std::vector<double>> heads;   ///< [layer][query head]
    std::vector<std::vector<double>> groups;  ///< [layer][key/value head], of its query heads
};

/**
 * Scores of everything that can be pruned, (1): f(W, D).
 *
 * ACTIVATION, with A_j = sqrt(sum over samples (mean over positions |x_j|)^2): neurons from the
 * input of down_proj; heads from the input of o_proj, the L2 norm of A over the head's channels,
 * and groups the L2 norm over their heads; channels from the outputs of the two RMSNorms of every
 * layer, summed over norms; layers by the mean over positions of 1 - cos(h_in, h_out). Positions
 * that only fill a row do not count. TAYLOR: the sum of |w dL/dw| over the weights that fall with
 * the component, L the mean next-token loss. A layer's score is then the sum over all its weights.
 *
 * @param model is not changed
 * @param corpus calibration texts D
 * @param settings which scores, how many samples
 * @return the scores, all finite
 * @throws std::invalid_argument naming the setting that is out of range
 */
ImportanceScores Calibrate(const LanguageModel& model,
                           const TokenCorpus& corpus,
                           const CalibrationSettings& settings);

/**
 * @param config a model
 * @param seed of the draws
 * @return uniform scores on [0, 1)
 */
ImportanceScores DrawScores(const ModelConfig& config, uint64_t seed);

/// @param scores any @throws std::runtime_error where one of them is no finite number
void RequireFinite(const ImportanceScores& scores);

} // namespace ecld

#endif // ECLD_IMPORTANCE_H
