/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ppo.h"

#include "clipped-surrogate.h"
#include "squared-error.h"

#include <ATen/core/grad_mode.h>
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <set>
#include <stdexcept>

namespace agents
{

namespace
{

constexpr double ACTOR_GAIN = 0.01;      //!< small, so that all actions begin alike
constexpr double DEVIATION_FLOOR = 1e-8; //!< of advantages in a minibatch
constexpr int64_t LEAST_ROWS = 2;        //!< that advantages are normalised over

} // namespace

Ppo::Ppo(const std::string& algorithm,
         const AgentShape& shape,
         const PpoSettings& settings,
         uint64_t seed)
    : Learner(algorithm, shape, settings, seed),
      m_actor(Shape(2 * shape.actions, ACTOR_GAIN), m_random),
      m_critic(Shape(1, 1.0), m_random),
      m_actorAdam({&m_actor.GetParameters()},
                  settings.learningRate,
                  settings.maxGradientNorm,
                  settings.actorHalvingSteps),
      m_criticAdam({&m_critic.GetParameters()},
                   settings.criticLearningRate > 0 ? settings.criticLearningRate
                                                   : settings.learningRate,
                   settings.maxGradientNorm),
      m_settings(settings)
{
    Register("actor", m_actorAdam);
    Register("critic", m_criticAdam);
    RenewPolicy(m_actor);
    for (const char* name : {"actorLoss", "criticLoss", "divergence", "deviation", "gradientSteps"})
    {
        SetFigure(name, std::numeric_limits<double>::quiet_NaN());
    }
}

SquashedGaussian
Ppo::GetDistribution(const at::Tensor& outputs) const
{
    return SquashedGaussian::From(outputs, m_settings.initialLogDeviation);
}

Eigen::VectorXf
Ppo::ChooseRaw(const Eigen::VectorXf& outputs)
{
    return DrawRaw(outputs, m_settings.initialLogDeviation);
}

void
Ppo::BeforeStep()
{
    const auto slots = static_cast<uint64_t>(m_settings.rolloutSlots);
    if (slots > 0 && m_experience.GetCount() - m_begin >= slots * m_experience.GetStreams())
    {
        Iterate();
    }
}

void
Ppo::AfterEpisode()
{
    Iterate();
}

Ppo::Rollout
Ppo::Collect() const
{
    Rollout rollout;
    const uint64_t first = std::max(m_begin, m_experience.GetOldest());
    rollout.steps.resize(m_experience.GetCount() - first);
    std::iota(rollout.steps.begin(), rollout.steps.end(), first);
    const auto n = static_cast<int64_t>(rollout.steps.size());
    rollout.observations = GatherObservations(rollout.steps);
    rollout.actions = GatherActions(rollout.steps);
    rollout.rewards = GatherRewards(rollout.steps).nan_to_num(0.0);
    rollout.values = m_critic.Forward(rollout.observations).squeeze(1);
    rollout.logDensities =
        GetDistribution(m_actor.Forward(rollout.observations)).LogDensity(rollout.actions);
    rollout.nextValues = at::zeros({n});
    rollout.continues = at::ones({n});
    const auto* values = rollout.values.data_ptr<float>();
    auto* nextValues = rollout.nextValues.data_ptr<float>();
    for (int64_t i = 0; i < n; ++i)
    {
        const uint64_t step = rollout.steps[i];
        const Experience::End end = m_experience.GetEnd(step);
        const bool hasNext = end == Experience::End::NEXT;
        rollout.next.push_back(hasNext ? static_cast<int64_t>(m_experience.GetNext(step) - first)
                                       : -1);
        nextValues[i] = hasNext ? values[rollout.next[i]] : 0.0f;
        rollout.continues.data_ptr<float>()[i] = end == Experience::End::TERMINAL ? 0.0f : 1.0f;
        // Behind a cut comes a state that nobody saw; with a discount its value is missing.
        rollout.isUsed.push_back(
            m_experience.IsClosed(step) &&
            (hasNext || end == Experience::End::TERMINAL || m_settings.gamma == 0));
    }
    return rollout;
}

void
Ppo::PrepareIteration(const Rollout&)
{
}

void
Ppo::FinishIteration()
{
}

at::Tensor
Ppo::GetExtraLoss()
{
    return {};
}

Ppo::Targets
Ppo::GetTargets(const Rollout& rollout)
{
    const at::Tensor errors =
        rollout.rewards + m_settings.gamma * rollout.nextValues - rollout.values;
    Targets targets{at::Tensor(), errors.clone()};
    auto* advantages = targets.advantages.data_ptr<float>();
    const auto decay = static_cast<float>(m_settings.gamma * m_settings.lambda);
    for (auto i = static_cast<int64_t>(rollout.steps.size()) - 1; i >= 0; --i)
    {
        // Steps of a stream come one after the other, so the next one is done already.
        const int64_t next = rollout.next[i];
        if (next >= 0 && rollout.isUsed[next])
        {
            advantages[i] += decay * advantages[next];
        }
    }
    targets.returns = targets.advantages + rollout.values;
    return targets;
}

double
Ppo::UpdateActor(const Rollout& rollout, const at::Tensor& rows, const at::Tensor& advantages)
{
    at::Tensor advantage = advantages.index_select(0, rows);
    if (m_settings.normaliseAdvantages && rows.size(0) >= LEAST_ROWS)
    {
        advantage = (advantage - advantage.mean()) / (advantage.std() + DEVIATION_FLOOR);
    }
    const ClippedSurrogate surrogate{m_settings.clip,
                                     m_settings.entropyWeight,
                                     m_settings.initialLogDeviation};
    const ClippedSurrogate::Value value = surrogate.Evaluate(
        m_actor.Forward(rollout.observations.index_select(0, rows)),
        {rollout.actions.index_select(0, rows),
         rollout.logDensities.index_select(0, rows),
         advantage,
         m_settings.entropyWeight > 0 ? DrawNormal(rows.size(0), m_shape.actions) : at::Tensor()});
    const at::Tensor extra = GetExtraLoss();
    const at::Tensor loss = extra.defined() ? value.loss + extra : value.loss;
    loss.backward();
    m_actorAdam.Step(m_algorithm + ", actor");
    m_actorLoss += loss.item<double>();
    return value.divergence;
}

void
Ppo::Iterate()
{
    Rollout rollout;
    Targets targets;
    RenewRewardNormaliser();
    {
        const at::NoGradGuard noGradient;
        rollout = Collect();
    }
    std::vector<int64_t> used;
    for (std::size_t i = 0; i < rollout.steps.size(); ++i)
    {
        if (rollout.isUsed[i])
        {
            used.push_back(static_cast<int64_t>(i));
        }
    }
    if (static_cast<int64_t>(used.size()) < LEAST_ROWS)
    {
        return;
    }
    PrepareIteration(rollout);
    {
        const at::NoGradGuard noGradient;
        targets = GetTargets(rollout);
    }
    m_actorLoss = 0;
    double criticLoss = 0;
    double divergence = 0;
    int64_t updates = 0;
    const auto n = static_cast<int64_t>(used.size());
    for (int64_t epoch = 0; epoch < m_settings.epochs; ++epoch)
    {
        m_random.Shuffle(used.begin(), used.end());
        for (int64_t from = 0; from < n; from += m_settings.minibatch)
        {
            const int64_t to = std::min(n, from + m_settings.minibatch);
            const at::Tensor rows =
                at::from_blob(used.data() + from, {to - from}, at::TensorOptions(at::kLong));
            const at::Tensor loss =
                GetSquaredError(m_critic.Forward(rollout.observations.index_select(0, rows)),
                                targets.returns.index_select(0, rows));
            loss.backward();
            m_criticAdam.Step(m_algorithm + ", critic");
            criticLoss += loss.item<double>();
            divergence = UpdateActor(rollout, rows, targets.advantages);
            ++updates;
        }
        if (m_settings.maxDivergence > 0 && divergence > m_settings.maxDivergence)
        {
            break;
        }
    }
    {
        const at::NoGradGuard noGradient;
        const SquashedGaussian now = GetDistribution(m_actor.Forward(rollout.observations));
        SetFigure("deviation", at::exp(now.logDeviation).mean().item<double>());
    }
    FinishIteration();
    SetFigure("actorLoss", m_actorLoss / updates);
    SetFigure("criticLoss", criticLoss / updates);
    SetFigure("divergence", divergence);
    SetFigure("gradientSteps", static_cast<double>(m_actorAdam.GetSteps()));
    RenewObservationNormaliser(m_begin);
    m_begin = m_experience.GetCount();
    RenewPolicy(m_actor);
}

void
Ppo::Save(Archive& archive) const
{
    Learner::Save(archive);
    archive.Put("agent/clock",
                std::string(reinterpret_cast<const char*>(&m_begin), sizeof m_begin));
}

void
Ppo::Load(const Archive& archive)
{
    Learner::Load(archive);
    const std::string& bytes = archive.Get("agent/clock");
    if (bytes.size() != sizeof m_begin)
    {
        throw std::runtime_error(archive.GetPath() + ": clock is of another size");
    }
    std::memcpy(&m_begin, bytes.data(), sizeof m_begin);
}

} // namespace agents
