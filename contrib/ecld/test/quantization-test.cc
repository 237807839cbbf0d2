/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// Groups and blocks: closed forms, properties over random weights, and ggml's own quantisers.

#include "compress/gguf-blocks.h"
#include "compress/k-blocks.h"
#include "compress/quantization.h"
#include "ggml-library.h"
#include "weight-samples.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <iostream>
#include <limits>
#include <map>

using namespace ecld;

namespace
{

constexpr std::size_t COLUMNS = 512;
constexpr std::size_t ROWS = 37;

/// Square error of `size` weights from `first` on, each weighted by its column's importance.
double
SumError(const WeightRows& rows,
         const std::vector<float>& values,
         std::size_t first,
         std::size_t size)
{
    double error = 0;
    for (std::size_t i = first; i < first + size; ++i)
    {
        const double residual = static_cast<double>(rows.weights[i]) - values[i];
        const double weight = rows.importance ? rows.importance[i % rows.columns] : 1;
        error += weight * residual * residual;
    }
    return error;
}

template <typename Group>
std::vector<float>
Expand(const std::vector<Group>& groups, std::size_t size)
{
    std::vector<float> values;
    for (const Group& group : groups)
    {
        for (std::size_t i = 0; i < size; ++i)
        {
            values.push_back(group.Get(i));
        }
    }
    return values;
}

/// REFINED against MIN_MAX in each block of `size` weights.
void
ExpectNeverWorse(const WeightRows& rows,
                 const std::vector<float>& minMax,
                 const std::vector<float>& refined,
                 std::size_t size,
                 const std::string& name)
{
    for (std::size_t first = 0; first < minMax.size(); first += size)
    {
        const double before = SumError(rows, minMax, first, size);
        // Sums of the same numbers in another order differ in the last bits.
        ASSERT_LE(SumError(rows, refined, first, size), before * (1 + 1e-6)) << name << first;
    }
}

std::vector<float>
MakeImportance()
{
    std::mt19937 random(5);
    std::lognormal_distribution<float> draw(0, 2);
    std::vector<float> importance(COLUMNS);
    for (float& value : importance)
    {
        value = draw(random);
    }
    return importance;
}

std::vector<std::byte>
Quantize(GgufType type, const WeightRows& rows, QuantizationMethod method)
{
    std::vector<std::byte> blocks(
        GetGgufTensorBytes(type,
                           {static_cast<int64_t>(rows.rows), static_cast<int64_t>(rows.columns)},
                           "test"));
    QuantizeBlocks(type, rows, method, blocks.data());
    return blocks;
}

TEST(QuantizationTest, MinMaxIsEquationsTwelveAndThirteen)
{
    for (const int bits : {2, 3, 4, 8})
    {
        for (const auto& [name, weights] : MakeWeightSamples(ROWS * COLUMNS))
        {
            if (name == "large" || name == "subnormal" || name == "below binary16")
            {
                continue; // binary16 has its own steps there
            }
            const auto groups =
                QuantizeAffine({weights.data(), ROWS, COLUMNS}, bits, QuantizationMethod::MIN_MAX);
            ASSERT_EQ(groups.size(), weights.size() / GROUP_SIZE);
            for (std::size_t g = 0; g < groups.size(); ++g)
            {
                const auto* const first = &weights[g * GROUP_SIZE];
                const double a = *std::min_element(first, first + GROUP_SIZE);
                const double b = *std::max_element(first, first + GROUP_SIZE);
                const double step = (b - a) / ((1 << bits) - 1);
                ASSERT_NEAR(groups[g].scale, step, step / 1000 + 1e-7) << name;
                ASSERT_NEAR(groups[g].offset, a, std::fabs(a) / 1000 + 1e-7) << name;
                for (std::size_t i = 0; i < GROUP_SIZE; ++i)
                {
                    const double code = step > 0 ? (first[i] - a) / step : 0;
                    ASSERT_NEAR(groups[g].codes[i], code, 0.5 + 1e-3) << name;
                }
            }
        }
    }
}

TEST(QuantizationTest, RefinedIsNeverWorseInAnyGroup)
{
    const auto importance = MakeImportance();
    for (const auto& [name, weights] : MakeWeightSamples(ROWS * COLUMNS))
    {
        for (const float* const weighting : {static_cast<const float*>(nullptr), importance.data()})
        {
            const WeightRows rows{weights.data(), ROWS, COLUMNS, weighting};
            for (const int bits : {2, 3, 4, 5, 6, 8})
            {
                ExpectNeverWorse(
                    rows,
                    Expand(QuantizeAffine(rows, bits, QuantizationMethod::MIN_MAX), GROUP_SIZE),
                    Expand(QuantizeAffine(rows, bits, QuantizationMethod::REFINED), GROUP_SIZE),
                    GROUP_SIZE,
                    name);
            }
            ExpectNeverWorse(
                rows,
                Expand(QuantizeSymmetric(rows, QuantizationMethod::MIN_MAX), GROUP_SIZE),
                Expand(QuantizeSymmetric(rows, QuantizationMethod::REFINED), GROUP_SIZE),
                GROUP_SIZE,
                name);
            ExpectNeverWorse(rows,
                             Expand(QuantizeK(rows, QuantizationMethod::MIN_MAX), K_BLOCK_SIZE),
                             Expand(QuantizeK(rows, QuantizationMethod::REFINED), K_BLOCK_SIZE),
                             K_BLOCK_SIZE,
                             name);
        }
    }
}

TEST(QuantizationTest, RefinedFourBitsHaveFifteenPercentLessError)
{
    for (const auto& [name, weights] : MakeWeightSamples(200 * COLUMNS))
    {
        if (name != "normal" && name != "student" && name != "laplace")
        {
            continue;
        }
        const WeightRows rows{weights.data(), 200, COLUMNS};
        const auto error = [&](QuantizationMethod method) {
            return SumError(rows,
                            Expand(QuantizeAffine(rows, 4, method), GROUP_SIZE),
                            0,
                            weights.size());
        };
        const double ratio =
            error(QuantizationMethod::REFINED) / error(QuantizationMethod::MIN_MAX);
        RecordProperty(name, std::to_string(ratio));
        EXPECT_LT(ratio, 0.85) << name;
    }
}

TEST(QuantizationTest, RefinedFindsAGridThatClipsAnOutlierOfNoImportance)
{
    // 31 weights on a grid of 15 steps and one far off that counts for nothing.
    std::vector<float> weights(GROUP_SIZE);
    std::vector<float> importance(GROUP_SIZE, 1);
    for (std::size_t i = 0; i < GROUP_SIZE; ++i)
    {
        weights[i] = 0.5F + 0.125F * static_cast<float>(i % 16);
    }
    weights[7] = 100;
    importance[7] = 0;
    const WeightRows rows{weights.data(), 1, GROUP_SIZE, importance.data()};
    const auto error = [&](QuantizationMethod method) {
        return SumError(rows, Expand(QuantizeAffine(rows, 4, method), GROUP_SIZE), 0, GROUP_SIZE);
    };
    // The outlier is beyond what the grid of starts clips; least squares alone brings half.
    EXPECT_LT(error(QuantizationMethod::REFINED), 0.9 * error(QuantizationMethod::MIN_MAX));
}

// Weights far above zero, where the container takes no offset that is: against a search on a grid.
TEST(QuantizationTest, FitsTheScaleOfGroupsWhoseOffsetIsAtItsBorder)
{
    GroupFitSettings settings;
    settings.offset = OffsetKind::NOT_POSITIVE;
    std::mt19937 random(2);
    std::normal_distribution<float> normal(5, 0.4F);
    GroupBatch batch;
    for (std::size_t i = 0; i < GROUP_SIZE; ++i)
    {
        batch.importance[i].fill(1);
        for (float& weight : batch.weights[i])
        {
            weight = normal(random);
        }
    }
    const GroupFit fit = FitLeastSquares(batch, settings);
    const LaneValues errors = EstimateErrors(batch, fit, settings.levels);
    GroupFit trial;
    LaneValues best;
    best.fill(1e9F);
    for (int s = 0; s <= 200; ++s)
    {
        for (int o = 0; o <= 100; ++o)
        {
            trial.scale.fill(0.3F + 0.002F * static_cast<float>(s));
            trial.offset.fill(-0.05F * static_cast<float>(o));
            const LaneValues found = EstimateErrors(batch, trial, settings.levels);
            for (std::size_t l = 0; l < GROUP_LANES; ++l)
            {
                best[l] = std::min(best[l], found[l]);
            }
        }
    }
    double ours = 0;
    double searched = 0;
    for (std::size_t l = 0; l < GROUP_LANES; ++l)
    {
        EXPECT_LE(fit.offset[l], 0);
        ours += errors[l];
        searched += best[l];
    }
    EXPECT_LT(ours, 1.04 * searched);
}

TEST(QuantizationTest, RefusesWhatBinary16CannotHold)
{
    std::vector<float> weights(GROUP_SIZE, 0);
    const WeightRows rows{weights.data(), 1, GROUP_SIZE};
    for (const float bad :
         {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(), -1e6F})
    {
        weights[3] = bad;
        EXPECT_THROW(QuantizeAffine(rows, 4, QuantizationMethod::REFINED), std::invalid_argument);
    }
    weights[3] = 0;
    EXPECT_THROW(QuantizeAffine(rows, 1, QuantizationMethod::REFINED), std::invalid_argument);
    EXPECT_THROW(QuantizeAffine({weights.data(), 1, 31}, 4, QuantizationMethod::MIN_MAX),
                 std::invalid_argument);
    EXPECT_THROW(QuantizeK(rows, QuantizationMethod::MIN_MAX), std::invalid_argument);
}

/// Blocks against ggml's, where npm could bring it.
class GgmlTest : public testing::Test
{
  protected:
    void SetUp() override
    {
        if (!m_ggml.GetError().empty())
        {
            GTEST_SKIP() << "no llama.cpp: " << m_ggml.GetError();
        }
    }

    const GgmlLibrary m_ggml{ECLD_LLAMA_CLIENT_DIR}; //!< the library
};

TEST_F(GgmlTest, MinMaxBlocksAreThoseOfLlamaQuantize)
{
    for (const auto& [name, weights] : MakeWeightSamples(ROWS * COLUMNS))
    {
        const WeightRows rows{weights.data(), ROWS, COLUMNS};
        for (const GgufType type : {GgufType::Q4_1, GgufType::Q8_0})
        {
            const auto ours = Quantize(type, rows, QuantizationMethod::MIN_MAX);
            const auto theirs =
                m_ggml.Quantize(static_cast<int>(type), weights, COLUMNS, ours.size());
            ASSERT_EQ(ours.size(), theirs.size());
            std::size_t different = 0;
            for (std::size_t i = 0; i < ours.size(); ++i)
            {
                different += ours[i] != theirs[i];
            }
            EXPECT_EQ(different, 0U) << name << ", " << GetName(type) << " of " << ours.size();
        }
    }
}

TEST_F(GgmlTest, ReadsOurBlocksAsWeDo)
{
    for (const auto& [name, weights] : MakeWeightSamples(ROWS * COLUMNS))
    {
        const WeightRows rows{weights.data(), ROWS, COLUMNS};
        for (const auto& [type, function] :
             std::vector<std::pair<GgufType, std::string>>{{GgufType::Q4_1, "q4_1"},
                                                           {GgufType::Q8_0, "q8_0"},
                                                           {GgufType::Q4_K, "q4_K"},
                                                           {GgufType::Q6_K, "q6_K"}})
        {
            const auto blocks = Quantize(type, rows, QuantizationMethod::REFINED);
            std::vector<float> ours(weights.size());
            DequantizeBlocks(type, blocks.data(), ours.size(), ours.data());
            const auto theirs = m_ggml.Dequantize(function, blocks, weights.size());
            for (std::size_t i = 0; i < ours.size(); ++i)
            {
                ASSERT_EQ(ours[i], theirs[i]) << name << ", " << function << ", weight " << i;
            }
        }
    }
}

// Both sides give the same bytes on every processor, so a search that became worse shows.
TEST_F(GgmlTest, RefinedHasLessErrorInTheSameBytes)
{
    using Limits = std::map<GgufType, double>;
    const std::map<std::string, Limits> limits{{"normal",
                                                {{GgufType::Q4_1, 0.793},
                                                 {GgufType::Q8_0, 0.932},
                                                 {GgufType::Q4_K, 0.961},
                                                 {GgufType::Q6_K, 1}}},
                                               {"student",
                                                {{GgufType::Q4_1, 0.790},
                                                 {GgufType::Q8_0, 0.956},
                                                 {GgufType::Q4_K, 0.951},
                                                 {GgufType::Q6_K, 1}}},
                                               {"laplace",
                                                {{GgufType::Q4_1, 0.799},
                                                 {GgufType::Q8_0, 0.956},
                                                 {GgufType::Q4_K, 0.954},
                                                 {GgufType::Q6_K, 1}}}};
    for (const auto& [name, weights] : MakeWeightSamples(200 * COLUMNS))
    {
        if (name != "normal" && name != "student" && name != "laplace")
        {
            continue;
        }
        const WeightRows rows{weights.data(), 200, COLUMNS};
        for (const GgufType type : {GgufType::Q4_1, GgufType::Q8_0, GgufType::Q4_K, GgufType::Q6_K})
        {
            const auto ours = Quantize(type, rows, QuantizationMethod::REFINED);
            const auto theirs =
                m_ggml.Quantize(static_cast<int>(type), weights, COLUMNS, ours.size());
            ASSERT_EQ(ours.size(), theirs.size());
            const auto error = [&, type = type, &weights = weights](const auto& blocks) {
                std::vector<float> values(weights.size());
                DequantizeBlocks(type, blocks.data(), values.size(), values.data());
                return SumError(rows, values, 0, values.size());
            };
            const double ratio = error(ours) / error(theirs);
            RecordProperty(name + "-" + GetName(type), std::to_string(ratio));
            std::cout << name << ", " << GetName(type) << ": " << ratio
                      << " of llama.cpp's error\n";
            EXPECT_LT(ratio, limits.at(name).at(type)) << name << ", " << GetName(type);
        }
    }
}

} // namespace
