/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "entity-experience.h"

#include "experience-bytes.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <stdexcept>

namespace agents
{

bool
EntityStep::IsClosed() const
{
    return !std::isnan(reward);
}

EntityExperience::EntityExperience(const AgentShape& shape, uint64_t capacity)
    : m_observations(shape.observations),
      m_actions(shape.actions),
      m_outcomes(shape.outcomes),
      m_capacity(capacity)
{
}

uint64_t
EntityExperience::Open(uint32_t stream,
                       const Eigen::Ref<const Rows>& observations,
                       const Eigen::Ref<const Rows>& actions)
{
    if (m_steps.size() == m_capacity)
    {
        Forget();
    }
    EntityStep step;
    step.episode = m_episode;
    step.stream = stream;
    step.observations = observations;
    step.actions = actions;
    Keep(std::move(step));
    return m_count - 1;
}

void
EntityExperience::EndEpisode()
{
    ++m_episode;
}

void
EntityExperience::Keep(EntityStep step)
{
    m_sequences[FindSequence(step)].push_back(m_count);
    m_steps.push_back(std::move(step));
    ++m_count;
}

void
EntityExperience::Close(uint64_t step, double reward, const Eigen::Ref<const Rows>& outcomes)
{
    if (step < GetOldest())
    {
        return;
    }
    EntityStep& closed = m_steps[step - GetOldest()];
    closed.reward = static_cast<float>(reward);
    closed.outcomes = outcomes;
    std::deque<uint64_t>& same = m_closed[closed.observations.rows()];
    same.insert(std::upper_bound(same.begin(), same.end(), step), step);
}

void
EntityExperience::Forget()
{
    const EntityStep& oldest = m_steps.front();
    const auto sequence = m_sequences.find(FindSequence(oldest));
    sequence->second.pop_front();
    if (sequence->second.empty())
    {
        m_sequences.erase(sequence);
    }
    const auto same = m_closed.find(oldest.observations.rows());
    if (oldest.IsClosed())
    {
        same->second.pop_front();
        if (same->second.empty())
        {
            m_closed.erase(same);
        }
    }
    m_steps.pop_front();
}

uint64_t
EntityExperience::GetCount() const
{
    return m_count;
}

uint64_t
EntityExperience::GetOldest() const
{
    return m_count - m_steps.size();
}

const EntityStep&
EntityExperience::Get(uint64_t step) const
{
    return m_steps[step - GetOldest()];
}

const std::map<Eigen::Index, std::deque<uint64_t>>&
EntityExperience::GetClosed() const
{
    return m_closed;
}

EntityExperience::Sequence
EntityExperience::FindSequence(const EntityStep& step)
{
    return {step.episode, step.stream, step.observations.rows()};
}

const std::deque<uint64_t>&
EntityExperience::GetSequence(uint64_t step) const
{
    return m_sequences.at(FindSequence(Get(step)));
}

Eigen::Index
EntityExperience::ChooseSize(bool isEntities, base::RandomStream& random) const
{
    const auto weigh = [isEntities](const auto& group) {
        return group.second.size() * (isEntities ? static_cast<std::size_t>(group.first) : 1);
    };
    uint64_t sum = 0;
    for (const auto& group : m_closed)
    {
        sum += weigh(group);
    }
    uint64_t place = random.Choose(sum);
    for (const auto& group : m_closed)
    {
        if (place < weigh(group))
        {
            return group.first;
        }
        place -= weigh(group);
    }
    return m_closed.begin()->first;
}

std::string
EntityExperience::Save() const
{
    std::string bytes;
    const uint64_t counts[] = {m_count, m_steps.size(), m_episode};
    Append(bytes, counts, std::size(counts));
    for (const EntityStep& step : m_steps)
    {
        const uint64_t sizes[] = {static_cast<uint64_t>(step.observations.rows()),
                                  static_cast<uint64_t>(step.outcomes.rows())};
        Append(bytes, sizes, 2);
        Append(bytes, &step.episode, 1);
        Append(bytes, &step.stream, 1);
        for (const Rows* rows : {&step.observations, &step.actions, &step.outcomes})
        {
            Append(bytes, rows->data(), rows->size());
        }
        Append(bytes, &step.reward, 1);
    }
    return bytes;
}

EntityStep
EntityExperience::TakeStep(const std::string& bytes, std::size_t& at) const
{
    uint64_t sizes[2];
    Take(bytes, at, sizes, 2);
    const auto [entities, outcomes] = sizes;
    // Before room is made for what the file only claims to hold.
    if (entities < 1 || entities > bytes.size() || (outcomes != 0 && outcomes != entities))
    {
        throw std::runtime_error("experience has a step of " + std::to_string(entities) +
                                 " entities with outcomes of " + std::to_string(outcomes));
    }
    EntityStep step;
    Take(bytes, at, &step.episode, 1);
    Take(bytes, at, &step.stream, 1);
    if (step.episode > m_episode)
    {
        throw std::runtime_error("experience has a step of an episode that has not begun");
    }
    const auto take = [&](Rows& rows, uint64_t count, Eigen::Index entries) {
        rows.resize(static_cast<Eigen::Index>(count), entries);
        Take(bytes, at, rows.data(), rows.size());
    };
    take(step.observations, entities, m_observations);
    take(step.actions, entities, m_actions);
    take(step.outcomes, outcomes, m_outcomes);
    Take(bytes, at, &step.reward, 1);
    return step;
}

void
EntityExperience::Load(const std::string& bytes)
{
    std::size_t at = 0;
    uint64_t counts[3];
    Take(bytes, at, counts, std::size(counts));
    const auto [count, kept, episode] = counts;
    if (kept != std::min(count, m_capacity))
    {
        throw std::runtime_error("experience has " + std::to_string(kept) + " steps, expected " +
                                 std::to_string(std::min(count, m_capacity)));
    }
    m_steps.clear();
    m_closed.clear();
    m_sequences.clear();
    m_episode = episode;
    m_count = count - kept;
    for (uint64_t number = count - kept; number < count; ++number)
    {
        Keep(TakeStep(bytes, at));
        if (m_steps.back().IsClosed())
        {
            m_closed[m_steps.back().observations.rows()].push_back(number);
        }
    }
    if (at != bytes.size())
    {
        throw std::runtime_error("experience is longer than expected");
    }
}

} // namespace agents
