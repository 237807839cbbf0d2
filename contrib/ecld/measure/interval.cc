/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "interval.h"

#include "base/random-stream.h"

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>
#include <string>

namespace ecld
{

namespace
{

/// Samples that are drawn together.
struct Group
{
    double sum{0};   ///< of its samples
    double count{0}; ///< how many
};

/// @param groups at least one @param seed of the draws @param resamples how often
/// @return mean of all samples and its interval
Interval
Bootstrap(const std::vector<Group>& groups, uint64_t seed, int resamples)
{
    if (groups.empty() || resamples < 40)
    {
        throw std::invalid_argument("bootstrap: expected at least 1 sample and 40 resamples");
    }
    Group all;
    for (const Group& group : groups)
    {
        all.sum += group.sum;
        all.count += group.count;
    }
    base::RandomStream random(seed);
    std::vector<double> means(static_cast<std::size_t>(resamples));
    for (double& mean : means)
    {
        Group drawn;
        for (std::size_t i = 0; i < groups.size(); ++i)
        {
            const Group& group = groups[random.Choose(groups.size())];
            drawn.sum += group.sum;
            drawn.count += group.count;
        }
        mean = drawn.sum / drawn.count;
    }
    std::sort(means.begin(), means.end());
    const std::size_t tail = means.size() / 40;
    return {all.sum / all.count, means[tail], means[means.size() - 1 - tail]};
}

} // namespace

Interval
BootstrapMean(const std::vector<double>& samples, uint64_t seed, int resamples)
{
    std::vector<Group> groups;
    for (const double sample : samples)
    {
        groups.push_back({sample, 1});
    }
    return Bootstrap(groups, seed, resamples);
}

Interval
BootstrapGroupedMean(const std::vector<double>& samples,
                     const std::vector<int64_t>& groups,
                     uint64_t seed,
                     int resamples)
{
    if (groups.size() != samples.size())
    {
        throw std::invalid_argument("bootstrap: expected a group for each of " +
                                    std::to_string(samples.size()) + " samples");
    }
    std::map<int64_t, Group> byNumber;
    for (std::size_t i = 0; i < samples.size(); ++i)
    {
        Group& group = byNumber[groups[i]];
        group.sum += samples[i];
        group.count += 1;
    }
    std::vector<Group> list;
    for (const auto& entry : byNumber)
    {
        list.push_back(entry.second);
    }
    return Bootstrap(list, seed, resamples);
}

std::size_t
CountGroups(const std::vector<int64_t>& groups)
{
    return std::set<int64_t>(groups.begin(), groups.end()).size();
}

} // namespace ecld
