/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "td3.h"

#include <ATen/core/grad_mode.h>
#include <cmath>
#include <limits>

namespace agents
{

namespace
{

constexpr double ACTOR_GAIN = 0.01; //!< small, so that all actions begin alike

} // namespace

Td3::Td3(const std::string& algorithm,
         const AgentShape& shape,
         const Td3Settings& settings,
         uint64_t seed)
    : Td3(algorithm, shape, settings, seed, Kind::TD3)
{
}

Ddpg::Ddpg(const std::string& algorithm,
           const AgentShape& shape,
           const Td3Settings& settings,
           uint64_t seed)
    : Td3(algorithm, shape, settings, seed, Kind::DDPG)
{
}

Td3::Td3(const std::string& algorithm,
         const AgentShape& shape,
         const Td3Settings& settings,
         uint64_t seed,
         Kind kind)
    : ReplayLearner(algorithm, shape, settings, seed),
      m_settings(settings),
      m_isTd3(kind == Kind::TD3),
      m_actor(Shape(shape.actions, ACTOR_GAIN), m_random),
      m_critics(CriticShape(m_isTd3 ? 2 : 1), m_random),
      m_targetActor(Shape(shape.actions, ACTOR_GAIN), m_random),
      m_targetCritics(CriticShape(m_isTd3 ? 2 : 1), m_random),
      m_actorAdam({&m_actor.GetParameters()},
                  settings.learningRate,
                  settings.maxGradientNorm,
                  settings.actorHalvingSteps),
      m_criticAdam({&m_critics.GetParameters()}, settings.learningRate, settings.maxGradientNorm),
      m_targets({&m_targetActor.GetParameters(), &m_targetCritics.GetParameters()}, 0, 1)
{
    constexpr double all = 1;
    m_targetActor.PolyakUpdate(m_actor, all);
    m_targetCritics.PolyakUpdate(m_critics, all);
    Register("actor", m_actorAdam);
    Register("critics", m_criticAdam);
    Register("targets", m_targets);
    RenewPolicy(m_actor);
    SetMetric("actorLoss", std::numeric_limits<double>::quiet_NaN());
}

const Network&
Td3::GetActor() const
{
    return m_actor;
}

Eigen::VectorXf
Td3::ExploreRaw(const Eigen::VectorXf& outputs)
{
    Eigen::VectorXf raw(m_shape.actions);
    for (Eigen::Index i = 0; i < raw.size(); ++i)
    {
        const float action = 1 / (1 + std::exp(-outputs[i]));
        raw[i] = Unsquash(action +
                          static_cast<float>(m_settings.explorationDeviation) * m_random.Normal());
    }
    return raw;
}

at::Tensor
Td3::GetTargets(const Batch& batch)
{
    if (!batch.nextObservations.defined())
    {
        return batch.rewards;
    }
    const at::NoGradGuard noGradient;
    at::Tensor actions = at::sigmoid(m_targetActor.Forward(batch.nextObservations));
    if (m_isTd3)
    {
        const double limit = m_settings.smoothingLimit;
        const at::Tensor noise =
            m_settings.smoothingDeviation * DrawNormal(actions.size(0), actions.size(1));
        actions = (actions + noise.clamp(-limit, limit)).clamp(0, 1);
    }
    at::Tensor values = m_targetCritics.Forward(Join(batch.nextObservations, actions)).squeeze(-1);
    if (m_isTd3)
    {
        values = values.amin(0);
    }
    return batch.rewards + batch.discounts * values;
}

void
Td3::UpdateActor(const Batch& batch)
{
    const at::Tensor actions = at::sigmoid(m_actor.Forward(batch.observations));
    const at::Tensor loss = -m_critics.ForwardOne(Join(batch.observations, actions), 0).mean();
    loss.backward();
    m_actorAdam.Step(m_algorithm + ", actor");
    m_actorLoss = loss.item<double>();
}

void
Td3::Update(const Batch& batch)
{
    UpdateCritics(m_critics, m_criticAdam, batch, GetTargets(batch));
    if (!m_isTd3 || m_criticAdam.GetSteps() % m_settings.policyDelay == 0)
    {
        UpdateActor(batch);
        if (m_settings.gamma > 0)
        {
            m_targetActor.PolyakUpdate(m_actor, m_settings.targetRate);
            m_targetCritics.PolyakUpdate(m_critics, m_settings.targetRate);
        }
        SetMetric("actorLoss", m_actorLoss);
    }
}

} // namespace agents
