/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "agents/random-stream.h"
#include "expect-refusal.h"

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <map>
#include <numeric>
#include <string>
#include <vector>

using namespace agents;

namespace
{

/// @param counts how often each of some alike likely things came
/// @return probability of counts that are as uneven or more, if they are alike likely
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

TEST(RandomStream, ChoicesAndOrdersAreAlikeLikely)
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
        ExpectRefusal<std::runtime_error>([&] { random.Load(foreign); }, "random numbers");
    }
}
