/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "imagination.h"

#include "normal-draws.h"
#include "scale-actions.h"

#include <ATen/core/grad_mode.h>
#include <utility>
#include <vector>

namespace agents
{

Imagination::Imagination(const WorldModelPpoSettings& settings,
                         const Network& actor,
                         const Network& critic,
                         WorldModel& model,
                         base::RandomStream& random)
    : m_settings(settings),
      m_actor(actor),
      m_critic(critic),
      m_model(model),
      m_random(random),
      m_horizon(settings.gamma > 0 ? settings.horizon : 1)
{
}

SquashedGaussian
Imagination::GetPolicy(const ModelState& state) const
{
    return SquashedGaussian::From(m_actor.Forward(state.observation),
                                  m_settings.initialLogDeviation);
}

at::Tensor
Imagination::DrawActions(const SquashedGaussian& policy) const
{
    return policy.Draw(DrawNormal(m_random, policy.mean.size(0), policy.mean.size(1)));
}

ModelStep
Imagination::Imagine(const ModelState& state, const at::Tensor& u) const
{
    return m_model.Imagine(state,
                           ScaleActions(at::sigmoid(u), m_settings.actionScale),
                           m_settings.gamma > 0);
}

Imagination::Result
Imagination::FollowPath(ModelState state, double trust, double squashWeight) const
{
    at::Tensor sum = at::zeros({state.observation.size(0)});
    at::Tensor doubt = at::zeros({state.observation.size(0)});
    at::Tensor entropy = at::zeros({});
    double discount = 1;
    for (int64_t t = 0; t < m_horizon; ++t)
    {
        const SquashedGaussian policy = GetPolicy(state);
        const at::Tensor u = DrawActions(policy);
        if (m_settings.imaginationEntropyWeight > 0)
        {
            entropy =
                entropy +
                (policy.logStd.sum(1) + squashWeight * SquashedGaussian::LogJacobian(u)).mean();
        }
        const ModelStep step = Imagine(state, u);
        sum = sum + discount * step.rewards.mean(0);
        doubt = doubt + step.uncertainty * step.uncertainty;
        discount *= m_settings.gamma;
        state = step.next;
    }
    if (m_settings.gamma > 0)
    {
        constexpr bool isFrozen = true;
        sum = sum + discount * m_critic.Forward(state.observation, isFrozen).squeeze(1);
    }
    const auto slots = static_cast<double>(m_horizon);
    const at::Tensor certainty =
        m_settings.gate == "ensemble" ? 1 / (1 + doubt / slots) : at::ones_like(doubt);
    // In units of a slot's reward, whatever the discount.
    const at::Tensor gain = (1 - m_settings.gamma) * (certainty * sum).mean();
    return {-(trust * m_settings.imaginationWeight * gain +
              m_settings.imaginationEntropyWeight / slots * entropy),
            sum.detach()};
}

Imagination::Result
Imagination::ScoreActions(ModelState state) const
{
    std::vector<at::Tensor> logDensities;
    std::vector<at::Tensor> values;
    at::Tensor sum = at::zeros({state.observation.size(0)});
    double discount = 1;
    for (int64_t t = 0; t < m_horizon; ++t)
    {
        const SquashedGaussian policy = GetPolicy(state);
        const at::Tensor u = DrawActions(policy).detach();
        logDensities.push_back(policy.LogDensity(u));
        const at::NoGradGuard noGradient;
        values.push_back(m_critic.Forward(state.observation).squeeze(1));
        const ModelStep step = Imagine(state, u);
        sum = sum + discount * step.rewards.mean(0);
        discount *= m_settings.gamma;
        state = step.next;
    }
    if (m_settings.gamma > 0)
    {
        const at::NoGradGuard noGradient;
        sum = sum + discount * m_critic.Forward(state.observation).squeeze(1);
    }
    at::Tensor loss = at::zeros({});
    for (int64_t t = 0; t < m_horizon; ++t)
    {
        loss = loss - ((sum - values[t]) * logDensities[t]).mean();
    }
    return {m_settings.imaginationWeight / static_cast<double>(m_horizon) * loss, sum};
}

} // namespace agents
