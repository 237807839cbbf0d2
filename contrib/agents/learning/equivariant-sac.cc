/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "equivariant-sac.h"

#include "shared-deviation.h"

#include <cmath>
#include <limits>

namespace agents
{

namespace
{

constexpr double INITIAL_LOG_STD = -1; //!< of exploration, before squashing

} // namespace

EquivariantSac::EquivariantSac(const std::string& algorithm,
                               const AgentShape& shape,
                               const EquivariantReplaySettings& settings,
                               uint64_t seed,
                               const std::string& criticPooling)
    : EquivariantReplay(algorithm, shape, settings, seed, criticPooling),
      m_logStd{at::full({shape.actions}, INITIAL_LOG_STD).set_requires_grad(true)},
      m_logTemperature{
          at::full({1}, std::log(settings.initialTemperature)).set_requires_grad(true)},
      m_logStdAdam({&m_logStd}, settings.learningRate, settings.maxGradientNorm),
      m_temperatureAdam({&m_logTemperature}, settings.learningRate, settings.maxGradientNorm)
{
    Register("logStd", m_logStdAdam);
    Register("temperature", m_temperatureAdam);
    for (const char* name : {"actorLoss", "entropy"})
    {
        SetMetric(name, std::numeric_limits<double>::quiet_NaN());
    }
    SetMetric("temperature", settings.initialTemperature);
}

Eigen::MatrixXf
EquivariantSac::ExploreRaw(const Eigen::MatrixXf& outputs)
{
    return AddNoise(outputs, GetDeviations(m_logStd[0]));
}

bool
EquivariantSac::IsActorDue(uint64_t) const
{
    return true;
}

void
EquivariantSac::UpdateActor(const at::Tensor& observations)
{
    constexpr double halfLogTwoPi = 0.9189385332046727;
    const at::Tensor means = m_actor.Forward(GetFeatures(observations)) + GetOffsets(observations);
    const at::Tensor noise = at::empty(means.sizes());
    m_random.FillNormal(noise.data_ptr<float>(), noise.numel());
    const at::Tensor logStd = ClampLogStd(m_logStd[0]);
    const at::Tensor raw = means + at::exp(logStd) * noise;
    // Of the action after squashing, of an entry.
    const at::Tensor logDensity =
        -0.5 * noise * noise - logStd - halfLogTwoPi + at::softplus(raw) + at::softplus(-raw);
    const at::Tensor actions = at::sigmoid(raw);
    constexpr bool isFrozen = true;
    const at::Tensor values = at::minimum(GetValues(0, observations, actions, isFrozen),
                                          GetValues(1, observations, actions, isFrozen));
    const double temperature = std::exp(m_logTemperature[0].item<double>());
    const at::Tensor loss = temperature * logDensity.mean() - values.mean();
    loss.backward();
    m_actorAdam.Step(m_algorithm + ", actor");
    m_logStdAdam.Step(m_algorithm + ", deviation");
    const double entropy = -logDensity.mean().item<double>();
    (at::exp(m_logTemperature[0]) * (entropy - m_settings.targetEntropy)).sum().backward();
    m_temperatureAdam.Step(m_algorithm + ", temperature");
    SetMetric("actorLoss", loss.item<double>());
    SetMetric("entropy", entropy);
    SetMetric("temperature", temperature);
}

} // namespace agents
