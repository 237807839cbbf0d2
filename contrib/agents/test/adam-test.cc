/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "agents/learning/adam.h"
#include "expect-refusal.h"
#include "reference.h"
#include "tensors.h"

#include <cmath>
#include <limits>
#include <random>

using namespace agents;

namespace
{

/// Parameters of three shapes in two groups.
struct Groups
{
    std::vector<at::Tensor> one{at::full({3, 4}, 0.5), at::full({4}, -1.0)}; ///< group
    std::vector<at::Tensor> two{at::full({2, 1, 5}, 2.0)};                   ///< group

    Groups()
    {
        for (std::vector<at::Tensor>* group : {&one, &two})
        {
            for (at::Tensor& parameter : *group)
            {
                parameter.set_requires_grad(true);
            }
        }
    }

    /// @return all parameters, in order
    std::vector<at::Tensor> GetAll() const
    {
        return {one[0], one[1], two[0]};
    }

    /// Get gradients from a loss. @param slopes its, entry by entry
    void Backward(const Eigen::VectorXd& slopes) const
    {
        at::Tensor loss = at::zeros({});
        Eigen::Index at = 0;
        for (const at::Tensor& parameter : GetAll())
        {
            const at::Tensor slope = ToTensor(slopes.segment(at, parameter.numel()));
            loss = loss + (slope.reshape(parameter.sizes()) * parameter).sum();
            at += parameter.numel();
        }
        loss.backward();
    }
};

constexpr Eigen::Index SIZE = 26; //!< of all parameters

} // namespace

TEST(Adam, StepsAsPublished)
{
    Groups groups;
    constexpr double rate = 0.01;
    constexpr double maxNorm = 3;
    constexpr int halvingSteps = 50;
    Adam adam({&groups.one, &groups.two}, rate, maxNorm, halvingSteps);
    ReferenceAdam reference{rate, maxNorm, halvingSteps};
    Eigen::VectorXd truth = Join(groups.GetAll());
    EXPECT_EQ(truth[0], 0.5); // values have moved along with their memory
    EXPECT_EQ(truth[SIZE - 1], 2);
    std::mt19937 random(1);
    std::normal_distribution<double> normal;
    for (int step = 0; step < 200; ++step)
    {
        // Norms around 0.5 to 50: some are shortened.
        const double size = std::pow(10.0, step % 3 - 1);
        const Eigen::VectorXd gradient =
            Eigen::VectorXd::NullaryExpr(SIZE, [&] { return size * normal(random); });
        groups.Backward(gradient);
        EXPECT_NEAR(adam.Step("test"), gradient.norm(), 1e-5 * gradient.norm());
        reference.Step(truth, gradient);
        ASSERT_LT((Join(groups.GetAll()) - truth).cwiseAbs().maxCoeff(), 2e-5) << step;
    }
    EXPECT_EQ(adam.GetSteps(), 200);
}

TEST(Adam, GradientsAddUpUntilAStepForgetsThem)
{
    Groups groups;
    Adam adam({&groups.one, &groups.two}, 0.1, 1e9);
    groups.Backward(Eigen::VectorXd::Ones(SIZE));
    groups.Backward(Eigen::VectorXd::Ones(SIZE));
    EXPECT_NEAR(adam.Step("test"), 2 * std::sqrt(static_cast<double>(SIZE)), 1e-5);
    EXPECT_EQ(adam.Step("test"), 0);
}

TEST(Adam, GoesOnWhereItWasSaved)
{
    Groups one;
    Groups two;
    Adam saved({&one.one, &one.two}, 0.1, 1);
    Adam loaded({&two.one, &two.two}, 0.1, 1);
    one.Backward(Eigen::VectorXd::LinSpaced(SIZE, -1, 1));
    saved.Step("test");
    loaded.Load(saved.Save());
    EXPECT_EQ(Join(one.GetAll()), Join(two.GetAll()));
    for (int step = 0; step < 5; ++step)
    {
        one.Backward(Eigen::VectorXd::LinSpaced(SIZE, -2, step));
        two.Backward(Eigen::VectorXd::LinSpaced(SIZE, -2, step));
        saved.Step("test");
        loaded.Step("test");
    }
    EXPECT_EQ(saved.Save(), loaded.Save());
    EXPECT_EQ(Join(one.GetAll()), Join(two.GetAll()));
    ExpectRefusal<std::runtime_error>([&] { loaded.Load(saved.Save() + "x"); }, "weights");
}

TEST(Adam, AGradientThatIsNotFiniteChangesNothing)
{
    for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity()})
    {
        Groups groups;
        Adam adam({&groups.one, &groups.two}, 0.1, 1);
        const std::string before = adam.Save();
        Eigen::VectorXd gradient = Eigen::VectorXd::Ones(SIZE);
        gradient[7] = bad;
        groups.Backward(gradient);
        ExpectRefusal<std::runtime_error>([&] { adam.Step("ppo, actor"); },
                                          "ppo, actor: the gradient of step 0 is not finite");
        EXPECT_EQ(adam.Save(), before);
    }
}
