/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef BASE_RANDOM_STREAM_H
#define BASE_RANDOM_STREAM_H

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <utility>

namespace base
{

/**
 * @brief Draws that are the same with every standard library, unlike std::shuffle and std's
 * distributions, from a stream whose place can be stored.
 */
class RandomStream
{
  public:
    /// @param seed of the engine
    explicit RandomStream(uint64_t seed);

    /**
     * One of several streams under one seed; neighbouring seeds and streams are far apart.
     * @param seed of all streams
     * @param stream number of the stream
     */
    RandomStream(uint64_t seed, uint64_t stream);

    /// @return a draw from the standard normal distribution
    float Normal();
    /// @return a draw from the uniform distribution on [0, 1), 53 bits
    double Uniform();
    /// @param n number of choices, >= 1 @return a draw from the uniform distribution on 0 to n - 1
    uint64_t Choose(uint64_t n);

    /// Fill with draws from the standard normal distribution. @param values first
    /// @param n how many
    void FillNormal(float* values, std::size_t n);

    /// Bring into random order, each equally likely (Fisher and Yates). @param first first
    /// @param last after the last
    template <typename Iterator>
    void Shuffle(Iterator first, Iterator last)
    {
        for (auto n = last - first; n > 1; --n)
        {
            std::swap(first[n - 1], first[Choose(static_cast<uint64_t>(n))]);
        }
    }

    /// @return the place in the stream, as text
    std::string Save() const;
    /// @param state what Save gave @throws std::runtime_error when it is something else
    void Load(const std::string& state);

  private:
    std::mt19937_64 m_engine; //!< bits
    float m_spare{0};         //!< second normal number of a pair
    bool m_hasSpare{false};   //!< whether it is there
};

} // namespace base

#endif // BASE_RANDOM_STREAM_H
