/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_RANDOM_STREAM_H
#define AGENTS_RANDOM_STREAM_H

#include <cstdint>
#include <random>
#include <string>

namespace agents
{

/**
 * @ingroup agents
 * @brief An agent's randomness: one stream from one seed, whose place can be stored.
 *
 * LibTorch's own generator is one for the process and its numbers differ among its versions.
 */
class RandomStream
{
  public:
    /// @param seed of the stream
    explicit RandomStream(uint64_t seed);

    /// @return a draw from the standard normal distribution
    float Normal();
    /// @return a draw from the uniform distribution on [0, 1)
    double Uniform();
    /// @param n number of choices, >= 1 @return one of 0..n-1, each alike likely
    uint64_t Choose(uint64_t n);

    /// Fill with draws from the standard normal distribution. @param values first
    /// @param n how many
    void FillNormal(float* values, std::size_t n);

    /// Bring into random order. @param first first @param last behind the last
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
    /// @param state what Save gave @throw std::runtime_error when it is something else
    void Load(const std::string& state);

  private:
    std::mt19937_64 m_engine; //!< bits
    float m_spare{0};         //!< second normal number of a pair
    bool m_hasSpare{false};   //!< whether it is there
};

} // namespace agents

#endif // AGENTS_RANDOM_STREAM_H
