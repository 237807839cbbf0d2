/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "row-refinement.h"

#include "error-feedback.h"
#include "row-window.h"

#include <algorithm>
#include <vector>

namespace ecld
{

namespace
{

/// Turns of codes and parameters; the sixth lowers the cost by 0.1 % at most.
constexpr int TURNS = 6;

/// Largest code of a weight in Q4_K.
constexpr int K_LEVELS = 15;

/// @param metric of a whole row @return the same as a window
MetricWindow
MakeWindow(const InputMetric& metric)
{
    return {metric.GetColumns(),
            metric.GetColumns(),
            metric.GetProducts(0),
            metric.GetFeedback(0),
            metric.GetRemainders()};
}

template <typename Block>
double
MeasureBlocks(const float* weights, const InputMetric& metric, const Block* blocks)
{
    RowWindow<Block> row(MakeWindow(metric), 0);
    row.Take(weights, blocks);
    return row.GetCost();
}

/// Take turns until nothing changes. @param start blocks of the row @return better ones
template <typename Block>
std::vector<Block>
Improve(const float* weights, const MetricWindow& metric, int levels, const Block* start)
{
    RowWindow<Block> row(metric, levels);
    row.Take(weights, start);
    for (int turn = 0; turn < TURNS && row.Improve(); ++turn)
    {
    }
    return row.GetBlocks();
}

template <typename Block>
void
RefineBlocks(const float* weights, const InputMetric& metric, int levels, Block* blocks)
{
    const MetricWindow window = MakeWindow(metric);
    std::vector<double> targets(weights, weights + window.columns);
    const std::vector<Block> fed =
        FeedErrorsBack<Block>({1, window.columns, weights, targets.data()}, window, levels);
    double best = MeasureBlocks(weights, metric, blocks);
    for (const std::vector<Block>& row : {Improve<Block>(weights, window, levels, blocks),
                                          Improve<Block>(weights, window, levels, fed.data())})
    {
        // Measured anew: the running sums have rounding errors of their own.
        const double cost = MeasureBlocks(weights, metric, row.data());
        if (cost < best)
        {
            best = cost;
            std::copy(row.begin(), row.end(), blocks);
        }
    }
}

} // namespace

double
MeasureRowError(const float* weights, const InputMetric& metric, const AffineGroup* blocks)
{
    return MeasureBlocks(weights, metric, blocks);
}

double
MeasureRowError(const float* weights, const InputMetric& metric, const KBlock* blocks)
{
    return MeasureBlocks(weights, metric, blocks);
}

void
RefineRow(const float* weights, const InputMetric& metric, int levels, AffineGroup* blocks)
{
    RefineBlocks(weights, metric, levels, blocks);
}

void
RefineRow(const float* weights, const InputMetric& metric, KBlock* blocks)
{
    RefineBlocks(weights, metric, K_LEVELS, blocks);
}

} // namespace ecld
