/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "calibration-batches.h"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace ecld
{

namespace
{

/// @param batch some rows @param rows how many stay
void
KeepRows(TokenBatch& batch, int64_t rows)
{
    batch.rows = rows;
    batch.used.resize(rows);
    for (std::vector<int64_t>* const values : {&batch.tokens, &batch.documents, &batch.targets})
    {
        values->resize(rows * batch.length);
    }
}

} // namespace

void
ForEachCalibrationBatch(const TokenCorpus& corpus,
                        const CalibrationSettings& settings,
                        const torch::Device& device,
                        const std::function<void(const TokenBatch&, const BatchTensors&)>& take)
{
    if (settings.samples < 1)
    {
        throw std::invalid_argument("calibration: samples is " + std::to_string(settings.samples) +
                                    ", expected 1 or more");
    }
    const int64_t rows = std::min(settings.rows, settings.samples);
    BatchSequence batches(corpus, rows, settings.length, settings.seed);
    const int64_t samples = std::min(settings.samples, batches.CountFirstRows());
    for (int64_t step = 0; step * rows < samples; ++step)
    {
        TokenBatch batch = batches.Get(step);
        KeepRows(batch, std::min(rows, samples - step * rows));
        take(batch, MakeTensors(batch, device));
    }
}

} // namespace ecld
