/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "agents/learning/squashed-gaussian.h"
#include "base/random-stream.h"

#include <boost/math/distributions/normal.hpp>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>

using namespace agents;

namespace
{

/// @param a an action in (0, 1) @param mean of logit a @param stdDev of logit a
/// @return log density of a: that of logit a, times |d logit a / da| = 1 / (a (1 - a))
double
GetLogDensity(double a, double mean, double stdDev)
{
    const boost::math::normal normal(mean, stdDev);
    return std::log(boost::math::pdf(normal, std::log(a / (1 - a)))) - std::log(a * (1 - a));
}

/// @param mean of u @param logStd of u @return the distribution of one action
SquashedGaussian
Make(double mean, double logStd)
{
    return {at::full({1, 1}, mean), at::full({1, 1}, logStd)};
}

} // namespace

TEST(SquashedGaussian, DensityIsThatOfTheChangedVariable)
{
    for (const double mean : {-2.0, 0.0, 0.7})
    {
        for (const double logStd : {-2.0, -0.5, 0.5})
        {
            for (const double a : {0.02, 0.3, 0.5, 0.9})
            {
                const at::Tensor u = at::full({1, 1}, std::log(a / (1 - a)));
                const SquashedGaussian gaussian = Make(mean, logStd);
                const double density =
                    (gaussian.LogDensity(u) - SquashedGaussian::LogJacobian(u)).item<double>();
                const double truth = GetLogDensity(a, mean, std::exp(logStd));
                EXPECT_NEAR(density, truth, 1e-5 * (1 + std::abs(truth)));
            }
        }
    }
}

TEST(SquashedGaussian, GradientOfTheDensityIsItsDifferenceQuotient)
{
    constexpr double step = 1e-5;
    for (const double a : {0.1, 0.5, 0.8})
    {
        const double mean = 0.4;
        const double logStd = -0.6;
        SquashedGaussian gaussian = Make(mean, logStd);
        gaussian.mean.set_requires_grad(true);
        gaussian.logStd.set_requires_grad(true);
        gaussian.LogDensity(at::full({1, 1}, std::log(a / (1 - a)))).sum().backward();
        const auto density = [&](double m, double d) { return GetLogDensity(a, m, std::exp(d)); };
        EXPECT_NEAR(gaussian.mean.grad().item<double>(),
                    (density(mean + step, logStd) - density(mean - step, logStd)) / (2 * step),
                    1e-4);
        EXPECT_NEAR(gaussian.logStd.grad().item<double>(),
                    (density(mean, logStd + step) - density(mean, logStd - step)) / (2 * step),
                    1e-4);
    }
}

TEST(SquashedGaussian, EntropyIsTheIntegral)
{
    constexpr int64_t draws = 200000;
    base::RandomStream random(1);
    at::Tensor normal = at::empty({draws, 1});
    random.FillNormal(normal.data_ptr<float>(), draws);
    using Quadrature = boost::math::quadrature::gauss_kronrod<double, 61>;
    for (const double mean : {-1.5, 0.0, 3.0})
    {
        for (const double logStd : {-1.5, 0.0, 0.8})
        {
            const double stdDev = std::exp(logStd);
            const double entropy = Quadrature::integrate(
                [&](double a) {
                    const double logDensity = GetLogDensity(a, mean, stdDev);
                    return logDensity > -500 ? -std::exp(logDensity) * logDensity : 0.0;
                },
                0.0,
                1.0,
                15,
                1e-9);
            // Exact in the normal part, and by draws in the squashing.
            const SquashedGaussian policy = Make(mean, logStd);
            const double normalEntropy = logStd + 0.5 * (std::log(2 * M_PI) + 1);
            const at::Tensor estimates =
                normalEntropy + SquashedGaussian::LogJacobian(policy.Draw(normal));
            const double error = estimates.std().item<double>() / std::sqrt(draws);
            EXPECT_NEAR(estimates.mean().item<double>(), entropy, 4 * error + 1e-4)
                << mean << ' ' << logStd;
        }
    }
}

TEST(SquashedGaussian, KlIsTheIntegral)
{
    // It is the same before and after squashing.
    using Quadrature = boost::math::quadrature::gauss_kronrod<double, 61>;
    const boost::math::normal from(0.4, std::exp(-0.3));
    const boost::math::normal to(-0.2, std::exp(0.5));
    const double truth = Quadrature::integrate(
        [&](double u) {
            const double density = boost::math::pdf(from, u);
            return density * std::log(density / boost::math::pdf(to, u));
        },
        -9.0,
        9.0,
        15,
        1e-10);
    const double kl = Make(-0.2, 0.5).GetKl(Make(0.4, -0.3)).item<double>();
    EXPECT_NEAR(kl, truth, 1e-6);
}

TEST(SquashedGaussian, DrawsHaveItsMoments)
{
    constexpr int64_t draws = 100000;
    base::RandomStream random(2);
    at::Tensor normal = at::empty({draws, 1});
    random.FillNormal(normal.data_ptr<float>(), draws);
    const at::Tensor u = Make(0.3, -1).Draw(normal);
    EXPECT_NEAR(u.mean().item<double>(), 0.3, 4 * std::exp(-1.0) / std::sqrt(draws));
    EXPECT_NEAR(u.std().item<double>(), std::exp(-1.0), 0.01);
}

TEST(SquashedGaussian, NetworkOutputsAreMeansThenLogStdsWithinLimits)
{
    const at::Tensor outputs = at::tensor({0.1f, -0.2f, 0.5f, -0.5f, 1.0f, 2.0f, 9.0f, -9.0f});
    const SquashedGaussian gaussian = SquashedGaussian::From(outputs.reshape({2, 4}), -0.5);
    EXPECT_TRUE(at::equal(gaussian.mean, at::tensor({0.1f, -0.2f, 1.0f, 2.0f}).reshape({2, 2})));
    EXPECT_TRUE(
        at::allclose(gaussian.logStd, at::tensor({0.0f, -1.0f, 0.5f, -4.5f}).reshape({2, 2})));
}

TEST(SquashedGaussian, FarFromZeroNothingOverflows)
{
    for (const double u : {-200.0, -30.0, 30.0, 200.0})
    {
        const at::Tensor at = at::full({1, 1}, u);
        EXPECT_NEAR(SquashedGaussian::LogJacobian(at).item<double>(), -std::abs(u), 1e-4);
        EXPECT_TRUE(std::isfinite(Make(0, 0).LogDensity(at).item<double>()));
    }
}
