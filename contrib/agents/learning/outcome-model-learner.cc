/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "outcome-model-learner.h"

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

/// @param shape what an agent sees @param learned what its model predicts @return the equations
/// @throw std::invalid_argument in one line when there are none
std::shared_ptr<const OutcomeTask>
FindTask(const AgentShape& shape, const std::string& learned)
{
    auto task = shape.findTask ? shape.findTask(learned) : nullptr;
    if (!task)
    {
        throw std::invalid_argument("learned: \"" + learned +
                                    "\", expected a task with equations for it");
    }
    return task;
}

} // namespace

OutcomeModelLearner::OutcomeModelLearner(const std::string& algorithm,
                                         const AgentShape& shape,
                                         const OutcomeModelSettings& settings,
                                         uint64_t seed)
    : SetLearner(algorithm, shape, settings, seed),
      m_settings(settings),
      m_equations(FindTask(shape, settings.learned)),
      m_draws(m_experience, m_equations.GetTask(), m_settings, m_random),
      m_components(m_equations.GetTask().GetComponents()),
      m_actor(Shape(shape.actions, ACTOR_GAIN), m_random),
      m_averaged(Shape(shape.actions, ACTOR_GAIN), m_random),
      m_model(m_components, shape.actions, settings.levels == "learned", m_random),
      m_actorAdam(m_actor.GetParameters(),
                  settings.learningRate,
                  settings.maxGradientNorm,
                  settings.halvingSteps),
      m_averages(m_averaged.GetParameters(), 0, 1),
      m_modelAdam(m_model.GetParameters(),
                  settings.modelLearningRate,
                  settings.modelMaxGradientNorm,
                  settings.modelHalvingSteps)
{
    if (settings.leastEntities > settings.mostEntities)
    {
        throw std::invalid_argument("leastEntities: " + std::to_string(settings.leastEntities) +
                                    ", expected at most mostEntities, " +
                                    std::to_string(settings.mostEntities));
    }
    if (settings.horizonSlots > 1 && !m_equations.GetTask().GetSteps())
    {
        throw std::invalid_argument("horizonSlots: " + std::to_string(settings.horizonSlots) +
                                    ", expected 1 where slots are seen without what they leave to "
                                    "the next");
    }
    constexpr double all = 1;
    m_averaged.PolyakUpdate(m_actor, all);
    Register("actor", m_actorAdam);
    Register(m_iterations);
    Register(m_learned);
    Register("averages", m_averages);
    Register("model", m_modelAdam);
    RenewPolicies();
    for (const char* name : {"modelLoss", "imaginedValue"})
    {
        SetMetric(name, std::numeric_limits<double>::quiet_NaN());
    }
    SetMetric("deviation", GetDeviation());
}

double
OutcomeModelLearner::GetDeviation() const
{
    return std::max(m_settings.leastDeviation,
                    m_settings.startDeviation /
                        (1 + static_cast<double>(m_iterations) / m_settings.deviationIterations));
}

void
OutcomeModelLearner::Reward(uint64_t step,
                            double reward,
                            const Eigen::Ref<const Eigen::VectorXf>& outcomes)
{
    if (outcomes.size() == 0)
    {
        throw std::runtime_error(m_algorithm + ": step " + std::to_string(step) +
                                 " has a reward alone, expected the outcome of each entity");
    }
    SetLearner::Reward(step, reward, outcomes);
}

Eigen::MatrixXf
OutcomeModelLearner::ChooseRaw(const Eigen::MatrixXf& outputs)
{
    Eigen::MatrixXf raw =
        AddNoise(outputs,
                 Eigen::ArrayXf::Constant(outputs.rows(), static_cast<float>(GetDeviation())));
    for (Eigen::Index k = 0; k < raw.cols(); ++k)
    {
        if (m_random.Uniform() < m_settings.uniformShare)
        {
            raw.col(k) = raw.col(k).unaryExpr([this](float) { return DrawUniformRaw(); });
        }
    }
    return raw;
}

const SetNetwork&
OutcomeModelLearner::GetActor() const
{
    return m_actor;
}

const SetNetwork&
OutcomeModelLearner::GetDeployed() const
{
    return m_averaged;
}

void
OutcomeModelLearner::BeforeStep()
{
    LearnIfDue();
}

void
OutcomeModelLearner::AfterEpisode()
{
    LearnIfDue();
}

void
OutcomeModelLearner::LearnIfDue()
{
    const uint64_t slots = m_experience.GetCount() - m_learned;
    if (slots >= static_cast<uint64_t>(m_settings.iterationSlots) &&
        !m_experience.GetClosed().empty())
    {
        LearnFrom(slots);
    }
}

void
OutcomeModelLearner::LearnFrom(uint64_t slots)
{
    if (m_iterations == 0)
    {
        CentreModel();
    }
    const auto count = [slots](double updatesPerSlot) {
        return std::llround(updatesPerSlot * static_cast<double>(slots));
    };
    for (int64_t i = count(m_settings.modelUpdatesPerSlot); i > 0; --i)
    {
        UpdateModel();
    }
    for (int64_t i = count(m_settings.policyUpdatesPerSlot); i > 0; --i)
    {
        UpdatePolicy();
    }
    m_learned = m_experience.GetCount();
    ++m_iterations;
    RenewPolicies();
    SetMetric("modelLoss", m_modelLoss);
    SetMetric("imaginedValue", m_value);
    SetMetric("deviation", GetDeviation());
}

void
OutcomeModelLearner::CentreModel()
{
    double levels = 0;
    int64_t entities = 0;
    std::vector<double> sums(m_components.size());
    std::vector<int64_t> known(m_components.size());
    for (const auto& [n, steps] : m_experience.GetClosed())
    {
        for (const uint64_t number : steps)
        {
            const EntityStep& step = m_experience.Get(number);
            const Rows traits = step.observations.rightCols(m_equations.GetTask().GetTraits());
            const Rows actions = step.actions.unaryExpr(&Logistic);
            Eigen::VectorXd given(n);
            Eigen::VectorXd chosen(n);
            Rows derivatives(n, m_shape.actions);
            m_equations.GetTask().GetLevels(traits, actions, given, chosen, derivatives);
            levels += given.sum() + chosen.sum();
            entities += n;
            Rows targets(n, static_cast<Eigen::Index>(m_components.size()));
            m_equations.GetTask().GetTargets(traits, actions, step.outcomes, targets);
            for (std::size_t c = 0; c < sums.size(); ++c)
            {
                const auto column = targets.col(static_cast<Eigen::Index>(c)).array();
                sums[c] += column.isNaN().select(0, column).sum();
                known[c] += n - column.isNaN().count();
            }
        }
    }
    for (std::size_t c = 0; c < sums.size(); ++c)
    {
        sums[c] /= static_cast<double>(std::max<int64_t>(known[c], 1));
    }
    m_model.SetCentre(levels / static_cast<double>(entities), sums);
}

void
OutcomeModelLearner::UpdateModel()
{
    const EntitySets sets = m_draws.DrawSeen();
    Rows targets(sets.traits.rows(), static_cast<Eigen::Index>(m_components.size()));
    m_equations.GetTask().GetTargets(sets.traits, sets.actions, sets.outcomes, targets);
    const Rows known =
        targets.array().isNaN().select(0.0f, Rows::Ones(targets.rows(), targets.cols()));
    targets = targets.array().isNaN().select(0.0f, targets);
    constexpr bool isFrozen = false;
    const at::Tensor predicted =
        m_model.Predict(m_equations.Describe(sets, ToTensor(sets.actions, sets.n)), isFrozen);
    const at::Tensor weights = ToTensor(known, sets.n);
    const at::Tensor errors = (predicted - ToTensor(targets, sets.n)) * weights;
    const auto sum = [](const at::Tensor& all) { return all.flatten(0, 1).sum(0); };
    const at::Tensor loss = (sum(errors * errors) / sum(weights).clamp_min(1)).sum();
    loss.backward();
    m_modelAdam.Step(m_algorithm + ", model");
    m_modelLoss = loss.item<double>();
}

void
OutcomeModelLearner::FollowPaths(EntitySets& paths, const at::Tensor& noise) const
{
    const at::NoGradGuard noGradient;
    const int64_t count = paths.GetPaths();
    EntitySets now;
    now.count = count;
    now.n = paths.n;
    for (int64_t step = 0; step + 1 < paths.steps; ++step)
    {
        now.traits = paths.traits.middleRows(paths.GetRow(step), count * paths.n);
        const at::Tensor seen = ToTensor(m_equations.Observe(now, m_shape.observations), now.n);
        at::Tensor raw = m_actor.Forward(GetFeatures(seen)) + GetOffsets(seen);
        if (noise.defined())
        {
            raw = raw + noise.narrow(0, step * count, count);
        }
        const at::Tensor actions = at::sigmoid(raw);
        constexpr bool isFrozen = true;
        m_equations.Advance(paths,
                            step,
                            actions,
                            m_model.Predict(m_equations.Describe(now, actions), isFrozen));
    }
}

at::Tensor
OutcomeModelLearner::DrawNoise(const EntitySets& sets)
{
    const double left = 1 - static_cast<double>(m_experience.GetCount()) /
                                static_cast<double>(m_settings.imaginationNoiseSlots);
    const double deviation = m_settings.imaginationDeviation * std::max(left, 0.0);
    if (deviation <= 0)
    {
        return {};
    }
    const at::Tensor noise = at::empty({sets.count, sets.n, m_shape.actions});
    m_random.FillNormal(noise.data_ptr<float>(), noise.numel());
    return deviation * noise;
}

void
OutcomeModelLearner::UpdatePolicy()
{
    const CarriedSteps* steps = m_equations.GetTask().GetSteps();
    EntitySets sets =
        m_settings.horizonSlots > 1 ? m_draws.DrawPaths(*steps) : m_draws.DrawImagined();
    const at::Tensor noise = DrawNoise(sets);
    FollowPaths(sets, noise);
    const at::Tensor seen = ToTensor(m_equations.Observe(sets, m_shape.observations), sets.n);
    at::Tensor raw = m_actor.Forward(GetFeatures(seen)) + GetOffsets(seen);
    if (noise.defined())
    {
        raw = raw + noise;
    }
    const at::Tensor actions = at::sigmoid(raw);
    constexpr bool isFrozen = true;
    const at::Tensor components = m_model.Predict(m_equations.Describe(sets, actions), isFrozen);
    const at::Tensor value = m_equations.GetValue(sets, actions, components);
    const at::Tensor loss = m_settings.outputPenalty * (raw * raw).mean() - value;
    loss.backward();
    m_actorAdam.Step(m_algorithm + ", actor");
    m_averaged.PolyakUpdate(m_actor, m_settings.averagingRate);
    m_value = value.item<double>();
}

} // namespace agents
