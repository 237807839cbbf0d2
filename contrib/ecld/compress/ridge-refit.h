/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_RIDGE_REFIT_H
#define ECLD_RIDGE_REFIT_H

#include <torch/types.h>

namespace ecld
{

/**
 * @brief Refit a matrix on its inputs: the ridge regression of what its outputs should be, drawn
 * towards the weights that it has.
 *
 * Returns the V that makes |T - X V^T|^2 + lambda |V - W|^2 least, lambda = ridge times the mean
 * over columns of the sum of x^2. Where there are fewer positions than columns, the system has
 * their number of unknowns. Products are in float32, and its Cholesky factor in float64. Only torch
 * parts of ecld include this header.
 *
 * @param weight W, [outputs, columns] float32
 * @param inputs X, [positions, columns] float32
 * @param targets T, [positions, outputs] float32
 * @param ridge > 0
 * @return V, as weight; W where all inputs are zero
 * @throws std::invalid_argument for a ridge that is not above 0
 */
at::Tensor RefitRows(const at::Tensor& weight,
                     const at::Tensor& inputs,
                     const at::Tensor& targets,
                     double ridge);

} // namespace ecld

#endif // ECLD_RIDGE_REFIT_H
