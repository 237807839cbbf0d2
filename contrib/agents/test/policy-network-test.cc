/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "agents/policy-network.h"
#include "expect-refusal.h"

#include <cmath>
#include <limits>
#include <random>
#include <sstream>

using namespace agents;

namespace
{

/// @param activation which @param x its argument @return its value, from the definition
double
Apply(Activation activation, double x)
{
    switch (activation)
    {
    case Activation::SILU:
        return x / (1 + std::exp(-x));
    case Activation::TANH:
        return (std::exp(2 * x) - 1) / (std::exp(2 * x) + 1);
    default:
        return x > 0 ? x : 0;
    }
}

/// @param sizes units from the observation on @param random source @return layers
std::vector<DenseLayer>
MakeLayers(const std::vector<int>& sizes, std::mt19937& random)
{
    std::normal_distribution<float> normal;
    std::vector<DenseLayer> layers;
    for (std::size_t i = 0; i + 1 < sizes.size(); ++i)
    {
        const float scale = 1 / std::sqrt(static_cast<float>(sizes[i]));
        layers.push_back(
            {Eigen::MatrixXf::NullaryExpr(sizes[i + 1],
                                          sizes[i],
                                          [&] { return scale * normal(random); }),
             Eigen::VectorXf::NullaryExpr(sizes[i + 1], [&] { return scale * normal(random); })});
    }
    return layers;
}

/// @param policy a policy @return its bytes
std::string
Write(const PolicyNetwork& policy)
{
    std::ostringstream out;
    policy.Write(out);
    return out.str();
}

/// @param bytes of a policy @return it
PolicyNetwork
Read(const std::string& bytes)
{
    std::istringstream in(bytes);
    return PolicyNetwork::Read(in, "x.agent");
}

/// @return a small policy
PolicyNetwork
MakeSmall()
{
    std::mt19937 random(3);
    return {MakeLayers({2, 5, 4}, random), Activation::SILU, 2};
}

} // namespace

TEST(PolicyNetwork, ActsAsItsDefinitionInDoublePrecision)
{
    std::mt19937 random(1);
    std::normal_distribution<float> normal;
    for (const Activation activation : {Activation::RELU, Activation::SILU, Activation::TANH})
    {
        for (const std::vector<int>& sizes : {std::vector<int>{1, 1},
                                              std::vector<int>{3, 7, 2},
                                              std::vector<int>{6, 256, 256, 8},
                                              std::vector<int>{5, 33, 18, 9, 3}})
        {
            const std::vector<DenseLayer> layers = MakeLayers(sizes, random);
            PolicyNetwork policy(layers, activation, 1);
            const auto draw = [&] { return normal(random); };
            const Eigen::VectorXf mean = Eigen::VectorXf::NullaryExpr(sizes[0], draw);
            const Eigen::VectorXf scale = Eigen::VectorXf::NullaryExpr(sizes[0], draw).cwiseAbs();
            constexpr float limit = 0.9f;
            policy.SetNormaliser(mean, scale, limit);
            for (int trial = 0; trial < 20; ++trial)
            {
                const Eigen::VectorXf observation = Eigen::VectorXf::NullaryExpr(sizes[0], draw);
                Eigen::VectorXd units = (observation - mean)
                                            .cast<double>()
                                            .cwiseProduct(scale.cast<double>())
                                            .cwiseMax(-0.9)
                                            .cwiseMin(0.9);
                for (std::size_t i = 0; i < layers.size(); ++i)
                {
                    units = layers[i].weight.cast<double>() * units + layers[i].bias.cast<double>();
                    if (i + 1 < layers.size())
                    {
                        units = units.unaryExpr([&](double x) { return Apply(activation, x); });
                    }
                }
                const Eigen::VectorXf outputs = policy.GetOutputs(observation);
                EXPECT_LT((outputs.cast<double>() - units).cwiseAbs().maxCoeff(), 2e-5);
                Eigen::VectorXf action(1);
                policy.Act(observation, action);
                EXPECT_NEAR(action[0], 1 / (1 + std::exp(-units[0])), 1e-5);
            }
        }
    }
}

TEST(PolicyNetwork, LeavingOutSilentUnitsChangesNoBit)
{
    // What is far below the last bit of a sum is not left out, and changes the sum as little.
    constexpr float nearlyNone = 1e-30f;
    std::mt19937 random(8);
    std::normal_distribution<float> normal;
    for (int trial = 0; trial < 200; ++trial)
    {
        const PolicyNetwork policy(MakeLayers({19, 70}, random), Activation::RELU, 1);
        Eigen::VectorXf none(19);
        Eigen::VectorXf hardlyAny(19);
        for (Eigen::Index i = 0; i < none.size(); ++i)
        {
            none[i] = random() % 2 == 0 ? 0.0f : normal(random);
            hardlyAny[i] = none[i] == 0 ? nearlyNone : none[i];
        }
        const Eigen::VectorXf outputs = policy.GetOutputs(none);
        EXPECT_EQ(outputs, policy.GetOutputs(hardlyAny));
    }
}

TEST(PolicyNetwork, SurvivesWritingAndReading)
{
    PolicyNetwork policy = MakeSmall();
    policy.SetNormaliser(Eigen::Vector2f(1, -2), Eigen::Vector2f(0.5f, 3), 4);
    PolicyNetwork read = Read(Write(policy));
    EXPECT_EQ(Write(read), Write(policy));
    EXPECT_EQ(read.GetObservations(), 2);
    EXPECT_EQ(read.GetActions(), 2);
    const Eigen::Vector2f observation(0.3f, -0.1f);
    EXPECT_EQ(read.GetOutputs(observation), policy.GetOutputs(observation));
}

TEST(PolicyNetwork, ExtremeOutputsStayActions)
{
    DenseLayer layer{Eigen::MatrixXf::Zero(2, 1), Eigen::Vector2f(1e30f, -1e30f)};
    const PolicyNetwork policy({layer}, Activation::RELU, 2);
    Eigen::VectorXf action(2);
    policy.Act(Eigen::VectorXf::Zero(1), action);
    EXPECT_EQ(action[0], 1);
    EXPECT_EQ(action[1], 0);
}

TEST(PolicyNetwork, WhatDoesNotFitIsRefused)
{
    std::mt19937 random(1);
    const auto make = [](std::vector<DenseLayer> layers, int actions) {
        return PolicyNetwork(std::move(layers), Activation::RELU, actions);
    };
    using Refused = std::invalid_argument;
    ExpectRefusal<Refused>([&] { make({}, 1); }, "policy: ");
    ExpectRefusal<Refused>([&] { make(MakeLayers({2, 3}, random), 0); }, "policy: ");
    ExpectRefusal<Refused>([&] { make(MakeLayers({2, 3}, random), 4); }, "policy: ");
    std::vector<DenseLayer> layers = MakeLayers({2, 3, 3}, random);
    layers[1].weight.resize(3, 4);
    ExpectRefusal<Refused>([&] { make(layers, 1); }, "sizes of layers do not fit");
    layers = MakeLayers({2, 3, 3}, random);
    layers[1].bias.resize(2);
    ExpectRefusal<Refused>([&] { make(layers, 1); }, "sizes of layers do not fit");
    layers = MakeLayers({2, 3, 3}, random);
    layers[0].weight(1, 1) = std::numeric_limits<float>::quiet_NaN();
    ExpectRefusal<Refused>([&] { make(layers, 1); }, "not finite");
    layers[0].weight(1, 1) = 1;
    layers[1].bias[2] = std::numeric_limits<float>::infinity();
    ExpectRefusal<Refused>([&] { make(layers, 1); }, "not finite");

    PolicyNetwork policy = MakeSmall();
    const Eigen::Vector2f one(1, 1);
    const Eigen::Vector2f none(1, std::numeric_limits<float>::quiet_NaN());
    ExpectRefusal<Refused>([&] { policy.SetNormaliser(none, one, 1); }, "normaliser");
    ExpectRefusal<Refused>([&] { policy.SetNormaliser(one, none, 1); }, "normaliser");
    ExpectRefusal<Refused>([&] { policy.SetNormaliser(one, one, 0); }, "normaliser");
    ExpectRefusal<Refused>([&] { policy.SetNormaliser(one, Eigen::Vector3f(1, 1, 1), 1); },
                           "normaliser");
    ExpectRefusal<Refused>([] { FindActivation("elu"); }, "activation: 'elu'");
}

TEST(PolicyNetwork, EveryTruncationIsRefused)
{
    const std::string bytes = Write(MakeSmall());
    for (std::size_t size = 0; size < bytes.size(); ++size)
    {
        ExpectRefusal<std::runtime_error>([&] { Read(bytes.substr(0, size)); },
                                          "x.agent: section 'policy'");
    }
}

TEST(PolicyNetwork, FlippedBitsAreRefusedOrGiveAPolicy)
{
    const std::string bytes = Write(MakeSmall());
    int policies = 0;
    for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit)
    {
        std::string flipped = bytes;
        flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
        try
        {
            const PolicyNetwork policy = Read(flipped);
            Eigen::VectorXf action(policy.GetActions());
            policy.Act(Eigen::VectorXf::Zero(policy.GetObservations()), action);
            ++policies;
        }
        catch (const std::runtime_error& error)
        {
            EXPECT_EQ(std::string(error.what()).rfind("x.agent: section 'policy'", 0), 0U);
        }
    }
    EXPECT_GT(policies, 0);
}
