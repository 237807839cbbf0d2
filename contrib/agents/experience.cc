/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "experience.h"

#include "experience-bytes.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace agents
{

Experience::Experience(const AgentShape& shape, uint64_t capacity)
    : m_shape(shape),
      m_capacity(capacity),
      m_observations(0, shape.observations),
      m_actions(0, shape.actions)
{
}

Eigen::Index
Experience::GetRow(uint64_t step) const
{
    return static_cast<Eigen::Index>(step % m_capacity);
}

void
Experience::Grow()
{
    const auto rows = static_cast<uint64_t>(m_observations.rows());
    if (m_count < rows || rows == m_capacity)
    {
        return;
    }
    constexpr uint64_t first = 1024;
    const uint64_t more = std::min(m_capacity, std::max(first, 2 * rows));
    m_observations.conservativeResize(more, Eigen::NoChange);
    m_actions.conservativeResize(more, Eigen::NoChange);
    m_rewards.resize(more);
    m_next.resize(more);
    m_ends.resize(more);
}

uint64_t
Experience::Open(uint32_t stream,
                 const Eigen::Ref<const Eigen::VectorXf>& observation,
                 const Eigen::Ref<const Eigen::VectorXf>& action)
{
    Grow();
    const uint64_t step = m_count++;
    const Eigen::Index row = GetRow(step);
    m_observations.row(row) = observation;
    m_actions.row(row) = action;
    m_rewards[row] = std::numeric_limits<float>::quiet_NaN();
    m_next[row] = NONE;
    m_ends[row] = End::OPEN;
    const auto newest = m_newest.find(stream);
    if (newest != m_newest.end() && newest->second >= GetOldest())
    {
        const Eigen::Index last = GetRow(newest->second);
        m_next[last] = step;
        m_ends[last] = End::NEXT;
    }
    m_newest[stream] = step;
    return step;
}

void
Experience::Close(uint64_t step, double reward)
{
    if (step < m_count && step >= GetOldest())
    {
        m_rewards[GetRow(step)] = static_cast<float>(reward);
    }
}

void
Experience::EndEpisode(bool isTerminal)
{
    for (const auto& [stream, step] : m_newest)
    {
        if (step >= GetOldest())
        {
            m_ends[GetRow(step)] = isTerminal ? End::TERMINAL : End::CUT;
        }
    }
    m_newest.clear();
}

uint64_t
Experience::GetCount() const
{
    return m_count;
}

uint64_t
Experience::GetStreams() const
{
    return m_newest.size();
}

uint64_t
Experience::GetOldest() const
{
    return m_count > m_capacity ? m_count - m_capacity : 0;
}

bool
Experience::IsClosed(uint64_t step) const
{
    return !std::isnan(m_rewards[GetRow(step)]);
}

Experience::End
Experience::GetEnd(uint64_t step) const
{
    return m_ends[GetRow(step)];
}

uint64_t
Experience::GetNext(uint64_t step) const
{
    return m_next[GetRow(step)];
}

float
Experience::GetReward(uint64_t step) const
{
    return m_rewards[GetRow(step)];
}

Eigen::Ref<const Eigen::RowVectorXf>
Experience::GetObservation(uint64_t step) const
{
    return m_observations.row(GetRow(step));
}

Eigen::Ref<const Eigen::RowVectorXf>
Experience::GetAction(uint64_t step) const
{
    return m_actions.row(GetRow(step));
}

std::string
Experience::Save() const
{
    const std::size_t rows = std::min(m_count, m_capacity);
    std::string bytes;
    const uint64_t sizes[] = {m_count, m_newest.size()};
    Append(bytes, sizes, 2);
    Append(bytes, m_observations.data(), rows * m_observations.cols());
    Append(bytes, m_actions.data(), rows * m_actions.cols());
    Append(bytes, m_rewards.data(), rows);
    Append(bytes, m_next.data(), rows);
    Append(bytes, m_ends.data(), rows);
    for (const auto& [stream, step] : m_newest)
    {
        const uint64_t pair[] = {stream, step};
        Append(bytes, pair, 2);
    }
    return bytes;
}

void
Experience::Load(const std::string& bytes)
{
    std::size_t at = 0;
    uint64_t sizes[2];
    Take(bytes, at, sizes, 2);
    const uint64_t rows = std::min(sizes[0], m_capacity);
    // Before room is made for what the file only claims to hold.
    if (rows > bytes.size() || sizes[1] > bytes.size())
    {
        throw std::runtime_error("experience is cut short");
    }
    m_count = sizes[0];
    m_observations.resize(rows, m_shape.observations);
    m_actions.resize(rows, m_shape.actions);
    m_rewards.resize(rows);
    m_next.resize(rows);
    m_ends.resize(rows);
    Take(bytes, at, m_observations.data(), m_observations.size());
    Take(bytes, at, m_actions.data(), m_actions.size());
    Take(bytes, at, m_rewards.data(), rows);
    Take(bytes, at, m_next.data(), rows);
    Take(bytes, at, m_ends.data(), rows);
    for (uint64_t step = GetOldest(); step < m_count; ++step)
    {
        const uint64_t next = GetNext(step);
        const End end = GetEnd(step);
        const bool isLater = next != NONE && next > step && next < m_count;
        if (end > End::TERMINAL || (end == End::NEXT ? !isLater : next != NONE))
        {
            throw std::runtime_error("experience: what follows step " + std::to_string(step) +
                                     " cannot be: step " + std::to_string(next) + " of " +
                                     std::to_string(m_count));
        }
    }
    m_newest.clear();
    for (uint64_t i = 0; i < sizes[1]; ++i)
    {
        uint64_t pair[2];
        Take(bytes, at, pair, 2);
        if (pair[1] >= m_count)
        {
            throw std::runtime_error("experience: newest step of stream " +
                                     std::to_string(pair[0]) + " is " + std::to_string(pair[1]) +
                                     " of " + std::to_string(m_count));
        }
        m_newest[static_cast<uint32_t>(pair[0])] = pair[1];
    }
    if (at != bytes.size())
    {
        throw std::runtime_error("experience is longer than expected");
    }
}

} // namespace agents
