/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "base/random-stream.h"

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <gtest/gtest.h>
#include <map>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

namespace base
{

namespace
{

/// @param counts how often each of some equally likely things came
/// @return probability of counts that are as uneven or more, if they are equally likely
double
GetUniformity(const std::vector<double>& counts)
{
    const double expected =
        std::accumulate(counts.begin(), counts.end(), 0.0) / static_cast<double>(counts.size());
    double statistic = 0;
    for (const double count : counts)
    {
        statistic += (count - expected) * (count - expected) / expected;
    }
    const boost::math::chi_squared distribution(static_cast<double>(counts.size() - 1));
    return boost::math::cdf(boost::math::complement(distribution, statistic));
}

constexpr double LEAST_PROBABILITY = 1e-3; //!< of what chance may do; the seeds are fixed

} // namespace

TEST(RandomStream, BitsAreThoseOfTheStandardsEngine)
{
    // [rand.predef]: the 10000th number of mt19937_64 with seed 5489.
    RandomStream random(5489);
    uint64_t last = 0;
    for (int i = 0; i < 10000; ++i)
    {
        last = random.Choose(~uint64_t{0});
    }
    EXPECT_EQ(last, 9981545732273789042ULL);
}

TEST(RandomStream, UniformIsUniform)
{
    RandomStream random(1);
    std::vector<double> counts(100);
    for (int i = 0; i < 100000; ++i)
    {
        const double value = random.Uniform();
        ASSERT_GE(value, 0);
        ASSERT_LT(value, 1);
        ++counts[static_cast<std::size_t>(100 * value)];
    }
    EXPECT_GT(GetUniformity(counts), LEAST_PROBABILITY);
}

TEST(RandomStream, NormalIsNormal)
{
    RandomStream random(2);
    const boost::math::normal normal;
    std::vector<double> counts(100);
    double sum = 0;
    double squares = 0;
    double products = 0;
    double last = 0;
    constexpr int n = 200000;
    for (int i = 0; i < n; ++i)
    {
        const double value = random.Normal();
        ++counts[std::min<std::size_t>(99, 100 * boost::math::cdf(normal, value))];
        sum += value;
        squares += value * value;
        products += value * last; // both numbers of a pair come from the same two draws
        last = value;
    }
    EXPECT_GT(GetUniformity(counts), LEAST_PROBABILITY);
    constexpr double sigmas = 3.5;
    EXPECT_NEAR(sum / n, 0, sigmas / std::sqrt(n));
    EXPECT_NEAR(squares / n, 1, sigmas * std::sqrt(2.0 / n));
    EXPECT_NEAR(products / n, 0, sigmas / std::sqrt(n));
}

TEST(RandomStream, ChoicesAndOrdersAreEquallyLikely)
{
    RandomStream random(3);
    std::vector<double> choices(7);
    std::map<std::string, double> orders;
    for (int i = 0; i < 24000; ++i)
    {
        ++choices[random.Choose(7)];
        std::string order = "abcd";
        random.Shuffle(order.begin(), order.end());
        ++orders[order];
    }
    EXPECT_GT(GetUniformity(choices), LEAST_PROBABILITY);
    ASSERT_EQ(orders.size(), 24U);
    std::vector<double> counts;
    for (const auto& [order, count] : orders)
    {
        counts.push_back(count);
    }
    EXPECT_GT(GetUniformity(counts), LEAST_PROBABILITY);
    EXPECT_EQ(random.Choose(1), 0U);
}

TEST(RandomStream, GoesOnWhereItWasSaved)
{
    for (int before = 0; before < 5; ++before) // odd: half of a pair is left
    {
        RandomStream random(4);
        std::vector<float> skipped(before);
        random.FillNormal(skipped.data(), skipped.size());
        RandomStream other(99);
        other.Load(random.Save());
        EXPECT_EQ(other.Save(), random.Save());
        for (int i = 0; i < 10; ++i)
        {
            EXPECT_EQ(other.Normal(), random.Normal());
            EXPECT_EQ(other.Uniform(), random.Uniform());
        }
    }
}

TEST(RandomStream, SeedsGiveOtherNumbersAndForeignStatesAreRefused)
{
    EXPECT_NE(RandomStream(1).Uniform(), RandomStream(2).Uniform());
    RandomStream random(1);
    const std::string state = random.Save();
    for (const std::string& foreign :
         {std::string(), std::string("x"), std::string("0 0 1 2 3"), state.substr(0, 100)})
    {
        EXPECT_THROW(random.Load(foreign), std::runtime_error) << foreign;
    }
}

// A remainder of 64 bits would be below n / 2 with probability 3/4, not 1/2.
TEST(RandomStream, ChoicesAreEquallyLikelyAmongVeryMany)
{
    const uint64_t n = (uint64_t{1} << 63) + (uint64_t{1} << 62);
    RandomStream random(6);
    std::vector<double> counts(3);
    for (int i = 0; i < 30000; ++i)
    {
        ++counts[random.Choose(n) / (n / 3)];
    }
    EXPECT_GT(GetUniformity(counts), LEAST_PROBABILITY);
}

// SplitMix64 as published (Vigna's splitmix64.c): its outputs for the state 1234567.
TEST(RandomStream, StreamsAreSeededBySplitMix64)
{
    const std::vector<uint64_t> seeds{6457827717110365317U,
                                      3203168211198807973U,
                                      9817491932198370423U};
    for (std::size_t stream = 0; stream < seeds.size(); ++stream)
    {
        RandomStream one(1234567, stream);
        RandomStream other(seeds[stream]);
        EXPECT_EQ(one.Choose(1000), other.Choose(1000));
        EXPECT_EQ(one.Save(), other.Save());
    }
}

} // namespace base
