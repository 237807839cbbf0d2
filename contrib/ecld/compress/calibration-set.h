/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_CALIBRATION_SET_H
#define ECLD_CALIBRATION_SET_H

#include "importance.h"
#include "model/batch-tensors.h"
#include "model/transformer-block.h"

#include <cstdint>
#include <vector>

namespace ecld
{

/// Some rows of the calibration texts
struct CalibrationBatch
{
    BatchTensors tensors;     ///< tokens, documents, places that have a target
    at::Tensor used;          ///< [rows, length, 1] float32, one where a document is
    BlockPositions positions; ///< with the mask of its documents
    int64_t firstRow;         ///< its number among all rows
};

/**
 * @brief The calibration texts in memory, for passes that see them once for each layer.
 *
 * The batches are those of ForEachCalibrationBatch. Only torch parts of ecld include this header.
 */
class CalibrationSet
{
  public:
    /**
     * @param config of the model: its rotary angles
     * @param corpus calibration texts
     * @param settings samples, length, rows, seed
     * @throws std::invalid_argument naming the setting that is out of range
     */
    CalibrationSet(const ModelConfig& config,
                   const TokenCorpus& corpus,
                   const CalibrationSettings& settings);

    /// @return all batches
    const std::vector<CalibrationBatch>& GetBatches() const;

    /// @return rows of all batches
    int64_t CountRows() const;

    /// @return positions of a row
    int64_t GetLength() const;

    /// @return positions that have a target, of all batches
    int64_t CountTargets() const;

  private:
    int64_t m_length;                        //!< positions of a row
    int64_t m_rows{0};                       //!< of all batches
    int64_t m_targets{0};                    //!< of all batches
    std::vector<CalibrationBatch> m_batches; //!< in their order
};

} // namespace ecld

#endif // ECLD_CALIBRATION_SET_H
