/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "world-model-ppo.h"

#include "factored-model.h"
#include "rssm.h"
#include "squared-error.h"

#include <ATen/core/grad_mode.h>
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <stdexcept>

namespace agents
{

namespace
{

constexpr double MODEL_GRADIENT_NORM =
    100;                                 //!< the model's gradient is not shortened but for bursts
constexpr int64_t TARGET_DRAWS = 8;      //!< next states that a target averages over
constexpr double SKILL_MEMORY = 0.8;     //!< weight of an iteration's skill in the next
constexpr int64_t OTHER_ACTIONS = 4;     //!< draws of what might have been done instead
constexpr int64_t START_BATCHES = 4;     //!< imagination batches to choose from in an iteration
constexpr double LEAST_VARIANCE = 1e-6;  //!< of a normalised target
constexpr uint64_t STARTS_TRIED = 1000;  //!< steps from which the longest stretch is looked for
constexpr int64_t TRIES_PER_WINDOW = 20; //!< places tried for a stretch

/// @param settings settings @param shape sizes @param random source @return the world model
std::unique_ptr<WorldModel>
MakeModel(const WorldModelPpoSettings& settings, const AgentShape& shape, RandomStream& random)
{
    if (settings.model == "rssm")
    {
        return std::make_unique<Rssm>(shape, settings, random);
    }
    return std::make_unique<FactoredModel>(shape, settings, random);
}

} // namespace

WorldModelPpo::WorldModelPpo(const std::string& algorithm,
                             const AgentShape& shape,
                             const WorldModelPpoSettings& settings,
                             uint64_t seed)
    : Ppo(algorithm, shape, settings, seed),
      m_settings(settings),
      m_model(MakeModel(settings, shape, m_random)),
      m_modelAdam(m_model->GetParameters(), settings.modelLearningRate, MODEL_GRADIENT_NORM)
{
    Register("model", m_modelAdam);
    const double none = std::numeric_limits<double>::quiet_NaN();
    for (const char* name : {"modelLoss", "rewardSkill", "actionSkill", "trust"})
    {
        SetFigure(name, none);
    }
    if (settings.model == "rssm")
    {
        SetFigure("observationSkill", none);
        return;
    }
    if (shape.exogenous > 0)
    {
        SetFigure("exogenousSkill", none);
    }
    if (shape.exogenous < shape.observations)
    {
        SetFigure("endogenousSkill", none);
    }
}

at::Tensor
WorldModelPpo::GetInput(const at::Tensor& u) const
{
    return ScaleActions(at::sigmoid(u), m_settings.actionScale);
}

int64_t
WorldModelPpo::GetHorizon() const
{
    return m_settings.gamma > 0 ? m_settings.horizon : 1;
}

int64_t
WorldModelPpo::GetWindowSlots(int64_t slots, uint64_t first) const
{
    // Chains of the first steps can have been cut short where the oldest were forgotten.
    int64_t most = 0;
    const uint64_t last = std::min(first + STARTS_TRIED, m_experience.GetCount());
    for (uint64_t start = first; most < slots && start < last; ++start)
    {
        int64_t length = 0;
        for (uint64_t step = start;
             length < slots && m_experience.GetEnd(step) == Experience::End::NEXT;
             step = m_experience.GetNext(step))
        {
            ++length;
        }
        most = std::max(most, length);
    }
    return std::min(slots, most);
}

Windows
WorldModelPpo::SampleWindows(uint64_t first, int64_t slots, int64_t batch)
{
    Windows windows;
    const uint64_t kept = m_experience.GetCount() - first;
    std::vector<std::vector<uint64_t>> stretches;
    for (int64_t tries = TRIES_PER_WINDOW * batch;
         tries > 0 && static_cast<int64_t>(stretches.size()) < batch;
         --tries)
    {
        std::vector<uint64_t> stretch;
        uint64_t step = first + m_random.Choose(kept);
        while (static_cast<int64_t>(stretch.size()) < slots && step != Experience::NONE &&
               m_experience.IsClosed(step) && m_experience.GetEnd(step) == Experience::End::NEXT)
        {
            stretch.push_back(step);
            step = m_experience.GetNext(step);
        }
        if (static_cast<int64_t>(stretch.size()) == slots)
        {
            stretch.push_back(step);
            stretches.push_back(std::move(stretch));
        }
    }
    if (stretches.empty())
    {
        return windows;
    }
    const auto found = static_cast<int64_t>(stretches.size());
    std::vector<uint64_t> steps;
    at::Tensor ends = at::zeros({slots + 1, found});
    for (int64_t t = 0; t <= slots; ++t)
    {
        for (int64_t i = 0; i < found; ++i)
        {
            steps.push_back(stretches[i][t]);
            ends.data_ptr<float>()[t * found + i] =
                m_experience.GetEnd(steps.back()) == Experience::End::TERMINAL ? 1.0f : 0.0f;
        }
    }
    windows.observations = GatherObservations(steps).reshape({slots + 1, found, -1});
    windows.ends = ends;
    steps.resize(slots * found);
    windows.actions = GetInput(GatherActions(steps)).reshape({slots, found, -1});
    windows.rewards = GatherRewards(steps).reshape({slots, found});
    return windows;
}

at::Tensor
WorldModelPpo::ForetellTargets(const ModelState& state,
                               const at::Tensor& action,
                               const at::Tensor& nextExogenous)
{
    const ModelStep step = m_model->Imagine(state, action, m_settings.gamma > 0);
    at::Tensor targets = step.rewards.mean(0);
    if (m_settings.gamma > 0)
    {
        const at::Tensor next = step.next.observation.clone();
        const int64_t first = next.size(1) - nextExogenous.size(1);
        next.narrow(1, first, nextExogenous.size(1)).copy_(nextExogenous);
        targets = targets + m_settings.gamma * m_critic.Forward(next).squeeze(1);
    }
    return targets;
}

double
WorldModelPpo::GetActionSkill(const Rollout& rollout)
{
    // Not R^2 of the reward: a policy that has found what is good leaves differences that come
    // from the state alone, and a model that knows those can still be wrong about every action.
    const at::NoGradGuard noGradient;
    const ModelState state = Filter(rollout);
    const at::Tensor truth = rollout.rewards + m_settings.gamma * rollout.nextValues;
    std::vector<int64_t> next(rollout.next);
    std::replace(next.begin(), next.end(), int64_t{-1}, int64_t{0}); // of no consequence
    // What chance brought next is not to be blamed on the model.
    const at::Tensor nextExogenous =
        rollout.observations.index_select(0, at::tensor(next))
            .narrow(1, m_shape.observations - m_shape.exogenous, m_shape.exogenous);
    const at::Tensor guess = ForetellTargets(state, GetInput(rollout.actions), nextExogenous);
    const SquashedGaussian policy = GetDistribution(m_actor.Forward(rollout.observations));
    at::Tensor others = at::zeros_like(guess);
    for (int64_t i = 0; i < OTHER_ACTIONS; ++i)
    {
        const at::Tensor u = policy.Draw(DrawNormal(guess.size(0), m_shape.actions));
        others += ForetellTargets(state, GetInput(u), nextExogenous) / OTHER_ACTIONS;
    }
    for (double* sum :
         {&m_advantages.steps, &m_advantages.ofModel, &m_advantages.ofBoth, &m_advantages.seen})
    {
        *sum *= SKILL_MEMORY;
    }
    for (std::size_t i = 0; i < rollout.steps.size(); ++i)
    {
        if (rollout.isUsed[i])
        {
            const double foretold = guess.data_ptr<float>()[i] - others.data_ptr<float>()[i];
            const double seen = truth.data_ptr<float>()[i] - others.data_ptr<float>()[i];
            m_advantages.steps += 1;
            m_advantages.ofModel += foretold * foretold;
            m_advantages.ofBoth += foretold * seen;
            m_advantages.seen += seen * seen;
        }
    }
    if (!(m_advantages.ofModel > 0))
    {
        return 0;
    }
    // Posterior mean of the slope of the advantages seen on those foretold, of which 1 with a
    // deviation of 1 is believed before anything is seen.
    const double slope = m_advantages.ofBoth / m_advantages.ofModel;
    const double noise =
        std::max(0.0, m_advantages.seen - slope * m_advantages.ofBoth) / m_advantages.steps;
    return (m_advantages.ofBoth + noise) / (m_advantages.ofModel + noise);
}

void
WorldModelPpo::Judge(const Rollout& rollout)
{
    const uint64_t newest = rollout.steps.front();
    const int64_t slots = GetWindowSlots(m_settings.modelSequenceSlots, newest);
    if (slots > 0)
    {
        const Windows held = SampleWindows(newest, slots, m_settings.modelSequences);
        if (held.rewards.defined())
        {
            for (const auto& [name, skill] : m_model->GetSkills(held))
            {
                SetFigure(name, skill);
            }
        }
    }
    const double skill = GetActionSkill(rollout);
    m_isTrusted = skill >= m_settings.startSkill;
    m_trust = m_isTrusted ? std::clamp(skill, 0.0, 1.0) : 0.0;
    SetFigure("actionSkill", skill);
    SetFigure("trust", m_trust);
}

void
WorldModelPpo::TrainModel(const Rollout& rollout)
{
    const int64_t newSlots = GetWindowSlots(m_settings.modelSequenceSlots, rollout.steps.front());
    const uint64_t oldest = m_experience.GetOldest();
    const int64_t slots = std::max(newSlots, GetWindowSlots(m_settings.modelSequenceSlots, oldest));
    double loss = 0;
    int64_t updates = 0;
    for (int64_t i = 0; slots > 0 && i < m_settings.modelUpdates; ++i)
    {
        Windows windows = SampleWindows(oldest, slots, m_settings.modelSequences);
        if (!windows.rewards.defined())
        {
            continue;
        }
        if (m_settings.permuteActions)
        {
            std::vector<int64_t> order(windows.actions.size(1));
            std::iota(order.begin(), order.end(), 0);
            m_random.Shuffle(order.begin(), order.end());
            windows.actions =
                windows.actions.index_select(1,
                                             at::from_blob(order.data(),
                                                           {windows.actions.size(1)},
                                                           at::TensorOptions(at::kLong)));
        }
        const at::Tensor each = m_model->GetLoss(windows);
        each.backward();
        m_modelAdam.Step(m_algorithm + ", world model");
        loss += each.item<double>();
        ++updates;
    }
    SetFigure("modelLoss", updates > 0 ? loss / updates : 0.0);
}

void
WorldModelPpo::ChooseStarts(const Rollout& rollout)
{
    const at::NoGradGuard noGradient;
    if (m_settings.gate == "quantile")
    {
        // The paper's low-uncertainty states: the share of the rollout where the model is surest.
        const ModelState all = Filter(rollout);
        const at::Tensor uncertainty =
            m_model->Imagine(all, GetInput(rollout.actions), false).uncertainty;
        const auto n = static_cast<double>(rollout.steps.size());
        const auto kept = static_cast<int64_t>(std::ceil(m_settings.gateShare * n));
        m_starts = all.Select(uncertainty.argsort().narrow(0, 0, kept));
        return;
    }
    const uint64_t oldest = m_experience.GetOldest();
    const int64_t slots = GetWindowSlots(m_settings.modelSequenceSlots, oldest);
    const Windows windows = SampleWindows(oldest,
                                          std::max<int64_t>(1, slots),
                                          START_BATCHES * m_settings.imaginationBatch);
    m_isTrusted = m_isTrusted && windows.rewards.defined();
    if (!m_isTrusted)
    {
        return;
    }
    const ModelState all = m_model->Follow(windows.observations, windows.actions);
    const int64_t found = windows.actions.size(1);
    m_starts = all.Select(at::arange(all.observation.size(0) - found, all.observation.size(0)));
}

void
WorldModelPpo::PrepareIteration(const Rollout& rollout)
{
    Judge(rollout);
    TrainModel(rollout);
    if (m_isTrusted)
    {
        ChooseStarts(rollout);
        const at::NoGradGuard noGradient;
        m_actedObservations = rollout.observations;
        m_acted = GetDistribution(m_actor.Forward(m_actedObservations));
    }
}

ModelState
WorldModelPpo::Filter(const Rollout& rollout)
{
    const auto n = static_cast<int64_t>(rollout.steps.size());
    std::vector<char> hasPrevious(n, 0);
    for (const int64_t next : rollout.next)
    {
        if (next >= 0)
        {
            hasPrevious[next] = 1;
        }
    }
    std::vector<std::vector<int64_t>> streams;
    std::size_t slots = 0;
    for (int64_t i = 0; i < n; ++i)
    {
        if (!hasPrevious[i])
        {
            std::vector<int64_t>& stream = streams.emplace_back();
            for (int64_t step = i; step >= 0; step = rollout.next[step])
            {
                stream.push_back(step);
            }
            slots = std::max(slots, stream.size());
        }
    }
    // Streams side by side, slot after slot. Shorter ones go on with anything: nobody looks there.
    std::vector<int64_t> steps(slots * streams.size(), 0);
    std::vector<int64_t> places(n);
    for (std::size_t i = 0; i < streams.size(); ++i)
    {
        for (std::size_t t = 0; t < streams[i].size(); ++t)
        {
            const std::size_t place = t * streams.size() + i;
            steps[place] = streams[i][t];
            places[streams[i][t]] = static_cast<int64_t>(place);
        }
    }
    const at::Tensor rows = at::tensor(steps);
    const std::vector<int64_t> sizes{static_cast<int64_t>(slots),
                                     static_cast<int64_t>(streams.size()),
                                     -1};
    return m_model
        ->Follow(rollout.observations.index_select(0, rows).reshape(sizes),
                 GetInput(rollout.actions).index_select(0, rows).reshape(sizes))
        .Select(at::tensor(places));
}

WorldModelPpo::Foretold
WorldModelPpo::Foretell(const ModelState& state, const at::Tensor& action, int64_t draws)
{
    const bool needsNext = m_settings.gamma > 0;
    draws = needsNext ? draws : 1;
    std::vector<at::Tensor> values;
    at::Tensor rewards;
    for (int64_t i = 0; i < draws; ++i)
    {
        const ModelStep step = m_model->Imagine(state, action, needsNext);
        rewards = i == 0 ? step.rewards : rewards + step.rewards;
        values.push_back(needsNext
                             ? m_critic.Forward(step.next.observation).squeeze(1) * m_settings.gamma
                             : at::zeros({action.size(0)}));
    }
    rewards = rewards / draws;
    const at::Tensor next = at::stack(values);
    Foretold foretold;
    foretold.targets = rewards.mean(0) + next.mean(0);
    foretold.nextVariance = next.var(0, false);
    foretold.variance = (rewards.size(0) > 1 ? rewards.var(0) : at::zeros_like(foretold.targets)) +
                        foretold.nextVariance / draws;
    return foretold;
}

Ppo::Targets
WorldModelPpo::GetTargets(const Rollout& rollout)
{
    // Without a next state there is no chance in what was seen: its inverse variance is endless.
    const bool none =
        m_settings.targetMix == "constant" ? m_settings.mixWeight == 0 : m_settings.gamma == 0;
    if (!m_isTrusted || none)
    {
        return Ppo::GetTargets(rollout);
    }
    const Foretold foretold = Foretell(Filter(rollout), GetInput(rollout.actions), TARGET_DRAWS);
    const at::Tensor seen = rollout.rewards + m_settings.gamma * rollout.nextValues;
    at::Tensor weight;
    if (m_settings.targetMix == "constant")
    {
        weight = at::full_like(seen, m_settings.mixWeight);
    }
    else
    {
        // Inverse variances (STEVE, Buckman et al., 2018): what was seen has the chance of one
        // next state in it, what is foretold the model's doubts.
        weight = (foretold.nextVariance + LEAST_VARIANCE) /
                 (foretold.nextVariance + foretold.variance + 2 * LEAST_VARIANCE);
    }
    Rollout mixed = rollout;
    // So that with gamma V(s'), which is added to it, it makes (36).
    mixed.rewards = rollout.rewards + weight * (foretold.targets - seen);
    return Ppo::GetTargets(mixed);
}

double
WorldModelPpo::GetSquashWeight() const
{
    return 1 / GetSlowdown(m_actorAdam.GetSteps(), m_settings.squashHalvingSteps);
}

WorldModelPpo::Imagined
WorldModelPpo::ImaginePathwise(ModelState state)
{
    at::Tensor sum = at::zeros({state.observation.size(0)});
    at::Tensor doubt = at::zeros({state.observation.size(0)});
    at::Tensor entropy = at::zeros({});
    double discount = 1;
    const int64_t horizon = GetHorizon();
    for (int64_t t = 0; t < horizon; ++t)
    {
        const SquashedGaussian distribution = GetDistribution(m_actor.Forward(state.observation));
        const at::Tensor normal = DrawNormal(state.observation.size(0), m_shape.actions);
        const at::Tensor u = distribution.Draw(normal);
        if (m_settings.imaginationEntropyWeight > 0)
        {
            entropy = entropy + (distribution.logDeviation.sum(1) +
                                 GetSquashWeight() * SquashedGaussian::LogSlope(u))
                                    .mean();
        }
        const ModelStep step = m_model->Imagine(state, GetInput(u), m_settings.gamma > 0);
        sum = sum + discount * step.rewards.mean(0);
        doubt = doubt + step.uncertainty * step.uncertainty;
        discount *= m_settings.gamma;
        state = step.next;
    }
    if (m_settings.gamma > 0)
    {
        sum = sum + discount * m_critic.Forward(state.observation, true).squeeze(1);
    }
    const at::Tensor trust = m_settings.gate == "ensemble"
                                 ? 1 / (1 + doubt / static_cast<double>(horizon))
                                 : at::ones_like(doubt);
    // In units of a slot's reward, whatever the discount.
    return {
        -(m_trust * m_settings.imaginationWeight * (1 - m_settings.gamma) * (trust * sum).mean() +
          m_settings.imaginationEntropyWeight / static_cast<double>(horizon) * entropy),
        sum.detach()};
}

at::Tensor
WorldModelPpo::ImagineScore(ModelState state)
{
    std::vector<at::Tensor> logDensities;
    std::vector<at::Tensor> values;
    at::Tensor sum = at::zeros({state.observation.size(0)});
    double discount = 1;
    const int64_t horizon = GetHorizon();
    for (int64_t t = 0; t < horizon; ++t)
    {
        const SquashedGaussian distribution = GetDistribution(m_actor.Forward(state.observation));
        const at::NoGradGuard noGradient;
        const at::Tensor u =
            distribution.Draw(DrawNormal(state.observation.size(0), m_shape.actions));
        {
            const at::AutoGradMode withGradient(true);
            logDensities.push_back(distribution.LogDensity(u));
        }
        values.push_back(m_critic.Forward(state.observation).squeeze(1));
        const ModelStep step = m_model->Imagine(state, GetInput(u), m_settings.gamma > 0);
        sum = sum + discount * step.rewards.mean(0);
        discount *= m_settings.gamma;
        state = step.next;
    }
    if (m_settings.gamma > 0)
    {
        const at::NoGradGuard noGradient;
        sum = sum + discount * m_critic.Forward(state.observation).squeeze(1);
    }
    at::Tensor loss = at::zeros({});
    for (int64_t t = 0; t < horizon; ++t)
    {
        loss = loss - ((sum - values[t]) * logDensities[t]).mean();
    }
    return m_settings.imaginationWeight / static_cast<double>(horizon) * loss;
}

ModelState
WorldModelPpo::DrawStarts()
{
    std::vector<int64_t> rows(m_settings.imaginationBatch);
    for (int64_t& row : rows)
    {
        row = static_cast<int64_t>(m_random.Choose(m_starts.observation.size(0)));
    }
    return m_starts.Select(at::tensor(rows));
}

at::Tensor
WorldModelPpo::GetExtraLoss()
{
    if (!m_isTrusted || m_settings.imaginationWeight == 0)
    {
        return {};
    }
    return m_settings.imaginationGradient == "score" ? ImagineScore(DrawStarts())
                                                     : ImaginePathwise(DrawStarts()).loss;
}

void
WorldModelPpo::Save(Archive& archive) const
{
    Ppo::Save(archive);
    archive.Put("agent/advantages",
                std::string(reinterpret_cast<const char*>(&m_advantages), sizeof m_advantages));
}

void
WorldModelPpo::Load(const Archive& archive)
{
    Ppo::Load(archive);
    const std::string& bytes = archive.Get("agent/advantages");
    if (bytes.size() != sizeof m_advantages)
    {
        throw std::runtime_error(archive.GetPath() + ": advantages are of another size");
    }
    std::memcpy(&m_advantages, bytes.data(), sizeof m_advantages);
}

void
WorldModelPpo::FinishIteration()
{
    // They end where the policy has left the one whose experience the model knows: a model is
    // wrong in the actor's favour where nobody has been.
    for (int64_t i = 0; m_isTrusted && i < m_settings.imaginationUpdates; ++i)
    {
        {
            const at::NoGradGuard noGradient;
            const at::Tensor divergence =
                m_acted.GetDivergence(GetDistribution(m_actor.Forward(m_actedObservations)));
            if (divergence.mean().item<double>() > m_settings.imaginationDivergence)
            {
                return;
            }
        }
        const ModelState starts = DrawStarts();
        const Imagined imagined = ImaginePathwise(starts);
        imagined.loss.backward();
        m_actorAdam.Step(m_algorithm + ", actor in imagination");
        GetSquaredError(m_critic.Forward(starts.observation), imagined.returns).backward();
        m_criticAdam.Step(m_algorithm + ", critic in imagination");
    }
}

} // namespace agents
