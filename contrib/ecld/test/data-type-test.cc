/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "format/data-type.h"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <gtest/gtest.h>
#include <limits>
#include <random>
#include <stdexcept>
#include <vector>

namespace
{

using namespace ecld;

/**
 * Round by the definition, in double: the nearest of the two neighbours among all values.
 * @param value finite
 * @param toFloat value of given bits
 * @param infinity bits of infinity
 * @return bits of the nearest value, ties to the even one
 */
uint16_t
RoundBySearch(float value, float (*toFloat)(uint16_t), uint16_t infinity)
{
    // The bits of numbers from zero to infinity are in the order of the values.
    const double magnitude = std::fabs(static_cast<double>(value));
    uint32_t low = 0;
    uint32_t high = infinity;
    while (high - low > 1)
    {
        const uint32_t middle = (low + high) / 2;
        (toFloat(static_cast<uint16_t>(middle)) <= magnitude ? low : high) = middle;
    }
    // Infinity stands where the next number would be.
    const double below = toFloat(static_cast<uint16_t>(low));
    const double step = below - toFloat(static_cast<uint16_t>(low - 1));
    const double above = high == infinity ? below + step : toFloat(static_cast<uint16_t>(high));
    const double toBelow = magnitude - below;
    const double toAbove = above - magnitude;
    const bool up = toAbove < toBelow || (toAbove == toBelow && (high & 1) == 0);
    const uint32_t sign = std::signbit(value) ? 0x8000 : 0;
    return static_cast<uint16_t>((up ? high : low) | sign);
}

/// @param bits any bits @return the float
float
MakeFloat(uint32_t bits)
{
    float value;
    std::memcpy(&value, &bits, sizeof(value));
    return value;
}

TEST(DataType, NamesAndSizes)
{
    EXPECT_EQ(GetSize(DataType::BF16), 2U);
    EXPECT_EQ(GetSize(DataType::F64), 8U);
    EXPECT_EQ(GetSize(DataType::BOOL), 1U);
    for (const auto* name : {"F64", "F32", "F16", "BF16", "I64", "I32", "I16", "I8", "U8", "BOOL"})
    {
        ASSERT_TRUE(FindDataType(name)) << name;
        EXPECT_STREQ(GetName(*FindDataType(name)), name);
    }
    EXPECT_FALSE(FindDataType("F8_E4M3"));
    EXPECT_FALSE(FindDataType("bf16"));
}

TEST(DataType, EveryHalfSurvivesTheWayThroughFloat)
{
    for (uint32_t bits = 0; bits <= 0xffff; ++bits)
    {
        const float value = HalfToFloat(static_cast<uint16_t>(bits));
        if (std::isnan(value))
        {
            EXPECT_TRUE(std::isnan(HalfToFloat(FloatToHalf(value))));
            continue;
        }
        ASSERT_EQ(FloatToHalf(value), bits);
        // The definition of binary16, by another hand.
        const int exponent = static_cast<int>((bits >> 10) & 0x1f);
        const double fraction = (bits & 0x3ff) / 1024.0;
        const double expected = exponent == 31  ? std::numeric_limits<double>::infinity()
                                : exponent == 0 ? std::ldexp(fraction, -14)
                                                : std::ldexp(1 + fraction, exponent - 15);
        ASSERT_EQ(value, (bits & 0x8000) != 0 ? -expected : expected);
    }
}

TEST(DataType, EveryBfloatSurvivesTheWayThroughFloat)
{
    for (uint32_t bits = 0; bits <= 0xffff; ++bits)
    {
        const float value = BfloatToFloat(static_cast<uint16_t>(bits));
        if (!std::isnan(value))
        {
            ASSERT_EQ(FloatToBfloat(value), bits);
        }
    }
    EXPECT_EQ(BfloatToFloat(0x3f80), 1.0F);
}

TEST(DataType, RoundsToTheNearestAndTiesToEven)
{
    std::mt19937 random(1);
    for (int i = 0; i < 300000; ++i)
    {
        // Any float, and floats that lie exactly between two halves or bfloats.
        uint32_t bits = random();
        bits = i % 3 == 1 ? (bits & 0xffffe000U) | 0x1000U : bits;
        bits = i % 3 == 2 ? (bits & 0xffff0000U) | 0x8000U : bits;
        const float value = MakeFloat(bits);
        if (!std::isfinite(value))
        {
            continue;
        }
        ASSERT_EQ(FloatToHalf(value), RoundBySearch(value, HalfToFloat, 0x7c00)) << value;
        ASSERT_EQ(FloatToBfloat(value), RoundBySearch(value, BfloatToFloat, 0x7f80)) << value;
    }
    EXPECT_EQ(FloatToHalf(65519.0F), 0x7bff);
    EXPECT_EQ(FloatToHalf(65520.0F), 0x7c00);
    EXPECT_EQ(FloatToHalf(std::ldexp(1.0F, -25)), 0);
    EXPECT_EQ(FloatToHalf(std::ldexp(1.5F, -25)), 1);
}

TEST(DataType, KeepsNotANumber)
{
    const float nan = std::numeric_limits<float>::quiet_NaN();
    EXPECT_TRUE(std::isnan(HalfToFloat(FloatToHalf(nan))));
    EXPECT_TRUE(std::isnan(BfloatToFloat(FloatToBfloat(nan))));
    // Its payload lies in the bits that are cut off.
    EXPECT_TRUE(std::isnan(HalfToFloat(FloatToHalf(MakeFloat(0x7f800001U)))));
    EXPECT_TRUE(std::isnan(BfloatToFloat(FloatToBfloat(MakeFloat(0x7f800001U)))));
}

TEST(DataType, ConvertsUnalignedElements)
{
    const std::vector<float> values{0, -1.5F, 3.25F, 1024, -0.0625F};
    for (const auto type : {DataType::F64, DataType::F32, DataType::F16, DataType::BF16})
    {
        std::vector<std::byte> stored(1 + values.size() * GetSize(type));
        FromFloat(type, values.data(), values.size(), stored.data() + 1);
        std::vector<float> back(values.size());
        ToFloat(type, stored.data() + 1, back.size(), back.data());
        EXPECT_EQ(back, values) << GetName(type);
    }
    float value = 0;
    std::byte stored[8]{};
    EXPECT_THROW(ToFloat(DataType::I32, stored, 1, &value), std::invalid_argument);
    EXPECT_THROW(FromFloat(DataType::BOOL, &value, 1, stored), std::invalid_argument);
}

} // namespace
