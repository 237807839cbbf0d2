/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "stream-grid.h"

#include <algorithm>

namespace agents
{

StreamGrid::StreamGrid(const std::vector<int64_t>& next)
    : places(next.size())
{
    const auto n = static_cast<int64_t>(next.size());
    std::vector<char> hasPrevious(next.size(), 0);
    for (const int64_t each : next)
    {
        if (each >= 0)
        {
            hasPrevious[each] = 1;
        }
    }
    std::vector<std::vector<int64_t>> chains;
    for (int64_t first = 0; first < n; ++first)
    {
        if (!hasPrevious[first])
        {
            std::vector<int64_t>& chain = chains.emplace_back();
            for (int64_t step = first; step >= 0; step = next[step])
            {
                chain.push_back(step);
            }
            slots = std::max(slots, static_cast<int64_t>(chain.size()));
        }
    }
    streams = static_cast<int64_t>(chains.size());
    steps.assign(slots * streams, 0);
    for (int64_t i = 0; i < streams; ++i)
    {
        for (std::size_t slot = 0; slot < chains[i].size(); ++slot)
        {
            const int64_t place = static_cast<int64_t>(slot) * streams + i;
            steps[place] = chains[i][slot];
            places[chains[i][slot]] = place;
        }
    }
}

} // namespace agents
