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
Draw(const std::vector<int64_t>& sizes, RandomStream& random)
{
    at::Tensor values = at::empty(sizes);
    random.FillNormal(values.data_ptr<float>(), values.numel());
    return values;
}

/// @param slots of each @param batch how many @param shape sizes @param random source
/// @return windows of noise
Windows
MakeWindows(int64_t slots, int64_t batch, const AgentShape& shape, RandomStream& random)
{
    Windows windows;
    windows.observations = Draw({slots + 1, batch, shape.observations}, random);
    windows.actions = at::sigmoid(Draw({slots, batch, shape.actions}, random));
    windows.rewards = Draw({slots, batch}, random);
    windows.ends = at::zeros({slots + 1, batch});
    return windows;
}

/// Let no parameter be zero. @param model a model @param random source
void
Disturb(FactoredModel& model, RandomStream& random)
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

} // namespace

TEST(FactoredModel, ActionsSayNothingOfExogenousFeatures)
{
    const AgentShape shape{5, 2, 3};
    RandomStream random(1);
    FactoredModel model(shape, MakeSettings(), random);
    Disturb(model, random);
    Windows windows = MakeWindows(4, 8, shape, random);
    const auto before = model.GetSkills(windows);
    windows.actions = at::sigmoid(Draw({4, 8, 2}, random));
    windows.observations.narrow(2, 0, 2).narrow(0, 0, 4).add_(1); // the endogenous ones
    const auto after = model.GetSkills(windows);
    EXPECT_EQ(before.at("exogenousSkill"), after.at("exogenousSkill"));
    EXPECT_NE(before.at("endogenousSkill"), after.at("endogenousSkill"));
    EXPECT_NE(before.at("rewardSkill"), after.at("rewardSkill"));
}

TEST(FactoredModel, ImaginationHasGradientsWhereActionsReach)
{
    const AgentShape shape{5, 2, 3};
    RandomStream random(2);
    FactoredModel model(shape, MakeSettings(), random);
    Disturb(model, random);
    const ModelState state = model.Observe(model.GetBlankMemory(8), Draw({8, 5}, random));
    at::Tensor action = at::full({8, 2}, 0.4).set_requires_grad(true);
    const ModelStep step = model.Imagine(state, action, true);
    ASSERT_EQ(step.rewards.sizes(), (std::vector<int64_t>{3, 8}));
    ASSERT_EQ(step.next.observation.sizes(), (std::vector<int64_t>{8, 5}));
    const auto slope = [&](const at::Tensor& of) {
        action.mutable_grad() = at::Tensor();
        of.sum().backward({}, true);
        return action.grad().defined() ? action.grad().abs().sum().item<double>() : 0.0;
    };
    EXPECT_GT(slope(step.rewards), 0);
    EXPECT_GT(slope(step.next.observation.narrow(1, 0, 2)), 0);
    EXPECT_EQ(slope(step.next.observation.narrow(1, 2, 3)), 0);
    EXPECT_GT(slope(step.next.memory[0]), 0);
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
    RandomStream random(3);
    FactoredModel model(shape, MakeSettings(), random);
    Disturb(model, random);
    const ModelState state = model.Observe(model.GetBlankMemory(4), Draw({4, 3}, random));
    const ModelStep step = model.Imagine(state, at::full({4, 1}, 0.5), false);
    const Eigen::MatrixXd heads = ToMatrix(step.rewards);
    for (Eigen::Index i = 0; i < 4; ++i)
    {
        const double mean = heads.col(i).mean();
        const double deviation = std::sqrt((heads.col(i).array() - mean).square().sum() / 2);
        EXPECT_NEAR(step.uncertainty[i].item<double>(), deviation, 1e-5);
    }
}

TEST(FactoredModel, SkillsAreSharesOfVariance)
{
    // Before it has learned anything, it foretells that exogenous features have their mean, zero,
    // and that endogenous ones stay: twice the variance of noise.
    const AgentShape shape{2, 1, 1};
    RandomStream random(4);
    FactoredModel model(shape, MakeSettings(), random);
    const Windows windows = MakeWindows(5, 4000, shape, random);
    const auto skills = model.GetSkills(windows);
    EXPECT_NEAR(skills.at("exogenousSkill"), 0, 0.01);
    EXPECT_NEAR(skills.at("endogenousSkill"), -1, 0.05);
}

TEST(FactoredModel, WorldsOfOneKindOfFeaturesOnly)
{
    for (const Eigen::Index exogenous : {0, 2})
    {
        const AgentShape shape{2, 1, exogenous};
        RandomStream random(5);
        FactoredModel model(shape, MakeSettings(), random);
        const Windows windows = MakeWindows(3, 4, shape, random);
        model.GetLoss(windows).backward();
        const ModelState state = model.Observe(model.GetBlankMemory(4), windows.observations[0]);
        const ModelStep step = model.Imagine(state, windows.actions[0], true);
        EXPECT_EQ(step.next.observation.size(1), 2);
        EXPECT_EQ(model.GetSkills(windows).count("exogenousSkill"), exogenous > 0 ? 1U : 0U);
        EXPECT_EQ(model.GetSkills(windows).count("endogenousSkill"), exogenous > 0 ? 0U : 1U);
    }
}
