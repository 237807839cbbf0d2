/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_MATRIX_REFINEMENT_H
#define ECLD_MATRIX_REFINEMENT_H

#include "format/gguf.h"
#include "wide-metric.h"

#include <cstddef>
#include <torch/types.h>
#include <vector>

namespace ecld
{

/// How all rows of a matrix are refined together.
struct MatrixRefinementSettings
{
    /// Turns of codes and parameters over all columns, [0, 100]; each costs a product of the matrix
    /// with H, twice that with two starts.
    int turns{6};
    /// Start from the weights as they are too, and keep the better of both for each row; else from
    /// error feedback alone.
    bool hasTwoStarts{true};
    std::size_t threads{1}; ///< that fit and move codes, > 0; the bytes are the same
};

/**
 * @param columns of a matrix @return settings that take minutes and not hours for a layer of wide
 * ones: up to 1024 columns all turns from two starts, and one turn from error feedback above
 */
MatrixRefinementSettings ChooseRefinement(int64_t columns);

/**
 * @brief Quantise a matrix so that its outputs change least, all rows at once: RefineRow for any
 * width.
 *
 * Runs of columns are quantised one after the other, 128 of Q4_1 and 256 of Q4_K; within a run, the
 * errors of a row are fed back in float64, and those of the run to all later columns by one product
 * in float32 (GPTQ's lazy batches, arXiv:2210.17323). Then runs take turns in which codes and
 * parameters move. As in RefineRow there may be two starts, and each row keeps
 * the best. Types without
 * offsets weigh squares alone, as plain ones do nothing.
 *
 * Only torch parts of ecld include this header.
 *
 * @param type F32, F16, BF16, Q8_0, Q6_K, Q4_1 or Q4_K
 * @param weights [rows, columns] float32, finite
 * @param metric of the inputs, of as many columns
 * @param settings turns and threads
 * @return blocks, row by row
 * @throws std::invalid_argument as QuantizeBlocks does, or for the metric of other columns
 */
std::vector<std::byte> QuantizeMatrix(GgufType type,
                                      const at::Tensor& weights,
                                      const WideMetric& metric,
                                      const MatrixRefinementSettings& settings = {});

} // namespace ecld

#endif // ECLD_MATRIX_REFINEMENT_H
