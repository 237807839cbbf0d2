/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "experience-normaliser.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace agents
{

namespace
{

/// @param values an array @return it as single precision
Eigen::VectorXf
ToFloat(const Eigen::ArrayXd& values)
{
    return values.cast<float>().matrix();
}

} // namespace

ExperienceNormaliser::ExperienceNormaliser(const AgentShape& shape,
                                           const LearnerSettings& settings,
                                           const Experience& experience)
    : m_shape(shape),
      m_normalisesObservations(settings.normaliseObservations),
      m_normalisesRewards(settings.normaliseRewards),
      m_experience(experience),
      m_observationMoments(shape.observations),
      m_rewardMoments(1),
      m_mean(Eigen::VectorXf::Zero(shape.observations)),
      m_scale(Eigen::VectorXf::Ones(shape.observations))
{
}

void
ExperienceNormaliser::AddReward(double reward)
{
    m_rewardMoments.Add(Eigen::Matrix<double, 1, 1>(reward));
}

void
ExperienceNormaliser::RenewObservations(uint64_t first)
{
    if (!m_normalisesObservations)
    {
        return;
    }
    for (uint64_t step = std::max(first, m_experience.GetOldest()); step < m_experience.GetCount();
         ++step)
    {
        m_observationMoments.Add(m_experience.GetObservation(step));
    }
    m_mean = ToFloat(m_observationMoments.GetMean());
    m_scale = ToFloat(m_observationMoments.GetScale());
}

void
ExperienceNormaliser::RenewRewards()
{
    if (m_normalisesRewards)
    {
        m_rewardMean = m_rewardMoments.GetMean()[0];
        m_rewardScale = m_rewardMoments.GetScale()[0];
    }
}

at::Tensor
ExperienceNormaliser::GatherObservations(const std::vector<uint64_t>& steps) const
{
    at::Tensor rows = at::empty({static_cast<int64_t>(steps.size()), m_shape.observations});
    Eigen::Map<Rows> to(rows.data_ptr<float>(), steps.size(), m_shape.observations);
    for (std::size_t i = 0; i < steps.size(); ++i)
    {
        to.row(i) = (m_experience.GetObservation(steps[i]) - m_mean.transpose())
                        .cwiseProduct(m_scale.transpose())
                        .cwiseMax(-OBSERVATION_LIMIT)
                        .cwiseMin(OBSERVATION_LIMIT);
    }
    return rows;
}

at::Tensor
ExperienceNormaliser::GatherActions(const std::vector<uint64_t>& steps) const
{
    at::Tensor rows = at::empty({static_cast<int64_t>(steps.size()), m_shape.actions});
    Eigen::Map<Rows> to(rows.data_ptr<float>(), steps.size(), m_shape.actions);
    for (std::size_t i = 0; i < steps.size(); ++i)
    {
        to.row(i) = m_experience.GetAction(steps[i]);
    }
    return rows;
}

at::Tensor
ExperienceNormaliser::GatherRewards(const std::vector<uint64_t>& steps) const
{
    at::Tensor rewards = at::empty({static_cast<int64_t>(steps.size())});
    auto* to = rewards.data_ptr<float>();
    for (std::size_t i = 0; i < steps.size(); ++i)
    {
        to[i] =
            static_cast<float>((m_experience.GetReward(steps[i]) - m_rewardMean) * m_rewardScale);
    }
    return rewards;
}

const Eigen::VectorXf&
ExperienceNormaliser::GetMean() const
{
    return m_mean;
}

const Eigen::VectorXf&
ExperienceNormaliser::GetScale() const
{
    return m_scale;
}

void
ExperienceNormaliser::Save(Archive& archive) const
{
    archive.Put("agent/observations", m_observationMoments.Save());
    archive.Put("agent/rewards", m_rewardMoments.Save());
    std::string frozen(reinterpret_cast<const char*>(&m_rewardMean), sizeof m_rewardMean);
    frozen.append(reinterpret_cast<const char*>(&m_rewardScale), sizeof m_rewardScale);
    frozen.append(reinterpret_cast<const char*>(m_mean.data()), m_mean.size() * sizeof(float));
    frozen.append(reinterpret_cast<const char*>(m_scale.data()), m_scale.size() * sizeof(float));
    archive.Put("agent/frozen", frozen);
}

void
ExperienceNormaliser::LoadObservations(const std::string& bytes)
{
    m_observationMoments.Load(bytes);
}

void
ExperienceNormaliser::LoadRewards(const std::string& bytes)
{
    m_rewardMoments.Load(bytes);
}

void
ExperienceNormaliser::LoadFrozen(const std::string& bytes)
{
    const std::size_t size = m_mean.size() * sizeof(float);
    if (bytes.size() != 2 * sizeof(double) + 2 * size)
    {
        throw std::runtime_error("normaliser is of another size");
    }
    const char* from = bytes.data();
    std::memcpy(&m_rewardMean, from, sizeof m_rewardMean);
    std::memcpy(&m_rewardScale, from + sizeof m_rewardMean, sizeof m_rewardScale);
    std::memcpy(m_mean.data(), from + 2 * sizeof(double), size);
    std::memcpy(m_scale.data(), from + 2 * sizeof(double) + size, size);
}

} // namespace agents
