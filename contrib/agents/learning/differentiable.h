/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_DIFFERENTIABLE_H
#define AGENTS_DIFFERENTIABLE_H

#include <ATen/ATen.h>
#include <functional>
#include <vector>

namespace agents
{

/**
 * @ingroup agents
 * @brief The chain rule of one operation.
 *
 * Maps dL/dresult to dL/dinput for each input (undefined if not needed) and accumulates the
 * gradients of parameters itself.
 */
using Pullback = std::function<std::vector<at::Tensor>(const at::Tensor& gradient)>;

/**
 * Make an operation that was computed as a whole one node of the graph of gradients.
 *
 * LibTorch's graph has a node for each product, sum and activation; with the small networks of
 * agents the nodes take longer than their arithmetic.
 * @param result of the operation, computed outside the graph
 * @param inputs that gradients flow on to
 * @param hasParameters whether the operation has gradients of its own to add to
 * @param pullback its chain rule
 * @return the result, in the graph where gradients are wanted
 */
at::Tensor MakeGraphNode(at::Tensor result,
                         const std::vector<at::Tensor>& inputs,
                         bool hasParameters,
                         Pullback pullback);

/// @param parameter of a network @return its gradient, zeros where there was none
at::Tensor& GetGradient(const at::Tensor& parameter);

} // namespace agents

#endif // AGENTS_DIFFERENTIABLE_H
