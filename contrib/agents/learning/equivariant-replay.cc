/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "equivariant-replay.h"

#include "scale-actions.h"

#include <cmath>
#include <limits>
#include <stdexcept>

namespace agents
{

namespace
{

constexpr double ACTOR_GAIN = 0.01; //!< small, so that all actions begin at the offsets
constexpr double CRITIC_GAIN = 1;   //!< of the last layer
constexpr int CRITICS = 2;          //!< of which the actor climbs the smaller one

} // namespace

EquivariantReplay::EquivariantReplay(const std::string& algorithm,
                                     const AgentShape& shape,
                                     const EquivariantReplaySettings& settings,
                                     uint64_t seed,
                                     const std::string& criticPooling)
    : SetLearner(algorithm, shape, settings, seed),
      m_settings(settings),
      m_actor(Shape(shape.actions, ACTOR_GAIN), m_random),
      m_actorAdam(m_actor.GetParameters(),
                  settings.learningRate,
                  settings.maxGradientNorm,
                  settings.halvingSteps)
{
    SetNetwork::Settings critic = Shape(1, CRITIC_GAIN, shape.actions);
    critic.pooling = criticPooling.empty() ? critic.pooling : FindPooling(criticPooling);
    for (int i = 0; i < CRITICS; ++i)
    {
        m_critics.emplace_back(critic, m_random);
    }
    for (SetNetwork& critic : m_critics)
    {
        m_criticAdams.emplace_back(critic.GetParameters(),
                                   settings.learningRate,
                                   settings.maxGradientNorm,
                                   settings.halvingSteps);
    }
    Register("actor", m_actorAdam);
    Register(m_learned);
    Register(m_updates);
    for (int i = 0; i < CRITICS; ++i)
    {
        Register("critic" + std::to_string(i), m_criticAdams[i]);
    }
    RenewPolicies();
    SetMetric("criticLoss", std::numeric_limits<double>::quiet_NaN());
}

Eigen::MatrixXf
EquivariantReplay::ChooseRaw(const Eigen::MatrixXf& outputs)
{
    if (m_experience.GetCount() >= static_cast<uint64_t>(m_settings.startSlots))
    {
        return ExploreRaw(outputs);
    }
    return outputs.unaryExpr([this](float) { return DrawUniformRaw(); });
}

const SetNetwork&
EquivariantReplay::GetActor() const
{
    return m_actor;
}

void
EquivariantReplay::BeforeStep()
{
    LearnIfDue();
}

void
EquivariantReplay::AfterEpisode()
{
    LearnIfDue();
}

void
EquivariantReplay::LearnIfDue()
{
    const uint64_t slots = m_experience.GetCount() - m_learned;
    if (slots < static_cast<uint64_t>(m_settings.updateEverySlots) ||
        m_experience.GetClosed().empty())
    {
        return;
    }
    m_learned = m_experience.GetCount();
    const int64_t updates = std::llround(m_settings.updatesPerSlot * static_cast<double>(slots));
    for (int64_t i = 0; i < updates; ++i)
    {
        Update();
    }
    RenewPolicies();
}

at::Tensor
EquivariantReplay::GetEntityValues(std::size_t critic,
                                   const at::Tensor& observations,
                                   const at::Tensor& actions,
                                   bool isFrozen) const
{
    const at::Tensor inputs =
        at::cat({GetFeatures(observations), ScaleActions(actions, m_settings.actionScale)}, 2);
    return m_critics[critic].Forward(inputs, isFrozen).flatten(1);
}

at::Tensor
EquivariantReplay::GetValues(std::size_t critic,
                             const at::Tensor& observations,
                             const at::Tensor& actions,
                             bool isFrozen) const
{
    return GetEntityValues(critic, observations, actions, isFrozen).mean(1);
}

at::Tensor
EquivariantReplay::GatherTargets(const std::vector<uint64_t>& steps) const
{
    return GatherRewards(steps);
}

void
EquivariantReplay::Update()
{
    const Eigen::Index n = m_experience.ChooseSize(false, m_random);
    const auto& all = m_experience.GetClosed().at(n);
    std::vector<uint64_t> steps(static_cast<std::size_t>(m_settings.batch));
    for (uint64_t& step : steps)
    {
        step = all[m_random.Choose(all.size())];
    }
    const at::Tensor observations = GatherObservations(steps);
    const at::Tensor actions = at::sigmoid(GatherActions(steps));
    const at::Tensor targets = GatherTargets(steps);
    double loss = 0;
    for (std::size_t i = 0; i < m_critics.size(); ++i)
    {
        constexpr bool isFrozen = false;
        const at::Tensor errors = GetValues(i, observations, actions, isFrozen) - targets;
        const at::Tensor each = errors.square().mean();
        each.backward();
        m_criticAdams[i].Step(m_algorithm + ", critic");
        loss += each.item<double>() / CRITICS;
    }
    SetMetric("criticLoss", loss);
    if (IsActorDue(m_updates++))
    {
        UpdateActor(observations);
    }
}

} // namespace agents
