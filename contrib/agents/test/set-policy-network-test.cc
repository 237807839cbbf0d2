/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "agents/archive.h"
#include "agents/set-policy-network.h"
#include "expect-refusal.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <numeric>
#include <random>
#include <sstream>
#include <vector>

using namespace agents;

namespace
{

/// @param inputs of a layer @param outputs of it @param random source @return a layer
DenseLayer
MakeLayer(Eigen::Index inputs, Eigen::Index outputs, std::mt19937& random)
{
    std::normal_distribution<float> normal;
    const float scale = 1 / std::sqrt(static_cast<float>(inputs));
    return {Eigen::MatrixXf::NullaryExpr(outputs, inputs, [&] { return scale * normal(random); }),
            Eigen::VectorXf::NullaryExpr(outputs, [&] { return scale * normal(random); })};
}

/// @param pooling which @param units of hidden layers @param random source
/// @return a policy of 5 features, 2 actions with offsets, and 3 entries that it does not see
SetPolicyNetwork
MakePolicy(Pooling pooling, Eigen::Index units, std::mt19937& random)
{
    SetShape shape;
    shape.observations = 10;
    shape.features = 5;
    shape.actions = 2;
    shape.hasOffsets = true;
    SetLayers layers;
    layers.pooling = pooling;
    Eigen::Index inputs = shape.features;
    if (pooling != Pooling::NONE)
    {
        layers.encoder = {MakeLayer(inputs, units, random), MakeLayer(units, units, random)};
        inputs += (pooling == Pooling::MEAN_MAX ? 3 : 1) * units;
    }
    if (pooling == Pooling::ATTENTION)
    {
        for (int i = 0; i < 4; ++i)
        {
            layers.attention.push_back(MakeLayer(units, units, random));
        }
    }
    layers.head = {MakeLayer(inputs, units, random), MakeLayer(units, shape.actions, random)};
    return {shape, layers};
}

/// @param n entities @param random source @return an observation of MakePolicy's
Eigen::VectorXf
MakeObservation(Eigen::Index n, std::mt19937& random)
{
    std::normal_distribution<float> normal;
    return Eigen::VectorXf::NullaryExpr(10 * n, [&] { return normal(random); });
}

/// @param layers of a network @param x its input @param isActivated whether an activation follows
/// the last layer @return its output, from the definition, in double
Eigen::VectorXd
Pass(const std::vector<DenseLayer>& layers, Eigen::VectorXd x, bool isActivated)
{
    for (std::size_t i = 0; i < layers.size(); ++i)
    {
        x = layers[i].weight.cast<double>() * x + layers[i].bias.cast<double>();
        if (isActivated || i + 1 < layers.size())
        {
            x = x.unaryExpr([](double each) { return each / (1 + std::exp(-each)); });
        }
    }
    return x;
}

/// @param layers query, key, value, output @param encoded of all entities, a column each
/// @return what attention adds to each, from the definition, in double
Eigen::MatrixXd
Attend(const std::vector<DenseLayer>& layers, const Eigen::MatrixXd& encoded)
{
    const Eigen::Index units = encoded.rows();
    const Eigen::Index each = units / SetLayers::HEADS;
    Eigen::MatrixXd added(units, encoded.cols());
    for (Eigen::Index k = 0; k < encoded.cols(); ++k)
    {
        Eigen::VectorXd mixed(units);
        for (Eigen::Index head = 0; head < SetLayers::HEADS; ++head)
        {
            const auto part = [&](std::size_t layer, Eigen::Index entity) -> Eigen::VectorXd {
                return Pass({layers[layer]}, encoded.col(entity), false).segment(head * each, each);
            };
            Eigen::VectorXd weighted = Eigen::VectorXd::Zero(each);
            double sum = 0;
            for (Eigen::Index j = 0; j < encoded.cols(); ++j)
            {
                const double weight =
                    std::exp(part(0, k).dot(part(1, j)) / std::sqrt(static_cast<double>(each)));
                weighted += weight * part(2, j);
                sum += weight;
            }
            mixed.segment(head * each, each) = weighted / sum;
        }
        added.col(k) = Pass({layers[3]}, mixed, false);
    }
    return added;
}

/// @param policy of MakePolicy @param observation what it sees @return its action, from the
/// definition, in double
Eigen::VectorXd
ActByDefinition(SetPolicyNetwork policy, const Eigen::VectorXf& observation)
{
    const SetLayers& layers = policy.GetLayers();
    const Eigen::Index n = observation.size() / 10;
    const Eigen::MatrixXd all =
        Eigen::Map<const Eigen::MatrixXf>(observation.data(), 10, n).cast<double>();
    Eigen::MatrixXd encoded;
    if (layers.pooling != Pooling::NONE)
    {
        encoded.resize(layers.encoder.back().weight.rows(), n);
        for (Eigen::Index k = 0; k < n; ++k)
        {
            encoded.col(k) = Pass(layers.encoder, all.col(k).head(5), true);
        }
    }
    if (layers.pooling == Pooling::ATTENTION)
    {
        encoded += Attend(layers.attention, encoded);
    }
    Eigen::VectorXd actions(2 * n);
    for (Eigen::Index k = 0; k < n; ++k)
    {
        Eigen::VectorXd inputs(layers.head.front().weight.cols());
        switch (layers.pooling)
        {
        case Pooling::NONE:
            inputs = all.col(k).head(5);
            break;
        case Pooling::MEAN_MAX:
            inputs << encoded.col(k), all.col(k).head(5), encoded.rowwise().mean(),
                encoded.rowwise().maxCoeff();
            break;
        case Pooling::ATTENTION:
            inputs << encoded.col(k), all.col(k).head(5);
            break;
        }
        const Eigen::VectorXd outputs = Pass(layers.head, inputs, false) + all.col(k).segment(5, 2);
        actions.segment(2 * k, 2) = (1 + (-outputs.array()).exp()).inverse();
    }
    return actions;
}

/// @param policy a policy @return section of a checkpoint
std::string
Store(const SetPolicyNetwork& policy)
{
    Archive archive;
    policy.Save(archive);
    return archive.Get(SetPolicyNetwork::SECTION);
}

/// @param bytes section of a checkpoint @return the policy
SetPolicyNetwork
Load(const std::string& bytes)
{
    std::istringstream in(bytes);
    return SetPolicyNetwork::Read(in, "file");
}

/// @param policy a policy @param observation what it sees @return its action
Eigen::VectorXf
Act(const Policy& policy, const Eigen::VectorXf& observation)
{
    Eigen::VectorXf action(observation.size() / policy.GetObservations() * policy.GetActions());
    policy.Act(observation, action);
    return action;
}

constexpr Pooling POOLINGS[] = {Pooling::NONE, Pooling::MEAN_MAX, Pooling::ATTENTION};

} // namespace

TEST(SetPolicyNetwork, ActsAsItIsDefined)
{
    std::mt19937 random(1);
    for (const Pooling pooling : POOLINGS)
    {
        for (const Eigen::Index units : {4, 20, 64})
        {
            const SetPolicyNetwork policy = MakePolicy(pooling, units, random);
            // 4 entities are computed at a time.
            for (const Eigen::Index n : {1, 2, 3, 4, 5, 9, 32})
            {
                const Eigen::VectorXf observation = MakeObservation(n, random);
                EXPECT_LT(
                    (Act(policy, observation).cast<double>() - ActByDefinition(policy, observation))
                        .cwiseAbs()
                        .maxCoeff(),
                    2e-6)
                    << GetName(pooling) << ' ' << units << ' ' << n;
            }
        }
    }
}

TEST(SetPolicyNetwork, ActionsFollowEntitiesThatChangePlaces)
{
    std::mt19937 random(2);
    for (const Pooling pooling : POOLINGS)
    {
        const SetPolicyNetwork policy = MakePolicy(pooling, 32, random);
        for (const Eigen::Index n : {2, 7, 50})
        {
            const Eigen::VectorXf observation = MakeObservation(n, random);
            std::vector<Eigen::Index> order(n);
            std::iota(order.begin(), order.end(), 0);
            std::shuffle(order.begin(), order.end(), random);
            Eigen::VectorXf other(observation.size());
            for (Eigen::Index k = 0; k < n; ++k)
            {
                other.segment(10 * k, 10) = observation.segment(10 * order[k], 10);
            }
            const Eigen::VectorXf action = Act(policy, observation);
            const Eigen::VectorXf moved = Act(policy, other);
            for (Eigen::Index k = 0; k < n; ++k)
            {
                EXPECT_LT(
                    (moved.segment(2 * k, 2) - action.segment(2 * order[k], 2)).cwiseAbs().sum(),
                    1e-5f)
                    << GetName(pooling);
            }
        }
    }
}

TEST(SetPolicyNetwork, EntriesAfterTheOffsetsAreNotSeen)
{
    std::mt19937 random(3);
    const SetPolicyNetwork policy = MakePolicy(Pooling::MEAN_MAX, 16, random);
    Eigen::VectorXf observation = MakeObservation(6, random);
    const Eigen::VectorXf before = Act(policy, observation);
    for (Eigen::Index k = 0; k < 6; ++k)
    {
        observation.segment(10 * k + 7, 3).setConstant(1e6f);
    }
    EXPECT_EQ(Act(policy, observation), before);
}

TEST(SetPolicyNetwork, SurvivesACheckpoint)
{
    std::mt19937 random(4);
    for (const Pooling pooling : POOLINGS)
    {
        const SetPolicyNetwork policy = MakePolicy(pooling, 16, random);
        Archive archive;
        policy.Save(archive);
        const std::shared_ptr<Policy> read = ReadPolicy(archive);
        EXPECT_TRUE(read->TakesSets());
        const Eigen::VectorXf observation = MakeObservation(7, random);
        EXPECT_EQ(Act(*read, observation), Act(policy, observation));
        EXPECT_EQ(Act(*policy.Clone(), observation), Act(policy, observation));
    }
}

TEST(SetPolicyNetwork, RefusesWhatIsCorrupt)
{
    std::mt19937 random(5);
    for (const Pooling pooling : POOLINGS)
    {
        const std::string bytes = Store(MakePolicy(pooling, 8, random));
        for (std::size_t size = 0; size < bytes.size(); size += 3)
        {
            ExpectRefusal<std::runtime_error>([&] { Load(bytes.substr(0, size)); },
                                              "file: section 'set-policy'");
        }
        // Any byte may be another: then it is refused in one line, or gives finite sizes.
        for (std::size_t i = 0; i < bytes.size(); ++i)
        {
            std::string other = bytes;
            other[i] = static_cast<char>(random() & 0xff);
            try
            {
                EXPECT_GE(Load(other).GetActions(), 1);
            }
            catch (const std::runtime_error& error)
            {
                EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
            }
        }
    }
}

TEST(SetPolicyNetwork, RefusesSizesThatDoNotFit)
{
    std::mt19937 random(6);
    const auto refuse = [&random](const auto& change, const std::string& text) {
        SetPolicyNetwork policy = MakePolicy(Pooling::ATTENTION, 8, random);
        SetShape shape = policy.GetShape();
        SetLayers layers = policy.GetLayers();
        change(shape, layers);
        ExpectRefusal<std::invalid_argument>([&] { SetPolicyNetwork(shape, layers); }, text);
    };
    refuse([](SetShape& shape, SetLayers&) { shape.observations = 6; },
           "an observation has 6 entries, expected 7 or more");
    refuse([](SetShape&, SetLayers& layers) { layers.attention.pop_back(); },
           "not those of pooling attention");
    refuse([](SetShape&, SetLayers& layers) { layers.pooling = Pooling::NONE; },
           "not those of pooling none");
    refuse([](SetShape&, SetLayers& layers) { layers.head.pop_back(); },
           "expected an output for each action");
    refuse(
        [](SetShape&, SetLayers& layers) {
            layers.encoder[0].weight(0, 0) = std::numeric_limits<float>::quiet_NaN();
        },
        "a weight is not finite");
    refuse([&random](SetShape&, SetLayers& layers) { layers.encoder[1] = MakeLayer(8, 6, random); },
           "sizes of layers do not fit");
    ExpectRefusal<std::invalid_argument>([] { FindPooling("sum"); },
                                         "expected none, mean-max or attention");
}
