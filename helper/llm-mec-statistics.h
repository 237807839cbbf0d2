/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_STATISTICS_H
#define LLM_MEC_STATISTICS_H

#include <cstddef>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief A mean and its 95 % confidence interval.
 */
struct MeanInterval
{
    double mean{0}; ///< mean
    double low{0};  ///< lower end of the interval; not finite with fewer than two values
    double high{0}; ///< upper end of the interval; not finite with fewer than two values
};

/**
 * @ingroup llm-mec
 * Mean of independent values with Student's t interval.
 * @param values values, at least one
 * @return mean and interval
 */
MeanInterval GetMeanInterval(const std::vector<double>& values);

/**
 * @ingroup llm-mec
 * Means of consecutive batches of nearly equal size: of correlated values they are less dependent
 * than the values are.
 * @param values values in the order of time, at least one
 * @param batches wanted number of batches; fewer when there are fewer values
 * @return one mean a batch
 */
std::vector<double> GetBatchMeans(const std::vector<double>& values, std::size_t batches);

/**
 * @ingroup llm-mec
 * @brief Where values lie: their mean and percentiles.
 */
struct Distribution
{
    double mean{0}; ///< mean
    double p50{0};  ///< median
    double p90{0};  ///< 90 % are at most this
    double p95{0};  ///< 95 % are at most this
    double p99{0};  ///< 99 % are at most this
};

/**
 * @ingroup llm-mec
 * Mean and percentiles; between two values a percentile is interpolated, as numpy does.
 * @param values values in any order, at least one
 * @return where they lie
 */
Distribution GetDistribution(std::vector<double> values);

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_STATISTICS_H
