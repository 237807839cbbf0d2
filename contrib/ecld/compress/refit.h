/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_REFIT_H
#define ECLD_REFIT_H

#include "product-observer.h"
#include "pruned-model.h"

namespace ecld
{

/**
 * @brief Read the calibration texts for the refit, once for all plans.
 *
 * Only torch parts of ecld include this header.
 *
 * @param model the full model; is not changed
 * @param corpus calibration texts
 * @param settings how much
 * @return products of the inputs of each down_proj
 */
ProductObserver MeasureNeurons(const LanguageModel& model,
                               const TokenCorpus& corpus,
                               const CalibrationSettings& settings);

/**
 * @param model the full model; is not changed
 * @param plan made for its config
 * @param products of MeasureNeurons
 * @param ridge as in RefitSettings
 * @return the pruned model, down_proj fitted to the kept neurons
 */
LanguageModel PruneAndRefit(const LanguageModel& model,
                            const PruningPlan& plan,
                            const ProductObserver& products,
                            double ridge);

} // namespace ecld

#endif // ECLD_REFIT_H
