/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "set-learner.h"

#include "../experience-bytes.h"

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
      m_experience(shape, static_cast<uint64_t>(settings.replaySlots)),
      m_checkpoint(m_algorithm)
{
}

uint64_t
SetLearner::Explore(uint32_t stream,
                    const Eigen::Ref<const Eigen::VectorXf>& observation,
                    Eigen::Ref<Eigen::VectorXf> action)
{
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
    return m_experience.Open(stream,
                             Eigen::Map<const Rows>(observation.data(), n, m_shape.observations),
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
    m_experience.EndEpisode();
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
    metrics["gradientSteps"] = static_cast<double>(m_checkpoint.GetSteps());
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
    m_checkpoint.Register(name, adam);
}

void
SetLearner::Register(uint64_t& count)
{
    m_counts.push_back(&count);
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

const SetNetwork&
SetLearner::GetDeployed() const
{
    return GetActor();
}

void
SetLearner::RenewPolicies()
{
    m_acting = MakePolicy(GetActor());
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
SetLearner::GatherOutcomes(const std::vector<uint64_t>& steps) const
{
    return Gather(steps,
                  [this](uint64_t step) -> const Rows& { return m_experience.Get(step).outcomes; });
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

Eigen::MatrixXf
SetLearner::AddNoise(const Eigen::MatrixXf& outputs,
                     const Eigen::Ref<const Eigen::ArrayXf>& deviations)
{
    Eigen::MatrixXf noise(outputs.rows(), outputs.cols());
    m_random.FillNormal(noise.data(), noise.size());
    return outputs + (noise.array().colwise() * deviations).matrix();
}

float
SetLearner::DrawUniformRaw()
{
    constexpr double edge = 1e-3; // infinite before squashing
    const double action = edge + (1 - 2 * edge) * m_random.Uniform();
    return static_cast<float>(std::log(action / (1 - action)));
}

void
SetLearner::Save(Archive& archive) const
{
    m_checkpoint.Save(archive);
    archive.Put("agent/random", m_random.Save());
    archive.Put("agent/experience", m_experience.Save());
    std::string counts;
    for (const uint64_t* count : m_counts)
    {
        Append(counts, count, 1);
    }
    archive.Put("agent/counts", counts);
    m_policy.Save(archive);
}

void
SetLearner::Load(const Archive& archive)
{
    m_checkpoint.RequireOwn(archive);
    const auto load = [&archive](const std::string& section, const auto& read) {
        LearnerCheckpoint::LoadSection(archive, section, read);
    };
    load("agent/random", [this](const std::string& bytes) { m_random.Load(bytes); });
    load("agent/experience", [this](const std::string& bytes) { m_experience.Load(bytes); });
    load("agent/counts", [this](const std::string& bytes) {
        if (bytes.size() != m_counts.size() * sizeof(uint64_t))
        {
            throw std::runtime_error("counts are of another size");
        }
        std::size_t at = 0;
        for (uint64_t* count : m_counts)
        {
            Take(bytes, at, count, 1);
        }
    });
    m_checkpoint.Load(archive);
    m_policy = LoadPolicy(archive);
    m_acting = MakePolicy(GetActor());
}

SetPolicyNetwork
SetLearner::LoadPolicy(const Archive& archive) const
{
    const std::string section = SetPolicyNetwork::SECTION;
    std::istringstream in(archive.Get(section));
    SetPolicyNetwork policy = SetPolicyNetwork::Read(in, archive.GetPath());
    const SetShape& read = policy.GetShape();
    const SetShape& own = m_policy.GetShape();
    if (read.observations != own.observations || read.features != own.features ||
        read.actions != own.actions || read.hasOffsets != own.hasOffsets)
    {
        throw std::runtime_error(archive.GetPath() + ": section '" + section + "' has " +
                                 std::to_string(read.observations) + " entries of an entity, " +
                                 std::to_string(read.features) + " of them features, expected " +
                                 std::to_string(own.observations) + " and " +
                                 std::to_string(own.features));
    }
    return policy;
}

} // namespace agents
