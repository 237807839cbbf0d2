/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_LAYERWISE_SHAPE_H
#define ECLD_LAYERWISE_SHAPE_H

#include "layerwise-quantization.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace ecld
{

/// Shapes of a model that does not fit into memory, tried on the calibration texts
struct LayerwiseTrial
{
    PrunedShape shape;          ///< the one with the least loss, of equal ones the first
    std::vector<double> losses; ///< of all shapes, in their order, nats a token
};

/**
 * @brief Prune to each of some shapes and refit, one layer at a time, and tell which predicts the
 * calibration texts best, before it is quantised: PruneByLoss for models that do not fit into
 * memory.
 *
 * Needs the files of ScoreLayerByLayer. A shape that was tried is not tried again.
 *
 * @param checkpoint tensors of the full model
 * @param config its shape
 * @param scores its scores
 * @param shapes such as of ListShapesByBudget, one or more
 * @param texts those of the first pass, or the first ones of them
 * @param full folder of the first pass; trials have folders of their own in it
 * @param ridge of the refit, 0 for none
 * @param progress told shapes that are tried and shapes in all, may be empty; may throw to stop
 * @return the best shape; one shape alone is not tried
 * @throws std::runtime_error where no loss is a number
 */
LayerwiseTrial ChooseShapeByLoss(const SafetensorsCheckpoint& checkpoint,
                                 const ModelConfig& config,
                                 const ImportanceScores& scores,
                                 const std::vector<PrunedShape>& shapes,
                                 const CalibrationSet& texts,
                                 const LayerwiseFolder& full,
                                 double ridge,
                                 const std::function<void(int64_t, int64_t)>& progress = {});

} // namespace ecld

#endif // ECLD_LAYERWISE_SHAPE_H
