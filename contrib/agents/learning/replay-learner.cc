/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "replay-learner.h"

#include "scale-actions.h"
#include "squared-error.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <stdexcept>

namespace agents
{

ReplayLearner::ReplayLearner(const std::string& algorithm,
                             const AgentShape& shape,
                             const ReplaySettings& settings,
                             uint64_t seed)
    : Learner(algorithm, shape, settings, seed),
      m_settings(settings)
{
    SetMetric("criticLoss", std::numeric_limits<double>::quiet_NaN());
    SetMetric("gradientSteps", 0);
}

float
ReplayLearner::Unsquash(float action)
{
    constexpr float edge = 1e-4f; // beyond it the inverse has no digits left
    const float a = std::min(1 - edge, std::max(edge, action));
    return std::log(a / (1 - a));
}

Eigen::VectorXf
ReplayLearner::ChooseRaw(const Eigen::VectorXf& outputs)
{
    if (m_experience.GetCount() >= static_cast<uint64_t>(m_settings.startSlots))
    {
        return ExploreRaw(outputs);
    }
    Eigen::VectorXf raw(m_shape.actions);
    for (float& each : raw)
    {
        each = Unsquash(static_cast<float>(m_random.Uniform()));
    }
    return raw;
}

void
ReplayLearner::BeforeStep()
{
    const uint64_t slots = m_experience.GetCount() - m_learned;
    if (slots >= static_cast<uint64_t>(m_settings.updateEverySlots))
    {
        Learn(slots);
    }
}

void
ReplayLearner::AfterEpisode()
{
    Learn(m_experience.GetCount() - m_learned);
    m_normaliser.RenewObservations(m_normalised);
    m_normalised = m_experience.GetCount();
    RenewPolicy(GetActor());
}

void
ReplayLearner::Learn(uint64_t slots)
{
    m_learned += slots;
    if (m_learned < static_cast<uint64_t>(m_settings.startSlots))
    {
        return;
    }
    m_normaliser.RenewRewards();
    m_due += static_cast<double>(slots) * m_settings.updatesPerSlot;
    for (; m_due >= 1; m_due -= 1)
    {
        const Batch batch = Sample();
        if (batch.rewards.defined())
        {
            Update(batch);
        }
    }
    RenewPolicy(GetActor());
    SetMetric("criticLoss", m_criticLoss);
}

ReplayLearner::Batch
ReplayLearner::Sample()
{
    // Only the few steps around an episode's end are of no use, unless nothing was rewarded.
    constexpr int64_t triesPerStep = 100;
    std::vector<uint64_t> steps;
    std::vector<uint64_t> next;
    at::Tensor discounts = at::zeros({m_settings.batch});
    const uint64_t oldest = m_experience.GetOldest();
    const uint64_t kept = m_experience.GetCount() - oldest;
    int64_t tries = kept > 0 ? triesPerStep * m_settings.batch : 0;
    while (static_cast<int64_t>(steps.size()) < m_settings.batch && tries-- > 0)
    {
        const uint64_t step = oldest + m_random.Choose(kept);
        const Experience::End end = m_experience.GetEnd(step);
        const bool hasNext = end == Experience::End::NEXT;
        if (m_experience.IsClosed(step) &&
            (hasNext || end == Experience::End::TERMINAL || m_settings.gamma == 0))
        {
            discounts.data_ptr<float>()[steps.size()] =
                hasNext ? static_cast<float>(m_settings.gamma) : 0.0f;
            steps.push_back(step);
            next.push_back(hasNext ? m_experience.GetNext(step) : step);
        }
    }
    if (static_cast<int64_t>(steps.size()) < m_settings.batch)
    {
        return {};
    }
    return {m_normaliser.GatherObservations(steps),
            at::sigmoid(m_normaliser.GatherActions(steps)),
            m_normaliser.GatherRewards(steps),
            m_settings.gamma > 0 ? m_normaliser.GatherObservations(next) : at::Tensor(),
            discounts};
}

Network::Settings
ReplayLearner::CriticShape(int64_t members) const
{
    Network::Settings shape = Shape(1, 1.0, m_shape.actions);
    shape.members = members;
    return shape;
}

at::Tensor
ReplayLearner::Join(const at::Tensor& observations, const at::Tensor& actions) const
{
    return at::cat({observations, ScaleActions(actions, m_settings.actionScale)}, 1);
}

void
ReplayLearner::UpdateCritics(const Network& critics,
                             Adam& adam,
                             const Batch& batch,
                             const at::Tensor& targets)
{
    const at::Tensor loss =
        GetSquaredError(critics.Forward(Join(batch.observations, batch.actions)), targets);
    loss.backward();
    adam.Step(m_algorithm + ", critic");
    m_criticLoss = loss.item<double>();
    SetMetric("gradientSteps", static_cast<double>(adam.GetSteps()));
}

void
ReplayLearner::Save(Archive& archive) const
{
    Learner::Save(archive);
    const double clock[] = {static_cast<double>(m_learned),
                            static_cast<double>(m_normalised),
                            m_due};
    archive.Put("agent/clock", std::string(reinterpret_cast<const char*>(clock), sizeof clock));
}

void
ReplayLearner::Load(const Archive& archive)
{
    Learner::Load(archive);
    const std::string& bytes = archive.Get("agent/clock");
    double clock[3];
    if (bytes.size() != sizeof clock)
    {
        throw std::runtime_error(archive.GetPath() + ": clock is of another size");
    }
    std::memcpy(clock, bytes.data(), sizeof clock);
    m_learned = static_cast<uint64_t>(clock[0]);
    m_normalised = static_cast<uint64_t>(clock[1]);
    m_due = clock[2];
}

} // namespace agents
