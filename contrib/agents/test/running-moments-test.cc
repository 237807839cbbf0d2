/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "agents/running-moments.h"
#include "expect-refusal.h"

#include <boost/accumulators/accumulators.hpp>
#include <boost/accumulators/statistics/mean.hpp>
#include <boost/accumulators/statistics/stats.hpp>
#include <boost/accumulators/statistics/variance.hpp>
#include <cmath>
#include <random>

using namespace agents;
namespace accumulators = boost::accumulators;

TEST(RunningMoments, AgreesWithBoost)
{
    using Truth = accumulators::accumulator_set<
        double,
        accumulators::stats<accumulators::tag::mean, accumulators::tag::variance>>;
    std::mt19937 random(1);
    std::normal_distribution<float> normal;
    Truth near;
    Truth far;
    RunningMoments moments(2);
    for (int i = 0; i < 5000; ++i)
    {
        // Far from zero the sum of squares would lose all digits.
        const Eigen::RowVector2f values(3 * normal(random) - 1, 1e4f + normal(random));
        moments.Add(values);
        near(values[0]);
        far(static_cast<double>(values[1]) - 1e4);
    }
    EXPECT_NEAR(moments.GetMean()[0], accumulators::mean(near), 1e-9);
    EXPECT_NEAR(moments.GetMean()[1], 1e4 + accumulators::mean(far), 1e-7);
    EXPECT_NEAR(moments.GetScale()[0], 1 / std::sqrt(accumulators::variance(near)), 1e-9);
    EXPECT_NEAR(moments.GetScale()[1], 1 / std::sqrt(accumulators::variance(far)), 1e-6);
}

TEST(RunningMoments, WhatDoesNotVaryIsNotScaled)
{
    RunningMoments moments(2);
    EXPECT_EQ(moments.GetMean()[0], 0);
    EXPECT_EQ(moments.GetScale()[0], 1);
    for (int i = 0; i < 10; ++i)
    {
        moments.Add(Eigen::RowVector2f(0.1f, static_cast<float>(i % 2)));
    }
    EXPECT_FLOAT_EQ(static_cast<float>(moments.GetMean()[0]), 0.1f);
    EXPECT_EQ(moments.GetScale()[0], 1);
    EXPECT_NEAR(moments.GetScale()[1], 2, 1e-12);
}

TEST(RunningMoments, GoesOnWhereItWasSaved)
{
    RunningMoments moments(3);
    moments.Add(Eigen::RowVector3f(1, 2, 3));
    moments.Add(Eigen::RowVector3f(-1, 5, 0));
    RunningMoments other(3);
    other.Load(moments.Save());
    for (RunningMoments* each : {&moments, &other})
    {
        each->Add(Eigen::RowVector3f(4, 4, 4));
    }
    EXPECT_EQ(other.Save(), moments.Save());
    RunningMoments small(2);
    ExpectRefusal<std::runtime_error>([&] { small.Load(moments.Save()); }, "moments");
    ExpectRefusal<std::runtime_error>([&] { other.Load(""); }, "moments");
}
