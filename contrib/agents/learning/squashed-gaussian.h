/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_SQUASHED_GAUSSIAN_H
#define AGENTS_SQUASHED_GAUSSIAN_H

#include <ATen/ATen.h>

namespace agents
{

/**
 * @ingroup agents
 * @brief A normal distribution before the logistic function: a = 1 / (1 + exp(-u)), u ~ N.
 *
 * Learners keep u, not a: to invert the squashing near 0 or 1 loses all digits, and in the ratio
 * (31) the squashing cancels.
 */
struct SquashedGaussian
{
    at::Tensor mean;   ///< of u, B x actions
    at::Tensor logStd; ///< of u, B x actions

    static constexpr double MIN_LOG_STD = -4; ///< relative to the initial one
    static constexpr double MAX_LOG_STD = 1;  ///< relative to the initial one

    /**
     * From a network's outputs.
     * @param outputs B x 2 actions: means, then what is added to the initial log standard deviation
     * @param initialLogStd log of the deviation where the network gives zero
     * @return the distribution
     */
    static SquashedGaussian From(const at::Tensor& outputs, double initialLogStd)
    {
        const int64_t actions = outputs.size(1) / 2;
        return {outputs.narrow(1, 0, actions),
                outputs.narrow(1, actions, actions).clamp(MIN_LOG_STD, MAX_LOG_STD) +
                    initialLogStd};
    }

    /// @param u before squashing, B x actions @return log density of u, B
    at::Tensor LogDensity(const at::Tensor& u) const
    {
        constexpr double halfLogTwoPi = 0.9189385332046727;
        const at::Tensor z = (u - mean) * at::exp(-logStd);
        return (-0.5 * z * z - logStd - halfLogTwoPi).sum(1);
    }

    /// @param other another one @return KL divergence of the other from this one, B
    at::Tensor GetKl(const SquashedGaussian& other) const
    {
        const at::Tensor logRatio = other.logStd - logStd;
        const at::Tensor shift = (other.mean - mean) * at::exp(-logStd);
        return (0.5 * (at::exp(2 * logRatio) + shift * shift - 1) - logRatio).sum(1);
    }

    /// @param normal standard normal draws, B x actions @return u with gradients, B x actions
    at::Tensor Draw(const at::Tensor& normal) const
    {
        return mean + at::exp(logStd) * normal;
    }

    /// @param u before squashing @return log of da/du, summed over actions, B
    static at::Tensor LogJacobian(const at::Tensor& u)
    {
        return -(at::softplus(u) + at::softplus(-u)).sum(1);
    }
};

} // namespace agents

#endif // AGENTS_SQUASHED_GAUSSIAN_H
