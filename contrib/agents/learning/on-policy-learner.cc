/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "on-policy-learner.h"

#include "squared-error.h"

#include <ATen/core/grad_mode.h>
#include <algorithm>
#include <cstring>
#include <limits>
#include <numeric>
#include <stdexcept>

namespace agents
{

namespace
{

constexpr double ACTOR_GAIN = 0.01; //!< small, so that all actions begin alike
constexpr double STD_FLOOR = 1e-8;  //!< of advantages in a minibatch
constexpr int64_t LEAST_ROWS = 2;   //!< that advantages are normalised over

} // namespace

OnPolicyLearner::OnPolicyLearner(const std::string& algorithm,
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
        SetMetric(name, std::numeric_limits<double>::quiet_NaN());
    }
}

SquashedGaussian
OnPolicyLearner::GetDistribution(const at::Tensor& outputs) const
{
    return SquashedGaussian::From(outputs, m_settings.initialLogDeviation);
}

Eigen::VectorXf
OnPolicyLearner::ChooseRaw(const Eigen::VectorXf& outputs)
{
    return DrawRaw(outputs, m_settings.initialLogDeviation);
}

void
OnPolicyLearner::BeforeStep()
{
    const auto slots = static_cast<uint64_t>(m_settings.rolloutSlots);
    if (slots > 0 && m_experience.GetCount() - m_begin >= slots * m_experience.GetStreams())
    {
        Iterate();
    }
}

void
OnPolicyLearner::AfterEpisode()
{
    Iterate();
}

Rollout
OnPolicyLearner::BeginIteration()
{
    m_normaliser.RenewRewards();
    return Collect(m_begin);
}

Rollout
OnPolicyLearner::Collect(uint64_t first) const
{
    const at::NoGradGuard noGradient;
    Rollout rollout;
    first = std::max(first, m_experience.GetOldest());
    rollout.steps.resize(m_experience.GetCount() - first);
    std::iota(rollout.steps.begin(), rollout.steps.end(), first);
    const auto n = static_cast<int64_t>(rollout.steps.size());
    rollout.observations = m_normaliser.GatherObservations(rollout.steps);
    rollout.actions = m_normaliser.GatherActions(rollout.steps);
    rollout.rewards = m_normaliser.GatherRewards(rollout.steps).nan_to_num(0.0);
    rollout.values = m_critic.Forward(rollout.observations).squeeze(1);
    rollout.policy = GetDistribution(m_actor.Forward(rollout.observations));
    rollout.logDensities = rollout.policy.LogDensity(rollout.actions);
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
        // The state after a cut was never seen; with a discount its value is missing.
        rollout.isUsed.push_back(
            m_experience.IsClosed(step) &&
            (hasNext || end == Experience::End::TERMINAL || m_settings.gamma == 0));
    }
    return rollout;
}

bool
OnPolicyLearner::IsEnough(const Rollout& rollout)
{
    return static_cast<int64_t>(rollout.GetUsed().size()) >= LEAST_ROWS;
}

void
OnPolicyLearner::EndIteration()
{
    SetMetric("gradientSteps", static_cast<double>(m_actorAdam.GetSteps()));
    m_normaliser.RenewObservations(m_begin);
    m_begin = m_experience.GetCount();
    RenewPolicy(m_actor);
}

Targets
OnPolicyLearner::GetAdvantages(const Rollout& rollout, const at::Tensor& rewards) const
{
    const at::NoGradGuard noGradient;
    Targets targets;
    targets.advantages = rewards + m_settings.gamma * rollout.nextValues - rollout.values;
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

void
OnPolicyLearner::UpdateInMinibatches(const Rollout& rollout, const Update& update)
{
    m_actorLoss = 0;
    m_criticLoss = 0;
    double kl = 0;
    int64_t updates = 0;
    std::vector<int64_t> used = rollout.GetUsed();
    const auto n = static_cast<int64_t>(used.size());
    for (int64_t epoch = 0; epoch < m_settings.epochs; ++epoch)
    {
        m_random.Shuffle(used.begin(), used.end());
        for (int64_t from = 0; from < n; from += m_settings.minibatch)
        {
            const int64_t to = std::min(n, from + m_settings.minibatch);
            kl = update(
                at::from_blob(used.data() + from, {to - from}, at::TensorOptions(at::kLong)));
            ++updates;
        }
        if (m_settings.maxDivergence > 0 && kl > m_settings.maxDivergence)
        {
            break;
        }
    }
    const at::NoGradGuard noGradient;
    const SquashedGaussian now = GetDistribution(m_actor.Forward(rollout.observations));
    SetMetric("deviation", at::exp(now.logStd).mean().item<double>());
    SetMetric("actorLoss", m_actorLoss / updates);
    SetMetric("criticLoss", m_criticLoss / updates);
    SetMetric("divergence", kl);
}

void
OnPolicyLearner::UpdateCritic(const Rollout& rollout,
                              const Targets& targets,
                              const at::Tensor& rows)
{
    const at::Tensor loss =
        GetSquaredError(m_critic.Forward(rollout.observations.index_select(0, rows)),
                        targets.returns.index_select(0, rows));
    loss.backward();
    m_criticAdam.Step(m_algorithm + ", critic");
    m_criticLoss += loss.item<double>();
}

ClippedSurrogate::Value
OnPolicyLearner::GetSurrogate(const Rollout& rollout,
                              const Targets& targets,
                              const at::Tensor& rows)
{
    at::Tensor advantages = targets.advantages.index_select(0, rows);
    if (m_settings.normaliseAdvantages && rows.size(0) >= LEAST_ROWS)
    {
        advantages = (advantages - advantages.mean()) / (advantages.std() + STD_FLOOR);
    }
    const ClippedSurrogate surrogate{m_settings.clip,
                                     m_settings.entropyWeight,
                                     m_settings.initialLogDeviation};
    return surrogate.Evaluate(
        m_actor.Forward(rollout.observations.index_select(0, rows)),
        {rollout.actions.index_select(0, rows),
         rollout.logDensities.index_select(0, rows),
         advantages,
         m_settings.entropyWeight > 0 ? DrawNormal(rows.size(0), m_shape.actions) : at::Tensor()});
}

void
OnPolicyLearner::UpdateActor(const at::Tensor& loss)
{
    loss.backward();
    m_actorAdam.Step(m_algorithm + ", actor");
    m_actorLoss += loss.item<double>();
}

void
OnPolicyLearner::Save(Archive& archive) const
{
    Learner::Save(archive);
    archive.Put("agent/clock",
                std::string(reinterpret_cast<const char*>(&m_begin), sizeof m_begin));
}

void
OnPolicyLearner::Load(const Archive& archive)
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
