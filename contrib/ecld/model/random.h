/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_RANDOM_H
#define ECLD_RANDOM_H

#include <cstdint>
#include <random>
#include <utility>
#include <vector>

namespace ecld
{

/**
 * @brief Draws that are the same with every standard library, unlike std::shuffle and std's
 * distributions.
 */
class Random
{
  public:
    /**
     * @param seed of the stream
     * @param stream several may be drawn from under one seed
     */
    explicit Random(uint64_t seed, uint64_t stream = 0)
        : m_engine(Mix(seed + 0x9e3779b97f4a7c15 * (stream + 1)))
    {
    }

    /// @return uniform on [0, 1), 53 bits
    double DrawUniform()
    {
        return double(m_engine() >> 11) * 0x1.0p-53;
    }

    /// @param count > 0 @return uniform on 0 ... count - 1
    std::size_t DrawIndex(std::size_t count)
    {
        const uint64_t largest = std::mt19937_64::max() - std::mt19937_64::max() % count;
        uint64_t drawn = m_engine();
        while (drawn >= largest)
        {
            drawn = m_engine();
        }
        return std::size_t(drawn % count);
    }

    /// Fisher-Yates @param items are put in a random order
    template <typename T>
    void Shuffle(std::vector<T>& items)
    {
        for (std::size_t left = items.size(); left > 1; --left)
        {
            std::swap(items[left - 1], items[DrawIndex(left)]);
        }
    }

  private:
    /// SplitMix64's finaliser, so that neighbouring seeds are far apart @param x @return mixed
    static uint64_t Mix(uint64_t x)
    {
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
        x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
        return x ^ (x >> 31);
    }

    std::mt19937_64 m_engine; //!< the stream
};

} // namespace ecld

#endif // ECLD_RANDOM_H
