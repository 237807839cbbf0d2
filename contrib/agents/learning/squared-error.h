/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_SQUARED_ERROR_H
#define AGENTS_SQUARED_ERROR_H

#include "differentiable.h"

#include <ATen/ATen.h>

namespace agents
{

/**
 * @param values of a network with one output, B x 1, or of each of its members, members x B x 1
 * @param targets what they shall be, B
 * @return sum over members of the mean squared error, a scalar with gradients towards the values
 */
inline at::Tensor
GetSquaredError(const at::Tensor& values, const at::Tensor& targets)
{
    const at::Tensor error = values.detach().squeeze(-1) - targets;
    const at::Tensor flat = error.flatten();
    const auto batch = static_cast<double>(targets.size(0));
    return MakeGraphNode(at::dot(flat, flat) / batch,
                         {values},
                         false,
                         [error, batch](const at::Tensor& gradient) -> std::vector<at::Tensor> {
                             return {(error * (gradient * (2 / batch))).unsqueeze(-1)};
                         });
}

} // namespace agents

#endif // AGENTS_SQUARED_ERROR_H
