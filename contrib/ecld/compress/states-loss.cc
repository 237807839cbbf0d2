/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "states-loss.h"

#include "staged-block.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <algorithm>
#include <cmath>

namespace ecld
{

namespace
{

/// Logits that are in memory at once: 268 MB.
constexpr int64_t PART_LOGITS = 1 << 26;

} // namespace

double
MeasureStatesLoss(const HiddenStates& states,
                  const CalibrationSet& texts,
                  const OutputWeights& weights)
{
    const at::NoGradGuard noGrad;
    const int64_t part = std::max<int64_t>(1, PART_LOGITS / weights.output.size(0));
    double sum = 0;
    for (const CalibrationBatch& batch : texts.GetBatches())
    {
        const at::Tensor rows = states.GetRows(batch.firstRow, batch.tensors.tokens.size(0));
        const at::Tensor hidden =
            NormaliseRms(SelectPlaces(rows, batch), weights.norm, weights.epsilon);
        for (int64_t first = 0; first < hidden.size(0); first += part)
        {
            const int64_t count = std::min(part, hidden.size(0) - first);
            const at::Tensor loss = at::cross_entropy_loss(
                at::matmul(hidden.narrow(0, first, count), weights.output.t()),
                batch.tensors.targets.narrow(0, first, count));
            sum += loss.item<double>() * static_cast<double>(count);
        }
    }
    const double loss = sum / static_cast<double>(texts.CountTargets());
    return std::isfinite(loss) ? loss : HUGE_VAL;
}

} // namespace ecld
