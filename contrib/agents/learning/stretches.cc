/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "stretches.h"

#include <algorithm>
#include <utility>

namespace agents
{

namespace
{

constexpr uint64_t STARTS_TRIED = 1000;   //!< steps from which the longest stretch is looked for
constexpr int64_t TRIES_PER_STRETCH = 20; //!< places tried for a stretch

} // namespace

int64_t
GetStretchSlots(const Experience& experience, uint64_t first, int64_t slots)
{
    // Where the oldest steps were overwritten, the first episode can be short.
    int64_t most = 0;
    const uint64_t last = std::min(first + STARTS_TRIED, experience.GetCount());
    for (uint64_t start = first; most < slots && start < last; ++start)
    {
        int64_t length = 0;
        for (uint64_t step = start; length < slots && experience.IsClosed(step) &&
                                    experience.GetEnd(step) == Experience::End::NEXT;
             step = experience.GetNext(step))
        {
            ++length;
        }
        most = std::max(most, length);
    }
    return std::min(slots, most);
}

std::vector<Stretch>
DrawStretches(const Experience& experience,
              RandomStream& random,
              uint64_t first,
              int64_t slots,
              int64_t count)
{
    const uint64_t kept = experience.GetCount() - first;
    std::vector<Stretch> stretches;
    for (int64_t tries = kept > 0 ? TRIES_PER_STRETCH * count : 0;
         tries > 0 && static_cast<int64_t>(stretches.size()) < count;
         --tries)
    {
        Stretch stretch;
        uint64_t step = first + random.Choose(kept);
        while (static_cast<int64_t>(stretch.size()) < slots && step != Experience::NONE &&
               experience.IsClosed(step) && experience.GetEnd(step) == Experience::End::NEXT)
        {
            stretch.push_back(step);
            step = experience.GetNext(step);
        }
        if (static_cast<int64_t>(stretch.size()) == slots)
        {
            stretch.push_back(step);
            stretches.push_back(std::move(stretch));
        }
    }
    return stretches;
}

} // namespace agents
