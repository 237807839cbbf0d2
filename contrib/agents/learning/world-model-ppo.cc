/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "world-model-ppo.h"

#include "factored-model.h"
#include "rssm.h"
#include "scale-actions.h"
#include "squared-error.h"
#include "stream-grid.h"

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
constexpr int64_t START_BATCHES = 4;        //!< imagination batches to choose from in an iteration
constexpr double LEAST_VARIANCE = 1e-6;     //!< of a normalised target

/// @param settings settings @param shape sizes @param random source @return the world model
std::unique_ptr<WorldModel>
MakeModel(const WorldModelPpoSettings& settings,
          const AgentShape& shape,
          base::RandomStream& random)
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
DrawWrongOrder(int64_t n, base::RandomStream& random)
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
    : OnPolicyLearner(algorithm, shape, settings, seed),
      m_settings(settings),
      m_model(MakeModel(settings, shape, m_random)),
      m_trust(shape, m_settings, m_critic, *m_model, m_random),
      m_modelAdam(m_model->GetParameters(), settings.modelLearningRate, MODEL_GRADIENT_NORM),
      m_sampler(m_experience, m_normaliser, settings.actionScale, m_random),
      m_imagination(m_settings, m_actor, m_critic, *m_model, m_random)
{
    Register("model", m_modelAdam);
    const double none = std::numeric_limits<double>::quiet_NaN();
    for (const char* name :
         {"modelLoss", "rewardSkill", "actionSkill", "actionSkillDeviation", "trust"})
    {
        SetMetric(name, none);
    }
    if (settings.model == "rssm")
    {
        SetMetric("observationSkill", none);
        return;
    }
    if (shape.exogenous > 0)
    {
        SetMetric("exogenousSkill", none);
    }
    if (shape.exogenous < shape.observations)
    {
        SetMetric("endogenousSkill", none);
    }
}

void
WorldModelPpo::Iterate()
{
    // The episode's transitions, with V, the policy that acted and its densities.
    const Rollout rollout = BeginIteration();
    if (!IsEnough(rollout))
    {
        return;
    }

    // World model: evaluated on what is new to it, then updated by (34), (35).
    const bool isTrusted = EvaluateModel(rollout);
    UpdateWorldModel(rollout);
    const bool isUsed = isTrusted && ChooseStarts(rollout);

    // Critic (37) on mixed targets (36), and actor (43) by surrogate (38), imagination (40), (41)
    // and entropy (42): minibatch by minibatch in turn.
    const Targets targets =
        isUsed ? GetMixedTargets(rollout) : GetAdvantages(rollout, rollout.rewards);
    const bool isImagining = isUsed && m_settings.imaginationWeight > 0;
    UpdateInMinibatches(rollout, [&](const at::Tensor& rows) {
        UpdateCritic(rollout, targets, rows);
        const ClippedSurrogate::Value surrogate = GetSurrogate(rollout, targets, rows);
        UpdateActor(isImagining ? surrogate.loss + GetImaginationLoss() : surrogate.loss);
        return surrogate.kl;
    });

    // More of both in imagination alone, which the paper does not have.
    if (isUsed)
    {
        UpdateInImagination(rollout);
    }
    EndIteration();
}

bool
WorldModelPpo::EvaluateModel(const Rollout& rollout)
{
    const at::NoGradGuard noGradient;
    const uint64_t newest = rollout.steps.front();
    const int64_t slots = m_sampler.GetSlots(newest, m_settings.modelSequenceSlots);
    const Sequences held =
        slots > 0 ? m_sampler.Draw(newest, slots, m_settings.modelSequences) : Sequences();
    const bool isMeasured = held.rewards.defined();
    if (isMeasured)
    {
        for (const auto& [name, skill] : m_model->GetR2(held))
        {
            SetMetric(name, skill);
        }
    }
    m_trust.Evaluate(rollout, GetModelStates(rollout));
    const bool isTrusted = isMeasured && m_trust.IsTrusted();
    SetMetric("actionSkill", m_trust.GetActionSkill().GetMean());
    SetMetric("actionSkillDeviation", m_trust.GetActionSkill().GetStd());
    SetMetric("trust", isTrusted ? m_trust.GetWeight() : 0.0);
    return isTrusted;
}

void
WorldModelPpo::UpdateWorldModel(const Rollout& rollout)
{
    const uint64_t oldest = m_experience.GetOldest();
    const int64_t wanted = m_settings.modelSequenceSlots;
    const int64_t slots = std::max(m_sampler.GetSlots(rollout.steps.front(), wanted),
                                   m_sampler.GetSlots(oldest, wanted));
    double loss = 0;
    int64_t updates = 0;
    for (int64_t i = 0; slots > 0 && i < m_settings.modelUpdates; ++i)
    {
        Sequences sequences = m_sampler.Draw(oldest, slots, m_settings.modelSequences);
        if (!sequences.rewards.defined())
        {
            continue;
        }
        if (m_settings.permuteActions)
        {
            const at::Tensor order = DrawWrongOrder(sequences.actions.size(1), m_random);
            sequences.actions = sequences.actions.index_select(1, order);
        }
        const at::Tensor each = m_model->GetLoss(sequences);
        each.backward();
        m_modelAdam.Step(m_algorithm + ", world model");
        loss += each.item<double>();
        ++updates;
    }
    SetMetric("modelLoss", updates > 0 ? loss / updates : 0.0);
}

bool
WorldModelPpo::ChooseStarts(const Rollout& rollout)
{
    const at::NoGradGuard noGradient;
    if (m_settings.gate == "quantile")
    {
        // The paper's low-uncertainty states: the share of the rollout where the model is surest.
        const ModelState all = GetModelStates(rollout);
        const at::Tensor uncertainty =
            m_model->Imagine(all, GetModelInput(rollout.actions), false).uncertainty;
        const auto n = static_cast<double>(rollout.steps.size());
        const auto kept = static_cast<int64_t>(std::ceil(m_settings.gateShare * n));
        m_starts = all.Select(uncertainty.argsort().narrow(0, 0, kept));
        return true;
    }
    const uint64_t oldest = m_experience.GetOldest();
    const int64_t slots = m_sampler.GetSlots(oldest, m_settings.modelSequenceSlots);
    const Sequences sequences = m_sampler.Draw(oldest,
                                               std::max<int64_t>(1, slots),
                                               START_BATCHES * m_settings.imaginationBatch);
    if (!sequences.rewards.defined())
    {
        return false;
    }
    const ModelState all = m_model->Observe(sequences.observations, sequences.actions);
    const int64_t found = sequences.actions.size(1);
    m_starts = all.Select(at::arange(all.observation.size(0) - found, all.observation.size(0)));
    return true;
}

Targets
WorldModelPpo::GetMixedTargets(const Rollout& rollout)
{
    // Without a next state there is no chance in what was seen: its inverse variance is infinite.
    const bool isUnmixed =
        m_settings.targetMix == "constant" ? m_settings.mixWeight == 0 : m_settings.gamma == 0;
    if (isUnmixed)
    {
        return GetAdvantages(rollout, rollout.rewards);
    }
    const at::NoGradGuard noGradient;
    const Prediction prediction =
        Predict(GetModelStates(rollout), GetModelInput(rollout.actions), rollout.continues);
    const at::Tensor seen = rollout.rewards + m_settings.gamma * rollout.nextValues;
    // With gamma (1 - d) V(s'), which is added to it, this is (36).
    return GetAdvantages(rollout,
                         rollout.rewards + GetMixWeights(prediction) * (prediction.targets - seen));
}

WorldModelPpo::Prediction
WorldModelPpo::Predict(const ModelState& state,
                       const at::Tensor& action,
                       const at::Tensor& continues)
{
    const bool needsNext = m_settings.gamma > 0;
    const int64_t draws = needsNext ? TARGET_DRAWS : 1;
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

at::Tensor
WorldModelPpo::GetImaginationLoss()
{
    return m_settings.imaginationGradient == "score" ? m_imagination.ScoreActions(DrawStarts()).loss
                                                     : FollowPath(DrawStarts()).loss;
}

void
WorldModelPpo::UpdateInImagination(const Rollout& rollout)
{
    // They end where the policy has left the one whose experience the model knows: a model is
    // wrong in the actor's favour where no policy has been.
    for (int64_t i = 0; i < m_settings.imaginationUpdates; ++i)
    {
        {
            const at::NoGradGuard noGradient;
            const at::Tensor kl =
                rollout.policy.GetKl(GetDistribution(m_actor.Forward(rollout.observations)));
            if (kl.mean().item<double>() > m_settings.imaginationDivergence)
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

Imagination::Result
WorldModelPpo::FollowPath(const ModelState& starts)
{
    const double squashWeight =
        1 / GetSlowdown(m_actorAdam.GetSteps(), m_settings.squashHalvingSteps);
    return m_imagination.FollowPath(starts, m_trust.GetWeight(), squashWeight);
}

ModelState
WorldModelPpo::GetModelStates(const Rollout& rollout)
{
    const StreamGrid grid(rollout.next);
    const at::Tensor rows = at::tensor(grid.steps);
    const std::vector<int64_t> sizes{grid.slots, grid.streams, -1};
    return m_model
        ->Observe(rollout.observations.index_select(0, rows).reshape(sizes),
                  GetModelInput(rollout.actions).index_select(0, rows).reshape(sizes))
        .Select(at::tensor(grid.places));
}

at::Tensor
WorldModelPpo::GetModelInput(const at::Tensor& u) const
{
    return ScaleActions(at::sigmoid(u), m_settings.actionScale);
}

void
WorldModelPpo::Save(Archive& archive) const
{
    OnPolicyLearner::Save(archive);
    archive.Put("agent/advantages", m_trust.Save());
}

void
WorldModelPpo::Load(const Archive& archive)
{
    OnPolicyLearner::Load(archive);
    const std::string& bytes = archive.Get("agent/advantages");
    try
    {
        m_trust.Load(bytes);
    }
    catch (const std::runtime_error& error)
    {
        throw std::runtime_error(archive.GetPath() +
                                 ": section 'agent/advantages': " + error.what());
    }
}

} // namespace agents
