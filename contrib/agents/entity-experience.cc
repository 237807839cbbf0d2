/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "entity-experience.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <stdexcept>

namespace agents
{

namespace
{

constexpr uint64_t MOST_ENTRIES = uint64_t{1} << 26; //!< of a matrix in a file

/// @param[in,out] bytes get a value @param value as it is in memory
template <typename T>
void
Append(std::string& bytes, const T& value)
{
    bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

/// @param[in,out] bytes get a matrix @param rows it
void
Append(std::string& bytes, const Rows& rows)
{
    Append(bytes, static_cast<uint64_t>(rows.rows()));
    Append(bytes, static_cast<uint64_t>(rows.cols()));
    bytes.append(reinterpret_cast<const char*>(rows.data()), rows.size() * sizeof(float));
}

/// Reads what Append wrote.
class Reader
{
  public:
    /// @param bytes kept by reference
    explicit Reader(const std::string& bytes)
        : m_bytes(bytes)
    {
    }

    /// @param[out] to gets as many bytes @param size of them
    void Read(void* to, std::size_t size)
    {
        if (m_bytes.size() - m_at < size)
        {
            throw std::runtime_error("experience ends early");
        }
        std::memcpy(to, m_bytes.data() + m_at, size);
        m_at += size;
    }

    /// @return a number
    template <typename T>
    T Get()
    {
        T value{};
        Read(&value, sizeof value);
        return value;
    }

    /// @return a matrix
    Rows GetRows()
    {
        const auto rows = Get<uint64_t>();
        const auto cols = Get<uint64_t>();
        if (rows > MOST_ENTRIES || cols > MOST_ENTRIES || rows * cols > MOST_ENTRIES)
        {
            throw std::runtime_error("experience has a matrix that is too large");
        }
        Rows matrix(rows, cols);
        Read(matrix.data(), matrix.size() * sizeof(float));
        return matrix;
    }

    /// @return whether all was read
    bool IsAtEnd() const
    {
        return m_at == m_bytes.size();
    }

  private:
    const std::string& m_bytes; //!< what is read
    std::size_t m_at{0};        //!< place
};

} // namespace

bool
EntityStep::IsClosed() const
{
    return !std::isnan(reward);
}

EntityExperience::EntityExperience(uint64_t capacity)
    : m_capacity(capacity)
{
}

uint64_t
EntityExperience::Open(const Eigen::Ref<const Rows>& observations,
                       const Eigen::Ref<const Rows>& actions)
{
    if (m_steps.size() == m_capacity)
    {
        Forget();
    }
    EntityStep step;
    step.observations = observations;
    step.actions = actions;
    m_steps.push_back(std::move(step));
    return m_count++;
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
    const auto same = m_closed.find(m_steps.front().observations.rows());
    if (m_steps.front().IsClosed())
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

std::string
EntityExperience::Save() const
{
    std::string bytes;
    Append(bytes, m_count);
    Append(bytes, static_cast<uint64_t>(m_steps.size()));
    for (const EntityStep& step : m_steps)
    {
        Append(bytes, step.observations);
        Append(bytes, step.actions);
        Append(bytes, step.outcomes);
        Append(bytes, step.reward);
    }
    return bytes;
}

void
EntityExperience::Load(const std::string& bytes)
{
    Reader reader(bytes);
    const auto count = reader.Get<uint64_t>();
    const auto kept = reader.Get<uint64_t>();
    if (kept > count || kept > m_capacity)
    {
        throw std::runtime_error("experience has " + std::to_string(kept) + " steps, expected " +
                                 std::to_string(std::min(count, m_capacity)) + " or fewer");
    }
    m_steps.clear();
    m_closed.clear();
    m_count = count;
    for (uint64_t i = 0; i < kept; ++i)
    {
        EntityStep step;
        step.observations = reader.GetRows();
        step.actions = reader.GetRows();
        step.outcomes = reader.GetRows();
        step.reward = reader.Get<float>();
        if (step.IsClosed())
        {
            m_closed[step.observations.rows()].push_back(count - kept + i);
        }
        m_steps.push_back(std::move(step));
    }
    if (!reader.IsAtEnd())
    {
        throw std::runtime_error("experience is longer than it says");
    }
}

} // namespace agents
