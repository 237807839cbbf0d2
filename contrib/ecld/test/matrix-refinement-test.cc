/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// All rows of a matrix refined at once, against row after row and against sums written out here.

#include "compress/gguf-blocks.h"
#include "compress/input-metric.h"
#include "compress/matrix-refinement.h"
#include "compress/wide-metric.h"
#include "expect-error.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <stdexcept>

using namespace ecld;

namespace
{

/// @param columns of the inputs @return inputs that go together: few directions, and noise
at::Tensor
DrawInputs(int64_t columns)
{
    at::manual_seed(3);
    const int64_t count = 2 * columns;
    const at::Tensor directions = at::randn({count, 20}, at::kDouble);
    return at::matmul(directions, at::randn({20, columns}, at::kDouble)) +
           0.5 * at::randn({count, columns}, at::kDouble);
}

at::Tensor
SumProducts(const at::Tensor& inputs)
{
    return at::matmul(inputs.t(), inputs) / static_cast<double>(inputs.size(0));
}

at::Tensor
Expand(GgufType type, const std::vector<std::byte>& blocks, const at::Tensor& weights)
{
    at::Tensor values = at::empty_like(weights);
    DequantizeBlocks(type,
                     blocks.data(),
                     static_cast<std::size_t>(values.numel()),
                     values.data_ptr<float>());
    return values;
}

/// @return mean square of the outputs' errors, and what damping adds, of each row
at::Tensor
MeasureCosts(const at::Tensor& products, const at::Tensor& errors)
{
    const at::Tensor e = errors.to(at::kDouble);
    const at::Tensor damping = InputMetric::DAMPING * products.diagonal().mean();
    return (at::matmul(e, products) * e).sum(1) + damping * e.square().sum(1);
}

/// @return blocks by RefineRow
std::vector<std::byte>
QuantizeRowByRow(GgufType type, const at::Tensor& weights, const at::Tensor& products)
{
    const auto columns = static_cast<std::size_t>(weights.size(1));
    const double* const first = products.data_ptr<double>();
    const InputMetric metric(columns, {first, first + products.numel()});
    const at::Tensor squares = products.diagonal().to(at::kFloat).contiguous();
    std::vector<std::byte> blocks(GetGgufTensorBytes(type, weights.sizes().vec(), "matrix"));
    QuantizeBlocks(type,
                   {weights.data_ptr<float>(),
                    static_cast<std::size_t>(weights.size(0)),
                    columns,
                    squares.data_ptr<float>(),
                    &metric},
                   QuantizationMethod::REFINED,
                   blocks.data());
    return blocks;
}

TEST(WideMetricTest, ItsFactorsAreThoseOfInputMetric)
{
    const int64_t columns = 96;
    const at::Tensor products = SumProducts(DrawInputs(columns));
    const WideMetric wide(products, 0.3);
    const double* const first = products.data_ptr<double>();
    const InputMetric metric(columns, {first, first + products.numel()}, 0.3);
    const OwnedMetricWindow owned = wide.GetWindow(32, 64);
    const MetricWindow window = owned.Get();
    ASSERT_EQ(window.columns, 64U);
    for (std::size_t i = 0; i < 64; ++i)
    {
        EXPECT_NEAR(window.remainder[i] / metric.GetRemainder(i + 32), 1, 1e-5);
        for (std::size_t j = i; j < 64; ++j)
        {
            EXPECT_NEAR(window.GetFeedback(i)[j], metric.GetFeedback(i + 32)[j + 32], 1e-5);
            EXPECT_NEAR(window.GetProducts(i)[j], metric.GetProducts(i + 32)[j + 32], 1e-4);
        }
        EXPECT_NEAR(wide.GetSquares()[i], products[i][i].item<double>(), 1e-5);
    }
}

TEST(WideMetricTest, RefusesWhatNoInputsGive)
{
    const at::Tensor products = at::tensor({1.0, 5.0, 5.0, 1.0}).view({2, 2});
    ExpectError<std::invalid_argument>([&] { WideMetric metric(products); }, {"column 0"});
    // Inputs that are all zero leave the square error.
    EXPECT_EQ(WideMetric(at::zeros({2, 2})).GetWindow(0, 2).Get().remainder[0], 1);
}

class MatrixRefinementTest : public testing::TestWithParam<GgufType>
{
};

TEST_P(MatrixRefinementTest, CostsNoMoreThanRowAfterRow)
{
    const int64_t columns = 768; // several runs of columns of both types
    const at::Tensor products = SumProducts(DrawInputs(columns));
    const at::Tensor weights = at::randn({24, columns}, at::kFloat);
    const WideMetric metric(products);
    const auto measure = [&](const std::vector<std::byte>& blocks) {
        return MeasureCosts(products, weights - Expand(GetParam(), blocks, weights));
    };
    const at::Tensor all = measure(QuantizeMatrix(GetParam(), weights, metric));
    const at::Tensor single = measure(QuantizeRowByRow(GetParam(), weights, products));
    EXPECT_LE(all.sum().item<double>(), 1.01 * single.sum().item<double>());

    // Of each row, no worse than what the weights alone give.
    std::vector<std::byte> alone(GetGgufTensorBytes(GetParam(), weights.sizes().vec(), "matrix"));
    QuantizeBlocks(GetParam(),
                   {weights.data_ptr<float>(), 24, 768, metric.GetSquares().data()},
                   QuantizationMethod::REFINED,
                   alone.data());
    EXPECT_TRUE((all <= 1.0001 * measure(alone)).all().item<bool>());
    EXPECT_LT(all.sum().item<double>(), 0.5 * measure(alone).sum().item<double>());

    // What wide matrices get costs more than all turns and far less than the weights alone.
    const at::Tensor once =
        measure(QuantizeMatrix(GetParam(), weights, metric, ChooseRefinement(4096)));
    EXPECT_LT(once.sum().item<double>(), 0.7 * measure(alone).sum().item<double>());
}

TEST_P(MatrixRefinementTest, ThreadsChangeNoByte)
{
    const at::Tensor products = SumProducts(DrawInputs(512));
    const at::Tensor weights = at::randn({7, 512}, at::kFloat);
    const WideMetric metric(products);
    EXPECT_EQ(QuantizeMatrix(GetParam(), weights, metric, {2, true, 1}),
              QuantizeMatrix(GetParam(), weights, metric, {2, true, 3}));
}

INSTANTIATE_TEST_SUITE_P(Types,
                         MatrixRefinementTest,
                         testing::Values(GgufType::Q4_1, GgufType::Q4_K),
                         [](const auto& info) { return GetName(info.param); });

TEST(QuantizeMatrixTest, OtherTypesWeighSquares)
{
    const at::Tensor products = SumProducts(DrawInputs(64));
    const at::Tensor weights = at::randn({5, 64}, at::kFloat);
    const WideMetric metric(products);
    for (const GgufType type : {GgufType::F32, GgufType::F16, GgufType::Q8_0})
    {
        std::vector<std::byte> expected(GetGgufTensorBytes(type, {5, 64}, "matrix"));
        QuantizeBlocks(type,
                       {weights.data_ptr<float>(), 5, 64, metric.GetSquares().data()},
                       QuantizationMethod::REFINED,
                       expected.data());
        EXPECT_EQ(QuantizeMatrix(type, weights, metric, {6, true, 2}), expected) << GetName(type);
    }
    ExpectError<std::invalid_argument>(
        [&] {
            QuantizeMatrix(GgufType::Q4_1, at::randn({5, 32}, at::kFloat), metric);
        },
        {"64 columns, expected 32"});
    ExpectError<std::invalid_argument>(
        [&] {
            QuantizeMatrix(GgufType::Q4_1, at::full({5, 64}, HUGE_VAL, at::kFloat), metric);
        },
        {"finite"});
}

} // namespace
