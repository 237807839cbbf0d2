/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "rssm.h"

#include "normal-draws.h"

#include <ATen/core/grad_mode.h>
#include <cmath>

namespace agents
{

namespace
{

constexpr double LEAST_STD = 0.1; //!< of z, so that the divergence stays finite

} // namespace

Rssm::Rssm(const AgentShape& shape,
           const WorldModelPpoSettings& settings,
           base::RandomStream& random)
    : m_shape(shape),
      m_settings(settings),
      m_random(random),
      m_gru(settings.latentUnits + shape.actions, settings.memoryUnits, random),
      m_posterior(HeadShape(settings.memoryUnits + shape.observations, 2 * settings.latentUnits),
                  random),
      m_prior(HeadShape(settings.memoryUnits, 2 * settings.latentUnits), random),
      m_observation(HeadShape(settings.memoryUnits + settings.latentUnits, shape.observations),
                    random),
      m_reward(HeadShape(settings.memoryUnits + settings.latentUnits, 1), random)
{
}

Network::Settings
Rssm::HeadShape(int64_t inputs, int64_t outputs) const
{
    return {inputs, {m_settings.modelUnits}, outputs, Activation::SILU, 1.0, 1};
}

std::vector<std::vector<at::Tensor>*>
Rssm::GetParameters()
{
    return {&m_gru.GetParameters(),
            &m_posterior.GetParameters(),
            &m_prior.GetParameters(),
            &m_observation.GetParameters(),
            &m_reward.GetParameters()};
}

Rssm::Latent
Rssm::ToLatent(const at::Tensor& outputs) const
{
    return {outputs.narrow(1, 0, m_settings.latentUnits),
            at::softplus(outputs.narrow(1, m_settings.latentUnits, m_settings.latentUnits)) +
                LEAST_STD};
}

at::Tensor
Rssm::Draw(const Latent& latent)
{
    return latent.mean +
           latent.stdDev * DrawNormal(m_random, latent.mean.size(0), latent.mean.size(1));
}

Rssm::Latent
Rssm::GetPosterior(const at::Tensor& h, const at::Tensor& observation, bool isFrozen) const
{
    return ToLatent(m_posterior.Forward(at::cat({h, observation}, 1), isFrozen));
}

Rssm::Latent
Rssm::GetPrior(const at::Tensor& h, bool isFrozen) const
{
    return ToLatent(m_prior.Forward(h, isFrozen));
}

at::Tensor
Rssm::GetLoss(const Sequences& sequences)
{
    const int64_t slots = sequences.actions.size(0);
    const int64_t batch = sequences.actions.size(1);
    at::Tensor h = at::zeros({batch, m_settings.memoryUnits});
    std::vector<at::Tensor> memories;
    std::vector<at::Tensor> states;
    std::vector<at::Tensor> means;
    std::vector<at::Tensor> stds;
    for (int64_t t = 0; t <= slots; ++t)
    {
        const Latent posterior = GetPosterior(h, sequences.observations[t], false);
        const at::Tensor z = Draw(posterior);
        memories.push_back(h);
        means.push_back(posterior.mean);
        stds.push_back(posterior.stdDev);
        states.push_back(at::cat({h, z}, 1));
        if (t < slots)
        {
            h = m_gru.Forward(at::cat({z, sequences.actions[t]}, 1), h);
        }
    }
    // What nothing later depends on is computed for all slots at once.
    const Latent prior = GetPrior(at::cat(memories), false);
    const at::Tensor ratio = at::cat(stds) / prior.stdDev;
    const at::Tensor shift = (at::cat(means) - prior.mean) / prior.stdDev;
    const at::Tensor kl =
        (0.5 * (ratio * ratio + shift * shift - 1) - at::log(ratio)).sum(1).mean();
    const at::Tensor all = at::cat(states);
    const at::Tensor observationError =
        m_observation.Forward(all) - sequences.observations.reshape({-1, m_shape.observations});
    // The reward of an action is told where it has led.
    const at::Tensor rewardError =
        m_reward.Forward(all.narrow(0, batch, slots * batch)).squeeze(1) -
        sequences.rewards.reshape({-1});
    return m_settings.jointWeight * ((observationError * observationError).sum(1).mean() +
                                     m_settings.rewardWeight * (rewardError * rewardError).mean() +
                                     m_settings.divergenceWeight * kl);
}

std::vector<at::Tensor>
Rssm::GetBlankMemory(int64_t batch) const
{
    return {at::zeros({batch, m_settings.memoryUnits}), at::zeros({batch, m_settings.latentUnits})};
}

ModelState
Rssm::ObserveStep(std::vector<at::Tensor> memory, const at::Tensor& observation)
{
    memory[1] = Draw(GetPosterior(memory[0], observation, true));
    return {observation, std::move(memory)};
}

std::vector<at::Tensor>
Rssm::Remember(const ModelState& state, const at::Tensor& action)
{
    return {m_gru.Forward(at::cat({state.memory[1], action}, 1), state.memory[0], true),
            state.memory[1]};
}

ModelState
Rssm::Observe(const at::Tensor& observations, const at::Tensor& actions)
{
    const int64_t slots = observations.size(0);
    std::vector<at::Tensor> memories;
    std::vector<at::Tensor> latents;
    std::vector<at::Tensor> memory = GetBlankMemory(observations.size(1));
    for (int64_t t = 0; t < slots; ++t)
    {
        const ModelState state = ObserveStep(std::move(memory), observations[t]);
        memories.push_back(state.memory[0]);
        latents.push_back(state.memory[1]);
        memory = t + 1 < slots ? Remember(state, actions[t]) : std::vector<at::Tensor>();
    }
    return {observations.flatten(0, 1), {at::cat(memories), at::cat(latents)}};
}

ModelStep
Rssm::Imagine(const ModelState& state, const at::Tensor& action, bool)
{
    ModelStep step;
    step.next.memory = Remember(state, action);
    const Latent prior = GetPrior(step.next.memory[0], true);
    step.next.memory[1] = Draw(prior);
    const at::Tensor both = at::cat({step.next.memory[0], step.next.memory[1]}, 1);
    step.next.observation = m_observation.Forward(both, true);
    step.rewards = m_reward.Forward(both, true).transpose(0, 1);
    step.uncertainty = prior.stdDev.detach().mean(1);
    return step;
}

std::map<std::string, double>
Rssm::GetR2(const Sequences& sequences)
{
    const at::NoGradGuard noGradient;
    const int64_t slots = sequences.actions.size(0);
    std::vector<at::Tensor> rewards;
    std::vector<at::Tensor> observations;
    std::vector<at::Tensor> memory = GetBlankMemory(sequences.actions.size(1));
    for (int64_t t = 0; t < slots; ++t)
    {
        const ModelState state = ObserveStep(std::move(memory), sequences.observations[t]);
        const ModelStep step = Imagine(state, sequences.actions[t], true);
        rewards.push_back(step.rewards.squeeze(0));
        observations.push_back(step.next.observation);
        memory = Remember(state, sequences.actions[t]);
    }
    const at::Tensor guess = at::stack(rewards);
    return {
        {"rewardSkill", GetExplainedShare(sequences.rewards, guess)},
        {"observationSkill",
         GetExplainedShare(sequences.observations.narrow(0, 1, slots), at::stack(observations))}};
}

} // namespace agents
