/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_LAYERWISE_SCORES_H
#define ECLD_LAYERWISE_SCORES_H

#include "calibration-set.h"
#include "importance.h"
#include "layerwise-folder.h"
#include "streaming.h"

#include <cstdint>
#include <functional>

namespace ecld
{

/**
 * @brief Scores by activations, as Calibrate has them, of a model that does not fit into memory.
 *
 * Each layer is read, run on all texts and dropped. The hidden states before each layer, and after
 * the last, stay in the folder: 4 bytes for each channel of each position. A layer whose files are
 * there is not run again. Only torch parts of ecld include this header.
 *
 * @param model the full model
 * @param texts calibration texts
 * @param folder of the files, of this model and these texts alone
 * @param progress told layers that are done and layers in all, may be empty; may throw to stop
 * @return the scores, all finite
 * @throws std::runtime_error naming file and tensor, or the file that cannot be written
 */
ImportanceScores ScoreLayerByLayer(TensorRows& model,
                                   const CalibrationSet& texts,
                                   const LayerwiseFolder& folder,
                                   const std::function<void(int64_t, int64_t)>& progress = {});

} // namespace ecld

#endif // ECLD_LAYERWISE_SCORES_H
