/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "agents/learning/factored-model.h"
#include "tensors.h"

#include <ATen/core/grad_mode.h>
#include <cmath>
#include <gtest/gtest.h>

using namespace agents;

namespace
{

/// @param sizes shape @param random source @return standard normal draws
at::Tensor
Draw(const std::vector<int64_t>& sizes, base::RandomStream& random)
{
    at::Tensor values = at::empty(sizes);
    random.FillNormal(values.data_ptr<float>(), values.numel());
    return values;
}

/// @param slots of each @param batch how many @param shape sizes @param random source
/// @return sequences of noise
Sequences
MakeWindows(int64_t slots, int64_t batch, const AgentShape& shape, base::RandomStream& random)
{
    Sequences sequences;
    sequences.observations = Draw({slots + 1, batch, shape.observations}, random);
    sequences.actions = at::sigmoid(Draw({slots, batch, shape.actions}, random));
    sequences.rewards = Draw({slots, batch}, random);
    return sequences;
}

/// Let no parameter be zero. @param model a model @param random source
void
Disturb(FactoredModel& model, base::RandomStream& random)
{
    const at::NoGradGuard noGradient;
    for (std::vector<at::Tensor>* group : model.GetParameters())
    {
        for (at::Tensor& parameter : *group)
        {
            parameter += 0.2 * Draw(parameter.sizes().vec(), random);
        }
    }
}

/// @param model a model @param observation B x features @param actions of a step
/// @return where it is when that is the first thing it sees
ModelState
Begin(FactoredModel& model, const at::Tensor& observation, int64_t actions)
{
    return model.Observe(observation.unsqueeze(0), at::empty({0, observation.size(0), actions}));
}

/// @return settings of a small model
WorldModelPpoSettings
MakeSettings()
{
    WorldModelPpoSettings settings;
    settings.modelUnits = 6;
    settings.memoryUnits = 4;
    settings.ensemble = 3;
    return settings;
}

/// A perceptron by LibTorch's own operations. @param x rows @param p weight and bias of each layer
/// @param first of them @param layers how many @param member of an ensemble, -1 for none
/// @return what it puts out
at::Tensor
Pass(at::Tensor x,
     const std::vector<at::Tensor>& p,
     std::size_t first,
     std::size_t layers,
     int64_t member = -1)
{
    for (std::size_t i = first; i < first + 2 * layers; i += 2)
    {
        const at::Tensor weight = member < 0 ? p[i] : p[i].select(0, member);
        const at::Tensor bias = member < 0 ? p[i + 1] : p[i + 1].select(0, member);
        x = at::matmul(i == first ? x : at::silu(x), weight) + bias;
    }
    return x;
}

/// The memories of sequences by LibTorch's own cell. @param x slots x B x inputs
/// @param p parameters @param first of the cell @return slots B x units
at::Tensor
Recall(const at::Tensor& x, const std::vector<at::Tensor>& p, std::size_t first)
{
    std::vector<at::Tensor> memories{at::zeros({x.size(1), p[first + 1].size(1)})};
    for (int64_t t = 0; t + 1 < x.size(0); ++t)
    {
        memories.push_back(at::gru_cell(x[t],
                                        memories.back(),
                                        p[first],
                                        p[first + 1],
                                        p[first + 2],
                                        p[first + 3]));
    }
    return at::cat(memories);
}

} // namespace

TEST(FactoredModel, LearnsByTheGradientOfItsLoss)
{
    // Both by LibTorch's own operations and graph; the draws of what heads leave out are the same.
    const AgentShape shape{5, 2, 3};
    WorldModelPpoSettings settings = MakeSettings();
    settings.rewardWeight = 0.7;
    base::RandomStream random(6);
    FactoredModel model(shape, settings, random);
    Disturb(model, random);
    std::vector<at::Tensor> own;
    std::vector<at::Tensor> p;
    for (const std::vector<at::Tensor>* group : model.GetParameters())
    {
        for (const at::Tensor& parameter : *group)
        {
            own.push_back(parameter);
            p.push_back(parameter.detach().clone().set_requires_grad(true));
        }
    }
    ASSERT_EQ(p.size(), 24U); // cell, reward, endogenous features, cell, exogenous features
    constexpr int64_t slots = 4;
    constexpr int64_t batch = 8;
    Sequences sequences = MakeWindows(slots, batch, shape, random);
    sequences.observations.mul_(4); // so that some deviations are cut off, on either side
    {
        const at::NoGradGuard noGradient;
        own.back().narrow(0, 3, 3).add_(at::tensor({0.0f, 6.0f, -9.0f}));
        p.back().narrow(0, 3, 3).add_(at::tensor({0.0f, 6.0f, -9.0f}));
    }

    random = base::RandomStream(7);
    const at::Tensor loss = model.GetLoss(sequences);
    random = base::RandomStream(7);

    const at::Tensor before = sequences.observations.narrow(0, 0, slots);
    const at::Tensor inputs = at::cat({Recall(at::cat({before, sequences.actions}, 2), p, 0),
                                       before.flatten(0, 1),
                                       sequences.actions.flatten(0, 1)},
                                      1);
    at::Tensor truth = at::zeros({});
    for (int64_t member = 0; member < settings.ensemble; ++member)
    {
        const at::Tensor error =
            Pass(inputs, p, 4, 3, member).squeeze(1) - sequences.rewards.flatten();
        at::Tensor isKept = at::empty_like(error.detach());
        for (int64_t i = 0; i < error.numel(); ++i)
        {
            isKept.data_ptr<float>()[i] = random.Uniform() < 0.75 ? 1.0f : 0.0f;
        }
        truth = truth + 0.7 / 0.75 * (isKept * error * error).mean();
    }
    const at::Tensor next = sequences.observations.narrow(0, 1, slots).flatten(0, 1);
    truth = truth + at::mse_loss(Pass(inputs, p, 10, 3) + before.flatten(0, 1).narrow(1, 0, 2),
                                 next.narrow(1, 0, 2));
    const at::Tensor exogenous = before.narrow(2, 2, 3);
    const at::Tensor outputs =
        Pass(at::cat({Recall(exogenous, p, 16), exogenous.flatten(0, 1)}, 1), p, 20, 2);
    const at::Tensor logStd = outputs.narrow(1, 3, 3).clamp(-5, 1);
    EXPECT_TRUE((logStd == 1).any().item<bool>() && (logStd == -5).any().item<bool>());
    const at::Tensor variance = at::exp(2 * logStd);
    truth = truth + (0.5 * (next.narrow(1, 2, 3) - outputs.narrow(1, 0, 3)).pow(2) / variance +
                     0.5 * at::log(2 * M_PI * variance))
                        .mean();

    EXPECT_NEAR(loss.item<double>(), truth.item<double>(), 1e-5 * truth.item<double>());
    loss.backward();
    truth.backward();
    for (std::size_t i = 0; i < p.size(); ++i)
    {
        const double scale = p[i].grad().abs().max().item<double>();
        EXPECT_GT(scale, 0) << i;
        EXPECT_LT((own[i].grad() - p[i].grad()).abs().max().item<double>(), 1e-4 * scale) << i;
    }
}

TEST(FactoredModel, FollowsAsItImagines)
{
    for (const Eigen::Index exogenous : {0, 3})
    {
        const AgentShape shape{5, 2, exogenous};
        base::RandomStream random(8);
        FactoredModel model(shape, MakeSettings(), random);
        Disturb(model, random);
        constexpr int64_t slots = 4;
        constexpr int64_t batch = 3;
        const Sequences sequences = MakeWindows(slots, batch, shape, random);
        const at::NoGradGuard noGradient;
        const ModelState all = model.Observe(sequences.observations, sequences.actions);
        ASSERT_EQ(all.observation.size(0), (slots + 1) * batch);
        std::vector<at::Tensor> memory(2, at::zeros({batch, MakeSettings().memoryUnits}));
        for (int64_t t = 0; t <= slots; ++t)
        {
            const ModelState state{sequences.observations[t], memory};
            const auto now = [&](const at::Tensor& x) { return x.narrow(0, t * batch, batch); };
            EXPECT_TRUE(at::equal(now(all.observation), state.observation));
            for (std::size_t i = 0; i < state.memory.size(); ++i)
            {
                EXPECT_TRUE(at::allclose(now(all.memory[i]), state.memory[i], 1e-5, 1e-6)) << i;
            }
            if (t < slots)
            {
                memory = model.Imagine(state, sequences.actions[t], true).next.memory;
            }
        }
    }
}

TEST(FactoredModel, ActionsSayNothingOfExogenousFeatures)
{
    const AgentShape shape{5, 2, 3};
    base::RandomStream random(1);
    FactoredModel model(shape, MakeSettings(), random);
    Disturb(model, random);
    Sequences sequences = MakeWindows(4, 8, shape, random);
    const auto before = model.GetR2(sequences);
    sequences.actions = at::sigmoid(Draw({4, 8, 2}, random));
    sequences.observations.narrow(2, 0, 2).narrow(0, 0, 4).add_(1); // the endogenous ones
    const auto after = model.GetR2(sequences);
    EXPECT_EQ(before.at("exogenousSkill"), after.at("exogenousSkill"));
    EXPECT_NE(before.at("endogenousSkill"), after.at("endogenousSkill"));
    EXPECT_NE(before.at("rewardSkill"), after.at("rewardSkill"));
}

TEST(FactoredModel, ImaginationHasGradientsWhereActionsReach)
{
    const AgentShape shape{5, 2, 3};
    base::RandomStream random(2);
    FactoredModel model(shape, MakeSettings(), random);
    Disturb(model, random);
    const ModelState state = Begin(model, Draw({8, 5}, random), 2);
    at::Tensor action = at::full({8, 2}, 0.4).set_requires_grad(true);
    const ModelStep step = model.Imagine(state, action, true);
    ASSERT_EQ(step.rewards.sizes(), (std::vector<int64_t>{3, 8}));
    ASSERT_EQ(step.next.observation.sizes(), (std::vector<int64_t>{8, 5}));
    const auto gradient = [&](const at::Tensor& of) {
        action.mutable_grad() = at::Tensor();
        of.sum().backward({}, true);
        return action.grad().defined() ? action.grad().abs().sum().item<double>() : 0.0;
    };
    EXPECT_GT(gradient(step.rewards), 0);
    EXPECT_GT(gradient(step.next.observation.narrow(1, 0, 2)), 0);
    EXPECT_EQ(gradient(step.next.observation.narrow(1, 2, 3)), 0);
    EXPECT_GT(gradient(step.next.memory[0]), 0);
    EXPECT_FALSE(step.uncertainty.requires_grad());
    for (const std::vector<at::Tensor>* group : model.GetParameters())
    {
        for (const at::Tensor& parameter : *group)
        {
            EXPECT_FALSE(parameter.grad().defined());
        }
    }
    const ModelStep once = model.Imagine(state, action, false);
    EXPECT_TRUE(at::equal(once.rewards, step.rewards));
}

TEST(FactoredModel, UncertaintyIsTheHeadsDisagreement)
{
    const AgentShape shape{3, 1, 1};
    base::RandomStream random(3);
    FactoredModel model(shape, MakeSettings(), random);
    Disturb(model, random);
    const ModelState state = Begin(model, Draw({4, 3}, random), 1);
    const ModelStep step = model.Imagine(state, at::full({4, 1}, 0.5), false);
    const Eigen::MatrixXd heads = ToMatrix(step.rewards);
    for (Eigen::Index i = 0; i < 4; ++i)
    {
        const double mean = heads.col(i).mean();
        const double stdDev = std::sqrt((heads.col(i).array() - mean).square().sum() / 2);
        EXPECT_NEAR(step.uncertainty[i].item<double>(), stdDev, 1e-5);
    }
}

TEST(FactoredModel, UncertaintyIsInUnitsOfTheRootMeanSquareError)
{
    // Rewards that the model is wrong about by a constant: it cannot count as sure.
    const AgentShape shape{3, 1, 1};
    base::RandomStream random(3);
    FactoredModel model(shape, MakeSettings(), random);
    Disturb(model, random);
    const at::NoGradGuard noGradient;
    Sequences sequences = MakeWindows(1, 4, shape, random);
    const ModelState state = Begin(model, sequences.observations[0], 1);
    const ModelStep before = model.Imagine(state, sequences.actions[0], false);
    sequences.rewards = (before.rewards.mean(0) + 3).unsqueeze(0);
    model.GetR2(sequences);
    const ModelStep step = model.Imagine(state, sequences.actions[0], false);
    for (int64_t i = 0; i < 4; ++i)
    {
        EXPECT_NEAR(step.uncertainty[i].item<double>(),
                    before.uncertainty[i].item<double>() / 3,
                    1e-5);
    }
}

TEST(FactoredModel, ImaginesByItsDefinition)
{
    const AgentShape shape{5, 2, 3};
    base::RandomStream random(12);
    FactoredModel model(shape, MakeSettings(), random);
    Disturb(model, random);
    const at::NoGradGuard noGradient;
    const at::Tensor observation = Draw({6, 5}, random);
    const at::Tensor action = at::full({6, 2}, 0.3);
    const ModelState state = Begin(model, observation, 2);
    base::RandomStream draws(0);
    draws.Load(random.Save());
    const ModelStep step = model.Imagine(state, action, true);
    // The groups of parameters: memory, reward, endogenous, exogenous memory, exogenous.
    const auto groups = model.GetParameters();
    const at::Tensor blank = at::zeros({6, MakeSettings().memoryUnits});
    const at::Tensor change = Pass(at::cat({blank, observation, action}, 1), *groups[2], 0, 3);
    const at::Tensor outputs =
        Pass(at::cat({blank, observation.narrow(1, 2, 3)}, 1), *groups[4], 0, 2);
    const at::Tensor stdDev = at::exp(outputs.narrow(1, 3, 3).clamp(-5, 1));
    const at::Tensor exogenous = outputs.narrow(1, 0, 3) + stdDev * Draw({6, 3}, draws);
    const at::Tensor truth = at::cat({observation.narrow(1, 0, 2) + change, exogenous}, 1);
    EXPECT_TRUE(at::allclose(step.next.observation, truth, 1e-5, 1e-5));
}

TEST(FactoredModel, SkillsAreSharesOfVariance)
{
    // Before it has learned anything, it predicts that exogenous features have their mean, zero,
    // and that endogenous ones stay: twice the variance of noise.
    const AgentShape shape{2, 1, 1};
    base::RandomStream random(4);
    FactoredModel model(shape, MakeSettings(), random);
    const Sequences sequences = MakeWindows(5, 4000, shape, random);
    const auto skills = model.GetR2(sequences);
    EXPECT_NEAR(skills.at("exogenousSkill"), 0, 0.01);
    EXPECT_NEAR(skills.at("endogenousSkill"), -1, 0.05);
}

TEST(FactoredModel, WorldsOfOneKindOfFeaturesOnly)
{
    for (const Eigen::Index exogenous : {0, 2})
    {
        const AgentShape shape{2, 1, exogenous};
        base::RandomStream random(5);
        FactoredModel model(shape, MakeSettings(), random);
        const Sequences sequences = MakeWindows(3, 4, shape, random);
        model.GetLoss(sequences).backward();
        const ModelState state = Begin(model, sequences.observations[0], 1);
        const ModelStep step = model.Imagine(state, sequences.actions[0], true);
        EXPECT_EQ(step.next.observation.size(1), 2);
        EXPECT_EQ(model.GetR2(sequences).count("exogenousSkill"), exogenous > 0 ? 1U : 0U);
        EXPECT_EQ(model.GetR2(sequences).count("endogenousSkill"), exogenous > 0 ? 0U : 1U);
    }
}
