/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "model/rotary.h"

#include <cmath>
#include <gtest/gtest.h>

namespace ecld
{

namespace
{

/// Llama 3.1's published constants
ModelConfig
MakeLlama31()
{
    ModelConfig config;
    config.headDim = 128;
    config.ropeTheta = 500000;
    config.ropeScaling = RopeScaling{8, 1, 4, 8192};
    return config;
}

TEST(Rotary, UnscaledFrequenciesAreGeometric)
{
    ModelConfig config;
    config.headDim = 8;
    config.ropeTheta = 10000;
    const std::vector<double> frequencies = GetRotaryFrequencies(config);
    ASSERT_EQ(frequencies.size(), 4U);
    const double expected[] = {1.0, 0.1, 0.01, 0.001};
    for (std::size_t i = 0; i < 4; ++i)
    {
        EXPECT_NEAR(frequencies[i], expected[i], 1e-15);
    }
}

// The wavelength of frequency i is 2 pi 500000^(i / 64). It passes 8192 / 4 = 2048 at i = 28.22 and
// 8192 / 1 at i = 34.98; at i = 32 it is 2 pi sqrt(500000) = 4442.883, where s = (8192 / 4442.883 -
// 1) / 3 = 0.281282 and the divisor 1 / ((1 - s) / 8 + s) = 2.694530.
TEST(Rotary, Llama31KeepsShortAndDividesLongWavelengths)
{
    const std::vector<double> divisors = GetRotaryDivisors(MakeLlama31());
    ASSERT_EQ(divisors.size(), 64U);
    for (std::size_t i = 0; i <= 28; ++i)
    {
        EXPECT_EQ(divisors[i], 1.0) << i;
    }
    for (std::size_t i = 35; i < 64; ++i)
    {
        EXPECT_EQ(divisors[i], 8.0) << i;
    }
    EXPECT_NEAR(divisors[32], 2.694530, 1e-6);
    for (std::size_t i = 29; i <= 35; ++i)
    {
        EXPECT_GT(divisors[i], divisors[i - 1]) << i;
    }
}

TEST(Rotary, FrequenciesAreDividedByTheDivisors)
{
    const std::vector<double> frequencies = GetRotaryFrequencies(MakeLlama31());
    EXPECT_DOUBLE_EQ(frequencies[0], 1.0);
    EXPECT_NEAR(frequencies[63], std::pow(500000.0, -63.0 / 64.0) / 8.0, 1e-18);
}

} // namespace

} // namespace ecld
