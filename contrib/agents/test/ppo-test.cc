/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "agents/learning/ppo.h"
#include "reference.h"
#include "tensors.h"

#include <ATen/core/grad_mode.h>
#include <cmath>
#include <gtest/gtest.h>
#include <numeric>
#include <utility>

using namespace agents;

namespace
{

constexpr double HALF_LOG_TWO_PI = 0.9189385332046727;

/// PPO with its parts in the open.
class OpenPpo : public Ppo
{
  public:
    using Ppo::Collect;
    using Ppo::GetAdvantages;
    using Ppo::m_actor;
    using Ppo::m_critic;
    using Ppo::m_random;
    using Ppo::Ppo;
};

/// @return settings of small smooth networks
PpoSettings
MakeSettings()
{
    PpoSettings settings;
    settings.hidden = {4};
    settings.activation = "tanh";
    settings.gamma = 0.9;
    settings.lambda = 0.7;
    settings.normaliseRewards = false;
    settings.episodeEndIsTerminal = true;
    return settings;
}

/// Steps of one stream, all of which count, and PPO by (31) to (33).
struct ReferencePpo
{
    PpoSettings settings;                ///< settings
    ReferenceNetwork network{{2, 4, 2}}; ///< actor
    ReferenceNetwork value{{2, 4, 1}};   ///< critic
    Eigen::MatrixXd observations{};      ///< a row a step
    Eigen::VectorXd raw{};               ///< actions before squashing
    Eigen::VectorXd rewards{};           ///< of steps

    /// @param actor parameters @return log density of each action
    Eigen::VectorXd GetLogDensities(const Eigen::VectorXd& actor) const
    {
        const Eigen::MatrixXd outputs = network.Forward(actor, observations);
        const Eigen::ArrayXd logStd =
            outputs.col(1).array().max(-4.0).min(1.0) + settings.initialLogDeviation;
        const Eigen::ArrayXd z = (raw - outputs.col(0)).array() / logStd.exp();
        return -0.5 * z.square() - logStd - HALF_LOG_TWO_PI;
    }

    /// @param critic parameters @return generalised advantages, by their sum over all later steps
    Eigen::VectorXd GetAdvantages(const Eigen::VectorXd& critic) const
    {
        const Eigen::VectorXd values = value.Forward(critic, observations);
        const Eigen::Index n = rewards.size();
        Eigen::VectorXd advantages = Eigen::VectorXd::Zero(n);
        for (Eigen::Index t = 0; t < n; ++t)
        {
            for (Eigen::Index k = t; k < n; ++k)
            {
                const double next = k + 1 < n ? values[k + 1] : 0.0;
                const double error = rewards[k] + settings.gamma * next - values[k];
                advantages[t] += std::pow(settings.gamma * settings.lambda, k - t) * error;
            }
        }
        return advantages;
    }

    /// @param actor parameters @param old log densities @param advantages of steps
    /// @param rows steps of the minibatch @return the surrogate's loss
    double GetActorLoss(const Eigen::VectorXd& actor,
                        const Eigen::VectorXd& old,
                        const Eigen::VectorXd& advantages,
                        const std::vector<int>& rows) const
    {
        const Eigen::VectorXd densities = GetLogDensities(actor);
        const auto n = static_cast<double>(rows.size());
        double mean = 0;
        for (const int row : rows)
        {
            mean += advantages[row] / n;
        }
        double square = 0;
        for (const int row : rows)
        {
            square += (advantages[row] - mean) * (advantages[row] - mean);
        }
        const double stdDev = std::sqrt(square / (n - 1));
        double loss = 0;
        for (const int row : rows)
        {
            const double ratio = std::exp(densities[row] - old[row]);
            const double clipped = std::min(1 + settings.clip, std::max(1 - settings.clip, ratio));
            const double advantage = (advantages[row] - mean) / stdDev;
            loss -= std::min(ratio * advantage, clipped * advantage) / n;
        }
        return loss;
    }

    /// @param critic parameters @param returns of steps @param rows steps of the minibatch
    /// @return mean squared error of V
    double GetCriticLoss(const Eigen::VectorXd& critic,
                         const Eigen::VectorXd& returns,
                         const std::vector<int>& rows) const
    {
        const Eigen::VectorXd errors = value.Forward(critic, observations).col(0) - returns;
        double loss = 0;
        for (const int row : rows)
        {
            loss += errors[row] * errors[row] / static_cast<double>(rows.size());
        }
        return loss;
    }
};

} // namespace

TEST(Ppo, LearnsByItsEquations)
{
    ReferencePpo reference{MakeSettings()};
    reference.settings.learningRate = 0.02;
    reference.settings.epochs = 6;
    reference.settings.criticLearningRate = 0.005;
    reference.settings.minibatch = 12; // 12, 12 and 6 steps
    reference.settings.maxGradientNorm = 0.2;
    OpenPpo ppo("ppo", AgentShape{2, 1, 0}, reference.settings, 3);
    Eigen::VectorXd actor = Join(ppo.m_actor.GetParameters());
    Eigen::VectorXd critic = Join(ppo.m_critic.GetParameters());

    constexpr int steps = 30;
    base::RandomStream random(1);
    reference.observations.resize(steps, 2);
    reference.raw.resize(steps);
    reference.rewards.resize(steps);
    Eigen::VectorXf action(1);
    for (int i = 0; i < steps; ++i)
    {
        const Eigen::Vector2f seen(random.Normal(), random.Normal());
        const uint64_t step = ppo.Explore(0, seen, action);
        const double a = action[0];
        reference.observations.row(i) = seen.cast<double>();
        reference.raw[i] = std::log(a / (1 - a));
        reference.rewards[i] = random.Normal() + 2 * a;
        ppo.Reward(step, reference.rewards[i]);
    }
    base::RandomStream order(0);
    order.Load(ppo.m_random.Save()); // nothing else is drawn in an iteration without entropy
    ppo.EndEpisode();

    const Eigen::VectorXd old = reference.GetLogDensities(actor);
    const Eigen::VectorXd advantages = reference.GetAdvantages(critic);
    const Eigen::VectorXd returns =
        advantages + reference.value.Forward(critic, reference.observations).col(0);
    const double maxNorm = reference.settings.maxGradientNorm;
    ReferenceAdam actorAdam{reference.settings.learningRate, maxNorm};
    ReferenceAdam criticAdam{reference.settings.criticLearningRate, maxNorm};
    std::vector<int> all(steps);
    std::iota(all.begin(), all.end(), 0);
    double actorSum = 0;
    double criticSum = 0;
    double kl = 0;
    int clipped = 0;
    constexpr int batches = 3;
    for (int epoch = 0; epoch < reference.settings.epochs; ++epoch)
    {
        order.Shuffle(all.begin(), all.end());
        for (const auto& [from, to] : {std::pair{0, 12}, std::pair{12, 24}, std::pair{24, 30}})
        {
            const std::vector<int> rows(all.begin() + from, all.begin() + to);
            const auto actorLoss = [&](const Eigen::VectorXd& p) {
                return reference.GetActorLoss(p, old, advantages, rows);
            };
            const auto criticLoss = [&](const Eigen::VectorXd& p) {
                return reference.GetCriticLoss(p, returns, rows);
            };
            const Eigen::ArrayXd logRatio = reference.GetLogDensities(actor) - old;
            kl = 0;
            for (const int row : rows)
            {
                kl += (std::exp(logRatio[row]) - 1 - logRatio[row]) / (to - from);
                clipped += std::abs(std::exp(logRatio[row]) - 1) > reference.settings.clip ? 1 : 0;
            }
            actorSum += actorLoss(actor);
            criticSum += criticLoss(critic);
            actorAdam.Step(actor, Differentiate(actorLoss, actor));
            criticAdam.Step(critic, Differentiate(criticLoss, critic));
        }
    }
    ASSERT_GT(clipped, 10); // else (32) would not have been tested
    const double updates = batches * static_cast<double>(reference.settings.epochs);
    const auto metrics = ppo.GetMetrics();
    EXPECT_NEAR(metrics.at("actorLoss"), actorSum / updates, 1e-4);
    EXPECT_NEAR(metrics.at("criticLoss"), criticSum / updates, 1e-4);
    EXPECT_NEAR(metrics.at("divergence"), kl, 1e-4);
    EXPECT_EQ(metrics.at("gradientSteps"), updates);
    EXPECT_LT((Join(ppo.m_actor.GetParameters()) - actor).cwiseAbs().maxCoeff(), 2e-3);
    EXPECT_LT((Join(ppo.m_critic.GetParameters()) - critic).cwiseAbs().maxCoeff(), 2e-3);
}

TEST(Ppo, TakesTwentyStepsWithThePapersNumbers)
{
    // Ten epochs over 100 slots in minibatches of 64: of 64 slots and of 36.
    PpoSettings settings = GetPpoPreset(Preset::PAPER);
    settings.hidden = {4};
    OpenPpo ppo("ppo", AgentShape{2, 1, 0}, settings, 1);
    Eigen::VectorXf action(1);
    for (int slot = 0; slot < 100; ++slot)
    {
        ppo.Reward(ppo.Explore(0, Eigen::Vector2f(1, 1), action), slot);
    }
    ppo.EndEpisode();
    EXPECT_EQ(ppo.GetMetrics().at("gradientSteps"), 20);
}

TEST(Ppo, LearnsFromAMinibatchOfOneStep)
{
    // One advantage has no deviation that it could be divided by.
    PpoSettings settings = MakeSettings();
    settings.minibatch = 2;
    settings.epochs = 1;
    OpenPpo ppo("ppo", AgentShape{2, 1, 0}, settings, 1);
    Eigen::VectorXf action(1);
    for (int slot = 0; slot < 5; ++slot)
    {
        ppo.Reward(ppo.Explore(0, Eigen::Vector2f(1, 1), action), slot);
    }
    ppo.EndEpisode();
    EXPECT_EQ(ppo.GetMetrics().at("gradientSteps"), 3);
    EXPECT_TRUE(Join(ppo.m_actor.GetParameters()).allFinite());
}

TEST(Ppo, LearnsWithTheInputsThatItActsWith)
{
    // From the second iteration on observations are normalised, by the policy that acts and where
    // a rollout is gathered.
    PpoSettings settings = MakeSettings();
    settings.normaliseObservations = true;
    settings.learningRate = 0;
    OpenPpo ppo("ppo", AgentShape{2, 1, 0}, settings, 1);
    {
        const at::NoGradGuard noGradient;
        ppo.m_actor.GetParameters()[2] *= 50; // so that the policy hangs on what is seen
    }
    base::RandomStream random(3);
    Eigen::VectorXf action(1);
    std::vector<double> means;
    Rollout rollout; // of the last iteration
    constexpr int slots = 50;
    for (int episode = 0; episode < 2; ++episode)
    {
        for (int slot = 0; slot < slots; ++slot)
        {
            const Eigen::Vector2f seen(5 + 3 * random.Normal(), 0.1f * random.Normal());
            ppo.Reward(ppo.Explore(0, seen, action), 0);
            if (episode == 1)
            {
                means.push_back(ppo.GetPolicy().GetOutputs(seen)[0]);
            }
        }
        rollout = ppo.Collect(slots * episode);
        ppo.EndEpisode();
    }
    const at::Tensor outputs = ppo.m_actor.Forward(rollout.observations).detach();
    for (std::size_t i = 0; i < means.size(); ++i)
    {
        EXPECT_NEAR(outputs[static_cast<int64_t>(i)][0].item<double>(), means[i], 1e-4);
    }
    EXPECT_GT(std::abs(means[0] - means[1]), 1e-3);
}

TEST(Ppo, AdvantagesAreTheTextbookSumInEachStream)
{
    const PpoSettings settings = MakeSettings();
    OpenPpo ppo("ppo", AgentShape{2, 1, 0}, settings, 1);
    base::RandomStream random(2);
    constexpr int64_t steps = 40;
    constexpr int64_t streams = 3; // step i is of stream i % 3
    Rollout rollout;
    rollout.rewards = at::empty({steps});
    rollout.values = at::empty({steps});
    rollout.nextValues = at::zeros({steps});
    random.FillNormal(rollout.rewards.data_ptr<float>(), steps);
    random.FillNormal(rollout.values.data_ptr<float>(), steps);
    for (int64_t i = 0; i < steps; ++i)
    {
        const bool hasNext = i + streams < steps && i != 17; // an end in the middle
        rollout.steps.push_back(i);
        rollout.next.push_back(hasNext ? i + streams : -1);
        rollout.isUsed.push_back(i != 26); // a step whose reward never came
        if (hasNext)
        {
            rollout.nextValues[i] = rollout.values[i + streams];
        }
    }
    const Targets targets = ppo.GetAdvantages(rollout, rollout.rewards);
    for (int64_t i = 0; i < steps; ++i)
    {
        if (i == 26)
        {
            continue;
        }
        double sum = 0;
        double weight = 1;
        for (int64_t k = i; k >= 0 && k != 26; k = rollout.next[k])
        {
            sum += weight * (rollout.rewards[k].item<double>() +
                             settings.gamma * rollout.nextValues[k].item<double>() -
                             rollout.values[k].item<double>());
            weight *= settings.gamma * settings.lambda;
        }
        EXPECT_NEAR(targets.advantages[i].item<double>(), sum, 1e-5) << i;
        EXPECT_NEAR(targets.returns[i].item<double>(),
                    sum + rollout.values[i].item<double>(),
                    1e-5);
    }
}

TEST(Ppo, ACutIsNotTheEndOfValue)
{
    // One step each episode: after a cut its target is unknown, so there is nothing to learn from.
    for (const bool isTerminal : {false, true})
    {
        PpoSettings settings = MakeSettings();
        settings.episodeEndIsTerminal = isTerminal;
        OpenPpo ppo("ppo", AgentShape{2, 1, 0}, settings, 1);
        const Eigen::VectorXd before = Join(ppo.m_actor.GetParameters());
        Eigen::VectorXf action(1);
        for (int episode = 0; episode < 4; ++episode)
        {
            ppo.Reward(ppo.Explore(0, Eigen::Vector2f(1, 1), action), episode);
            ppo.Reward(ppo.Explore(1, Eigen::Vector2f(0, 1), action), -episode);
            ppo.EndEpisode();
        }
        EXPECT_EQ(Join(ppo.m_actor.GetParameters()) == before, !isTerminal);
    }
}
