/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_WIDE_METRIC_H
#define ECLD_WIDE_METRIC_H

#include "input-metric.h"
#include "metric-window.h"

#include <cstdint>
#include <torch/types.h>
#include <vector>

namespace ecld
{

/// A MetricWindow with numbers of its own.
class OwnedMetricWindow
{
  public:
    /**
     * @param products [columns, columns] float64, contiguous
     * @param feedback as products
     * @param remainder [columns] float64, contiguous
     */
    OwnedMetricWindow(at::Tensor products, at::Tensor feedback, at::Tensor remainder);

    /// @return the window, which lives as long as this
    MetricWindow Get() const;

  private:
    at::Tensor m_products;  //!< H
    at::Tensor m_feedback;  //!< U
    at::Tensor m_remainder; //!< D
};

/**
 * @brief InputMetric for matrices of any width: H and U in float32, factorised by LibTorch's
 * Cholesky in float64.
 *
 * 8 bytes a pair of columns stay, 1.6 GB at 14,336 columns; 20 bytes are needed while it is made.
 * Only torch parts of ecld include this header.
 */
class WideMetric
{
  public:
    /**
     * @param products mean of x x^T, [columns, columns], symmetric, finite, float32 or float64;
     *        float32 ones are taken over and damped
     * @param damping added to the diagonal over its mean, > 0
     * @throws std::invalid_argument where no damping makes them positive definite
     */
    explicit WideMetric(at::Tensor products, double damping = InputMetric::DAMPING);

    /// @return columns of the matrix
    int64_t GetColumns() const;

    /// @return H, damped, [columns, columns] float32
    const at::Tensor& GetProducts() const;

    /// @return U, [columns, columns] float32, upper triangular with ones on the diagonal
    const at::Tensor& GetFeedback() const;

    /// @return mean square of each input, not damped
    const std::vector<float>& GetSquares() const;

    /// @param first column of a run @param count of columns @return the run's part
    OwnedMetricWindow GetWindow(int64_t first, int64_t count) const;

  private:
    at::Tensor m_products;        //!< H
    at::Tensor m_feedback;        //!< U
    at::Tensor m_remainder;       //!< D, float64
    std::vector<float> m_squares; //!< diagonal before it was damped
};

} // namespace ecld

#endif // ECLD_WIDE_METRIC_H
