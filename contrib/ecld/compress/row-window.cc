/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "row-window.h"

#include "base/vector-clones.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace ecld
{

namespace
{

/// Largest code of a scale or offset in Q4_K.
constexpr int K_PARAMETER_LEVELS = 63;

/// The largest finite number of binary16.
constexpr double LARGEST_HALF = 65504;

/// @param value a number @return it in binary16, its sign kept within what is allowed
double
RoundPositiveHalf(double value)
{
    return RoundToHalf(static_cast<float>(std::clamp(value, 0.0, LARGEST_HALF)));
}

/// sum += factor * terms
VECTOR_CLONES void
AddScaled(double factor, const double* terms, std::size_t count, double* sum)
{
    for (std::size_t k = 0; k < count; ++k)
    {
        sum[k] += factor * terms[k];
    }
}

/// @return sum of the products of two runs of numbers
double
Dot(const double* a, const double* b, std::size_t count)
{
    double sum = 0;
    for (std::size_t k = 0; k < count; ++k)
    {
        sum += a[k] * b[k];
    }
    return sum;
}

} // namespace

double
StepCost::Get(double x, double y) const
{
    return x * x * aa + 2 * x * y * ab + y * y * bb - 2 * (x * ra + y * rb);
}

double
StepCost::SolveSecond(double x) const
{
    return bb > 0 ? (rb - x * ab) / bb : 0;
}

double
StepCost::SolveFirst() const
{
    const double determinant = aa * bb - ab * ab;
    if (determinant > 1e-9 * aa * bb)
    {
        return (ra * bb - rb * ab) / determinant;
    }
    return aa > 0 ? ra / aa : 0;
}

template <typename Block>
RowWindow<Block>::RowWindow(const MetricWindow& metric, int levels)
    : m_metric(metric),
      m_levels(levels),
      m_blocks(metric.columns / SIZE),
      m_errors(metric.columns),
      m_slopes(metric.columns)
{
}

template <typename Block>
void
RowWindow<Block>::Take(const float* weights, const Block* blocks)
{
    m_weights = weights;
    std::copy_n(blocks, m_blocks.size(), m_blocks.begin());
    std::fill(m_slopes.begin(), m_slopes.end(), 0);
    for (std::size_t j = 0; j < m_errors.size(); ++j)
    {
        m_errors[j] = static_cast<double>(m_weights[j]) - GetValue(j);
        AddScaled(m_errors[j], m_metric.GetProducts(j), m_slopes.size(), m_slopes.data());
    }
}

template <typename Block>
void
RowWindow<Block>::Take(const float* weights, const Block* blocks, const float* slopes)
{
    m_weights = weights;
    std::copy_n(blocks, m_blocks.size(), m_blocks.begin());
    std::copy_n(slopes, m_slopes.size(), m_slopes.begin());
    for (std::size_t j = 0; j < m_errors.size(); ++j)
    {
        m_errors[j] = static_cast<double>(m_weights[j]) - GetValue(j);
    }
}

template <typename Block>
bool
RowWindow<Block>::Improve()
{
    bool isMoving = MoveCodes();
    for (std::size_t b = 0; b < m_blocks.size(); ++b)
    {
        isMoving = MoveParameters(m_blocks[b], b * SIZE) || isMoving;
    }
    return isMoving;
}

template <typename Block>
double
RowWindow<Block>::GetCost() const
{
    return Dot(m_errors.data(), m_slopes.data(), m_errors.size());
}

template <typename Block>
const std::vector<double>&
RowWindow<Block>::GetErrors() const
{
    return m_errors;
}

template <typename Block>
const std::vector<Block>&
RowWindow<Block>::GetBlocks() const
{
    return m_blocks;
}

template <typename Block>
double
RowWindow<Block>::GetValue(std::size_t j) const
{
    return m_blocks[j / SIZE].Get(j % SIZE);
}

template <typename Block>
void
RowWindow<Block>::Update(std::size_t j)
{
    const double error = static_cast<double>(m_weights[j]) - GetValue(j);
    const double change = error - m_errors[j];
    if (change != 0)
    {
        m_errors[j] = error;
        AddScaled(change, m_metric.GetProducts(j), m_slopes.size(), m_slopes.data());
    }
}

template <typename Block>
void
RowWindow<Block>::UpdateRun(std::size_t first, std::size_t count)
{
    for (std::size_t j = first; j < first + count; ++j)
    {
        Update(j);
    }
}

template <typename Block>
bool
RowWindow<Block>::MoveCodes()
{
    bool isMoving = false;
    for (std::size_t j = 0; j < m_errors.size(); ++j)
    {
        Block& block = m_blocks[j / SIZE];
        const double best = GetValue(j) + m_slopes[j] / m_metric.GetProducts(j)[j];
        const uint8_t code =
            BlockTraits<Block>::GetGrid(block, j % SIZE).ChooseCode(best, m_levels);
        if (code != block.codes[j % SIZE])
        {
            block.codes[j % SIZE] = code;
            Update(j);
            isMoving = true;
        }
    }
    return isMoving;
}

template <typename Block>
StepCost
RowWindow<Block>::MeasureSteps(std::size_t first,
                               const std::vector<double>& a,
                               const std::vector<double>& b) const
{
    // H is symmetric: sums of its rows, which the compiler makes vector code of.
    std::array<double, K_BLOCK_SIZE> pa{};
    std::array<double, K_BLOCK_SIZE> pb{};
    for (std::size_t i = 0; i < a.size(); ++i)
    {
        const double* const products = m_metric.GetProducts(first + i) + first;
        AddScaled(a[i], products, a.size(), pa.data());
        AddScaled(b[i], products, a.size(), pb.data());
    }
    StepCost cost;
    cost.aa = Dot(a.data(), pa.data(), a.size());
    cost.ab = Dot(b.data(), pa.data(), a.size());
    cost.bb = Dot(b.data(), pb.data(), a.size());
    cost.ra = Dot(a.data(), &m_slopes[first], a.size());
    cost.rb = Dot(b.data(), &m_slopes[first], a.size());
    return cost;
}

template <typename Block>
bool
RowWindow<Block>::MoveParameters(AffineGroup& group, std::size_t first)
{
    const std::vector<double> codes(group.codes.begin(), group.codes.end());
    const StepCost cost = MeasureSteps(first, codes, std::vector<double>(GROUP_SIZE, 1));
    const double scale = RoundPositiveHalf(group.scale + cost.SolveFirst());
    const double y = cost.SolveSecond(scale - group.scale);
    const double offset = RoundToHalf(
        static_cast<float>(std::clamp<double>(group.offset + y, -LARGEST_HALF, LARGEST_HALF)));
    if (!(cost.Get(scale - group.scale, offset - group.offset) < 0))
    {
        return false;
    }
    group.scale = static_cast<float>(scale);
    group.offset = static_cast<float>(offset);
    UpdateRun(first, GROUP_SIZE);
    return true;
}

template <typename Block>
bool
RowWindow<Block>::MoveParameters(KBlock& block, std::size_t first)
{
    bool isMoving = false;
    for (std::size_t group = 0; group < K_GROUPS; ++group)
    {
        isMoving = MoveGroupCodes(block, first, group) || isMoving;
    }
    return MoveFactors(block, first) || isMoving;
}

template <typename Block>
bool
RowWindow<Block>::MoveGroupCodes(KBlock& block, std::size_t first, std::size_t group)
{
    std::vector<double> a(GROUP_SIZE);
    for (std::size_t i = 0; i < GROUP_SIZE; ++i)
    {
        a[i] = block.scale * static_cast<double>(block.codes[group * GROUP_SIZE + i]);
    }
    const std::vector<double> b(GROUP_SIZE, -block.offset);
    const std::size_t start = first + group * GROUP_SIZE;
    const StepCost cost = MeasureSteps(start, a, b);
    const int scale = block.scaleCodes[group];
    const int offset = block.offsetCodes[group];
    const auto clamp = [](double code) {
        return static_cast<int>(std::lround(std::clamp<double>(code, 0, K_PARAMETER_LEVELS)));
    };
    const int middle = clamp(scale + cost.SolveFirst());
    int bestScale = scale;
    int bestOffset = offset;
    double best = 0;
    for (const int trial : {middle - 1, middle, middle + 1})
    {
        const int trialScale = clamp(trial);
        const int trialOffset = clamp(offset + cost.SolveSecond(trialScale - scale));
        const double change = cost.Get(trialScale - scale, trialOffset - offset);
        if (change < best)
        {
            best = change;
            bestScale = trialScale;
            bestOffset = trialOffset;
        }
    }
    if (!(best < 0))
    {
        return false;
    }
    block.scaleCodes[group] = static_cast<uint8_t>(bestScale);
    block.offsetCodes[group] = static_cast<uint8_t>(bestOffset);
    UpdateRun(start, GROUP_SIZE);
    return true;
}

template <typename Block>
bool
RowWindow<Block>::MoveFactors(KBlock& block, std::size_t first)
{
    std::vector<double> a(K_BLOCK_SIZE);
    std::vector<double> b(K_BLOCK_SIZE);
    for (std::size_t i = 0; i < K_BLOCK_SIZE; ++i)
    {
        a[i] = static_cast<double>(block.scaleCodes[i / GROUP_SIZE]) * block.codes[i];
        b[i] = -static_cast<double>(block.offsetCodes[i / GROUP_SIZE]);
    }
    const StepCost cost = MeasureSteps(first, a, b);
    const double scale = RoundPositiveHalf(block.scale + cost.SolveFirst());
    const double offset = RoundPositiveHalf(block.offset + cost.SolveSecond(scale - block.scale));
    if (!(cost.Get(scale - block.scale, offset - block.offset) < 0))
    {
        return false;
    }
    block.scale = static_cast<float>(scale);
    block.offset = static_cast<float>(offset);
    UpdateRun(first, K_BLOCK_SIZE);
    return true;
}

template class RowWindow<AffineGroup>;
template class RowWindow<KBlock>;

} // namespace ecld
