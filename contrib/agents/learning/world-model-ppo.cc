/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "world-model-ppo.h"

#include "factored-model.h"
#include "normal-draws.h"
#include "rssm.h"
#include "scale-actions.h"
#include "squared-error.h"
#include "stream-grid.h"
#include "stretches.h"

#include <ATen/core/grad_mode.h>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

namespace agents
{

namespace
{

constexpr double MODEL_GRADIENT_NORM = 100; //!< shortens only bursts of the model's gradient
constexpr int64_t TARGET_DRAWS = 8;         //!< next states that a target averages over
constexpr double SKILL_MEMORY = 0.8;        //!< weight of an iteration's skill in the next
constexpr int64_t OTHER_ACTIONS = 4;        //!< actions that an advantage is measured against
constexpr int64_t START_BATCHES = 4;        //!< imagination batches to choose from in an iteration
constexpr double LEAST_VARIANCE = 1e-6;     //!< of a normalised target

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

/// @param n number of places, >= 1 @param random source
/// @return a random order in which, for n > 1, nothing keeps its place
at::Tensor
DrawWrongOrder(int64_t n, RandomStream& random)
{
    // A random cycle: each place takes what is at the next place of a random sequence.
    std::vector<int64_t> sequence(n);
    std::iota(sequence.begin(), sequence.end(), 0);
    random.Shuffle(sequence.begin(), sequence.end());
    std::vector<int64_t> order(n);
    for (int64_t i = 0; i < n; ++i)
    {
        order[sequence[i]] = sequence[(i + 1) % n];
    }
    return at::tensor(order);
}

} // namespace

WorldModelPpo::WorldModelPpo(const std::string& algorithm,
                             const AgentShape& shape,
                             const WorldModelPpoSettings& settings,
                             uint64_t seed)
    : Ppo(algorithm, shape, settings, seed),
      m_model(MakeModel(settings, shape, m_random)),
      m_actionSkill(OTHER_ACTIONS),
      m_settings(settings),
      m_modelAdam(m_model->GetParameters(), settings.modelLearningRate, MODEL_GRADIENT_NORM)
{
    Register("model", m_modelAdam);
    const double none = std::numeric_limits<double>::quiet_NaN();
    for (const char* name :
         {"modelLoss", "rewardSkill", "actionSkill", "actionSkillDeviation", "trust"})
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

Windows
WorldModelPpo::SampleWindows(uint64_t first, int64_t slots, int64_t batch)
{
    Windows windows;
    const std::vector<Stretch> stretches =
        DrawStretches(m_experience, m_random, first, slots, batch);
    if (stretches.empty())
    {
        return windows;
    }
    const auto found = static_cast<int64_t>(stretches.size());
    std::vector<uint64_t> steps;
    for (int64_t t = 0; t <= slots; ++t)
    {
        for (const Stretch& stretch : stretches)
        {
            steps.push_back(stretch[t]);
        }
    }
    windows.observations = GatherObservations(steps).reshape({slots + 1, found, -1});
    steps.resize(slots * found);
    windows.actions = GetInput(GatherActions(steps)).reshape({slots, found, -1});
    windows.rewards = GatherRewards(steps).reshape({slots, found});
    return windows;
}

at::Tensor
WorldModelPpo::PredictTargets(const ModelState& state,
                              const at::Tensor& action,
                              const at::Tensor& nextExogenous,
                              const at::Tensor& continues)
{
    const ModelStep step = m_model->Imagine(state, action, m_settings.gamma > 0);
    at::Tensor targets = step.rewards.mean(0);
    if (m_settings.gamma > 0)
    {
        const at::Tensor next = step.next.observation.clone();
        const int64_t first = next.size(1) - nextExogenous.size(1);
        next.narrow(1, first, nextExogenous.size(1)).copy_(nextExogenous);
        targets = targets + m_settings.gamma * continues * m_critic.Forward(next).squeeze(1);
    }
    return targets;
}

void
WorldModelPpo::AddActionSkill(const Rollout& rollout)
{
    const at::NoGradGuard noGradient;
    const ModelState state = Filter(rollout);
    const at::Tensor truth = rollout.rewards + m_settings.gamma * rollout.nextValues;
    // The exogenous features that came are given to the model: it is not to blame for chance. A
    // step without a next one is not used, or its target has no next state.
    std::vector<int64_t> next(rollout.next);
    std::replace(next.begin(), next.end(), int64_t{-1}, int64_t{0});
    const at::Tensor nextExogenous =
        rollout.observations.index_select(0, at::tensor(next))
            .narrow(1, m_shape.observations - m_shape.exogenous, m_shape.exogenous);
    const SquashedGaussian policy = GetDistribution(m_actor.Forward(rollout.observations));
    const auto predict = [&](const at::Tensor& u) {
        return PredictTargets(state, GetInput(u), nextExogenous, rollout.continues);
    };
    const auto predictOthers = [&] {
        at::Tensor others = at::zeros_like(truth);
        for (int64_t i = 0; i < OTHER_ACTIONS; ++i)
        {
            others += predict(policy.Draw(DrawNormal(truth.size(0), m_shape.actions)));
        }
        return others / OTHER_ACTIONS;
    };
    const at::Tensor predicted = predict(rollout.actions) - predictOthers();
    const at::Tensor seen = truth - predictOthers();
    m_actionSkill.Fade(SKILL_MEMORY);
    for (std::size_t i = 0; i < rollout.steps.size(); ++i)
    {
        if (rollout.isUsed[i])
        {
            m_actionSkill.Add(predicted.data_ptr<float>()[i], seen.data_ptr<float>()[i]);
        }
    }
}

void
WorldModelPpo::Judge(const Rollout& rollout)
{
    const uint64_t newest = rollout.steps.front();
    const int64_t slots = GetStretchSlots(m_experience, newest, m_settings.modelSequenceSlots);
    Windows held;
    if (slots > 0)
    {
        held = SampleWindows(newest, slots, m_settings.modelSequences);
    }
    const bool isJudged = held.rewards.defined();
    if (isJudged)
    {
        for (const auto& [name, skill] : m_model->GetSkills(held))
        {
            SetFigure(name, skill);
        }
    }
    AddActionSkill(rollout);
    const double skill = m_actionSkill.GetSureSkill();
    m_isTrusted = isJudged && skill >= m_settings.startSkill;
    const double weight = m_settings.gate == "none" ? 1.0 : std::max(0.0, skill);
    m_trust = m_isTrusted ? weight : 0.0;
    SetFigure("actionSkill", m_actionSkill.GetMean());
    SetFigure("actionSkillDeviation", m_actionSkill.GetDeviation());
    SetFigure("trust", m_trust);
}

void
WorldModelPpo::TrainModel(const Rollout& rollout)
{
    const uint64_t oldest = m_experience.GetOldest();
    const int64_t wanted = m_settings.modelSequenceSlots;
    const int64_t slots = std::max(GetStretchSlots(m_experience, rollout.steps.front(), wanted),
                                   GetStretchSlots(m_experience, oldest, wanted));
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
            const at::Tensor order = DrawWrongOrder(windows.actions.size(1), m_random);
            windows.actions = windows.actions.index_select(1, order);
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
    const int64_t slots = GetStretchSlots(m_experience, oldest, m_settings.modelSequenceSlots);
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
    const StreamGrid grid(rollout.next);
    const at::Tensor rows = at::tensor(grid.steps);
    const std::vector<int64_t> sizes{grid.slots, grid.streams, -1};
    return m_model
        ->Follow(rollout.observations.index_select(0, rows).reshape(sizes),
                 GetInput(rollout.actions).index_select(0, rows).reshape(sizes))
        .Select(at::tensor(grid.places));
}

WorldModelPpo::Prediction
WorldModelPpo::Predict(const ModelState& state,
                       const at::Tensor& action,
                       const at::Tensor& continues,
                       int64_t draws)
{
    const bool needsNext = m_settings.gamma > 0;
    draws = needsNext ? draws : 1;
    std::vector<at::Tensor> values;
    at::Tensor rewards;
    for (int64_t i = 0; i < draws; ++i)
    {
        const ModelStep step = m_model->Imagine(state, action, needsNext);
        rewards = i == 0 ? step.rewards : rewards + step.rewards;
        values.push_back(needsNext ? m_settings.gamma * continues *
                                         m_critic.Forward(step.next.observation).squeeze(1)
                                   : at::zeros({action.size(0)}));
    }
    rewards = rewards / draws;
    const at::Tensor next = at::stack(values);
    Prediction prediction;
    prediction.targets = rewards.mean(0) + next.mean(0);
    prediction.nextVariance = next.var(0, false);
    prediction.variance =
        (rewards.size(0) > 1 ? rewards.var(0) : at::zeros_like(prediction.targets)) +
        prediction.nextVariance / draws;
    return prediction;
}

at::Tensor
WorldModelPpo::GetMixWeights(const Prediction& prediction) const
{
    if (m_settings.targetMix == "constant")
    {
        return at::full_like(prediction.targets, m_settings.mixWeight);
    }
    // Inverse variances (STEVE, Buckman et al., 2018): what was seen has the chance of one next
    // state in it, the prediction has the doubts of the model.
    return (prediction.nextVariance + LEAST_VARIANCE) /
           (prediction.nextVariance + prediction.variance + 2 * LEAST_VARIANCE);
}

Ppo::Targets
WorldModelPpo::GetTargets(const Rollout& rollout)
{
    // Without a next state there is no chance in what was seen, and its inverse variance is
    // infinite.
    const bool none =
        m_settings.targetMix == "constant" ? m_settings.mixWeight == 0 : m_settings.gamma == 0;
    if (!m_isTrusted || none)
    {
        return Ppo::GetTargets(rollout);
    }
    const Prediction prediction =
        Predict(Filter(rollout), GetInput(rollout.actions), rollout.continues, TARGET_DRAWS);
    const at::Tensor seen = rollout.rewards + m_settings.gamma * rollout.nextValues;
    Rollout mixed = rollout;
    // With gamma (1 - d) V(s'), which is added to it, this is (36).
    mixed.rewards = rollout.rewards + GetMixWeights(prediction) * (prediction.targets - seen);
    return Ppo::GetTargets(mixed);
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

Imagination
WorldModelPpo::GetImagination()
{
    return Imagination(m_settings, m_actor, m_critic, *m_model, m_random);
}

Imagination::Result
WorldModelPpo::FollowPath(const ModelState& starts)
{
    const double squashWeight =
        1 / GetSlowdown(m_actorAdam.GetSteps(), m_settings.squashHalvingSteps);
    return GetImagination().FollowPath(starts, m_trust, squashWeight);
}

at::Tensor
WorldModelPpo::GetExtraLoss()
{
    if (!m_isTrusted || m_settings.imaginationWeight == 0)
    {
        return {};
    }
    return m_settings.imaginationGradient == "score"
               ? GetImagination().ScoreActions(DrawStarts()).loss
               : FollowPath(DrawStarts()).loss;
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
        const Imagination::Result imagined = FollowPath(starts);
        imagined.loss.backward();
        m_actorAdam.Step(m_algorithm + ", actor in imagination");
        GetSquaredError(m_critic.Forward(starts.observation), imagined.returns).backward();
        m_criticAdam.Step(m_algorithm + ", critic in imagination");
    }
}

void
WorldModelPpo::Save(Archive& archive) const
{
    Ppo::Save(archive);
    archive.Put("agent/advantages", m_actionSkill.Save());
}

void
WorldModelPpo::Load(const Archive& archive)
{
    Ppo::Load(archive);
    const std::string& bytes = archive.Get("agent/advantages");
    try
    {
        m_actionSkill.Load(bytes);
    }
    catch (const std::runtime_error& error)
    {
        throw std::runtime_error(archive.GetPath() +
                                 ": section 'agent/advantages': " + error.what());
    }
}

} // namespace agents
