/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "sac.h"

#include <ATen/core/grad_mode.h>
#include <cmath>
#include <limits>

namespace agents
{

namespace
{

constexpr double ACTOR_GAIN = 0.01;          //!< small, so that all actions begin alike
constexpr double LOG_2 = 0.6931471805599453; //!< entropy of [-1, 1] above that of [0, 1]

} // namespace

Sac::Sac(const std::string& algorithm,
         const AgentShape& shape,
         const SacSettings& settings,
         uint64_t seed)
    : ReplayLearner(algorithm, shape, settings, seed),
      m_settings(settings),
      m_targetEntropy(static_cast<double>(shape.actions) * (settings.entropyPerAction - LOG_2)),
      m_actor(Shape(2 * shape.actions, ACTOR_GAIN), m_random),
      m_critics(CriticShape(2), m_random),
      m_targetCritics(CriticShape(2), m_random),
      m_logTemperature{
          at::full({1}, std::log(settings.initialTemperature)).set_requires_grad(true)},
      m_actorAdam({&m_actor.GetParameters()},
                  settings.learningRate,
                  settings.maxGradientNorm,
                  settings.actorHalvingSteps),
      m_criticAdam({&m_critics.GetParameters()}, settings.learningRate, settings.maxGradientNorm),
      m_temperatureAdam({&m_logTemperature}, settings.learningRate, settings.maxGradientNorm),
      m_targets({&m_targetCritics.GetParameters()}, 0, 1)
{
    constexpr double all = 1;
    m_targetCritics.PolyakUpdate(m_critics, all);
    Register("actor", m_actorAdam);
    Register("critics", m_criticAdam);
    Register("temperature", m_temperatureAdam);
    Register("targets", m_targets);
    RenewPolicy(m_actor);
    for (const char* name : {"actorLoss", "temperature", "entropy"})
    {
        SetMetric(name, std::numeric_limits<double>::quiet_NaN());
    }
}

const Network&
Sac::GetActor() const
{
    return m_actor;
}

double
Sac::GetTemperature() const
{
    return std::exp(m_logTemperature[0].item<double>());
}

Eigen::VectorXf
Sac::ExploreRaw(const Eigen::VectorXf& outputs)
{
    return DrawRaw(outputs, m_settings.initialLogDeviation);
}

std::pair<at::Tensor, at::Tensor>
Sac::Draw(const at::Tensor& observations)
{
    const SquashedGaussian distribution =
        SquashedGaussian::From(m_actor.Forward(observations), m_settings.initialLogDeviation);
    const at::Tensor u = distribution.Draw(DrawNormal(observations.size(0), m_shape.actions));
    return {at::sigmoid(u), distribution.LogDensity(u) - SquashedGaussian::LogJacobian(u)};
}

at::Tensor
Sac::GetTargets(const Batch& batch)
{
    if (!batch.nextObservations.defined())
    {
        return batch.rewards;
    }
    const at::NoGradGuard noGradient;
    const auto [actions, logDensity] = Draw(batch.nextObservations);
    const at::Tensor values =
        m_targetCritics.Forward(Join(batch.nextObservations, actions)).squeeze(-1).amin(0);
    return batch.rewards + batch.discounts * (values - GetTemperature() * logDensity);
}

void
Sac::Update(const Batch& batch)
{
    UpdateCritics(m_critics, m_criticAdam, batch, GetTargets(batch));

    const auto [actions, logDensity] = Draw(batch.observations);
    const at::Tensor values =
        m_critics.Forward(Join(batch.observations, actions), true).squeeze(-1).amin(0);
    const at::Tensor loss = (GetTemperature() * logDensity - values).mean();
    loss.backward();
    m_actorAdam.Step(m_algorithm + ", actor");

    const double entropy = -logDensity.mean().item<double>();
    const at::Tensor temperatureLoss = at::exp(m_logTemperature[0]) * (entropy - m_targetEntropy);
    temperatureLoss.sum().backward();
    m_temperatureAdam.Step(m_algorithm + ", temperature");
    if (m_settings.gamma > 0)
    {
        m_targetCritics.PolyakUpdate(m_critics, m_settings.targetRate);
    }
    SetMetric("actorLoss", loss.item<double>());
    SetMetric("entropy", entropy);
    SetMetric("temperature", GetTemperature());
}

} // namespace agents
