/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "six-bit-blocks.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

namespace ecld
{

namespace
{

/// Codes of weights and of scales.
constexpr double LEAST_CODE = -32;
constexpr double LARGEST_CODE = 31;
constexpr double LEAST_SCALE = -128;
constexpr double LARGEST_SCALE = 127;

/// Steps of a group that are tried on either side of the full range, and how far they are apart, in
/// codes of the largest weight.
constexpr int STEP_TRIALS = 9;
constexpr double STEP_DISTANCE = 0.1;

/// Turns of scales and factor; the third changes less than 0.1 % of the error.
constexpr int TURNS = 3;

/// A super-block of weights.
struct WeightBlock
{
    std::array<double, K_BLOCK_SIZE> weights;    ///< finite
    std::array<double, K_BLOCK_SIZE> importance; ///< of each square, >= 0
};

/// @param weight of a group @param inverse of its step @return the nearest code
double
RoundCode(double weight, double inverse)
{
    return std::clamp(std::nearbyint(weight * inverse), LEAST_CODE, LARGEST_CODE);
}

/// Weighted sums over a group, of products of codes q and weights x.
struct GroupSums
{
    double qq{0}; ///< sum of w q q
    double qx{0}; ///< sum of w q x
};

GroupSums
SumGroup(const WeightBlock& block, std::size_t group, double inverse)
{
    GroupSums sums;
    const std::size_t first = group * SIX_BIT_GROUP_SIZE;
    for (std::size_t i = first; i < first + SIX_BIT_GROUP_SIZE; ++i)
    {
        const double code = RoundCode(block.weights[i], inverse);
        sums.qq += block.importance[i] * code * code;
        sums.qx += block.importance[i] * code * block.weights[i];
    }
    return sums;
}

/// @return weighted square error of a group with the weights rounded to the step
double
MeasureGroup(const WeightBlock& block, std::size_t group, double step)
{
    const double inverse = step != 0 ? 1 / step : 0;
    double error = 0;
    const std::size_t first = group * SIX_BIT_GROUP_SIZE;
    for (std::size_t i = first; i < first + SIX_BIT_GROUP_SIZE; ++i)
    {
        const double rest = block.weights[i] - step * RoundCode(block.weights[i], inverse);
        error += block.importance[i] * rest * rest;
    }
    return error;
}

/// @return step of a group, of the sign that puts the largest magnitude at -32
double
FitStep(const WeightBlock& block, std::size_t group, QuantizationMethod method)
{
    const auto first = block.weights.begin() + group * SIX_BIT_GROUP_SIZE;
    const double largest =
        *std::max_element(first, first + SIX_BIT_GROUP_SIZE, [](double a, double b) {
            return std::fabs(a) < std::fabs(b);
        });
    if (largest == 0 || method == QuantizationMethod::MIN_MAX)
    {
        return largest / LEAST_CODE;
    }
    double best = largest / LEAST_CODE;
    double leastError = MeasureGroup(block, group, best);
    for (int trial = -STEP_TRIALS; trial <= STEP_TRIALS; ++trial)
    {
        const GroupSums sums =
            SumGroup(block, group, (LEAST_CODE + STEP_DISTANCE * trial) / largest);
        const double step = sums.qq > 0 ? sums.qx / sums.qq : 0;
        const double error = MeasureGroup(block, group, step);
        if (error < leastError)
        {
            leastError = error;
            best = step;
        }
    }
    return best;
}

/// @param step of a group @param scale of its super-block @return the nearest code of it
int8_t
RoundScale(double step, double scale)
{
    const double code = scale != 0 ? std::nearbyint(step / scale) : 0;
    return static_cast<int8_t>(std::clamp(code, LEAST_SCALE, LARGEST_SCALE));
}

/// Round all weights. @return weighted square error
double
RoundCodes(const WeightBlock& block, SixBitBlock& result)
{
    double error = 0;
    for (std::size_t i = 0; i < K_BLOCK_SIZE; ++i)
    {
        const double step =
            static_cast<double>(result.scale) * result.scaleCodes[i / SIX_BIT_GROUP_SIZE];
        result.codes[i] =
            static_cast<int8_t>(RoundCode(block.weights[i], step != 0 ? 1 / step : 0));
        const double rest = block.weights[i] - result.Get(i);
        error += block.importance[i] * rest * rest;
    }
    return error;
}

/// Try the neighbouring codes of each scale.
void
SearchScales(const WeightBlock& block, SixBitBlock& result)
{
    for (std::size_t group = 0; group < SIX_BIT_GROUPS; ++group)
    {
        const double middle = result.scaleCodes[group];
        double least = MeasureGroup(block, group, result.scale * middle);
        for (const double trial : {middle - 1, middle + 1})
        {
            const double code = std::clamp(trial, LEAST_SCALE, LARGEST_SCALE);
            const double error = MeasureGroup(block, group, result.scale * code);
            if (error < least)
            {
                least = error;
                result.scaleCodes[group] = static_cast<int8_t>(code);
            }
        }
    }
}

/// Least squares of the factor with all codes fixed.
void
SolveFactor(const WeightBlock& block, SixBitBlock& result)
{
    double uu = 0;
    double ux = 0;
    for (std::size_t i = 0; i < K_BLOCK_SIZE; ++i)
    {
        const double u =
            static_cast<double>(result.scaleCodes[i / SIX_BIT_GROUP_SIZE]) * result.codes[i];
        uu += block.importance[i] * u * u;
        ux += block.importance[i] * u * block.weights[i];
    }
    if (uu > 0)
    {
        result.scale = RoundToHalf(static_cast<float>(ux / uu));
    }
}

/// A super-block and its weighted square error.
struct FittedBlock
{
    SixBitBlock block; ///< as stored
    double error;      ///< of it
};

FittedBlock
FitSteps(const WeightBlock& block, QuantizationMethod method)
{
    std::array<double, SIX_BIT_GROUPS> steps{};
    double largest = 0;
    for (std::size_t group = 0; group < SIX_BIT_GROUPS; ++group)
    {
        steps[group] = FitStep(block, group, method);
        largest = std::fabs(steps[group]) > std::fabs(largest) ? steps[group] : largest;
    }
    SixBitBlock best;
    best.scale = RoundToHalf(static_cast<float>(largest / LEAST_SCALE));
    std::transform(steps.begin(), steps.end(), best.scaleCodes.begin(), [&](double step) {
        return RoundScale(step, best.scale);
    });
    const double error = RoundCodes(block, best);
    return {best, error};
}

SixBitBlock
FitBlock(const WeightBlock& block, QuantizationMethod method)
{
    FittedBlock best = FitSteps(block, QuantizationMethod::MIN_MAX);
    if (method == QuantizationMethod::MIN_MAX)
    {
        return best.block;
    }
    FittedBlock trial = FitSteps(block, method);
    for (int turn = 0; turn <= TURNS; ++turn)
    {
        if (trial.error < best.error)
        {
            best = trial;
        }
        SearchScales(block, trial.block);
        RoundCodes(block, trial.block);
        SolveFactor(block, trial.block);
        trial.error = RoundCodes(block, trial.block);
    }
    return best.block;
}

/// @param rows the weights @param block number of a super-block @param unit of importance
WeightBlock
ReadBlock(const WeightRows& rows, std::size_t block, double unit)
{
    WeightBlock result;
    for (std::size_t i = 0; i < K_BLOCK_SIZE; ++i)
    {
        const std::size_t place = block * K_BLOCK_SIZE + i;
        const std::size_t column = place % rows.columns;
        result.weights[i] = rows.weights[place];
        if (!std::isfinite(result.weights[i]))
        {
            throw std::invalid_argument("row " + std::to_string(place / rows.columns) +
                                        ", column " + std::to_string(column) + ": got the weight " +
                                        std::to_string(rows.weights[place]) +
                                        ", expected a finite number");
        }
        result.importance[i] = rows.importance ? rows.importance[column] / unit : 1;
    }
    return result;
}

} // namespace

float
SixBitBlock::Get(std::size_t i) const
{
    return scale * static_cast<float>(scaleCodes[i / SIX_BIT_GROUP_SIZE]) *
           static_cast<float>(codes[i]);
}

std::vector<SixBitBlock>
QuantizeSixBits(const WeightRows& rows, QuantizationMethod method)
{
    if (rows.columns == 0 || rows.columns % K_BLOCK_SIZE != 0)
    {
        throw std::invalid_argument("columns: got " + std::to_string(rows.columns) +
                                    ", expected a multiple of " + std::to_string(K_BLOCK_SIZE));
    }
    const double unit = GetImportanceUnit(rows);
    std::vector<SixBitBlock> blocks(rows.rows * rows.columns / K_BLOCK_SIZE);
    for (std::size_t i = 0; i < blocks.size(); ++i)
    {
        blocks[i] = FitBlock(ReadBlock(rows, i, unit), method);
    }
    return blocks;
}

} // namespace ecld
