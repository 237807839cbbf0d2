/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ridge-refit.h"

#include "mean-products.h"

#include <ATen/ATen.h>
#include <stdexcept>
#include <string>

namespace ecld
{

namespace
{

/// @param products symmetric, >= 0 @param lambda > 0 @param right side @return (products + lambda
/// I)^-1 right, float32
at::Tensor
SolveDamped(const at::Tensor& products, double lambda, const at::Tensor& right)
{
    at::Tensor left = products.to(at::kDouble);
    left.diagonal().add_(lambda);
    return at::cholesky_solve(right.to(at::kDouble), at::linalg_cholesky(left)).to(at::kFloat);
}

} // namespace

at::Tensor
RefitRows(const at::Tensor& weight,
          const at::Tensor& inputs,
          const at::Tensor& targets,
          double ridge)
{
    if (!(ridge > 0))
    {
        throw std::invalid_argument("pruning: ridge is " + std::to_string(ridge) +
                                    ", expected a positive number");
    }
    const int64_t positions = inputs.size(0);
    const int64_t columns = inputs.size(1);
    const double square = inputs.square().sum(at::kDouble).item<double>();
    if (!(square > 0))
    {
        return weight;
    }
    const double lambda = ridge * square / static_cast<double>(columns);
    const at::Tensor rest = targets - at::matmul(inputs, weight.t());
    if (positions < columns)
    {
        // (X^T X + lambda I)^-1 X^T = X^T (X X^T + lambda I)^-1
        const at::Tensor products = ComputeMeanProducts(inputs.t()) * static_cast<double>(columns);
        return weight + at::matmul(SolveDamped(products, lambda, rest).t(), inputs);
    }
    const at::Tensor products = ComputeMeanProducts(inputs) * static_cast<double>(positions);
    return weight + SolveDamped(products, lambda, at::matmul(inputs.t(), rest)).t();
}

} // namespace ecld
