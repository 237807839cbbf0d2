/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_ROLLOUT_H
#define AGENTS_ROLLOUT_H

#include "squashed-gaussian.h"

#include <ATen/ATen.h>
#include <cstdint>
#include <vector>

namespace agents
{

/**
 * @ingroup agents
 * @brief The steps that an on-policy iteration learns from; arrays have one entry a step.
 */
struct Rollout
{
    std::vector<uint64_t> steps; ///< numbers
    std::vector<int64_t> next;   ///< place of the next step of the stream, or -1
    std::vector<char> isUsed;    ///< whether its target can be known
    at::Tensor observations;     ///< normalised
    at::Tensor actions;          ///< before squashing
    at::Tensor rewards;          ///< normalised; zero where it is not known
    at::Tensor values;           ///< V of the observations, at the iteration's start
    at::Tensor nextValues;       ///< V of the next ones, zero where nothing comes
    at::Tensor continues;        ///< 1 - d of (36): 0 where the episode ended for good, else 1
    SquashedGaussian policy;     ///< that acted: the actor's, at the iteration's start
    at::Tensor logDensities;     ///< of the actions, under that policy

    /// @return places of the steps whose target can be known
    std::vector<int64_t> GetUsed() const
    {
        std::vector<int64_t> used;
        for (std::size_t i = 0; i < isUsed.size(); ++i)
        {
            if (isUsed[i])
            {
                used.push_back(static_cast<int64_t>(i));
            }
        }
        return used;
    }
};

/**
 * @ingroup agents
 * @brief Targets of the critic and advantages of the actor; arrays have one entry a step.
 */
struct Targets
{
    at::Tensor returns;    ///< y, what V shall be
    at::Tensor advantages; ///< how much better than expected
};

} // namespace agents

#endif // AGENTS_ROLLOUT_H
