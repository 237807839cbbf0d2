/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "agents/learning/sac.h"
#include "agents/learning/td3.h"
#include "reference.h"
#include "tensors.h"

#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <gtest/gtest.h>

using namespace agents;

namespace
{

constexpr Eigen::Index FEATURES = 2; //!< of an observation; one action
constexpr Eigen::Index BATCH = 6;    //!< steps of a gradient step
constexpr double ACTION_SCALE = 3;   //!< width of what critics see of an action

/// A replay learner with its gradient step in the open.
template <typename Learner>
class Open : public Learner
{
  public:
    using Learner::Learner;
    using Learner::m_random;
    using Learner::Update;
    using typename Learner::Batch;
};

/// Steps as numbers, and as the learners have them.
struct Steps
{
    Eigen::MatrixXd observations; ///< a row a step
    Eigen::MatrixXd next;         ///< a row a step
    Eigen::MatrixXd actions;      ///< in [0, 1]
    Eigen::VectorXd rewards;      ///< of steps
    Eigen::VectorXd discounts;    ///< 0 after the last

    /// @param random source
    explicit Steps(base::RandomStream& random)
    {
        const auto draw = [&] { return static_cast<double>(random.Normal()); };
        observations = Eigen::MatrixXd::NullaryExpr(BATCH, FEATURES, draw);
        next = Eigen::MatrixXd::NullaryExpr(BATCH, FEATURES, draw);
        actions = Eigen::MatrixXd::NullaryExpr(BATCH, 1, [&] { return random.Uniform(); });
        rewards = Eigen::VectorXd::NullaryExpr(BATCH, draw);
        discounts = Eigen::VectorXd::Constant(BATCH, 0.9);
        discounts[2] = 0;
    }

    /// @tparam Batch of a learner @return the same as tensors
    template <typename Batch>
    Batch ToBatch() const
    {
        return {ToTensor(observations),
                ToTensor(actions),
                ToTensor(rewards).squeeze(1),
                ToTensor(next),
                ToTensor(discounts).squeeze(1)};
    }
};

/// @param observations rows @param actions in [0, 1], rows @return what critics see
Eigen::MatrixXd
Join(const Eigen::MatrixXd& observations, const Eigen::MatrixXd& actions)
{
    Eigen::MatrixXd both(observations.rows(), observations.cols() + actions.cols());
    both << observations, ACTION_SCALE * actions.array() - ACTION_SCALE / 2;
    return both;
}

/// @param x numbers @return logistic function of each
Eigen::MatrixXd
Squash(const Eigen::MatrixXd& x)
{
    return x.unaryExpr([](double u) { return 1 / (1 + std::exp(-u)); });
}

/// @param random a copy of the learner's @return its next draws, one a step
Eigen::MatrixXd
DrawNormal(base::RandomStream& random)
{
    return Eigen::MatrixXd::NullaryExpr(BATCH, 1, [&] {
        return static_cast<double>(random.Normal());
    });
}

/// @param agent a learner @param section of its parameters @param from first @param size number
/// @return parameters
Eigen::VectorXd
GetParameters(const Agent& agent, const std::string& section, Eigen::Index from, Eigen::Index size)
{
    Archive archive;
    agent.Save(archive);
    return GetFloats(archive.Get(section), sizeof(int64_t) + from * sizeof(float), size);
}

/// Settings that all share. @tparam Settings of a learner @return small smooth networks
template <typename Settings>
Settings
MakeSettings()
{
    Settings settings;
    settings.hidden = {4};
    settings.activation = "tanh";
    settings.gamma = 0.9;
    settings.learningRate = 0.01;
    settings.maxGradientNorm = 0.3;
    settings.targetRate = 0.1;
    settings.startSlots = 0;
    settings.actionScale = ACTION_SCALE;
    return settings;
}

/// @param q critics @param parameters of them @param steps steps @param y targets
/// @return squared error, summed over critics
double
GetCriticLoss(const ReferenceNetwork& q,
              const Eigen::VectorXd& parameters,
              const Steps& steps,
              const Eigen::VectorXd& y)
{
    double loss = 0;
    for (Eigen::Index i = 0; i < q.members; ++i)
    {
        loss += (q.Forward(parameters, Join(steps.observations, steps.actions), i).col(0) - y)
                    .array()
                    .square()
                    .mean();
    }
    return loss;
}

constexpr double TOLERANCE = 2e-4; //!< error of single precision after Adam's division

/// Steps of TD3 or DDPG, by hand. @tparam Class of the learner @param algorithm its name
/// @param isTd3 else DDPG
template <typename Class>
void
CompareTd3(const std::string& algorithm, bool isTd3)
{
    Td3Settings settings = MakeSettings<Td3Settings>();
    settings.policyDelay = 1;
    Open<Class> learner(algorithm, AgentShape{FEATURES, 1, 0}, settings, 1);
    base::RandomStream random(2);
    const Steps steps(random);
    const ReferenceNetwork mu{{FEATURES, 4, 1}};
    const ReferenceNetwork q{{FEATURES + 1, 4, 1}, Activation::TANH, isTd3 ? 2 : 1};
    ReferenceAdam actorAdam{settings.learningRate, settings.maxGradientNorm};
    ReferenceAdam criticAdam = actorAdam;
    Eigen::VectorXd actor = GetParameters(learner, "agent/actor", 0, mu.GetSize());
    Eigen::VectorXd critics = GetParameters(learner, "agent/critics", 0, q.GetSize());
    Eigen::VectorXd targetActor = actor; // targets begin as copies
    Eigen::VectorXd targetCritics = critics;
    for (int step = 0; step < 4; ++step)
    {
        base::RandomStream draws(0);
        draws.Load(learner.m_random.Save());
        learner.Update(steps.ToBatch<typename Open<Class>::Batch>());

        Eigen::MatrixXd a = Squash(mu.Forward(targetActor, steps.next));
        if (isTd3)
        {
            const Eigen::MatrixXd noise = settings.smoothingDeviation * DrawNormal(draws);
            const double limit = settings.smoothingLimit;
            a = (a + noise.cwiseMax(-limit).cwiseMin(limit)).cwiseMax(0).cwiseMin(1);
        }
        Eigen::VectorXd values = q.Forward(targetCritics, Join(steps.next, a), 0);
        if (isTd3)
        {
            values = values.cwiseMin(q.Forward(targetCritics, Join(steps.next, a), 1).col(0));
        }
        const Eigen::VectorXd y = steps.rewards + steps.discounts.cwiseProduct(values);
        const auto criticLoss = [&](const Eigen::VectorXd& p) {
            return GetCriticLoss(q, p, steps, y);
        };
        learner.EndEpisode(); // which renews the metric
        EXPECT_NEAR(learner.GetMetrics().at("criticLoss"), criticLoss(critics), TOLERANCE);
        criticAdam.Step(critics, Differentiate(criticLoss, critics));
        const auto actorLoss = [&](const Eigen::VectorXd& p) {
            const Eigen::MatrixXd own = Squash(mu.Forward(p, steps.observations));
            return -q.Forward(critics, Join(steps.observations, own), 0).mean();
        };
        EXPECT_NEAR(learner.GetMetrics().at("actorLoss"), actorLoss(actor), TOLERANCE);
        actorAdam.Step(actor, Differentiate(actorLoss, actor));
        targetActor += settings.targetRate * (actor - targetActor);
        targetCritics += settings.targetRate * (critics - targetCritics);
        const auto error = [&](const char* section, Eigen::Index from, const Eigen::VectorXd& p) {
            return (GetParameters(learner, section, from, p.size()) - p).cwiseAbs().maxCoeff();
        };
        EXPECT_LT(error("agent/critics", 0, critics), TOLERANCE) << step;
        EXPECT_LT(error("agent/actor", 0, actor), TOLERANCE) << step;
        EXPECT_LT(error("agent/targets", 0, targetActor), TOLERANCE) << step;
        EXPECT_LT(error("agent/targets", mu.GetSize(), targetCritics), TOLERANCE) << step;
    }
}

} // namespace

TEST(Td3, LearnsByItsEquations)
{
    CompareTd3<Td3>("td3", true);
}

TEST(Ddpg, LearnsByItsEquations)
{
    CompareTd3<Ddpg>("ddpg", false);
}

TEST(ReplayLearner, TakesTheStepsThatAreDue)
{
    // 0.3 steps a slot in blocks of 5 slots: 1.5 a block, 30 in 100 slots but for the 10 first.
    Td3Settings settings = MakeSettings<Td3Settings>();
    settings.updatesPerSlot = 0.3;
    settings.updateEverySlots = 5;
    settings.startSlots = 10;
    settings.batch = 4;
    Open<Td3> learner("td3", AgentShape{FEATURES, 1, 0}, settings, 1);
    Eigen::VectorXf action(1);
    for (int slot = 0; slot < 100; ++slot)
    {
        learner.Reward(learner.Explore(0, Eigen::VectorXf::Zero(FEATURES), action), slot);
    }
    learner.EndEpisode();
    // The block that reaches the tenth slot is the first that counts: 95 slots.
    EXPECT_EQ(learner.GetMetrics().at("gradientSteps"), 28);
}

TEST(Td3, TheActorWaitsForItsDelay)
{
    Td3Settings settings = MakeSettings<Td3Settings>();
    settings.policyDelay = 3;
    Open<Td3> learner("td3", AgentShape{FEATURES, 1, 0}, settings, 1);
    base::RandomStream random(2);
    const Steps steps(random);
    const Eigen::VectorXd before = GetParameters(learner, "agent/actor", 0, 17);
    for (int step = 1; step <= 3; ++step)
    {
        learner.Update(steps.ToBatch<Open<Td3>::Batch>());
        EXPECT_EQ(GetParameters(learner, "agent/actor", 0, 17) == before, step < 3);
    }
}

TEST(Sac, LearnsByItsEquations)
{
    const SacSettings settings = MakeSettings<SacSettings>();
    Open<Sac> learner("sac", AgentShape{FEATURES, 1, 0}, settings, 1);
    base::RandomStream random(3);
    const Steps steps(random);
    const ReferenceNetwork pi{{FEATURES, 4, 2}};
    const ReferenceNetwork q{{FEATURES + 1, 4, 1}, Activation::TANH, 2};
    ReferenceAdam actorAdam{settings.learningRate, settings.maxGradientNorm};
    ReferenceAdam criticAdam = actorAdam;
    ReferenceAdam temperatureAdam = actorAdam;
    Eigen::VectorXd actor = GetParameters(learner, "agent/actor", 0, pi.GetSize());
    Eigen::VectorXd critics = GetParameters(learner, "agent/critics", 0, q.GetSize());
    Eigen::VectorXd targets = critics;
    Eigen::VectorXd logTemperature = Eigen::VectorXd::Constant(1, std::log(0.2));
    // Actions and the log of their density in [0, 1], by change of variables.
    const auto draw = [&](const Eigen::VectorXd& p,
                          const Eigen::MatrixXd& observations,
                          const Eigen::MatrixXd& normal) {
        const Eigen::MatrixXd outputs = pi.Forward(p, observations);
        Eigen::MatrixXd both(BATCH, 2);
        for (Eigen::Index i = 0; i < BATCH; ++i)
        {
            const double stdDev = std::exp(outputs(i, 1) + settings.initialLogDeviation);
            const double u = outputs(i, 0) + stdDev * normal(i, 0);
            const double a = 1 / (1 + std::exp(-u));
            const boost::math::normal distribution(outputs(i, 0), stdDev);
            both.row(i) << a, std::log(boost::math::pdf(distribution, u) / (a * (1 - a)));
        }
        return both;
    };
    const auto least = [&](const Eigen::VectorXd& p, const Eigen::MatrixXd& x) {
        return Eigen::VectorXd(q.Forward(p, x, 0).cwiseMin(q.Forward(p, x, 1)));
    };
    for (int step = 0; step < 4; ++step)
    {
        base::RandomStream draws(0);
        draws.Load(learner.m_random.Save());
        learner.Update(steps.ToBatch<Open<Sac>::Batch>());

        const double temperature = std::exp(logTemperature[0]);
        const Eigen::MatrixXd next = draw(actor, steps.next, DrawNormal(draws));
        const Eigen::VectorXd y =
            steps.rewards +
            steps.discounts.cwiseProduct(least(targets, Join(steps.next, next.col(0))) -
                                         temperature * next.col(1));
        const auto criticLoss = [&](const Eigen::VectorXd& p) {
            return GetCriticLoss(q, p, steps, y);
        };
        criticAdam.Step(critics, Differentiate(criticLoss, critics));
        const Eigen::MatrixXd normal = DrawNormal(draws);
        const auto actorLoss = [&](const Eigen::VectorXd& p) {
            const Eigen::MatrixXd own = draw(p, steps.observations, normal);
            return (temperature * own.col(1) - least(critics, Join(steps.observations, own.col(0))))
                .mean();
        };
        const auto metrics = learner.GetMetrics();
        EXPECT_NEAR(metrics.at("actorLoss"), actorLoss(actor), TOLERANCE);
        const double entropy = -draw(actor, steps.observations, normal).col(1).mean();
        EXPECT_NEAR(metrics.at("entropy"), entropy, TOLERANCE);
        actorAdam.Step(actor, Differentiate(actorLoss, actor));
        // -1 an action in [-1, 1] is -1 - log 2 in [0, 1], half as wide.
        const double goal = -1 - std::log(2.0);
        temperatureAdam.Step(
            logTemperature,
            Differentiate(
                [&](const Eigen::VectorXd& p) { return std::exp(p[0]) * (entropy - goal); },
                logTemperature));
        EXPECT_NEAR(metrics.at("temperature"), std::exp(logTemperature[0]), TOLERANCE);
        targets += settings.targetRate * (critics - targets);
        const auto error = [&](const char* section, const Eigen::VectorXd& p) {
            return (GetParameters(learner, section, 0, p.size()) - p).cwiseAbs().maxCoeff();
        };
        EXPECT_LT(error("agent/critics", critics), TOLERANCE) << step;
        EXPECT_LT(error("agent/actor", actor), TOLERANCE) << step;
        EXPECT_LT(error("agent/targets", targets), TOLERANCE) << step;
    }
}
