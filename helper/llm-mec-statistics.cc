/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-statistics.h"

#include "ns3/log.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>
#include <numeric>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmMecStatistics");

MeanInterval
GetMeanInterval(const std::vector<double>& values)
{
    NS_LOG_FUNCTION(values.size());
    const auto n = static_cast<double>(values.size());
    MeanInterval interval;
    interval.mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
    if (values.size() < 2)
    {
        interval.low = -std::numeric_limits<double>::infinity();
        interval.high = std::numeric_limits<double>::infinity();
        return interval;
    }
    double squares = 0;
    for (const double value : values)
    {
        squares += (value - interval.mean) * (value - interval.mean);
    }
    constexpr double upperTail = 0.975; // two sides of 2.5 % each
    const double quantile = boost::math::quantile(boost::math::students_t(n - 1), upperTail);
    const double halfWidth = quantile * std::sqrt(squares / (n - 1) / n);
    interval.low = interval.mean - halfWidth;
    interval.high = interval.mean + halfWidth;
    return interval;
}

std::vector<double>
GetBatchMeans(const std::vector<double>& values, std::size_t batches)
{
    NS_LOG_FUNCTION(values.size() << batches);
    batches = std::min(batches, values.size());
    std::vector<double> means;
    for (std::size_t i = 0; i < batches; ++i)
    {
        const auto begin =
            values.begin() + static_cast<std::ptrdiff_t>(i * values.size() / batches);
        const auto end =
            values.begin() + static_cast<std::ptrdiff_t>((i + 1) * values.size() / batches);
        means.push_back(std::accumulate(begin, end, 0.0) / static_cast<double>(end - begin));
    }
    return means;
}

Distribution
GetDistribution(std::vector<double> values)
{
    NS_LOG_FUNCTION(values.size());
    std::sort(values.begin(), values.end());
    const auto quantile = [&values](double share) {
        const double place = share * static_cast<double>(values.size() - 1);
        const auto below = static_cast<std::size_t>(place);
        const std::size_t above = std::min(below + 1, values.size() - 1);
        return values[below] + (place - std::floor(place)) * (values[above] - values[below]);
    };
    Distribution distribution;
    distribution.mean =
        std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
    distribution.p50 = quantile(0.5);
    distribution.p90 = quantile(0.9);
    distribution.p95 = quantile(0.95);
    distribution.p99 = quantile(0.99);
    return distribution;
}

} // namespace llmmec
} // namespace ns3
