/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-byte-ranges.h"

#include <algorithm>

namespace ns3
{
namespace llmmec
{

void
MecByteRanges::Add(const Range& range)
{
    if (range.begin == range.end)
    {
        return;
    }
    uint64_t begin = range.begin;
    uint64_t end = range.end;
    // Those that touch the new one become part of it.
    auto next = m_ranges.upper_bound(begin);
    if (next != m_ranges.begin() && std::prev(next)->second >= begin)
    {
        --next;
        begin = next->first;
    }
    while (next != m_ranges.end() && next->first <= end)
    {
        end = std::max(end, next->second);
        next = m_ranges.erase(next);
    }
    m_ranges[begin] = end;
}

bool
MecByteRanges::Has(const Range& range) const
{
    if (range.begin == range.end)
    {
        return true;
    }
    const auto next = m_ranges.upper_bound(range.begin);
    return next != m_ranges.begin() && std::prev(next)->second >= range.end;
}

std::vector<MecByteRanges::Range>
MecByteRanges::GetMissing(uint64_t end) const
{
    std::vector<Range> missing;
    uint64_t begin = 0;
    for (const auto& [first, last] : m_ranges)
    {
        if (first >= end)
        {
            break;
        }
        if (first > begin)
        {
            missing.push_back({begin, first});
        }
        begin = last;
    }
    if (begin < end)
    {
        missing.push_back({begin, end});
    }
    return missing;
}

} // namespace llmmec
} // namespace ns3
