/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_INTERVAL_H
#define ECLD_INTERVAL_H

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ecld
{

/// A mean with its 95 % interval.
struct Interval
{
    double mean{0}; ///< of the samples
    double low{0};  ///< 2.5 % of the resampled means are below
    double high{0}; ///< 2.5 % are above
};

/**
 * @brief Percentile bootstrap of a mean of independent samples.
 * @param samples at least one, finite
 * @param seed of the resampling
 * @param resamples how often, >= 40
 * @return mean and interval
 * @throws std::invalid_argument for no samples or too few resamples
 */
Interval BootstrapMean(const std::vector<double>& samples, uint64_t seed = 1, int resamples = 2000);

/**
 * @brief Percentile bootstrap of a mean of samples that come in groups, such as questions about one
 * fact: groups are drawn, and with each all of its samples.
 * @param samples at least one, finite
 * @param groups of each sample, any numbers
 * @param seed of the resampling
 * @param resamples how often, >= 40
 * @return mean of the samples and interval
 * @throws std::invalid_argument for no samples, other than one group for each, or too few resamples
 */
Interval BootstrapGroupedMean(const std::vector<double>& samples,
                              const std::vector<int64_t>& groups,
                              uint64_t seed = 1,
                              int resamples = 2000);

/// @param groups of samples @return how many different ones there are
std::size_t CountGroups(const std::vector<int64_t>& groups);

} // namespace ecld

#endif // ECLD_INTERVAL_H
