/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "agents/learning/action-skill.h"
#include "base/random-stream.h"

#include <cmath>
#include <gtest/gtest.h>
#include <stdexcept>

using namespace agents;

namespace
{

constexpr int OTHERS = 4; //!< actions that an advantage is measured against

/// What a model predicts and what comes, as functions of a standard normal action.
struct World
{
    double predicted;    ///< how much a predicted target changes by the action
    double seen;         ///< how much the target that is seen does
    double noise{0};     ///< deviation of the target that is seen
    double unrelated{0}; ///< deviation of predictions that have nothing to do with actions

    /// @param steps how many @param random source @return the skill after these steps
    ActionSkill Measure(int steps, base::RandomStream& random) const
    {
        ActionSkill skill(OTHERS);
        for (int i = 0; i < steps; ++i)
        {
            const double action = random.Normal();
            const double truth = seen * action + noise * random.Normal();
            const double first = DrawOthers(random);
            skill.Add(Predict(action, random) - first, truth - DrawOthers(random));
        }
        return skill;
    }

    /// @param action what is done @param random source @return the prediction
    double Predict(double action, base::RandomStream& random) const
    {
        return predicted * action + unrelated * random.Normal();
    }

    /// @param random source @return mean prediction of some other actions
    double DrawOthers(base::RandomStream& random) const
    {
        double sum = 0;
        for (int i = 0; i < OTHERS; ++i)
        {
            sum += Predict(random.Normal(), random) / OTHERS;
        }
        return sum;
    }
};

} // namespace

TEST(ActionSkill, IsNoneAndUncertainWithoutEvidence)
{
    ActionSkill skill(OTHERS);
    EXPECT_EQ(skill.GetMean(), 0);
    EXPECT_EQ(skill.GetStd(), 1);
    skill.Add(0, 0.5); // the model says that all actions are alike
    EXPECT_EQ(skill.GetMean(), 0);
    EXPECT_EQ(skill.GetStd(), 1);
}

TEST(ActionSkill, IsTheSlopeOfWhatIsSeenOnWhatIsPredicted)
{
    base::RandomStream random(1);
    constexpr int steps = 20000;
    EXPECT_NEAR((World{1, 1}.Measure(steps, random).GetMean()), 1, 0.03);
    EXPECT_NEAR((World{1, 0.5}.Measure(steps, random).GetMean()), 0.5, 0.03);
    EXPECT_NEAR((World{0.5, 1}.Measure(steps, random).GetMean()), 2, 0.06);
    EXPECT_NEAR((World{1, -1}.Measure(steps, random).GetMean()), -1, 0.03);
    EXPECT_NEAR((World{1, 1, 3}.Measure(steps, random).GetMean()), 1, 0.1);
    EXPECT_LT((World{1, 1, 3}.Measure(steps, random).GetStd()), 0.05);
}

TEST(ActionSkill, OfAModelThatKnowsNothingOfActionsIsNone)
{
    // With one set of other actions for both sides it would be 1 / (1 + OTHERS) = 0.2.
    base::RandomStream random(2);
    constexpr int steps = 50000;
    EXPECT_NEAR((World{0, 1, 0, 1}.Measure(steps, random).GetMean()), 0, 0.02);
    EXPECT_NEAR((World{0, 0, 1, 1}.Measure(steps, random).GetMean()), 0, 0.02);
}

TEST(ActionSkill, IsSureOnlyOfWhatIsRightInSizeAndBeyondChance)
{
    base::RandomStream random(4);
    const ActionSkill some = World{1, 0.7, 0.5}.Measure(200, random);
    ASSERT_LT(some.GetMean(), 1);
    EXPECT_EQ(some.GetSureSkill(), some.GetMean() - some.GetStd());
    EXPECT_NEAR((World{1, 1}.Measure(20000, random).GetSureSkill()), 1, 0.05);
    // Models that see a tenth of what actions do, and ten times of it.
    EXPECT_NEAR((World{0.1, 1}.Measure(20000, random).GetSureSkill()), 0.1, 0.05);
    EXPECT_NEAR((World{1, 0.1}.Measure(20000, random).GetSureSkill()), 0.1, 0.05);
    EXPECT_LT((World{1, -1}.Measure(200, random).GetSureSkill()), -0.5);
    EXPECT_EQ(ActionSkill(OTHERS).GetSureSkill(), -1);
}

TEST(ActionSkill, IsDrawnTowardsNoneByNoise)
{
    // The posterior of a slope 0 +- 1 from n pairs with noise s: precision 1 + sum x^2 / s^2. The
    // noise is estimated from the same pairs.
    ActionSkill skill(OTHERS);
    const double predicted[] = {1, -2, 0.5, 1.5};
    const double seen[] = {2, -1, -1, 3};
    double xx = 0;
    double xy = 0;
    double yy = 0;
    for (int i = 0; i < 4; ++i)
    {
        skill.Add(predicted[i], seen[i]);
        xx += predicted[i] * predicted[i];
        xy += predicted[i] * seen[i];
        yy += seen[i] * seen[i];
    }
    const double noise = (yy - xy * xy / xx) / 4;
    const double signal = xx / 1.25;
    EXPECT_NEAR(skill.GetMean(), xy / (signal + noise), 1e-12);
    EXPECT_NEAR(skill.GetStd(), std::sqrt(noise / (signal + noise)), 1e-12);
}

TEST(ActionSkill, FadesAndIsStored)
{
    base::RandomStream random(3);
    ActionSkill skill = World{1, 1, 1}.Measure(20, random);
    const double before = skill.GetStd();
    skill.Fade(0.5);
    EXPECT_GT(skill.GetStd(), before);
    ActionSkill loaded(OTHERS);
    loaded.Load(skill.Save());
    EXPECT_EQ(loaded.GetMean(), skill.GetMean());
    EXPECT_EQ(loaded.GetStd(), skill.GetStd());
    EXPECT_THROW(loaded.Load("short"), std::runtime_error);
    skill.Fade(0);
    EXPECT_EQ(skill.GetMean(), 0);
    EXPECT_EQ(skill.GetStd(), 1);
}
