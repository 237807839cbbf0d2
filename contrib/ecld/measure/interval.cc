/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "interval.h"

#include <algorithm>
#include <numeric>
#include <random>
#include <stdexcept>

namespace ecld
{

Interval
BootstrapMean(const std::vector<double>& samples, uint64_t seed, int resamples)
{
    if (samples.empty() || resamples < 40)
    {
        throw std::invalid_argument("bootstrap: expected at least 1 sample and 40 resamples");
    }
    const auto size = static_cast<double>(samples.size());
    std::mt19937_64 random(seed);
    std::vector<double> means(static_cast<std::size_t>(resamples));
    for (double& mean : means)
    {
        double sum = 0;
        for (std::size_t i = 0; i < samples.size(); ++i)
        {
            // The engine is the same everywhere, the distributions of the library are not.
            sum += samples[random() % samples.size()];
        }
        mean = sum / size;
    }
    std::sort(means.begin(), means.end());
    const std::size_t tail = means.size() / 40;
    return {std::accumulate(samples.begin(), samples.end(), 0.0) / size,
            means[tail],
            means[means.size() - 1 - tail]};
}

} // namespace ecld
