/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "learner.h"

#include "normal-draws.h"
#include "squashed-gaussian.h"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <stdexcept>

namespace agents
{

Learner::Learner(std::string algorithm,
                 const AgentShape& shape,
                 const LearnerSettings& settings,
                 uint64_t seed)
    : m_algorithm(std::move(algorithm)),
      m_shape(shape),
      m_common(settings),
      m_random(seed),
      m_experience(shape, static_cast<uint64_t>(settings.replaySlots)),
      m_normaliser(shape, settings, m_experience),
      m_checkpoint(m_algorithm)
{
}

uint64_t
Learner::Explore(uint32_t stream,
                 const Eigen::Ref<const Eigen::VectorXf>& observation,
                 Eigen::Ref<Eigen::VectorXf> action)
{
    if (!observation.allFinite())
    {
        throw std::runtime_error(m_algorithm + ": an observation of step " +
                                 std::to_string(m_experience.GetCount()) + " is not finite");
    }
    BeforeStep();
    const Eigen::VectorXf raw = ChooseRaw(m_policy.GetOutputs(observation));
    action = (1.0f + (-raw.array()).exp()).inverse();
    return m_experience.Open(stream, observation, raw);
}

void
Learner::Reward(uint64_t step, double reward)
{
    if (!std::isfinite(reward))
    {
        throw std::runtime_error(m_algorithm + ": the reward of step " + std::to_string(step) +
                                 " is not finite");
    }
    m_experience.Close(step, reward);
    m_normaliser.AddReward(reward);
}

void
Learner::EndEpisode()
{
    m_experience.EndEpisode(m_common.episodeEndIsTerminal);
    AfterEpisode();
}

const PolicyNetwork&
Learner::GetPolicy() const
{
    return m_policy;
}

std::map<std::string, double>
Learner::GetMetrics() const
{
    return m_metrics;
}

void
Learner::SetMetric(const std::string& name, double value)
{
    m_metrics[name] = value;
}

void
Learner::Register(const std::string& name, Adam& adam)
{
    m_checkpoint.Register(name, adam);
}

Network::Settings
Learner::Shape(int64_t outputs, double gain, int64_t more) const
{
    return {m_shape.observations + more,
            m_common.hidden,
            outputs,
            FindActivation(m_common.activation),
            gain,
            1};
}

void
Learner::RenewPolicy(const Network& actor)
{
    if (m_policy.GetObservations() == 0)
    {
        std::vector<DenseLayer> layers;
        actor.CopyTo(layers);
        m_policy =
            PolicyNetwork(std::move(layers), FindActivation(m_common.activation), m_shape.actions);
    }
    else
    {
        actor.CopyTo(m_policy.GetLayers());
    }
    m_policy.SetNormaliser(m_normaliser.GetMean(),
                           m_normaliser.GetScale(),
                           ExperienceNormaliser::OBSERVATION_LIMIT);
}

Eigen::VectorXf
Learner::DrawRaw(const Eigen::VectorXf& outputs, double initialLogStd)
{
    constexpr auto least = static_cast<float>(SquashedGaussian::MIN_LOG_STD);
    constexpr auto most = static_cast<float>(SquashedGaussian::MAX_LOG_STD);
    const Eigen::Index n = m_shape.actions;
    Eigen::VectorXf raw(n);
    m_random.FillNormal(raw.data(), n);
    const Eigen::ArrayXf logStd =
        outputs.segment(n, n).array().max(least).min(most) + static_cast<float>(initialLogStd);
    return outputs.head(n) + (raw.array() * logStd.exp()).matrix();
}

at::Tensor
Learner::DrawNormal(int64_t rows, int64_t columns)
{
    return agents::DrawNormal(m_random, rows, columns);
}

void
Learner::Save(Archive& archive) const
{
    m_checkpoint.Save(archive);
    archive.Put("agent/random", m_random.Save());
    archive.Put("agent/experience", m_experience.Save());
    m_normaliser.Save(archive);
    std::ostringstream policy;
    m_policy.Write(policy);
    archive.Put("policy", policy.str());
}

void
Learner::Load(const Archive& archive)
{
    m_checkpoint.RequireOwn(archive);
    const auto load = [&archive](const std::string& section, const auto& read) {
        LearnerCheckpoint::LoadSection(archive, section, read);
    };
    load("agent/random", [this](const std::string& bytes) { m_random.Load(bytes); });
    load("agent/experience", [this](const std::string& bytes) { m_experience.Load(bytes); });
    load("agent/observations",
         [this](const std::string& bytes) { m_normaliser.LoadObservations(bytes); });
    load("agent/rewards", [this](const std::string& bytes) { m_normaliser.LoadRewards(bytes); });
    load("agent/frozen", [this](const std::string& bytes) { m_normaliser.LoadFrozen(bytes); });
    m_checkpoint.Load(archive);
    std::istringstream policy(archive.Get("policy"));
    m_policy = PolicyNetwork::Read(policy, archive.GetPath());
}

} // namespace agents
