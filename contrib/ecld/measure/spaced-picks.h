/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_SPACED_PICKS_H
#define ECLD_SPACED_PICKS_H

#include <algorithm>
#include <cstdint>
#include <vector>

namespace ecld
{

/// @param items a list @param count at most so many, >= 0 @return some of them, evenly spaced
template <typename T>
std::vector<T>
PickEvenly(const std::vector<T>& items, int64_t count)
{
    const std::size_t kept = std::min(items.size(), static_cast<std::size_t>(count));
    std::vector<T> picked;
    for (std::size_t i = 0; i < kept; ++i)
    {
        picked.push_back(items[i * items.size() / kept]);
    }
    return picked;
}

} // namespace ecld

#endif // ECLD_SPACED_PICKS_H
