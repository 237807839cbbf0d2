/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mean-products.h"

#include <ATen/ATen.h>
#include <algorithm>

namespace ecld
{

namespace
{

/// Widest inputs whose products are summed in float64, at twice the time and memory.
constexpr int64_t WIDEST_DOUBLE = 1024;

/// Columns of a square of products: those below the diagonal are copied, which halves the work.
constexpr int64_t SQUARE_COLUMNS = 2048;

} // namespace

at::Tensor
ComputeMeanProducts(const at::Tensor& inputs)
{
    const int64_t columns = inputs.size(1);
    const at::Tensor x = inputs.to(columns <= WIDEST_DOUBLE ? at::kDouble : at::kFloat);
    at::Tensor products = at::empty({columns, columns}, x.options());
    for (int64_t i = 0; i < columns; i += SQUARE_COLUMNS)
    {
        const int64_t rows = std::min(SQUARE_COLUMNS, columns - i);
        for (int64_t j = i; j < columns; j += SQUARE_COLUMNS)
        {
            const int64_t width = std::min(SQUARE_COLUMNS, columns - j);
            const at::Tensor square = at::matmul(x.narrow(1, i, rows).t(), x.narrow(1, j, width));
            products.narrow(0, i, rows).narrow(1, j, width).copy_(square);
            products.narrow(0, j, width).narrow(1, i, rows).copy_(square.t());
        }
    }
    return products.div_(static_cast<double>(x.size(0)));
}

} // namespace ecld
