/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "layer-loops.h"

#include "base/vector-clones.h"

namespace agents
{

VECTOR_CLONES void
AddBias(float* __restrict units,
        int64_t rows,
        int64_t columns,
        const float* __restrict bias,
        bool isRectified)
{
    for (int64_t row = 0; row < rows; ++row, units += columns)
    {
        if (isRectified)
        {
            for (int64_t i = 0; i < columns; ++i)
            {
                const float sum = units[i] + bias[i];
                // So that what is not a number stays none.
                units[i] = sum < 0 ? 0 : sum;
            }
        }
        else
        {
            for (int64_t i = 0; i < columns; ++i)
            {
                units[i] += bias[i];
            }
        }
    }
}

VECTOR_CLONES void
StopSlope(float* __restrict slope, int64_t n, const float* __restrict results)
{
    for (int64_t i = 0; i < n; ++i)
    {
        slope[i] = results[i] > 0 ? slope[i] : 0;
    }
}

VECTOR_CLONES void
AddRows(const float* __restrict slope, int64_t rows, int64_t columns, float* __restrict gradient)
{
    for (int64_t row = 0; row < rows; ++row, slope += columns)
    {
        for (int64_t i = 0; i < columns; ++i)
        {
            gradient[i] += slope[i];
        }
    }
}

} // namespace agents
