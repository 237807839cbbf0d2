/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_CALIBRATION_BATCHES_H
#define ECLD_CALIBRATION_BATCHES_H

#include "importance.h"
#include "model/batch-tensors.h"

#include <functional>

namespace ecld
{

/**
 * @brief Read the calibration texts, once at most and as many rows as the settings say: the last
 * batch has what is left.
 *
 * Only torch parts of ecld include this header.
 *
 * @param corpus calibration texts
 * @param settings samples, length, rows, seed
 * @param device where the tensors go
 * @param take is given each batch, and its tensors
 * @throws std::invalid_argument naming the setting that is out of range
 */
void ForEachCalibrationBatch(
    const TokenCorpus& corpus,
    const CalibrationSettings& settings,
    const torch::Device& device,
    const std::function<void(const TokenBatch&, const BatchTensors&)>& take);

} // namespace ecld

#endif // ECLD_CALIBRATION_BATCHES_H
