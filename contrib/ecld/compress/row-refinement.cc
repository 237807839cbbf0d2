/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "row-refinement.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace ecld
{

namespace
{

/// Turns of codes and parameters; the sixth lowers the cost by 0.1 % at most.
constexpr int TURNS = 6;

/// Largest code of a weight, and of a scale or offset, in Q4_K.
constexpr int K_LEVELS = 15;
constexpr int K_PARAMETER_LEVELS = 63;

/// The largest finite number of binary16.
constexpr double LARGEST_HALF = 65504;

constexpr std::size_t
CountWeights(const AffineGroup*)
{
    return GROUP_SIZE;
}

constexpr std::size_t
CountWeights(const KBlock*)
{
    return K_BLOCK_SIZE;
}

/// Scale and offset of a weight's group.
struct GroupGrid
{
    double scale;  ///< step
    double offset; ///< value of code 0
};

GroupGrid
GetGrid(const AffineGroup& block, std::size_t)
{
    return {block.scale, block.offset};
}

GroupGrid
GetGrid(const KBlock& block, std::size_t i)
{
    const std::size_t group = i / GROUP_SIZE;
    return {block.scale * static_cast<float>(block.scaleCodes[group]),
            -block.offset * static_cast<float>(block.offsetCodes[group])};
}

AffineGroup
FitBlock(const WeightRows& row, int levels, const AffineGroup*)
{
    const int bits = static_cast<int>(std::lround(std::log2(levels + 1)));
    return QuantizeAffine(row, bits, QuantizationMethod::REFINED).front();
}

KBlock
FitBlock(const WeightRows& row, int, const KBlock*)
{
    return QuantizeK(row, QuantizationMethod::REFINED).front();
}

/// Cost of moving a run of weights along two directions, less that of staying.
struct StepCost
{
    double aa{0}; ///< a^T H a
    double ab{0}; ///< a^T H b
    double bb{0}; ///< b^T H b
    double ra{0}; ///< a^T H e
    double rb{0}; ///< b^T H e

    /// @param x steps along a @param y steps along b @return change of the cost
    double Get(double x, double y) const
    {
        return x * x * aa + 2 * x * y * ab + y * y * bb - 2 * (x * ra + y * rb);
    }

    /// @param x steps along a @return the best number of steps along b
    double SolveSecond(double x) const
    {
        return bb > 0 ? (rb - x * ab) / bb : 0;
    }

    /// @return the best number of steps along a when b may move too
    double SolveFirst() const
    {
        const double determinant = aa * bb - ab * ab;
        if (determinant > 1e-9 * aa * bb)
        {
            return (ra * bb - rb * ab) / determinant;
        }
        return aa > 0 ? ra / aa : 0;
    }
};

/// @param value a number @return it in binary16, its sign kept within what is allowed
double
RoundPositiveHalf(double value)
{
    return RoundToHalf(static_cast<float>(std::clamp(value, 0.0, LARGEST_HALF)));
}

/// A row on its way: values, and what is left of the weights.
template <typename Block>
class RowRefinement
{
  public:
    RowRefinement(const float* weights, const InputMetric& metric, int levels)
        : m_weights(weights),
          m_metric(metric),
          m_levels(levels),
          m_blocks(metric.GetColumns() / SIZE),
          m_errors(metric.GetColumns()),
          m_slopes(metric.GetColumns())
    {
    }

    /// Start from a row. @param blocks the row
    void Take(const Block* blocks)
    {
        std::copy_n(blocks, m_blocks.size(), m_blocks.begin());
        std::fill(m_slopes.begin(), m_slopes.end(), 0);
        for (std::size_t j = 0; j < m_errors.size(); ++j)
        {
            m_errors[j] = static_cast<double>(m_weights[j]) - GetValue(j);
            AddScaled(m_errors[j], m_metric.GetProducts(j), 0, m_slopes);
        }
    }

    /// Start from error feedback.
    void FeedBack()
    {
        // What each weight should be, given the errors so far.
        std::vector<double> targets(m_weights, m_weights + m_errors.size());
        std::vector<float> asked(SIZE);
        std::vector<float> importance(SIZE);
        std::vector<Block> blocks(m_blocks.size());
        for (std::size_t first = 0; first < targets.size(); first += SIZE)
        {
            for (std::size_t i = 0; i < SIZE; ++i)
            {
                asked[i] = static_cast<float>(targets[first + i]);
                importance[i] = static_cast<float>(m_metric.GetRemainder(first + i));
            }
            Block& block = blocks[first / SIZE];
            block = FitBlock({asked.data(), 1, SIZE, importance.data()}, m_levels, &block);
            for (std::size_t i = 0; i < SIZE; ++i)
            {
                block.codes[i] = ChooseCode(GetGrid(block, i), targets[first + i]);
                const double error = static_cast<double>(m_weights[first + i]) - block.Get(i);
                AddScaled(error, m_metric.GetFeedback(first + i), first + i + 1, targets);
            }
        }
        Take(blocks.data());
    }

    /// Take turns until nothing changes.
    void Improve()
    {
        bool isMoving = true;
        for (int turn = 0; turn < TURNS && isMoving; ++turn)
        {
            isMoving = MoveCodes();
            for (std::size_t b = 0; b < m_blocks.size(); ++b)
            {
                isMoving = MoveParameters(m_blocks[b], b * SIZE) || isMoving;
            }
        }
    }

    /// @return e^T H e
    double GetCost() const
    {
        double cost = 0;
        for (std::size_t j = 0; j < m_errors.size(); ++j)
        {
            cost += m_errors[j] * m_slopes[j];
        }
        return cost;
    }

    /// @return the row
    const std::vector<Block>& GetBlocks() const
    {
        return m_blocks;
    }

  private:
    static constexpr std::size_t SIZE = CountWeights(static_cast<const Block*>(nullptr));

    double GetValue(std::size_t j) const
    {
        return m_blocks[j / SIZE].Get(j % SIZE);
    }

    uint8_t ChooseCode(const GroupGrid& grid, double target) const
    {
        const double code = grid.scale > 0 ? (target - grid.offset) / grid.scale : 0;
        return static_cast<uint8_t>(std::lround(std::clamp<double>(code, 0, m_levels)));
    }

    /// sum += factor * terms, from the place first on
    static void AddScaled(double factor,
                          const double* terms,
                          std::size_t first,
                          std::vector<double>& sum)
    {
        for (std::size_t k = first; k < sum.size(); ++k)
        {
            sum[k] += factor * terms[k];
        }
    }

    /// A value has changed. @param j which
    void Update(std::size_t j)
    {
        const double error = static_cast<double>(m_weights[j]) - GetValue(j);
        const double change = error - m_errors[j];
        if (change != 0)
        {
            m_errors[j] = error;
            AddScaled(change, m_metric.GetProducts(j), 0, m_slopes);
        }
    }

    /// Each code in its turn, the others as they are. @return whether one changed
    bool MoveCodes()
    {
        bool isMoving = false;
        for (std::size_t j = 0; j < m_errors.size(); ++j)
        {
            Block& block = m_blocks[j / SIZE];
            const double best = GetValue(j) + m_slopes[j] / m_metric.GetProducts(j)[j];
            const uint8_t code = ChooseCode(GetGrid(block, j % SIZE), best);
            if (code != block.codes[j % SIZE])
            {
                block.codes[j % SIZE] = code;
                Update(j);
                isMoving = true;
            }
        }
        return isMoving;
    }

    /// @param first weight of the run @param a direction @param b another, of as many weights
    StepCost MeasureSteps(std::size_t first,
                          const std::vector<double>& a,
                          const std::vector<double>& b) const
    {
        StepCost cost;
        for (std::size_t i = 0; i < a.size(); ++i)
        {
            const double* const products = m_metric.GetProducts(first + i) + first;
            double pa = 0;
            double pb = 0;
            for (std::size_t k = 0; k < a.size(); ++k)
            {
                pa += products[k] * a[k];
                pb += products[k] * b[k];
            }
            cost.aa += a[i] * pa;
            cost.ab += b[i] * pa;
            cost.bb += b[i] * pb;
            cost.ra += a[i] * m_slopes[first + i];
            cost.rb += b[i] * m_slopes[first + i];
        }
        return cost;
    }

    void UpdateRun(std::size_t first, std::size_t count)
    {
        for (std::size_t j = first; j < first + count; ++j)
        {
            Update(j);
        }
    }

    /// @param group of (12) @param first its first weight @return whether it changed
    bool MoveParameters(AffineGroup& group, std::size_t first)
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

    /// @param block a super-block @param first its first weight @return whether it changed
    bool MoveParameters(KBlock& block, std::size_t first)
    {
        bool isMoving = false;
        for (std::size_t group = 0; group < K_GROUPS; ++group)
        {
            isMoving = MoveGroupCodes(block, first, group) || isMoving;
        }
        return MoveFactors(block, first) || isMoving;
    }

    bool MoveGroupCodes(KBlock& block, std::size_t first, std::size_t group)
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

    bool MoveFactors(KBlock& block, std::size_t first)
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
        const double offset =
            RoundPositiveHalf(block.offset + cost.SolveSecond(scale - block.scale));
        if (!(cost.Get(scale - block.scale, offset - block.offset) < 0))
        {
            return false;
        }
        block.scale = static_cast<float>(scale);
        block.offset = static_cast<float>(offset);
        UpdateRun(first, K_BLOCK_SIZE);
        return true;
    }

    const float* m_weights;       //!< the row
    const InputMetric& m_metric;  //!< of its inputs
    int m_levels;                 //!< largest code
    std::vector<Block> m_blocks;  //!< the row quantised
    std::vector<double> m_errors; //!< e, weights minus values
    std::vector<double> m_slopes; //!< H e
};

template <typename Block>
double
MeasureBlocks(const float* weights, const InputMetric& metric, const Block* blocks)
{
    RowRefinement<Block> row(weights, metric, 0);
    row.Take(blocks);
    return row.GetCost();
}

template <typename Block>
void
RefineBlocks(const float* weights, const InputMetric& metric, int levels, Block* blocks)
{
    double best = MeasureBlocks(weights, metric, blocks);
    RowRefinement<Block> fromErrors(weights, metric, levels);
    fromErrors.Take(blocks);
    RowRefinement<Block> fromFeedback(weights, metric, levels);
    fromFeedback.FeedBack();
    for (RowRefinement<Block>* const row : {&fromErrors, &fromFeedback})
    {
        row->Improve();
        // Measured anew: the running sums have rounding errors of their own.
        const double cost = MeasureBlocks(weights, metric, row->GetBlocks().data());
        if (cost < best)
        {
            best = cost;
            std::copy(row->GetBlocks().begin(), row->GetBlocks().end(), blocks);
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
