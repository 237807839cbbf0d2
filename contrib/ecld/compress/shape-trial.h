/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_SHAPE_TRIAL_H
#define ECLD_SHAPE_TRIAL_H

#include "pruned-model.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace ecld
{

/// How shapes are compared.
struct TrialSettings
{
    RefitSettings refit;   ///< of each model, and the texts that the loss is of
    bool isRefitted{true}; ///< else models are compared as they are pruned
    /// Told shapes that are tried and shapes in all; may throw to stop.
    std::function<void(int64_t, int64_t)> progress;
};

/// The best of some shapes.
struct TriedModel
{
    LanguageModel model;        ///< of the shape with the least loss
    PrunedShape shape;          ///< its shape
    std::vector<double> losses; ///< of all shapes, in their order, nats a token
};

/**
 * @brief Prune to each of some shapes, refit, and keep the one that predicts the calibration texts
 * best.
 *
 * Scores of layers and of neurons have no common unit, so what depth is worth in widths is left to
 * the loss.
 *
 * @param model the full model; is not changed
 * @param scores its scores
 * @param shapes such as of ListShapesByBudget, one or more
 * @param corpus calibration texts
 * @param settings how
 * @return the model of the shape with the least loss, of equal ones the first
 * @throws std::runtime_error where no loss is a number
 */
TriedModel PruneByLoss(const LanguageModel& model,
                       const ImportanceScores& scores,
                       const std::vector<PrunedShape>& shapes,
                       const TokenCorpus& corpus,
                       const TrialSettings& settings);

/**
 * @param model any
 * @param corpus texts
 * @param settings which of them
 * @return mean loss of the next token, nats
 */
double MeasureLoss(const LanguageModel& model,
                   const TokenCorpus& corpus,
                   const CalibrationSettings& settings);

} // namespace ecld

#endif // ECLD_SHAPE_TRIAL_H
