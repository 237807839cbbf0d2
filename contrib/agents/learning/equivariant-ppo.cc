/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "equivariant-ppo.h"

#include "shared-deviation.h"

#include <ATen/core/grad_mode.h>
#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace agents
{

namespace
{

constexpr double ACTOR_GAIN = 0.01; //!< small, so that all actions begin at the offsets
constexpr double CRITIC_GAIN = 1;   //!< of the last layer

} // namespace

EquivariantPpo::EquivariantPpo(const std::string& algorithm,
                               const AgentShape& shape,
                               const EquivariantPpoSettings& settings,
                               uint64_t seed)
    : SetLearner(algorithm, shape, settings, seed),
      m_settings(settings),
      m_actor(Shape(shape.actions, ACTOR_GAIN), m_random),
      m_critic(Shape(1, CRITIC_GAIN), m_random),
      m_logStd{at::full({shape.actions}, settings.initialLogStd).set_requires_grad(true)},
      m_actorAdam(m_actor.GetParameters(),
                  settings.learningRate,
                  settings.maxGradientNorm,
                  settings.halvingSteps),
      m_criticAdam(m_critic.GetParameters(),
                   settings.learningRate,
                   settings.maxGradientNorm,
                   settings.halvingSteps),
      m_logStdAdam({&m_logStd},
                   settings.learningRate * settings.logStdRateFactor,
                   settings.maxGradientNorm,
                   settings.halvingSteps)
{
    Register("actor", m_actorAdam);
    Register(m_learned);
    Register("critic", m_criticAdam);
    Register("logStd", m_logStdAdam);
    RenewPolicies();
    for (const char* name : {"actorLoss", "criticLoss", "kl"})
    {
        SetMetric(name, std::numeric_limits<double>::quiet_NaN());
    }
}

Eigen::MatrixXf
EquivariantPpo::ChooseRaw(const Eigen::MatrixXf& outputs)
{
    return AddNoise(outputs, GetDeviations(m_logStd[0]));
}

const SetNetwork&
EquivariantPpo::GetActor() const
{
    return m_actor;
}

void
EquivariantPpo::BeforeStep()
{
    LearnIfDue();
}

void
EquivariantPpo::AfterEpisode()
{
    LearnIfDue();
}

std::vector<EquivariantPpo::Group>
EquivariantPpo::GatherGroups() const
{
    std::vector<Group> groups;
    for (const auto& [n, steps] : m_experience.GetClosed())
    {
        const auto first = std::lower_bound(steps.begin(), steps.end(), m_learned);
        const std::vector<uint64_t> chosen(first, steps.end());
        if (!chosen.empty())
        {
            Group group;
            group.observations = GatherObservations(chosen);
            group.actions = GatherActions(chosen);
            group.rewards = GatherRewards(chosen);
            groups.push_back(group);
        }
    }
    return groups;
}

at::Tensor
EquivariantPpo::GetLogDensities(const Group& group) const
{
    constexpr double halfLogTwoPi = 0.9189385332046727;
    const at::Tensor means =
        m_actor.Forward(GetFeatures(group.observations)) + GetOffsets(group.observations);
    const at::Tensor logStd = ClampLogStd(m_logStd[0]);
    const at::Tensor z = (group.actions - means) * at::exp(-logStd);
    return (-0.5 * z * z - logStd - halfLogTwoPi).sum(2);
}

at::Tensor
EquivariantPpo::GetValues(const Group& group) const
{
    return m_critic.Forward(GetFeatures(group.observations)).flatten(1).mean(1);
}

void
EquivariantPpo::SetAdvantages(std::vector<Group>& groups) const
{
    const at::NoGradGuard noGradient;
    std::vector<at::Tensor> all;
    for (Group& group : groups)
    {
        group.logDensities = GetLogDensities(group);
        group.advantages = group.rewards - GetValues(group);
        all.push_back(group.advantages);
    }
    const at::Tensor joined = at::cat(all);
    const double mean = joined.mean().item<double>();
    constexpr double least = 1e-8;
    const double deviation = std::sqrt((joined - mean).square().mean().item<double>()) + least;
    for (Group& group : groups)
    {
        group.advantages = (group.advantages - mean) / deviation;
    }
}

void
EquivariantPpo::Update(const std::vector<Group>& groups)
{
    double slots = 0;
    for (const Group& group : groups)
    {
        slots += static_cast<double>(group.rewards.size(0));
    }
    at::Tensor actorLoss = at::zeros({});
    at::Tensor criticLoss = at::zeros({});
    double kl = 0;
    for (const Group& group : groups)
    {
        const at::Tensor logRatio = GetLogDensities(group) - group.logDensities;
        const at::Tensor ratio = at::exp(logRatio);
        const at::Tensor advantages = group.advantages.unsqueeze(1);
        const at::Tensor clipped = ratio.clamp(1 - m_settings.clip, 1 + m_settings.clip);
        actorLoss =
            actorLoss - at::minimum(ratio * advantages, clipped * advantages).mean(1).sum() / slots;
        criticLoss = criticLoss + (GetValues(group) - group.rewards).square().sum() / slots;
        kl += (ratio.detach() - 1 - logRatio.detach()).mean(1).sum().item<double>() / slots;
    }
    (actorLoss + criticLoss).backward();
    m_actorAdam.Step(m_algorithm + ", actor");
    m_logStdAdam.Step(m_algorithm + ", deviation");
    m_criticAdam.Step(m_algorithm + ", critic");
    SetMetric("actorLoss", actorLoss.item<double>());
    SetMetric("criticLoss", criticLoss.item<double>());
    SetMetric("kl", kl);
}

void
EquivariantPpo::LearnIfDue()
{
    if (m_experience.GetCount() - m_learned < static_cast<uint64_t>(m_settings.rolloutSlots))
    {
        return;
    }
    std::vector<Group> groups = GatherGroups();
    m_learned = m_experience.GetCount();
    if (groups.empty())
    {
        return;
    }
    SetAdvantages(groups);
    for (int64_t epoch = 0; epoch < m_settings.epochs; ++epoch)
    {
        Update(groups);
    }
    RenewPolicies();
}

} // namespace agents
