/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_MEAN_PRODUCTS_H
#define ECLD_MEAN_PRODUCTS_H

#include <torch/types.h>

namespace ecld
{

/**
 * @brief Mean of x x^T over the inputs of a matrix.
 *
 * Up to 1024 columns in float64, wider ones in float32: 0.8 GB at 14,336 columns. Only torch parts
 * of ecld include this header.
 *
 * @param inputs [positions, columns] float32
 * @return [columns, columns], symmetric
 */
at::Tensor ComputeMeanProducts(const at::Tensor& inputs);

} // namespace ecld

#endif // ECLD_MEAN_PRODUCTS_H
