/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef OFFLOAD_DRAW_H
#define OFFLOAD_DRAW_H

#include "ns3/random-variable-stream.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <sstream>
#include <stdexcept>
#include <string>

namespace ns3
{
namespace llmmec
{

constexpr double LONGEST_DRAW_S = 9e9;   ///< longest time that is drawn: the simulator's clock ends
constexpr double SHORTEST_DRAW_S = 1e-9; ///< shortest time of what must not recur at one instant
constexpr double MOST_DRAWN_TOKENS = 4e9; ///< most tokens that are drawn: they count in 32 bits

/**
 * @ingroup llm-mec
 * Draw a number that an object needs.
 * @param what class and attribute, for the error
 * @param variable the attribute's value
 * @param min least value
 * @param max largest value
 * @return a draw
 * @throw std::runtime_error in one line where it is not in the range
 */
inline double
DrawWithin(const std::string& what,
           const Ptr<RandomVariableStream>& variable,
           double min,
           double max)
{
    const double value = variable->GetValue();
    if (!(value >= min && value <= max))
    {
        std::ostringstream message;
        message << what << " drew " << value << ", expected a number from " << min << " to " << max;
        throw std::runtime_error(message.str());
    }
    return value;
}

/**
 * @ingroup llm-mec
 * Draw a number of tokens, or of other things of which there is at least one.
 * @param what class and attribute, for the error
 * @param variable the attribute's value
 * @return a draw, rounded up, at least 1
 * @throw std::runtime_error in one line where it is below 0, or too large
 */
inline uint32_t
DrawCount(const std::string& what, const Ptr<RandomVariableStream>& variable)
{
    const double value = DrawWithin(what, variable, 0, MOST_DRAWN_TOKENS);
    return static_cast<uint32_t>(std::max(std::ceil(value), 1.0));
}

} // namespace llmmec
} // namespace ns3

#endif // OFFLOAD_DRAW_H
