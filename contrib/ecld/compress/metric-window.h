/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_METRIC_WINDOW_H
#define ECLD_METRIC_WINDOW_H

#include <cstddef>

namespace ecld
{

/**
 * @brief What a run of columns of a matrix is told of its inputs: the part of an InputMetric for
 * these columns alone. All pointers must outlive it.
 */
struct MetricWindow
{
    std::size_t columns;     ///< of the run
    std::size_t stride;      ///< from a row of products or feedback to the next, numbers
    const double* products;  ///< H, columns rows, symmetric
    const double* feedback;  ///< U, columns rows, of which only what is right of a column counts
    const double* remainder; ///< D, columns numbers

    /// @param column of the run @return its row of H
    const double* GetProducts(std::size_t column) const
    {
        return products + column * stride;
    }

    /// @param column of the run @return its row of U
    const double* GetFeedback(std::size_t column) const
    {
        return feedback + column * stride;
    }
};

} // namespace ecld

#endif // ECLD_METRIC_WINDOW_H
