/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_STREAM_GRID_H
#define AGENTS_STREAM_GRID_H

#include <cstdint>
#include <vector>

namespace agents
{

/**
 * @ingroup agents
 * @brief The steps of a rollout, slot after slot, with the streams side by side: the form in which
 * a world model follows them from a blank memory.
 */
struct StreamGrid
{
    int64_t slots{0};            ///< of the longest stream
    int64_t streams{0};          ///< chains of steps, each without an end of an episode in it
    std::vector<int64_t> steps;  ///< slots x streams; shorter streams go on with step 0
    std::vector<int64_t> places; ///< of each step: where it is in steps

    /// @param next of each step of a rollout: place of the next step of its stream, later than
    /// it, or -1
    explicit StreamGrid(const std::vector<int64_t>& next);
};

} // namespace agents

#endif // AGENTS_STREAM_GRID_H
