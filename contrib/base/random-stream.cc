/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "random-stream.h"

#include <cmath>
#include <cstring>
#include <sstream>
#include <stdexcept>

namespace base
{

namespace
{

/// The last step of SplitMix64. @param x a number @return one that is far from that of x + 1
uint64_t
Mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
}

constexpr uint64_t GOLDEN_RATIO = 0x9e3779b97f4a7c15; //!< SplitMix64's step, 2^64 / 1.618

} // namespace

RandomStream::RandomStream(uint64_t seed)
    : m_engine(seed)
{
}

RandomStream::RandomStream(uint64_t seed, uint64_t stream)
    : m_engine(Mix(seed + GOLDEN_RATIO * (stream + 1)))
{
}

double
RandomStream::Uniform()
{
    return static_cast<double>(m_engine() >> 11) * 0x1.0p-53;
}

uint64_t
RandomStream::Choose(uint64_t n)
{
    // The remainder alone would be biased: numbers that are not below a multiple of n are drawn
    // anew.
    constexpr uint64_t largest = std::mt19937_64::max();
    const uint64_t end = largest - largest % n;
    uint64_t drawn = m_engine();
    while (drawn >= end)
    {
        drawn = m_engine();
    }
    return drawn % n;
}

float
RandomStream::Normal()
{
    if (m_hasSpare)
    {
        m_hasSpare = false;
        return m_spare;
    }
    // Box and Muller; not std::normal_distribution, whose numbers differ among libraries.
    constexpr double TWO_PI = 6.283185307179586;
    const double radius = std::sqrt(-2.0 * std::log(1.0 - Uniform()));
    const double angle = TWO_PI * Uniform();
    m_spare = static_cast<float>(radius * std::sin(angle));
    m_hasSpare = true;
    return static_cast<float>(radius * std::cos(angle));
}

void
RandomStream::FillNormal(float* values, std::size_t n)
{
    for (std::size_t i = 0; i < n; ++i)
    {
        values[i] = Normal();
    }
}

std::string
RandomStream::Save() const
{
    uint32_t spare = 0;
    std::memcpy(&spare, &m_spare, sizeof spare);
    std::ostringstream out;
    out << m_hasSpare << ' ' << spare << ' ' << m_engine;
    return out.str();
}

void
RandomStream::Load(const std::string& state)
{
    std::istringstream in(state);
    uint32_t spare = 0;
    in >> m_hasSpare >> spare >> m_engine;
    if (!in)
    {
        throw std::runtime_error("state of the random numbers is not readable");
    }
    std::memcpy(&m_spare, &spare, sizeof spare);
}

} // namespace base
