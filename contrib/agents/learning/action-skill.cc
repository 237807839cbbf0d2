/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "action-skill.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <stdexcept>

namespace agents
{

ActionSkill::ActionSkill(int64_t others)
    : m_others(static_cast<double>(others))
{
}

void
ActionSkill::Fade(double weight)
{
    for (double* sum : {&m_sums.steps, &m_sums.predicted, &m_sums.both, &m_sums.seen})
    {
        *sum *= weight;
    }
}

void
ActionSkill::Add(double predicted, double seen)
{
    m_sums.steps += 1;
    m_sums.predicted += predicted * predicted;
    m_sums.both += predicted * seen;
    m_sums.seen += seen * seen;
}

double
ActionSkill::GetSignal() const
{
    // The mean of n other actions has 1 / n of the variance of one action, and adds it.
    return m_sums.predicted / (1 + 1 / m_others);
}

double
ActionSkill::GetNoise() const
{
    if (!(m_sums.steps > 0))
    {
        return 0;
    }
    const double explained =
        m_sums.predicted > 0 ? m_sums.both * m_sums.both / m_sums.predicted : 0.0;
    return std::max(0.0, m_sums.seen - explained) / m_sums.steps;
}

double
ActionSkill::GetMean() const
{
    const double precision = GetSignal() + GetNoise();
    return precision > 0 ? m_sums.both / precision : 0.0;
}

double
ActionSkill::GetStd() const
{
    const double noise = GetNoise();
    const double precision = GetSignal() + noise;
    return precision > 0 ? std::sqrt(noise / precision) : 1.0;
}

double
ActionSkill::GetSureSkill() const
{
    const double mean = GetMean();
    return (mean > 1 ? 1 / mean : mean) - GetStd();
}

std::string
ActionSkill::Save() const
{
    return std::string(reinterpret_cast<const char*>(&m_sums), sizeof m_sums);
}

void
ActionSkill::Load(const std::string& bytes)
{
    if (bytes.size() != sizeof m_sums)
    {
        throw std::runtime_error("sums are of another size");
    }
    std::memcpy(&m_sums, bytes.data(), sizeof m_sums);
}

} // namespace agents
