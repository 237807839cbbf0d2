/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_CLIPPED_SURROGATE_H
#define AGENTS_CLIPPED_SURROGATE_H

#include <ATen/ATen.h>

namespace agents
{

/**
 * @ingroup agents
 * @brief Rows that a gradient step of PPO's actor learns from.
 */
struct SurrogateRows
{
    at::Tensor actions;      ///< before squashing, B x actions
    at::Tensor logDensities; ///< of the actions, of the policy that acted, B
    at::Tensor advantages;   ///< B
    at::Tensor normal;       ///< standard normal draws for the entropy, B x actions
};

/**
 * @ingroup agents
 * @brief PPO's loss, equations (31) and (32), with the entropy of (42).
 */
struct ClippedSurrogate
{
    double clip{0.2};          ///< epsilon of (32)
    double entropyWeight{0.0}; ///< beta_ent of (42)
    double initialLogStd{0.0}; ///< of the squashed Gaussian

    /// What it gives.
    struct Value
    {
        at::Tensor loss; ///< a scalar with gradients
        double kl{0};    ///< mean KL divergence from the policy that acted, estimated
    };

    /**
     * @param outputs of the actor, as SquashedGaussian::From takes them, B x 2 actions
     * @param rows what was done; normal is needed with a weight of the entropy above zero
     * @return -mean(min(ratio A, clip(ratio) A)) - entropyWeight mean(entropy), in one pass with
     * its gradient
     */
    Value Evaluate(const at::Tensor& outputs, const SurrogateRows& rows) const;
};

} // namespace agents

#endif // AGENTS_CLIPPED_SURROGATE_H
