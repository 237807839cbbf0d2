/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "layer-loops.h"

// The library is built for every processor of its kind, these loops for the better ones too.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define AGENTS_VECTORISED                                                                          \
    __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default"), optimize("O3")))
#else
#define AGENTS_VECTORISED
#endif

namespace agents
{

AGENTS_VECTORISED void
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

AGENTS_VECTORISED void
StopSlope(float* __restrict slope, int64_t n, const float* __restrict results)
{
    for (int64_t i = 0; i < n; ++i)
    {
        slope[i] = results[i] > 0 ? slope[i] : 0;
    }
}

AGENTS_VECTORISED void
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
