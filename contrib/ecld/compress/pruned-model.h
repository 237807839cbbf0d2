/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_PRUNED_MODEL_H
#define ECLD_PRUNED_MODEL_H

#include "pruning.h"

namespace ecld
{

/**
 * Apply the masks, (3), (5)-(7).
 * @param model the full model; is not changed
 * @param plan made for its config
 * @return the pruned model
 */
LanguageModel Prune(const LanguageModel& model, const PruningPlan& plan);

/// How down_proj is refitted
struct RefitSettings
{
    CalibrationSettings calibration; ///< texts; the method is not used
    double ridge{0.01};              ///< penalty over the mean square of the neurons, > 0
};

/**
 * Prune, and refit each down_proj on its kept neurons: the ridge regression of the layer's full
 * feed-forward output on them over the calibration texts, drawn towards the weights that stayed.
 * Without training.
 * @param model the full model; is not changed
 * @param plan made for its config
 * @param corpus calibration texts
 * @param settings how
 * @return the pruned model
 */
LanguageModel PruneAndRefit(const LanguageModel& model,
                            const PruningPlan& plan,
                            const TokenCorpus& corpus,
                            const RefitSettings& settings);

} // namespace ecld

#endif // ECLD_PRUNED_MODEL_H
