/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// Rows that are quantised for the outputs of their matrix, against sums written out here.

#include "compress/k-blocks.h"
#include "compress/quantization.h"
#include "compress/row-refinement.h"
#include "expect-error.h"
#include "format/data-type.h"

#include <cmath>
#include <gtest/gtest.h>
#include <random>

using namespace ecld;

namespace
{

constexpr std::size_t COLUMNS = 256;
constexpr std::size_t INPUTS = 1000;

/// Inputs that go together: few directions, and noise.
std::vector<std::vector<double>>
DrawInputs(std::size_t directions, double noise)
{
    std::mt19937 random(3);
    std::normal_distribution<double> normal;
    std::vector<double> mixing(directions * COLUMNS);
    for (double& value : mixing)
    {
        value = normal(random);
    }
    std::vector<std::vector<double>> inputs(INPUTS, std::vector<double>(COLUMNS));
    for (auto& input : inputs)
    {
        for (std::size_t d = 0; d < directions; ++d)
        {
            const double size = normal(random);
            for (std::size_t j = 0; j < COLUMNS; ++j)
            {
                input[j] += size * mixing[d * COLUMNS + j];
            }
        }
        for (double& value : input)
        {
            value += noise * normal(random);
        }
    }
    return inputs;
}

std::vector<double>
SumProducts(const std::vector<std::vector<double>>& inputs)
{
    std::vector<double> products(COLUMNS * COLUMNS);
    for (const auto& input : inputs)
    {
        for (std::size_t i = 0; i < COLUMNS; ++i)
        {
            for (std::size_t j = 0; j < COLUMNS; ++j)
            {
                products[i * COLUMNS + j] += input[i] * input[j] / static_cast<double>(INPUTS);
            }
        }
    }
    return products;
}

std::vector<float>
DrawWeights(std::size_t rows)
{
    std::mt19937 random(7);
    std::normal_distribution<float> normal;
    std::vector<float> weights(rows * COLUMNS);
    for (float& weight : weights)
    {
        weight = normal(random);
    }
    return weights;
}

/// Mean square of the output's error over inputs.
template <typename Block>
double
MeasureOutputError(const std::vector<std::vector<double>>& inputs,
                   const float* weights,
                   const Block* blocks,
                   std::size_t size)
{
    double sum = 0;
    for (const auto& input : inputs)
    {
        double error = 0;
        for (std::size_t j = 0; j < COLUMNS; ++j)
        {
            error += (static_cast<double>(weights[j]) - blocks[j / size].Get(j % size)) * input[j];
        }
        sum += error * error / static_cast<double>(INPUTS);
    }
    return sum;
}

TEST(InputMetricTest, ItsFactorsGiveTheDampedProducts)
{
    const auto products = SumProducts(DrawInputs(20, 0.5));
    const double damping = 0.3;
    const InputMetric metric(COLUMNS, products, damping);
    double mean = 0;
    for (std::size_t j = 0; j < COLUMNS; ++j)
    {
        mean += products[j * COLUMNS + j] / COLUMNS;
    }
    for (std::size_t i = 0; i < COLUMNS; ++i)
    {
        for (std::size_t j = i; j < COLUMNS; ++j)
        {
            const double expected = products[i * COLUMNS + j] + (i == j ? damping * mean : 0);
            EXPECT_DOUBLE_EQ(metric.GetProducts(i)[j], expected);
            double sum = 0;
            for (std::size_t k = j; k < COLUMNS; ++k)
            {
                sum += metric.GetFeedback(i)[k] * metric.GetRemainder(k) * metric.GetFeedback(j)[k];
            }
            ASSERT_NEAR(sum, expected, 1e-10 * mean) << i << ", " << j;
        }
    }
}

TEST(InputMetricTest, RefusesWhatNoInputsGive)
{
    ExpectError<std::invalid_argument>(
        [] {
            InputMetric(2, {1, 0, 0}, 0.1);
        },
        {"3 products of 2 columns"});
    ExpectError<std::invalid_argument>([] { InputMetric(2, {1, 5, 5, 1}, 0.1); }, {"column 0"});
    ExpectError<std::invalid_argument>([] { InputMetric(2, {1, 0, 0, 1}, 0); }, {"damping"});
    // Inputs that are all zero leave the square error.
    EXPECT_DOUBLE_EQ(InputMetric(2, {0, 0, 0, 0}, 0.1).GetRemainder(0), 1);
}

TEST(RowRefinementTest, CostIsTheOutputsErrorAndTheDamping)
{
    const auto inputs = DrawInputs(20, 0.5);
    const auto products = SumProducts(inputs);
    const double damping = 0.2;
    const InputMetric metric(COLUMNS, products, damping);
    const auto weights = DrawWeights(1);
    const WeightRows row{weights.data(), 1, COLUMNS};
    const auto groups = QuantizeAffine(row, 4, QuantizationMethod::MIN_MAX);
    double squares = 0;
    double mean = 0;
    for (std::size_t j = 0; j < COLUMNS; ++j)
    {
        const double error =
            static_cast<double>(weights[j]) - groups[j / GROUP_SIZE].Get(j % GROUP_SIZE);
        squares += error * error;
        mean += products[j * COLUMNS + j] / COLUMNS;
    }
    const double expected = MeasureOutputError(inputs, weights.data(), groups.data(), GROUP_SIZE) +
                            damping * mean * squares;
    EXPECT_NEAR(MeasureRowError(weights.data(), metric, groups.data()), expected, 1e-9 * expected);
}

TEST(RowRefinementTest, NoCodeThatIsOneOffIsBetter)
{
    const auto inputs = DrawInputs(20, 0.5);
    const InputMetric metric(COLUMNS, SumProducts(inputs));
    const auto weights = DrawWeights(1);
    auto groups = QuantizeAffine({weights.data(), 1, COLUMNS}, 4, QuantizationMethod::REFINED);
    for (int turn = 0; turn < 20; ++turn)
    {
        RefineRow(weights.data(), metric, 15, groups.data());
    }
    const double cost = MeasureRowError(weights.data(), metric, groups.data());
    for (std::size_t j = 0; j < COLUMNS; ++j)
    {
        uint8_t& code = groups[j / GROUP_SIZE].codes[j % GROUP_SIZE];
        const uint8_t kept = code;
        for (const int change : {-1, 1})
        {
            if (kept + change >= 0 && kept + change <= 15)
            {
                code = static_cast<uint8_t>(kept + change);
                EXPECT_GE(MeasureRowError(weights.data(), metric, groups.data()), cost * (1 - 1e-9))
                    << j;
            }
        }
        code = kept;
    }
}

// Scales and offsets of Q4_K are codes too.
TEST(RowRefinementTest, NoCodeOfAGroupThatIsOneOffIsBetter)
{
    const InputMetric metric(COLUMNS, SumProducts(DrawInputs(20, 0.5)));
    const auto weights = DrawWeights(1);
    auto blocks = QuantizeK({weights.data(), 1, COLUMNS}, QuantizationMethod::REFINED);
    for (int turn = 0; turn < 20; ++turn)
    {
        RefineRow(weights.data(), metric, blocks.data());
    }
    const double cost = MeasureRowError(weights.data(), metric, blocks.data());
    KBlock& block = blocks.front();
    const auto expectNoGain = [&](uint8_t& code, int largest) {
        const uint8_t kept = code;
        for (const int change : {-1, 1})
        {
            if (kept + change >= 0 && kept + change <= largest)
            {
                code = static_cast<uint8_t>(kept + change);
                EXPECT_GE(MeasureRowError(weights.data(), metric, blocks.data()),
                          cost * (1 - 1e-9));
            }
        }
        code = kept;
    };
    for (std::size_t group = 0; group < K_GROUPS; ++group)
    {
        expectNoGain(block.scaleCodes[group], 63);
        expectNoGain(block.offsetCodes[group], 63);
    }
    for (uint8_t& code : block.codes)
    {
        expectNoGain(code, 15);
    }
    // Nor is a factor that is one step of binary16 off.
    for (float* const factor : {&block.scale, &block.offset})
    {
        const float kept = *factor;
        for (const int step : {-1, 1})
        {
            *factor = HalfToFloat(static_cast<uint16_t>(FloatToHalf(kept) + step));
            EXPECT_GE(MeasureRowError(weights.data(), metric, blocks.data()), cost * (1 - 1e-9));
        }
        *factor = kept;
    }
}

/// Rows with a metric against rows without, and against min-max.
template <typename Quantise>
void
ExpectLowerOutputError(const Quantise& quantise, std::size_t size, double share)
{
    const auto inputs = DrawInputs(20, 0.5);
    const auto products = SumProducts(inputs);
    const InputMetric metric(COLUMNS, products);
    const std::size_t count = 16;
    const auto weights = DrawWeights(count);
    WeightRows rows{weights.data(), count, COLUMNS};
    const auto minMax = quantise(rows, QuantizationMethod::MIN_MAX);
    const auto alone = quantise(rows, QuantizationMethod::REFINED);
    rows.metric = &metric;
    const auto measured = quantise(rows, QuantizationMethod::REFINED);
    double before = 0;
    double after = 0;
    for (std::size_t row = 0; row < count; ++row)
    {
        const float* const values = &weights[row * COLUMNS];
        const std::size_t first = row * COLUMNS / size;
        const double cost = MeasureRowError(values, metric, &measured[first]);
        EXPECT_LE(cost, MeasureRowError(values, metric, &alone[first]));
        EXPECT_LE(cost, MeasureRowError(values, metric, &minMax[first]));
        before += MeasureOutputError(inputs, values, &alone[first], size);
        after += MeasureOutputError(inputs, values, &measured[first], size);
    }
    EXPECT_LT(after, share * before);
}

TEST(RowRefinementTest, OutputsChangeFarLessWhereInputsGoTogether)
{
    ExpectLowerOutputError(
        [](const WeightRows& rows, QuantizationMethod method) {
            return QuantizeAffine(rows, 4, method);
        },
        GROUP_SIZE,
        0.3);
    ExpectLowerOutputError(
        [](const WeightRows& rows, QuantizationMethod method) {
            return QuantizeAffine(rows, 2, method);
        },
        GROUP_SIZE,
        0.3);
    ExpectLowerOutputError(
        [](const WeightRows& rows, QuantizationMethod method) { return QuantizeK(rows, method); },
        K_BLOCK_SIZE,
        0.3);
}

TEST(RowRefinementTest, KeepsARowThatIsExact)
{
    std::vector<float> weights(COLUMNS);
    for (std::size_t j = 0; j < COLUMNS; ++j)
    {
        weights[j] = -1 + 0.25F * static_cast<float>(j * 7 % 16);
    }
    const InputMetric metric(COLUMNS, SumProducts(DrawInputs(5, 0.1)));
    const auto groups = QuantizeAffine({weights.data(), 1, COLUMNS, nullptr, &metric},
                                       4,
                                       QuantizationMethod::REFINED);
    for (std::size_t j = 0; j < COLUMNS; ++j)
    {
        EXPECT_EQ(groups[j / GROUP_SIZE].Get(j % GROUP_SIZE), weights[j]) << j;
    }
}

TEST(RowRefinementTest, RefusesTheMetricOfOtherColumns)
{
    const InputMetric metric(2, {1, 0, 0, 1});
    const auto weights = DrawWeights(1);
    const WeightRows rows{weights.data(), 1, COLUMNS, nullptr, &metric};
    ExpectError<std::invalid_argument>(
        [&] { QuantizeAffine(rows, 4, QuantizationMethod::REFINED); },
        {"2 columns"});
    ExpectError<std::invalid_argument>([&] { QuantizeK(rows, QuantizationMethod::REFINED); },
                                       {"2 columns"});
}

} // namespace
