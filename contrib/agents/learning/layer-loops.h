/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_LAYER_LOOPS_H
#define AGENTS_LAYER_LOOPS_H

#include <cstdint>

namespace agents
{

/**
 * Add a layer's bias, and cut off below zero what is to be cut off.
 * @param[in,out] units rows x columns, one row behind the other
 * @param rows of units
 * @param columns of units
 * @param bias of each column
 * @param isRectified whether negative units become zero
 */
void AddBias(float* units, int64_t rows, int64_t columns, const float* bias, bool isRectified);

/**
 * The chain rule of a rectifier, in place.
 * @param[in,out] slope by its results, becomes that by its arguments
 * @param n numbers of it
 * @param results of the rectifier
 */
void StopSlope(float* slope, int64_t n, const float* results);

/**
 * Add to the gradient of a layer's bias.
 * @param slope by the layer's results, rows x columns, one row behind the other
 * @param rows of the slope
 * @param columns of the slope
 * @param[in,out] gradient of each column
 */
void AddRows(const float* slope, int64_t rows, int64_t columns, float* gradient);

} // namespace agents

#endif // AGENTS_LAYER_LOOPS_H
