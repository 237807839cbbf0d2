/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "set-learner.h"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <stdexcept>

namespace agents
{

namespace
{

/// @param steps numbers of steps of the same size, not empty @param get gives the rows of one
/// @return B x N x entries
template <typename Get>
at::Tensor
Gather(const std::vector<uint64_t>& steps, const Get& get)
{
    const Rows& first = get(steps.front());
    const at::Tensor all =
        at::empty({static_cast<int64_t>(steps.size()), first.rows(), first.cols()});
    float* to = all.data_ptr<float>();
    for (const uint64_t step : steps)
    {
        const Rows& rows = get(step);
        to = std::copy(rows.data(), rows.data() + rows.size(), to);
    }
    return all;
}

} // namespace

SetLearner::SetLearner(std::string algorithm,
                       const AgentShape& shape,
                       const SetLearnerSettings& settings,
                       uint64_t seed)
    : m_algorithm(std::move(algorithm)),
      m_shape(shape),
      m_common(settings),
      m_random(seed),
      m_experience(static_cast<uint64_t>(settings.replaySlots))
{
}

uint64_t
SetLearner::Explore(uint32_t stream,
                    const Eigen::Ref<const Eigen::VectorXf>& observation,
                    Eigen::Ref<Eigen::VectorXf> action)
{
    static_cast<void>(stream); // slots are learned from one by one
    const std::string step = m_algorithm + ": step " + std::to_string(m_experience.GetCount());
    const Eigen::Index n = observation.size() / m_shape.observations;
    if (n < 1 || observation.size() != n * m_shape.observations ||
        action.size() != n * m_shape.actions)
    {
        throw std::runtime_error(step + " has " + std::to_string(observation.size()) +
                                 " entries, expected " + std::to_string(m_shape.observations) +
                                 " for each entity");
    }
    if (!observation.allFinite())
    {
        throw std::runtime_error(step + ": an observation is not finite");
    }
    BeforeStep();
    const Eigen::MatrixXf raw = ChooseRaw(m_acting.GetOutputs(observation));
    action = raw.reshaped().unaryExpr(&Logistic);
    return m_experience.Open(Eigen::Map<const Rows>(observation.data(), n, m_shape.observations),
                             Eigen::Map<const Rows>(raw.data(), n, m_shape.actions));
}

void
SetLearner::Reward(uint64_t step, double reward)
{
    Reward(step, reward, Eigen::VectorXf());
}

void
SetLearner::Reward(uint64_t step, double reward, const Eigen::Ref<const Eigen::VectorXf>& outcomes)
{
    const std::string name = m_algorithm + ": step " + std::to_string(step);
    if (!std::isfinite(reward))
    {
        throw std::runtime_error(name + ": the reward is not finite");
    }
    if (m_common.logReward && reward <= 0)
    {
        throw std::runtime_error(name + ": the reward is " + std::to_string(reward) +
                                 ", expected one above zero with logReward");
    }
    const Eigen::Index entries = std::max<Eigen::Index>(m_shape.outcomes, 1);
    const Eigen::Index n = outcomes.size() / entries;
    const Eigen::Index entities = step < m_experience.GetOldest()
                                      ? n // forgotten already
                                      : m_experience.Get(step).observations.rows();
    if (outcomes.size() != n * entries || (n > 0 && n != entities))
    {
        throw std::runtime_error(name + " has outcomes of " + std::to_string(n) +
                                 " entities, expected " + std::to_string(entities));
    }
    m_experience.Close(step, reward, Eigen::Map<const Rows>(outcomes.data(), n, entries));
}

void
SetLearner::EndEpisode()
{
    AfterEpisode();
}

const SetPolicyNetwork&
SetLearner::GetPolicy() const
{
    return m_policy;
}

std::map<std::string, double>
SetLearner::GetMetrics() const
{
    std::map<std::string, double> metrics = m_metrics;
    double steps = 0;
    for (const auto& [name, adam] : m_adams)
    {
        steps += static_cast<double>(adam->GetSteps());
    }
    metrics["gradientSteps"] = steps;
    return metrics;
}

void
SetLearner::SetMetric(const std::string& name, double value)
{
    m_metrics[name] = value;
}

void
SetLearner::Register(const std::string& name, Adam& adam)
{
    m_adams.emplace_back(name, &adam);
}

SetNetwork::Settings
SetLearner::Shape(int64_t outputs, double gain, int64_t more) const
{
    return {m_shape.features + more,
            m_common.hidden,
            outputs,
            FindActivation(m_common.activation),
            FindPooling(m_common.pooling),
            gain};
}

SetPolicyNetwork
SetLearner::MakePolicy(const SetNetwork& actor) const
{
    return {{m_shape.observations, m_shape.features, m_shape.actions, m_shape.hasOffsets},
            actor.CopyLayers()};
}

void
SetLearner::RenewActing(const SetNetwork& actor)
{
    m_acting = MakePolicy(actor);
}

void
SetLearner::RenewPolicy()
{
    m_policy = MakePolicy(GetDeployed());
}

at::Tensor
SetLearner::GetFeatures(const at::Tensor& observations) const
{
    return observations.narrow(2, 0, m_shape.features);
}

at::Tensor
SetLearner::GetOffsets(const at::Tensor& observations) const
{
    return m_shape.hasOffsets
               ? observations.narrow(2, m_shape.features, m_shape.actions)
               : at::zeros({observations.size(0), observations.size(1), m_shape.actions});
}

Eigen::Index
SetLearner::ChooseSize(bool isEntities)
{
    const auto& closed = m_experience.GetClosed();
    const auto weigh = [isEntities](const auto& group) {
        return group.second.size() * (isEntities ? static_cast<std::size_t>(group.first) : 1);
    };
    uint64_t sum = 0;
    for (const auto& group : closed)
    {
        sum += weigh(group);
    }
    uint64_t place = m_random.Choose(sum);
    for (const auto& group : closed)
    {
        if (place < weigh(group))
        {
            return group.first;
        }
        place -= weigh(group);
    }
    return closed.begin()->first;
}

at::Tensor
SetLearner::GatherObservations(const std::vector<uint64_t>& steps) const
{
    return Gather(steps, [this](uint64_t step) -> const Rows& {
        return m_experience.Get(step).observations;
    });
}

at::Tensor
SetLearner::GatherActions(const std::vector<uint64_t>& steps) const
{
    return Gather(steps,
                  [this](uint64_t step) -> const Rows& { return m_experience.Get(step).actions; });
}

at::Tensor
SetLearner::GatherRewards(const std::vector<uint64_t>& steps) const
{
    const at::Tensor rewards = at::empty({static_cast<int64_t>(steps.size())});
    for (std::size_t i = 0; i < steps.size(); ++i)
    {
        const EntityStep& step = m_experience.Get(steps[i]);
        const auto n = static_cast<float>(step.observations.rows());
        rewards.data_ptr<float>()[i] = m_common.logReward ? std::log(n * step.reward) : step.reward;
    }
    return rewards;
}

float
SetLearner::DrawUniformRaw()
{
    constexpr double edge = 1e-3; // infinite before squashing
    const double action = edge + (1 - 2 * edge) * m_random.Uniform();
    return static_cast<float>(std::log(action / (1 - action)));
}

std::string
SetLearner::SaveMore() const
{
    return "";
}

void
SetLearner::LoadMore(const std::string& bytes)
{
    if (!bytes.empty())
    {
        throw std::runtime_error("there is more than expected");
    }
}

void
SetLearner::Save(Archive& archive) const
{
    archive.Put("agent", m_algorithm);
    archive.Put("agent/random", m_random.Save());
    archive.Put("agent/experience", m_experience.Save());
    archive.Put("agent/more", SaveMore());
    for (const auto& [name, adam] : m_adams)
    {
        archive.Put("agent/" + name, adam->Save());
    }
    Archive acting;
    m_acting.Save(acting);
    archive.Put("agent/acting", acting.Get(SetPolicyNetwork::SECTION));
    m_policy.Save(archive);
}

void
SetLearner::Load(const Archive& archive)
{
    if (archive.Get("agent") != m_algorithm)
    {
        throw std::runtime_error(archive.GetPath() + ": a checkpoint of '" + archive.Get("agent") +
                                 "', expected one of '" + m_algorithm + "'");
    }
    const auto load = [&archive](const std::string& section, const auto& read) {
        const std::string& bytes = archive.Get(section);
        try
        {
            read(bytes);
        }
        catch (const std::runtime_error& error)
        {
            throw std::runtime_error(archive.GetPath() + ": section '" + section +
                                     "': " + error.what());
        }
    };
    load("agent/random", [this](const std::string& bytes) { m_random.Load(bytes); });
    load("agent/experience", [this](const std::string& bytes) { m_experience.Load(bytes); });
    load("agent/more", [this](const std::string& bytes) { LoadMore(bytes); });
    for (const auto& [name, adam] : m_adams)
    {
        load("agent/" + name, [each = adam](const std::string& bytes) { each->Load(bytes); });
    }
    std::istringstream acting(archive.Get("agent/acting"));
    m_acting = SetPolicyNetwork::Read(acting, archive.GetPath());
    std::istringstream policy(archive.Get(SetPolicyNetwork::SECTION));
    m_policy = SetPolicyNetwork::Read(policy, archive.GetPath());
}

} // namespace agents
