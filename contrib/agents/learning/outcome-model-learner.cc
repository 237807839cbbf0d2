/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "outcome-model-learner.h"

#include <ATen/core/grad_mode.h>
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <stdexcept>

namespace agents
{

namespace
{

constexpr double ACTOR_GAIN = 0.01; //!< small, so that all actions begin at the offsets
constexpr int64_t LEAST_SETS = 4;   //!< imagined in a gradient step, however large they are

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

/// @param rows B N x entries @param n N @return B x N x entries, a copy
at::Tensor
ToTensor(const Rows& rows, int64_t n)
{
    const at::Tensor tensor = at::empty({rows.rows() / n, n, rows.cols()});
    std::memcpy(tensor.data_ptr<float>(), rows.data(), rows.size() * sizeof(float));
    return tensor;
}

/// @param tensor B x N x entries @return B N x entries, a copy
Rows
ToRows(const at::Tensor& tensor)
{
    const at::Tensor all = tensor.detach().contiguous();
    return Eigen::Map<const Rows>(all.data_ptr<float>(), all.size(0) * all.size(1), all.size(2));
}

} // namespace

OutcomeModelLearner::OutcomeModelLearner(const std::string& algorithm,
                                         const AgentShape& shape,
                                         const OutcomeModelSettings& settings,
                                         uint64_t seed)
    : SetLearner(algorithm, shape, settings, seed),
      m_settings(settings),
      m_task(FindTask(shape, settings.learned)),
      m_components(m_task->GetComponents()),
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
            const Rows traits = step.observations.rightCols(m_task->GetTraits());
            const Rows actions = step.actions.unaryExpr(&Logistic);
            Eigen::VectorXd given(n);
            Eigen::VectorXd chosen(n);
            Rows derivatives(n, m_shape.actions);
            m_task->GetLevels(traits, actions, given, chosen, derivatives);
            levels += given.sum() + chosen.sum();
            entities += n;
            Rows targets(n, static_cast<Eigen::Index>(m_components.size()));
            m_task->GetTargets(traits, actions, step.outcomes, targets);
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

const EntityStep&
OutcomeModelLearner::ChooseStep(Eigen::Index n)
{
    const auto& steps = m_experience.GetClosed().at(n);
    return m_experience.Get(steps[m_random.Choose(steps.size())]);
}

OutcomeModelLearner::Sets
OutcomeModelLearner::DrawSets()
{
    Sets sets;
    sets.n = ChooseSize(false);
    sets.count = m_settings.batch;
    const Eigen::Index rows = sets.count * sets.n;
    sets.traits.resize(rows, m_task->GetTraits());
    sets.actions.resize(rows, m_shape.actions);
    sets.outcomes.resize(rows, m_shape.outcomes);
    for (int64_t i = 0; i < sets.count; ++i)
    {
        const EntityStep& step = ChooseStep(sets.n);
        sets.traits.middleRows(i * sets.n, sets.n) =
            step.observations.rightCols(m_task->GetTraits());
        sets.actions.middleRows(i * sets.n, sets.n) = step.actions.unaryExpr(&Logistic);
        sets.outcomes.middleRows(i * sets.n, sets.n) = step.outcomes;
        if (m_settings.permutesOutcomes)
        {
            std::vector<Eigen::Index> order(sets.n);
            for (Eigen::Index k = 0; k < sets.n; ++k)
            {
                order[k] = k;
            }
            m_random.Shuffle(order.begin(), order.end());
            for (Eigen::Index k = 0; k < sets.n; ++k)
            {
                sets.outcomes.row(i * sets.n + k) = step.outcomes.row(order[k]);
            }
        }
    }
    return sets;
}

OutcomeModelLearner::Sets
OutcomeModelLearner::ImagineSets()
{
    Sets sets;
    if (m_settings.imaginesSizes)
    {
        // As many sets of 2 to 4 entities as of 50 to 100.
        const double least = std::log(static_cast<double>(m_settings.leastEntities));
        const double most = std::log(static_cast<double>(m_settings.mostEntities));
        sets.n = std::llround(std::exp(least + (most - least) * m_random.Uniform()));
    }
    else
    {
        sets.n = ChooseSize(false);
    }
    sets.count =
        std::min(m_settings.batch, std::max(LEAST_SETS, m_settings.imaginedEntities / sets.n));
    sets.traits.resize(sets.count * sets.n, m_task->GetTraits());
    if (!m_settings.imaginesSizes)
    {
        for (int64_t i = 0; i < sets.count; ++i)
        {
            sets.traits.middleRows(i * sets.n, sets.n) =
                ChooseStep(sets.n).observations.rightCols(m_task->GetTraits());
        }
        return sets;
    }
    for (Eigen::Index row = 0; row < sets.traits.rows(); ++row)
    {
        const Eigen::Index n = ChooseSize(true);
        const EntityStep& step = ChooseStep(n);
        sets.traits.row(row) = step.observations.row(static_cast<Eigen::Index>(m_random.Choose(n)))
                                   .tail(m_task->GetTraits());
    }
    MakeKinds(sets);
    return sets;
}

void
OutcomeModelLearner::MakeKinds(Sets& sets)
{
    constexpr uint64_t mostKinds = 3;
    for (int64_t i = 0; i < sets.count; ++i)
    {
        if (m_random.Uniform() >= m_settings.alikeShare)
        {
            continue;
        }
        const Eigen::Index first = i * sets.n;
        const auto kinds = static_cast<int64_t>(1 + m_random.Choose(mostKinds));
        for (int64_t k = kinds; k < sets.n; ++k)
        {
            m_task->MakeAlike(sets.traits.row(first + k % kinds), sets.traits.row(first + k));
        }
    }
}

OutcomeInputs
OutcomeModelLearner::Describe(const Sets& sets, const at::Tensor& actions) const
{
    const Rows acts = ToRows(actions);
    const Eigen::Index rows = acts.rows();
    OutcomeInputs inputs;
    inputs.given = at::empty({sets.count, sets.n}, at::kDouble);
    inputs.chosen = at::empty({sets.count, sets.n}, at::kDouble);
    Rows derivatives(rows, m_shape.actions);
    m_task->GetLevels(sets.traits,
                      acts,
                      Eigen::Map<Eigen::VectorXd>(inputs.given.data_ptr<double>(), rows),
                      Eigen::Map<Eigen::VectorXd>(inputs.chosen.data_ptr<double>(), rows),
                      derivatives);
    if (actions.requires_grad())
    {
        // Adds zero, with the derivatives as gradient.
        inputs.chosen =
            inputs.chosen +
            ((actions - actions.detach()) * ToTensor(derivatives, sets.n)).sum(2).to(at::kDouble);
    }
    int64_t entries = 0;
    for (const OutcomeComponent& each : m_components)
    {
        entries += each.inputs;
    }
    Rows traits(rows, entries);
    m_task->DescribeInputs(sets.traits, traits);
    inputs.traits = ToTensor(traits, sets.n);
    inputs.actions = actions;
    return inputs;
}

void
OutcomeModelLearner::UpdateModel()
{
    const Sets sets = DrawSets();
    Rows targets(sets.traits.rows(), static_cast<Eigen::Index>(m_components.size()));
    m_task->GetTargets(sets.traits, sets.actions, sets.outcomes, targets);
    const Rows known =
        targets.array().isNaN().select(0.0f, Rows::Ones(targets.rows(), targets.cols()));
    targets = targets.array().isNaN().select(0.0f, targets);
    constexpr bool isFrozen = false;
    const at::Tensor predicted =
        m_model.Predict(Describe(sets, ToTensor(sets.actions, sets.n)), isFrozen);
    const at::Tensor weights = ToTensor(known, sets.n);
    const at::Tensor errors = (predicted - ToTensor(targets, sets.n)) * weights;
    const auto sum = [](const at::Tensor& all) { return all.flatten(0, 1).sum(0); };
    const at::Tensor loss = (sum(errors * errors) / sum(weights).clamp_min(1)).sum();
    loss.backward();
    m_modelAdam.Step(m_algorithm + ", model");
    m_modelLoss = loss.item<double>();
}

at::Tensor
OutcomeModelLearner::GetValue(const Sets& sets,
                              const at::Tensor& actions,
                              const at::Tensor& components) const
{
    const Rows acts = ToRows(actions);
    const Rows parts = ToRows(components);
    Rows byActions(acts.rows(), acts.cols());
    Rows byComponents(parts.rows(), parts.cols());
    double sum = 0;
    for (int64_t i = 0; i < sets.count; ++i)
    {
        const Eigen::Index at = i * sets.n;
        sum += m_task->GetValue(sets.traits.middleRows(at, sets.n),
                                acts.middleRows(at, sets.n),
                                parts.middleRows(at, sets.n),
                                byActions.middleRows(at, sets.n),
                                byComponents.middleRows(at, sets.n));
    }
    // A function of the same value and gradient.
    const at::Tensor linear =
        ((actions - actions.detach()) * ToTensor(byActions, sets.n)).sum() +
        ((components - components.detach()) * ToTensor(byComponents, sets.n)).sum();
    return (linear + sum) / static_cast<double>(sets.count);
}

void
OutcomeModelLearner::UpdatePolicy()
{
    const Sets sets = ImagineSets();
    Rows observations(sets.traits.rows(), m_shape.observations);
    for (int64_t i = 0; i < sets.count; ++i)
    {
        m_task->Observe(sets.traits.middleRows(i * sets.n, sets.n),
                        observations.middleRows(i * sets.n, sets.n));
    }
    const at::Tensor seen = ToTensor(observations, sets.n);
    const at::Tensor outputs = m_actor.Forward(GetFeatures(seen));
    at::Tensor raw = outputs + GetOffsets(seen);
    const double left = 1 - static_cast<double>(m_experience.GetCount()) /
                                static_cast<double>(m_settings.imaginationNoiseSlots);
    const double deviation = m_settings.imaginationDeviation * std::max(left, 0.0);
    if (deviation > 0)
    {
        const at::Tensor noise = at::empty(raw.sizes());
        m_random.FillNormal(noise.data_ptr<float>(), noise.numel());
        raw = raw + deviation * noise;
    }
    const at::Tensor actions = at::sigmoid(raw);
    constexpr bool isFrozen = true;
    const at::Tensor components = m_model.Predict(Describe(sets, actions), isFrozen);
    const at::Tensor value = GetValue(sets, actions, components);
    const at::Tensor loss = m_settings.outputPenalty * (raw * raw).mean() - value;
    loss.backward();
    m_actorAdam.Step(m_algorithm + ", actor");
    m_averaged.PolyakUpdate(m_actor, m_settings.averagingRate);
    m_value = value.item<double>();
}

} // namespace agents
