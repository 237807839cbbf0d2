/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_NORMAL_DRAWS_H
#define AGENTS_NORMAL_DRAWS_H

#include "base/random-stream.h"

#include <ATen/ATen.h>

namespace agents
{

/// @param random source @param rows of draws @param columns of draws
/// @return standard normal draws, rows x columns
inline at::Tensor
DrawNormal(base::RandomStream& random, int64_t rows, int64_t columns)
{
    at::Tensor draws = at::empty({rows, columns});
    random.FillNormal(draws.data_ptr<float>(), draws.numel());
    return draws;
}

} // namespace agents

#endif // AGENTS_NORMAL_DRAWS_H
