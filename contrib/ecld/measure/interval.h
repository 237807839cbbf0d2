/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_INTERVAL_H
#define ECLD_INTERVAL_H

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
 * @brief Percentile bootstrap of a mean.
 * @param samples one number for each query, at least one, finite
 * @param seed of the resampling
 * @param resamples how often, >= 40
 * @return mean and interval
 * @throws std::invalid_argument for no samples or too few resamples
 */
Interval BootstrapMean(const std::vector<double>& samples, uint64_t seed = 1, int resamples = 2000);

} // namespace ecld

#endif // ECLD_INTERVAL_H
