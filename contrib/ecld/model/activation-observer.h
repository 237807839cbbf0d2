/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_ACTIVATION_OBSERVER_H
#define ECLD_ACTIVATION_OBSERVER_H

#include <cstdint>
#include <torch/types.h>

namespace ecld
{

/**
 * @brief Sees activations on their way through a Transformer; every method does nothing here.
 *
 * Shapes are [samples, positions, channels]. Only torch parts of ecld include this header.
 */
class ActivationObserver
{
  public:
    virtual ~ActivationObserver() = default;

    /// Output of an RMSNorm @param norm 2 * layer before attention, 2 * layer + 1 before the
    /// feed-forward network @param output activation
    virtual void SeeNorm(int64_t norm, const at::Tensor& output);
    /// Input of o_proj: heads * headDim channels @param layer index @param input activation
    virtual void SeeAttention(int64_t layer, const at::Tensor& input);
    /// Input of down_proj: silu(gate) * up @param layer index @param input activation
    virtual void SeeFeedForward(int64_t layer, const at::Tensor& input);
    /// Residual stream before and after a layer @param layer index @param input @param output
    virtual void SeeLayer(int64_t layer, const at::Tensor& input, const at::Tensor& output);
};

} // namespace ecld

#endif // ECLD_ACTIVATION_OBSERVER_H
