/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "clipped-surrogate.h"

#include "differentiable.h"
#include "squashed-gaussian.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace agents
{

namespace
{

constexpr float HALF_LOG_TWO_PI = 0.91893853f;   //!< log of the normal density's factor
constexpr float HALF_LOG_TWO_PI_E = 1.41893853f; //!< entropy of a standard normal

/// A normal distribution of one action before squashing.
struct Normal
{
    float mean;     ///< of u
    float logStd;   ///< of u
    float stdDev;   ///< of u
    float gradient; ///< of logStd by the network's output, 0 where it is limited
};

/// @param outputs of the network for a row @param actions how many @param action which
/// @param initialLogStd where the network gives zero @return its distribution
Normal
GetNormal(const float* outputs, int64_t actions, int64_t action, double initialLogStd)
{
    constexpr auto least = static_cast<float>(SquashedGaussian::MIN_LOG_STD);
    constexpr auto most = static_cast<float>(SquashedGaussian::MAX_LOG_STD);
    const float free = outputs[actions + action];
    const float logStd = std::min(most, std::max(least, free)) + static_cast<float>(initialLogStd);
    return {outputs[action], logStd, std::exp(logStd), free >= least && free <= most ? 1.0f : 0.0f};
}

/// @param x a number @return log(1 + exp(x)) + log(1 + exp(-x)), without overflow
float
TwoSoftplus(float x)
{
    const float size = std::abs(x);
    return size + 2 * std::log1p(std::exp(-size));
}

} // namespace

ClippedSurrogate::Value
ClippedSurrogate::Evaluate(const at::Tensor& outputs, const SurrogateRows& rows) const
{
    const int64_t batch = outputs.size(0);
    const int64_t actions = outputs.size(1) / 2;
    at::Tensor gradients = at::empty({batch, 2 * actions});
    const at::Tensor plain = outputs.detach().contiguous();
    const auto* output = plain.data_ptr<float>();
    const auto* action = rows.actions.data_ptr<float>();
    const auto* oldLogDensity = rows.logDensities.data_ptr<float>();
    const auto* advantage = rows.advantages.data_ptr<float>();
    const auto* normal = entropyWeight > 0 ? rows.normal.data_ptr<float>() : nullptr;
    auto* gradient = gradients.data_ptr<float>();
    const auto weight = static_cast<float>(entropyWeight);
    const float share = 1 / static_cast<float>(batch);
    std::vector<Normal> normals(actions);
    double loss = 0;
    double kl = 0;
    for (int64_t row = 0; row < batch; ++row)
    {
        float logDensity = 0;
        for (int64_t i = 0; i < actions; ++i)
        {
            normals[i] = GetNormal(output, actions, i, initialLogStd);
            const float z = (action[i] - normals[i].mean) / normals[i].stdDev;
            logDensity -= 0.5f * z * z + normals[i].logStd + HALF_LOG_TWO_PI;
        }
        const float logRatio = logDensity - oldLogDensity[row];
        const float ratio = std::exp(logRatio);
        const float free = ratio * advantage[row];
        const float limited =
            std::min(1 + static_cast<float>(clip), std::max(1 - static_cast<float>(clip), ratio)) *
            advantage[row];
        loss -= std::min(free, limited);
        // Low-variance estimate of the KL divergence (J. Schulman): (ratio - 1) - log ratio.
        kl += (ratio - 1) - logRatio;
        const float byLogDensity = free <= limited ? free : 0.0f;
        for (int64_t i = 0; i < actions; ++i)
        {
            const Normal& each = normals[i];
            const float z = (action[i] - each.mean) / each.stdDev;
            float byMean = byLogDensity * z / each.stdDev;
            float byLogStd = byLogDensity * (z * z - 1);
            if (normal)
            {
                const float jump = each.stdDev * normal[i];
                const float u = each.mean + jump;
                const float bend = std::tanh(0.5f * u);
                loss -= weight * (each.logStd + HALF_LOG_TWO_PI_E - TwoSoftplus(u));
                byMean -= weight * bend;
                byLogStd += weight * (1 - bend * jump);
            }
            gradient[i] = -share * byMean;
            gradient[actions + i] = -share * byLogStd * each.gradient;
        }
        output += 2 * actions;
        gradient += 2 * actions;
        action += actions;
        normal += normal ? actions : 0;
    }
    const auto n = static_cast<double>(batch);
    return {MakeGraphNode(at::full({}, loss / n),
                          {outputs},
                          false,
                          [gradients](const at::Tensor& byLoss) -> std::vector<at::Tensor> {
                              return {gradients * byLoss};
                          }),
            kl / n};
}

} // namespace agents
