/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_ERROR_FEEDBACK_H
#define ECLD_ERROR_FEEDBACK_H

#include "block-traits.h"
#include "metric-window.h"

#include <cstddef>
#include <vector>

namespace ecld
{

/// Rows of a run of columns that are quantised together.
struct FeedbackRows
{
    std::size_t rows;     ///< number of rows
    std::size_t stride;   ///< from a row of weights to the next, numbers
    const float* weights; ///< of the first row and the first column of the run
    /// What each weight should be, given the errors in the columns before the run: rows x columns.
    /// It is changed by the errors within the run.
    double* targets;
};

/**
 * @brief Quantise a run of columns so that each column makes up for the errors of those before it
 * (LDLQ, see InputMetric): block after block is fitted to what is asked of it, and so is code after
 * code.
 * @tparam Block AffineGroup or KBlock
 * @param run the rows
 * @param metric of the run; its columns a multiple of the block's size
 * @param levels largest code
 * @return blocks, row by row
 */
template <typename Block>
std::vector<Block> FeedErrorsBack(const FeedbackRows& run, const MetricWindow& metric, int levels);

} // namespace ecld

#endif // ECLD_ERROR_FEEDBACK_H
