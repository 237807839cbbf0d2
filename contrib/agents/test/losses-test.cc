/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "agents/learning/clipped-surrogate.h"
#include "agents/learning/squared-error.h"
#include "base/random-stream.h"
#include "reference.h"
#include "tensors.h"

#include <algorithm>
#include <boost/math/constants/constants.hpp>
#include <cmath>
#include <gtest/gtest.h>

using namespace agents;

namespace
{

constexpr Eigen::Index ROWS = 40;       //!< of a batch
constexpr Eigen::Index ACTIONS = 3;     //!< entries of an action
constexpr double CLIP = 0.2;            //!< epsilon of (32)
constexpr double INITIAL_LOG_STD = 0.3; //!< where the network gives zero

/// A batch of steps.
struct Batch
{
    Eigen::MatrixXd outputs;      ///< of the actor
    Eigen::MatrixXd actions;      ///< before squashing
    Eigen::VectorXd logDensities; ///< of the policy that acted
    Eigen::VectorXd advantages;   ///< of the actions
    Eigen::MatrixXd normal;       ///< draws for the entropy
};

/// @param random source @return a batch, some ratios within the clip range and some beyond, some
/// deviations beyond their limits
Batch
DrawBatch(base::RandomStream& random)
{
    const auto draw = [&] { return static_cast<double>(random.Normal()); };
    Batch batch{Eigen::MatrixXd::NullaryExpr(ROWS, 2 * ACTIONS, draw),
                Eigen::MatrixXd::NullaryExpr(ROWS, ACTIONS, draw),
                Eigen::VectorXd(ROWS),
                Eigen::VectorXd::NullaryExpr(ROWS, draw),
                Eigen::MatrixXd::NullaryExpr(ROWS, ACTIONS, draw)};
    batch.outputs(0, ACTIONS) = 1.7;
    batch.outputs(1, ACTIONS + 1) = -4.5;
    // Else some 40 deviations away, and a log density of -1000 in single precision.
    batch.actions(1, 1) = batch.outputs(1, 1) + 0.02;
    return batch;
}

/// @param batch steps @param row of them @param outputs of the actor @return log density (of u)
double
GetLogDensity(const Batch& batch, Eigen::Index row, const Eigen::MatrixXd& outputs)
{
    double sum = 0;
    for (Eigen::Index i = 0; i < ACTIONS; ++i)
    {
        const double logStd = std::clamp(outputs(row, ACTIONS + i), -4.0, 1.0) + INITIAL_LOG_STD;
        const double z = (batch.actions(row, i) - outputs(row, i)) / std::exp(logStd);
        sum -= 0.5 * z * z + logStd + std::log(boost::math::constants::root_two_pi<double>());
    }
    return sum;
}

/// @param batch steps @param outputs of the actor @param entropyWeight of (42)
/// @return the loss, written down from (31), (32) and (42)
double
GetLoss(const Batch& batch, const Eigen::MatrixXd& outputs, double entropyWeight)
{
    double loss = 0;
    for (Eigen::Index row = 0; row < ROWS; ++row)
    {
        const double ratio = std::exp(GetLogDensity(batch, row, outputs) - batch.logDensities[row]);
        const double advantage = batch.advantages[row];
        loss -= std::min(ratio * advantage, std::clamp(ratio, 1 - CLIP, 1 + CLIP) * advantage);
        for (Eigen::Index i = 0; i < ACTIONS; ++i)
        {
            const double logStd =
                std::clamp(outputs(row, ACTIONS + i), -4.0, 1.0) + INITIAL_LOG_STD;
            const double u = outputs(row, i) + std::exp(logStd) * batch.normal(row, i);
            const double a = 1 / (1 + std::exp(-u));
            // Entropy of a normal, and the gradient of the squashing.
            loss -= entropyWeight * (0.5 + std::log(boost::math::constants::root_two_pi<double>()) +
                                     logStd + std::log(a * (1 - a)));
        }
    }
    return loss / static_cast<double>(ROWS);
}

} // namespace

TEST(ClippedSurrogate, GivesAndDifferentiatesAsItsEquations)
{
    base::RandomStream random(3);
    for (const double entropyWeight : {0.0, 0.05})
    {
        for (int trial = 0; trial < 20; ++trial)
        {
            Batch batch = DrawBatch(random);
            double kl = 0;
            for (Eigen::Index row = 0; row < ROWS; ++row)
            {
                // Ratios off the kinks at 1 +- clip, where there is no derivative.
                const double logRatios[] = {0.05, -0.1, 0.5, -0.6};
                const double logRatio = logRatios[row % 4];
                batch.logDensities[row] = GetLogDensity(batch, row, batch.outputs) - logRatio;
                kl += (std::exp(logRatio) - 1 - logRatio) / static_cast<double>(ROWS);
            }
            at::Tensor outputs = ToTensor(batch.outputs);
            outputs.set_requires_grad(true);
            const ClippedSurrogate surrogate{CLIP, entropyWeight, INITIAL_LOG_STD};
            const ClippedSurrogate::Value value =
                surrogate.Evaluate(outputs,
                                   {ToTensor(batch.actions),
                                    ToTensor(batch.logDensities).reshape({ROWS}),
                                    ToTensor(batch.advantages).reshape({ROWS}),
                                    entropyWeight > 0 ? ToTensor(batch.normal) : at::Tensor()});
            const double truth = GetLoss(batch, batch.outputs, entropyWeight);
            EXPECT_NEAR(value.loss.item<double>(), truth, 1e-4 * (1 + std::abs(truth)));
            EXPECT_NEAR(value.kl, kl, 2e-3 * kl);
            (2 * value.loss).backward();
            const Eigen::VectorXd gradient = Differentiate(
                [&](const Eigen::VectorXd& at) {
                    return 2 * GetLoss(batch, at.reshaped(ROWS, 2 * ACTIONS), entropyWeight);
                },
                batch.outputs.reshaped());
            EXPECT_LT((ToMatrix(outputs.grad()).reshaped() - gradient).norm(),
                      1e-3 * gradient.norm());
        }
    }
}

TEST(SquaredError, IsTheMeanOfARowSummedOverMembers)
{
    base::RandomStream random(4);
    const auto draw = [&] { return static_cast<double>(random.Normal()); };
    const Eigen::VectorXd targets = Eigen::VectorXd::NullaryExpr(ROWS, draw);
    for (const Eigen::Index members : {1, 3})
    {
        const Eigen::VectorXd values = Eigen::VectorXd::NullaryExpr(members * ROWS, draw);
        at::Tensor tensor = ToTensor(values).reshape({members, ROWS, 1});
        if (members == 1)
        {
            tensor = tensor.squeeze(0);
        }
        tensor = tensor.detach().set_requires_grad(true);
        const at::Tensor loss = GetSquaredError(tensor, ToTensor(targets).reshape({ROWS}));
        const Eigen::VectorXd error = values - targets.replicate(members, 1);
        const auto n = static_cast<double>(ROWS);
        EXPECT_NEAR(loss.item<double>(), error.squaredNorm() / n, 1e-5);
        (3 * loss).backward();
        EXPECT_LT((ToVector(tensor.grad().reshape({-1})) - 6 / n * error).norm(), 1e-5);
    }
}
