/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "agents/learning/gru.h"
#include "agents/learning/network.h"
#include "reference.h"
#include "tensors.h"

#include <ATen/core/grad_mode.h>
#include <cmath>
#include <gtest/gtest.h>

using namespace agents;

namespace
{

/// @param rows of draws @param columns of draws @return standard normal draws
Eigen::MatrixXd
Draw(Eigen::Index rows, Eigen::Index columns)
{
    static base::RandomStream random(11);
    return Eigen::MatrixXd::NullaryExpr(rows, columns, [&] {
        return static_cast<double>(random.Normal());
    });
}

/// Give biases values too, which are zero at first. @param parameters of a network
void
Disturb(std::vector<at::Tensor>& parameters)
{
    const at::NoGradGuard noGradient;
    for (at::Tensor& parameter : parameters)
    {
        parameter += 0.1 * ToTensor(Draw(parameter.numel(), 1)).reshape(parameter.sizes());
    }
}

const std::vector<int64_t> HIDDEN{7, 6};           //!< of the networks here
const std::vector<Eigen::Index> SIZES{3, 7, 6, 2}; //!< the same, with both ends
constexpr double SINGLE = 5e-6;                    //!< error of single precision

} // namespace

TEST(Network, GivesAndDifferentiatesAsItsDefinition)
{
    base::RandomStream random(1);
    for (const Activation activation : {Activation::RELU, Activation::SILU, Activation::TANH})
    {
        for (const int64_t members : {1, 3})
        {
            Network network({3, HIDDEN, 2, activation, 1, members}, random);
            Disturb(network.GetParameters());
            const ReferenceNetwork reference{SIZES, activation, members};
            const Eigen::VectorXd parameters = Join(network.GetParameters());
            ASSERT_EQ(parameters.size(), reference.GetSize());
            const Eigen::MatrixXd x = Draw(5, 3);
            const Eigen::MatrixXd gradients = Draw(5 * members, 2);
            at::Tensor input = ToTensor(x);
            input.set_requires_grad(true);
            const at::Tensor y = network.Forward(input).reshape({5 * members, 2});
            const auto loss = [&](const Eigen::VectorXd& p, const Eigen::MatrixXd& at) {
                double sum = 0;
                for (int64_t member = 0; member < members; ++member)
                {
                    sum += gradients.middleRows(5 * member, 5)
                               .cwiseProduct(reference.Forward(p, at, member))
                               .sum();
                }
                return sum;
            };
            for (int64_t member = 0; member < members; ++member)
            {
                EXPECT_LT((ToMatrix(y).middleRows(5 * member, 5) -
                           reference.Forward(parameters, x, member))
                              .cwiseAbs()
                              .maxCoeff(),
                          SINGLE);
            }
            (ToTensor(gradients) * y).sum().backward();
            const Eigen::VectorXd byParameters =
                Differentiate([&](const Eigen::VectorXd& p) { return loss(p, x); }, parameters);
            EXPECT_LT((Join(network.GetParameters(), true) - byParameters).cwiseAbs().maxCoeff(),
                      20 * SINGLE);
            const Eigen::VectorXd byInput = Differentiate(
                [&](const Eigen::VectorXd& at) {
                    return loss(parameters, at.reshaped(3, 5).transpose());
                },
                x.transpose().reshaped());
            EXPECT_LT((ToVector(input.grad()) - byInput).cwiseAbs().maxCoeff(), 20 * SINGLE);
        }
    }
}

TEST(Network, WeightsBeginOrthogonal)
{
    base::RandomStream random(2);
    constexpr double gain = 0.01;
    Network network({5, {16, 4}, 3, Activation::RELU, gain, 1}, random);
    const std::vector<at::Tensor>& parameters = network.GetParameters();
    const Eigen::MatrixXd wide = ToMatrix(parameters[0]); // 5 x 16
    EXPECT_LT((wide * wide.transpose() - 2 * Eigen::MatrixXd::Identity(5, 5)).norm(), 1e-5);
    const Eigen::MatrixXd high = ToMatrix(parameters[2]); // 16 x 4
    EXPECT_LT((high.transpose() * high - 2 * Eigen::MatrixXd::Identity(4, 4)).norm(), 1e-5);
    const Eigen::MatrixXd last = ToMatrix(parameters[4]); // 4 x 3
    EXPECT_LT((last.transpose() * last - gain * gain * Eigen::MatrixXd::Identity(3, 3)).norm(),
              1e-8);
    for (const std::size_t bias : {1, 3, 5})
    {
        EXPECT_EQ(ToVector(parameters[bias]).norm(), 0);
    }
}

TEST(Network, FrozenWeightsGetNoGradientButInputsDo)
{
    base::RandomStream random(3);
    for (const int64_t members : {1, 2})
    {
        Network network({3, HIDDEN, 2, Activation::SILU, 1, members}, random);
        at::Tensor free = ToTensor(Draw(4, 3));
        at::Tensor frozen = free.clone();
        free.set_requires_grad(true);
        frozen.set_requires_grad(true);
        network.Forward(free).sum().backward();
        for (at::Tensor& parameter : network.GetParameters())
        {
            parameter.mutable_grad() = at::Tensor();
        }
        const at::Tensor y = network.Forward(frozen, true);
        EXPECT_TRUE(at::equal(y, network.Forward(free)));
        y.sum().backward();
        EXPECT_TRUE(at::allclose(free.grad(), frozen.grad()));
        for (const at::Tensor& parameter : network.GetParameters())
        {
            EXPECT_FALSE(parameter.grad().defined());
        }
    }
}

TEST(Network, EachMemberCanHaveRowsOfItsOwn)
{
    base::RandomStream random(4);
    Network network({3, HIDDEN, 2, Activation::TANH, 1, 2}, random);
    const at::Tensor one = ToTensor(Draw(4, 3));
    const at::Tensor two = ToTensor(Draw(4, 3));
    const at::Tensor each = network.ForwardEach(at::stack({one, two}));
    EXPECT_TRUE(at::allclose(each[0], network.Forward(one)[0], 1e-5, 1e-6));
    EXPECT_TRUE(at::allclose(each[1], network.Forward(two)[1], 1e-5, 1e-6));
    EXPECT_TRUE(at::allclose(each[1], network.ForwardOne(two, 1), 1e-5, 1e-6));
}

TEST(Network, MovesByItsRate)
{
    base::RandomStream random(5);
    const Network::Settings settings{3, HIDDEN, 2, Activation::RELU, 1, 2};
    Network leader(settings, random);
    Network follower(settings, random);
    const Eigen::VectorXd goal = Join(leader.GetParameters());
    const Eigen::VectorXd begin = Join(follower.GetParameters());
    follower.PolyakUpdate(leader, 0.25);
    EXPECT_LT((Join(follower.GetParameters()) - (0.75 * begin + 0.25 * goal)).norm(), 1e-6);
    follower.PolyakUpdate(leader, 1);
    EXPECT_EQ(Join(follower.GetParameters()), goal);
}

TEST(Network, ActsAsThePolicyNetworkThatItIsCopiedTo)
{
    base::RandomStream random(6);
    for (const Activation activation : {Activation::RELU, Activation::SILU, Activation::TANH})
    {
        Network network({3, {64, 33}, 4, activation, 1, 1}, random);
        Disturb(network.GetParameters());
        std::vector<DenseLayer> layers;
        network.CopyTo(layers);
        const PolicyNetwork policy = [&] {
            PolicyNetwork made(layers, activation, 2);
            made.SetNormaliser(Eigen::Vector3f::Zero(), Eigen::Vector3f::Ones(), 100);
            return made;
        }();
        const Eigen::MatrixXd x = Draw(20, 3);
        const Eigen::MatrixXd y = ToMatrix(network.Forward(ToTensor(x)));
        for (Eigen::Index row = 0; row < x.rows(); ++row)
        {
            const Eigen::VectorXf observation = x.row(row).cast<float>();
            EXPECT_LT((policy.GetOutputs(observation).cast<double>() - y.row(row).transpose())
                          .cwiseAbs()
                          .maxCoeff(),
                      2 * SINGLE);
        }
    }
}

TEST(Gru, StepsAsPublished)
{
    // Cho et al., 2014, in the form of PyTorch's GRUCell: gates reset, update, new, in this order.
    base::RandomStream random(7);
    constexpr Eigen::Index inputs = 3;
    constexpr Eigen::Index units = 4;
    Gru gru(inputs, units, random);
    Disturb(gru.GetParameters());
    const Eigen::MatrixXd x = Draw(5, inputs);
    const Eigen::MatrixXd h = Draw(5, units);
    const std::vector<at::Tensor>& p = gru.GetParameters();
    const Eigen::MatrixXd ofInput =
        (x * ToMatrix(p[0]).transpose()).rowwise() + ToVector(p[2]).transpose().eval();
    const Eigen::MatrixXd ofMemory =
        (h * ToMatrix(p[1]).transpose()).rowwise() + ToVector(p[3]).transpose().eval();
    const auto logistic = [](double u) { return 1 / (1 + std::exp(-u)); };
    const auto gate = [&](Eigen::Index i) {
        return Eigen::MatrixXd(
            (ofInput.middleCols(i * units, units) + ofMemory.middleCols(i * units, units))
                .unaryExpr(logistic));
    };
    const Eigen::MatrixXd reset = gate(0);
    const Eigen::ArrayXXd update = gate(1).array();
    const Eigen::ArrayXXd fresh =
        (ofInput.rightCols(units).array() + reset.array() * ofMemory.rightCols(units).array())
            .tanh();
    const Eigen::MatrixXd next = ((1 - update) * fresh + update * h.array()).matrix();
    EXPECT_LT((ToMatrix(gru.Forward(ToTensor(x), ToTensor(h))) - next).cwiseAbs().maxCoeff(),
              SINGLE);
    EXPECT_FALSE(gru.Forward(ToTensor(x), ToTensor(h), true).requires_grad());
}

TEST(Gru, DifferentiatesAsItIsDefined)
{
    base::RandomStream random(8);
    constexpr Eigen::Index inputs = 3;
    constexpr Eigen::Index units = 4;
    constexpr Eigen::Index rows = 5;
    Gru gru(inputs, units, random);
    Disturb(gru.GetParameters());
    const Eigen::MatrixXd x = Draw(rows, inputs);
    const Eigen::MatrixXd h = Draw(rows, units);
    const Eigen::MatrixXd gradients = Draw(rows, units);
    const std::vector<at::Tensor> own = gru.GetParameters();
    // LibTorch's own cell, with a graph of its own; two steps, so that gradients go through time.
    std::vector<at::Tensor> theirs;
    for (const at::Tensor& parameter : own)
    {
        theirs.push_back(parameter.detach().clone().set_requires_grad(true));
    }
    at::Tensor ofOwn[] = {ToTensor(x).set_requires_grad(true), ToTensor(h).set_requires_grad(true)};
    at::Tensor ofTheirs[] = {ToTensor(x).set_requires_grad(true),
                             ToTensor(h).set_requires_grad(true)};
    const at::Tensor result = gru.Forward(ofOwn[0], gru.Forward(ofOwn[0], ofOwn[1]));
    const auto step = [&](const at::Tensor& memory) {
        return at::gru_cell(ofTheirs[0], memory, theirs[0], theirs[1], theirs[2], theirs[3]);
    };
    const at::Tensor truth = step(step(ofTheirs[1]));
    EXPECT_TRUE(at::allclose(result, truth, 1e-5, 1e-6));
    (result * ToTensor(gradients)).sum().backward();
    (truth * ToTensor(gradients)).sum().backward();
    for (std::size_t i = 0; i < own.size(); ++i)
    {
        EXPECT_TRUE(at::allclose(own[i].grad(), theirs[i].grad(), 1e-4, 1e-5)) << i;
    }
    EXPECT_TRUE(at::allclose(ofOwn[0].grad(), ofTheirs[0].grad(), 1e-4, 1e-5));
    EXPECT_TRUE(at::allclose(ofOwn[1].grad(), ofTheirs[1].grad(), 1e-4, 1e-5));
}

TEST(Gru, UnrollsAsItSteps)
{
    base::RandomStream random(9);
    constexpr int64_t steps = 4;
    constexpr int64_t rows = 5;
    constexpr int64_t inputs = 3;
    constexpr int64_t units = 6;
    Gru gru(inputs, units, random);
    Disturb(gru.GetParameters());
    const at::Tensor x = ToTensor(Draw(steps * rows, inputs)).reshape({steps, rows, inputs});
    const at::Tensor gradients =
        ToTensor(Draw((steps + 1) * rows, units)).reshape({steps + 1, rows, units});
    std::vector<at::Tensor> theirs;
    for (const at::Tensor& parameter : gru.GetParameters())
    {
        theirs.push_back(parameter.detach().clone().set_requires_grad(true));
    }
    std::vector<at::Tensor> memories{at::zeros({rows, units})};
    for (int64_t t = 0; t < steps; ++t)
    {
        memories.push_back(
            at::gru_cell(x[t], memories.back(), theirs[0], theirs[1], theirs[2], theirs[3]));
    }
    const at::Tensor truth = at::stack(memories);
    const at::Tensor result = gru.Unroll(x);
    EXPECT_TRUE(at::allclose(result, truth, 1e-5, 1e-6));
    (result * gradients).sum().backward();
    (truth * gradients).sum().backward();
    for (std::size_t i = 0; i < theirs.size(); ++i)
    {
        EXPECT_TRUE(at::allclose(gru.GetParameters()[i].grad(), theirs[i].grad(), 1e-4, 1e-5)) << i;
    }
    EXPECT_TRUE(at::equal(gru.Unroll(x.narrow(0, 0, 0)), at::zeros({1, rows, units})));
}
