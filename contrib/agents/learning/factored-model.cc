/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "factored-model.h"

#include "differentiable.h"
#include "normal-draws.h"

#include <ATen/core/grad_mode.h>
#include <algorithm>
#include <cmath>

namespace agents
{

namespace
{

constexpr double MIN_LOG_STD = -5; //!< of an exogenous feature, normalised
constexpr double MAX_LOG_STD = 1;  //!< of an exogenous feature, normalised
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

/// A part of the loss.
struct Part
{
    at::Tensor outputs;  ///< of a head
    double loss;         ///< what they cost
    at::Tensor gradient; ///< by each of them
};

/// @param outputs of the reward's heads, heads x rows x 1 @param truth rewards, rows
/// @param weight of this part @param random which rows each head learns from
/// @return sum over heads of the mean squared error
Part
GetRewardLoss(const at::Tensor& outputs,
              const at::Tensor& truth,
              double weight,
              base::RandomStream& random)
{
    const int64_t rows = truth.numel();
    Part part{outputs, 0, at::empty_like(outputs)};
    const auto* reward = outputs.data_ptr<float>();
    const auto* seen = truth.data_ptr<float>();
    auto* gradient = part.gradient.data_ptr<float>();
    const double share = weight / (KEPT_SHARE * static_cast<double>(rows));
    for (int64_t i = 0; i < outputs.numel(); ++i)
    {
        // Each head leaves out another part of the batch: heads that learn from the same steps
        // agree also where they are wrong.
        const bool isKept = random.Uniform() < KEPT_SHARE;
        const double error = isKept ? reward[i] - seen[i % rows] : 0.0;
        part.loss += share * error * error;
        gradient[i] = static_cast<float>(2 * share * error);
    }
    return part;
}

/// @param outputs of the endogenous head, rows x features @param truth how the features changed
/// @return mean squared error
Part
GetChangeLoss(const at::Tensor& outputs, const at::Tensor& truth)
{
    const at::Tensor error = outputs.detach() - truth;
    return {outputs, error.pow(2).mean().item<double>(), error * (2.0 / error.numel())};
}

/// @param outputs of the exogenous head, means, then log standard deviations, rows x 2 features
/// @param truth rows x features, one row after the other @return mean negative log likelihood of
/// a feature
Part
GetSurprise(const at::Tensor& outputs, const at::Tensor& truth)
{
    const int64_t rows = truth.size(0);
    const int64_t features = truth.size(1);
    Part part{outputs, 0, at::empty_like(outputs)};
    const double share = 1 / static_cast<double>(rows * features);
    for (int64_t row = 0; row < rows; ++row)
    {
        const float* mean = outputs.data_ptr<float>() + 2 * features * row;
        const float* seen = truth.data_ptr<float>() + features * row;
        float* gradient = part.gradient.data_ptr<float>() + 2 * features * row;
        for (int64_t i = 0; i < features; ++i)
        {
            const double free = mean[features + i];
            const double logStd = std::clamp(free, MIN_LOG_STD, MAX_LOG_STD);
            const double precision = std::exp(-logStd);
            const double z = (seen[i] - mean[i]) * precision;
            part.loss += share * (0.5 * z * z + logStd + HALF_LOG_TWO_PI);
            gradient[i] = static_cast<float>(-share * z * precision);
            // Nothing is learned from a deviation that is cut off.
            gradient[features + i] = free == logStd ? static_cast<float>(share * (1 - z * z)) : 0;
        }
    }
    return part;
}

} // namespace

FactoredModel::FactoredModel(const AgentShape& shape,
                             const WorldModelPpoSettings& settings,
                             base::RandomStream& random)
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

FactoredModel::Exogenous
FactoredModel::GetDistribution(const at::Tensor& outputs) const
{
    return {
        outputs.narrow(1, 0, m_shape.exogenous),
        outputs.narrow(1, m_shape.exogenous, m_shape.exogenous).clamp(MIN_LOG_STD, MAX_LOG_STD)};
}

FactoredModel::Outputs
FactoredModel::Predict(const Sequences& sequences)
{
    const int64_t slots = sequences.actions.size(0);
    const ModelState state = Observe(sequences.observations.narrow(0, 0, slots), sequences.actions);
    const at::Tensor inputs =
        at::cat({state.memory[0], state.observation, Flatten(sequences.actions)}, 1);
    Outputs outputs;
    outputs.rewards = m_reward.Forward(inputs);
    if (m_endogenousFeatures > 0)
    {
        outputs.changes = m_endogenous.Forward(inputs);
    }
    if (m_shape.exogenous > 0)
    {
        outputs.exogenous =
            m_exogenous.Forward(at::cat({state.memory[1], GetExogenous(state.observation)}, 1));
    }
    return outputs;
}

at::Tensor
FactoredModel::GetLoss(const Sequences& sequences)
{
    const Outputs outputs = Predict(sequences);
    std::vector<Part> parts;
    {
        const at::NoGradGuard noGradient;
        const int64_t slots = sequences.actions.size(0);
        const at::Tensor next = Flatten(sequences.observations.narrow(0, 1, slots));
        parts.push_back(GetRewardLoss(outputs.rewards,
                                      sequences.rewards.contiguous(),
                                      m_settings.rewardWeight,
                                      m_random));
        if (m_endogenousFeatures > 0)
        {
            const at::Tensor changes = next - Flatten(sequences.observations.narrow(0, 0, slots));
            parts.push_back(
                GetChangeLoss(outputs.changes, changes.narrow(1, 0, m_endogenousFeatures)));
        }
        if (m_shape.exogenous > 0)
        {
            parts.push_back(GetSurprise(outputs.exogenous, GetExogenous(next).contiguous()));
        }
    }
    double loss = 0;
    std::vector<at::Tensor> inputs;
    std::vector<at::Tensor> gradients;
    for (const Part& part : parts)
    {
        loss += part.loss;
        inputs.push_back(part.outputs);
        gradients.push_back(part.gradient);
    }
    return MakeGraphNode(at::full({}, loss, at::kDouble),
                         inputs,
                         false,
                         [gradients](const at::Tensor& byLoss) -> std::vector<at::Tensor> {
                             std::vector<at::Tensor> scaled;
                             for (const at::Tensor& gradient : gradients)
                             {
                                 scaled.push_back(gradient * byLoss);
                             }
                             return scaled;
                         });
}

std::vector<at::Tensor>
FactoredModel::Remember(const ModelState& state, const at::Tensor& action) const
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

ModelState
FactoredModel::Observe(const at::Tensor& observations, const at::Tensor& actions)
{
    // The last slot's outcome is never fed to the memory.
    const int64_t steps = observations.size(0) - 1;
    const at::Tensor before = observations.narrow(0, 0, steps);
    at::Tensor seen = Flatten(observations);
    at::Tensor memory = Flatten(m_memory.Unroll(at::cat({before, actions.narrow(0, 0, steps)}, 2)));
    at::Tensor exogenousMemory = m_shape.exogenous > 0
                                     ? Flatten(m_exogenousMemory.Unroll(GetExogenous(before)))
                                     : at::zeros_like(memory);
    return {seen, {memory, exogenousMemory}};
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
        const at::Tensor exogenous = GetExogenous(state.observation);
        const Exogenous predicted = GetDistribution(
            m_exogenous.Forward(at::cat({state.memory[1], exogenous}, 1), isFrozen));
        const at::Tensor normal = DrawNormal(m_random, exogenous.size(0), exogenous.size(1));
        // What actions cannot change has no gradient towards them.
        next.push_back((predicted.mean + at::exp(predicted.logStd) * normal).detach());
    }
    step.next = {at::cat(next, 1), Remember(state, action)};
    return step;
}

std::map<std::string, double>
FactoredModel::GetR2(const Sequences& sequences)
{
    const at::NoGradGuard noGradient;
    const int64_t slots = sequences.actions.size(0);
    const Outputs outputs = Predict(sequences);
    const at::Tensor next = Flatten(sequences.observations.narrow(0, 1, slots));
    const at::Tensor rewards = sequences.rewards.reshape({-1});
    const at::Tensor guess = outputs.rewards.reshape({m_settings.ensemble, -1}).mean(0);
    // Not the errors' standard deviation: a model that is wrong by a constant is not sure.
    const double residual = (rewards - guess).pow(2).mean().sqrt().item<double>();
    m_residual = std::max(LEAST_RESIDUAL, residual);
    std::map<std::string, double> skills;
    skills["rewardSkill"] = GetExplainedShare(rewards, guess);
    if (m_endogenousFeatures > 0)
    {
        const at::Tensor changes = next - Flatten(sequences.observations.narrow(0, 0, slots));
        skills["endogenousSkill"] =
            GetExplainedShare(changes.narrow(1, 0, m_endogenousFeatures), outputs.changes);
    }
    if (m_shape.exogenous > 0)
    {
        // Compared with the best constant: features that vary are told apart from those that do
        // not. It knows the mean of the very slots that are judged; where that differs from episode
        // to episode, the best guess of those who do not know it is below 0.
        const at::Tensor truth = GetExogenous(next);
        const double error =
            (truth - GetDistribution(outputs.exogenous).mean).pow(2).mean().item<double>();
        const double marginal = truth.var(0, false).mean().item<double>();
        skills["exogenousSkill"] = 1 - error / std::max(marginal, LEAST_VARIANCE);
    }
    return skills;
}

} // namespace agents
