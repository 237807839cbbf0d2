/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "factored-model.h"

#include <ATen/core/grad_mode.h>
#include <algorithm>
#include <cmath>

namespace agents
{

namespace
{

constexpr double MIN_LOG_DEVIATION = -5; //!< of an exogenous feature, normalised
constexpr double MAX_LOG_DEVIATION = 1;  //!< of an exogenous feature, normalised
constexpr double HALF_LOG_TWO_PI = 0.9189385332046727;
constexpr double KEPT_SHARE = 0.75;      //!< of a batch, that a head of the reward learns from
constexpr double LEAST_VARIANCE = 1e-12; //!< of exogenous features
constexpr double LEAST_RESIDUAL = 0.02;  //!< of the reward's deviation

/// @param x L x B x n @return L B x n
at::Tensor
Flatten(const at::Tensor& x)
{
    return x.reshape({x.size(0) * x.size(1), x.size(2)});
}

} // namespace

FactoredModel::FactoredModel(const AgentShape& shape,
                             const WorldModelPpoSettings& settings,
                             RandomStream& random)
    : m_shape(shape),
      m_settings(settings),
      m_endogenousFeatures(shape.observations - shape.exogenous),
      m_random(random),
      m_memory(shape.observations + shape.actions, settings.memoryUnits, random),
      m_exogenousMemory(std::max<int64_t>(1, shape.exogenous), settings.memoryUnits, random),
      m_reward(HeadShape(1, true, shape.observations + shape.actions), random),
      m_endogenous(HeadShape(std::max<int64_t>(1, m_endogenousFeatures),
                             false,
                             shape.observations + shape.actions),
                   random),
      m_exogenous({settings.memoryUnits + std::max<int64_t>(1, shape.exogenous),
                   {settings.memoryUnits},
                   2 * std::max<int64_t>(1, shape.exogenous),
                   Activation::SILU,
                   0.0,
                   1},
                  random)
{
}

Network::Settings
FactoredModel::HeadShape(int64_t outputs, bool isReward, int64_t inputs) const
{
    // Members of the ensemble must begin apart to disagree; the other heads begin at the marginal.
    constexpr double apart = 0.1;
    return {m_settings.memoryUnits + inputs,
            {m_settings.modelUnits, m_settings.modelUnits},
            outputs,
            Activation::SILU,
            isReward ? apart : 0.0,
            isReward ? m_settings.ensemble : 1};
}

std::vector<std::vector<at::Tensor>*>
FactoredModel::GetParameters()
{
    std::vector<std::vector<at::Tensor>*> parameters{&m_memory.GetParameters(),
                                                     &m_reward.GetParameters()};
    if (m_endogenousFeatures > 0)
    {
        parameters.push_back(&m_endogenous.GetParameters());
    }
    if (m_shape.exogenous > 0)
    {
        parameters.push_back(&m_exogenousMemory.GetParameters());
        parameters.push_back(&m_exogenous.GetParameters());
    }
    return parameters;
}

at::Tensor
FactoredModel::GetExogenous(const at::Tensor& observation) const
{
    return observation.narrow(-1, m_endogenousFeatures, m_shape.exogenous);
}

void
FactoredModel::SplitExogenous(const at::Tensor& outputs, Heads& heads) const
{
    heads.exogenous = outputs.narrow(1, 0, m_shape.exogenous);
    heads.logDeviation = outputs.narrow(1, m_shape.exogenous, m_shape.exogenous)
                             .clamp(MIN_LOG_DEVIATION, MAX_LOG_DEVIATION);
}

FactoredModel::Heads
FactoredModel::Foretell(const Windows& windows) const
{
    const int64_t slots = windows.actions.size(0);
    const int64_t batch = windows.actions.size(1);
    at::Tensor memory = at::zeros({batch, m_settings.memoryUnits});
    at::Tensor exogenousMemory = memory;
    std::vector<at::Tensor> memories;
    std::vector<at::Tensor> exogenousMemories;
    for (int64_t t = 0; t < slots; ++t)
    {
        const at::Tensor observation = windows.observations[t];
        memories.push_back(memory);
        exogenousMemories.push_back(exogenousMemory);
        if (t + 1 < slots)
        {
            memory = m_memory.Forward(at::cat({observation, windows.actions[t]}, 1), memory);
            if (m_shape.exogenous > 0)
            {
                exogenousMemory =
                    m_exogenousMemory.Forward(GetExogenous(observation), exogenousMemory);
            }
        }
    }
    const at::Tensor observations = Flatten(windows.observations.narrow(0, 0, slots));
    const at::Tensor inputs =
        at::cat({at::cat(memories), observations, Flatten(windows.actions)}, 1);
    Heads heads;
    heads.rewards = m_reward.Forward(inputs).reshape({m_settings.ensemble, -1});
    if (m_endogenousFeatures > 0)
    {
        heads.endogenous =
            observations.narrow(1, 0, m_endogenousFeatures) + m_endogenous.Forward(inputs);
    }
    if (m_shape.exogenous > 0)
    {
        SplitExogenous(m_exogenous.Forward(
                           at::cat({at::cat(exogenousMemories), GetExogenous(observations)}, 1)),
                       heads);
    }
    return heads;
}

at::Tensor
FactoredModel::GetSurprise(const at::Tensor& truth, const Heads& heads) const
{
    const at::Tensor z = (truth - heads.exogenous) * at::exp(-heads.logDeviation);
    return (0.5 * z * z + heads.logDeviation + HALF_LOG_TWO_PI).mean();
}

at::Tensor
FactoredModel::GetLoss(const Windows& windows)
{
    const int64_t slots = windows.actions.size(0);
    const Heads heads = Foretell(windows);
    const at::Tensor next = Flatten(windows.observations.narrow(0, 1, slots));
    const at::Tensor rewardError = heads.rewards - windows.rewards.reshape({1, -1});
    // Each head leaves out another part of the batch: heads that learn from the same steps agree
    // also where they are wrong.
    at::Tensor isKept = at::empty_like(rewardError);
    for (int64_t i = 0; i < isKept.numel(); ++i)
    {
        isKept.data_ptr<float>()[i] = m_random.Uniform() < KEPT_SHARE ? 1.0f : 0.0f;
    }
    at::Tensor loss =
        m_settings.rewardWeight / KEPT_SHARE * (isKept * rewardError * rewardError).mean(1).sum();
    if (m_endogenousFeatures > 0)
    {
        const at::Tensor error = heads.endogenous - next.narrow(1, 0, m_endogenousFeatures);
        loss = loss + (error * error).mean();
    }
    if (m_shape.exogenous > 0)
    {
        loss = loss + GetSurprise(GetExogenous(next), heads);
    }
    return loss;
}

std::vector<at::Tensor>
FactoredModel::GetBlankMemory(int64_t batch) const
{
    return {at::zeros({batch, m_settings.memoryUnits}), at::zeros({batch, m_settings.memoryUnits})};
}

ModelState
FactoredModel::Observe(std::vector<at::Tensor> memory, const at::Tensor& observation)
{
    return {observation, std::move(memory)};
}

std::vector<at::Tensor>
FactoredModel::Remember(const ModelState& state, const at::Tensor& action)
{
    constexpr bool isFrozen = true;
    std::vector<at::Tensor> memory = state.memory;
    memory[0] =
        m_memory.Forward(at::cat({state.observation, action}, 1), state.memory[0], isFrozen);
    if (m_shape.exogenous > 0)
    {
        memory[1] =
            m_exogenousMemory.Forward(GetExogenous(state.observation), state.memory[1], isFrozen);
    }
    return memory;
}

ModelStep
FactoredModel::Imagine(const ModelState& state, const at::Tensor& action, bool needsNext)
{
    constexpr bool isFrozen = true;
    const at::Tensor inputs = at::cat({state.memory[0], state.observation, action}, 1);
    ModelStep step;
    step.rewards = m_reward.Forward(inputs, isFrozen).reshape({m_settings.ensemble, -1});
    step.uncertainty = m_settings.ensemble > 1 ? step.rewards.detach().std(0) / m_residual
                                               : at::zeros({action.size(0)});
    if (!needsNext)
    {
        return step;
    }
    std::vector<at::Tensor> next;
    if (m_endogenousFeatures > 0)
    {
        next.push_back(state.observation.narrow(1, 0, m_endogenousFeatures) +
                       m_endogenous.Forward(inputs, isFrozen));
    }
    if (m_shape.exogenous > 0)
    {
        Heads heads;
        const at::Tensor exogenous = GetExogenous(state.observation);
        SplitExogenous(m_exogenous.Forward(at::cat({state.memory[1], exogenous}, 1), isFrozen),
                       heads);
        at::Tensor normal = at::empty_like(exogenous, at::MemoryFormat::Contiguous);
        m_random.FillNormal(normal.data_ptr<float>(), normal.numel());
        // What actions cannot change has no gradient towards them.
        next.push_back((heads.exogenous + at::exp(heads.logDeviation) * normal).detach());
    }
    step.next = {at::cat(next, 1), Remember(state, action)};
    return step;
}

std::map<std::string, double>
FactoredModel::GetSkills(const Windows& windows)
{
    const at::NoGradGuard noGradient;
    const int64_t slots = windows.actions.size(0);
    const Heads heads = Foretell(windows);
    const at::Tensor next = Flatten(windows.observations.narrow(0, 1, slots));
    const at::Tensor rewards = windows.rewards.reshape({-1});
    const at::Tensor guess = heads.rewards.mean(0);
    const double residual = (rewards - guess).std().item<double>();
    m_residual = std::max(LEAST_RESIDUAL, residual);
    std::map<std::string, double> skills;
    skills["rewardSkill"] = GetExplainedShare(rewards, guess);
    if (m_endogenousFeatures > 0)
    {
        skills["endogenousSkill"] =
            GetExplainedShare(next.narrow(1, 0, m_endogenousFeatures), heads.endogenous);
    }
    if (m_shape.exogenous > 0)
    {
        // Beside the best constant: features that vary are told apart from those that do not. It
        // knows the mean of the very slots that are judged; where that differs from episode to
        // episode, the best guess of those who do not know it is below 0.
        const at::Tensor truth = GetExogenous(next);
        const double error = (truth - heads.exogenous).pow(2).mean().item<double>();
        const double marginal = truth.var(0, false).mean().item<double>();
        skills["exogenousSkill"] = 1 - error / std::max(marginal, LEAST_VARIANCE);
    }
    return skills;
}

} // namespace agents
