/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "error-feedback.h"

#include <algorithm>

namespace ecld
{

namespace
{

/// Blocks of one place of all rows, fitted to what is asked of them.
template <typename Block>
std::vector<Block>
FitPlace(const FeedbackRows& run, const MetricWindow& metric, int levels, std::size_t first)
{
    constexpr std::size_t size = BlockTraits<Block>::SIZE;
    std::vector<float> asked(run.rows * size);
    for (std::size_t row = 0; row < run.rows; ++row)
    {
        const double* const targets = run.targets + row * metric.columns + first;
        std::transform(targets, targets + size, &asked[row * size], [](double target) {
            return static_cast<float>(target);
        });
    }
    std::vector<float> importance(size);
    std::transform(metric.remainder + first,
                   metric.remainder + first + size,
                   importance.begin(),
                   [](double remainder) { return static_cast<float>(remainder); });
    return BlockTraits<Block>::Fit({asked.data(), run.rows, size, importance.data()}, levels);
}

/// Codes of a block, each given the errors of those before it. @param targets of the whole run
template <typename Block>
void
ChooseCodes(Block& block,
            const float* weights,
            double* targets,
            const MetricWindow& metric,
            int levels,
            std::size_t first)
{
    for (std::size_t i = 0; i < BlockTraits<Block>::SIZE; ++i)
    {
        const GroupGrid grid = BlockTraits<Block>::GetGrid(block, i);
        block.codes[i] = grid.ChooseCode(targets[first + i], levels);
        const double error = static_cast<double>(weights[first + i]) - block.Get(i);
        const double* const feedback = metric.GetFeedback(first + i);
        for (std::size_t k = first + i + 1; k < metric.columns; ++k)
        {
            targets[k] += error * feedback[k];
        }
    }
}

} // namespace

template <typename Block>
std::vector<Block>
FeedErrorsBack(const FeedbackRows& run, const MetricWindow& metric, int levels)
{
    constexpr std::size_t size = BlockTraits<Block>::SIZE;
    const std::size_t places = metric.columns / size;
    std::vector<Block> blocks(run.rows * places);
    for (std::size_t place = 0; place < places; ++place)
    {
        const std::vector<Block> fitted = FitPlace<Block>(run, metric, levels, place * size);
        for (std::size_t row = 0; row < run.rows; ++row)
        {
            Block& block = blocks[row * places + place];
            block = fitted[row];
            ChooseCodes(block,
                        run.weights + row * run.stride,
                        run.targets + row * metric.columns,
                        metric,
                        levels,
                        place * size);
        }
    }
    return blocks;
}

template std::vector<AffineGroup> FeedErrorsBack(const FeedbackRows&, const MetricWindow&, int);
template std::vector<KBlock> FeedErrorsBack(const FeedbackRows&, const MetricWindow&, int);

} // namespace ecld
