/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "calibration-set.h"

#include "activation-sums.h"
#include "calibration-batches.h"

namespace ecld
{

CalibrationSet::CalibrationSet(const ModelConfig& config,
                               const TokenCorpus& corpus,
                               const CalibrationSettings& settings)
    : m_length(settings.length)
{
    const torch::Device device(torch::kCPU);
    ForEachCalibrationBatch(
        corpus,
        settings,
        device,
        [&](const TokenBatch& batch, const BatchTensors& tensors) {
            BlockPositions positions = MakePositions(config, device, 0, batch.length);
            positions.mask = MakeCausalMask(tensors.documents, batch.length, device);
            m_batches.push_back({tensors, MakeUsedMask(batch, device), positions, m_rows});
            m_rows += batch.rows;
            m_targets += tensors.targets.numel();
        });
}

const std::vector<CalibrationBatch>&
CalibrationSet::GetBatches() const
{
    return m_batches;
}

int64_t
CalibrationSet::CountRows() const
{
    return m_rows;
}

int64_t
CalibrationSet::GetLength() const
{
    return m_length;
}

int64_t
CalibrationSet::CountTargets() const
{
    return m_targets;
}

} // namespace ecld
