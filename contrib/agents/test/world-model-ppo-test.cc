/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "agents/learning/world-model-ppo.h"
#include "reference.h"
#include "tensors.h"

#include <ATen/core/grad_mode.h>
#include <cmath>
#include <functional>
#include <gtest/gtest.h>
#include <tuple>

using namespace agents;

namespace
{

constexpr int DRAWS = 8;         //!< next states that a target averages over
const AgentShape SHAPE{4, 2, 2}; //!< two features that actions can change, two they cannot

/// World-Model-PPO with its parts in the open. Where the learning rate is 0, what an iteration
/// learned from can be found again after it: the policy and V are still the same.
class OpenWorldModelPpo : public WorldModelPpo
{
  public:
    using WorldModelPpo::m_critic;
    using WorldModelPpo::m_trust;
    using WorldModelPpo::WorldModelPpo;

    /// @param newest steps of the last iteration
    void LookBack(uint64_t newest)
    {
        rollout = Collect(m_experience.GetCount() - newest);
        const std::string random = m_random.Save();
        const at::NoGradGuard noGradient;
        const ModelState state = GetModelStates(rollout);
        predictions.clear();
        for (int i = 0; i < (m_common.gamma > 0 ? DRAWS : 1); ++i)
        {
            predictions.push_back(m_model->Imagine(state, GetModelInput(rollout.actions), true));
        }
        m_random.Load(random); // so that the same is drawn again
        targets = GetMixedTargets(rollout);
    }

    Rollout rollout;                    ///< of the last iteration
    std::vector<ModelStep> predictions; ///< of its steps, one a draw
    Targets targets;                    ///< of its steps
};

/// @return settings of small networks whose policy and V stay as they are
WorldModelPpoSettings
MakeSettings()
{
    WorldModelPpoSettings settings;
    settings.hidden = {4};
    settings.activation = "tanh";
    settings.learningRate = 0;
    settings.gamma = 0.9;
    settings.lambda = 0;
    settings.normaliseRewards = false;
    settings.episodeEndIsTerminal = true;
    settings.imaginationWeight = 0;
    settings.modelUnits = 32;
    settings.memoryUnits = 8;
    settings.latentUnits = 4;
    settings.modelLearningRate = 5e-3;
    settings.modelSequenceSlots = 4;
    settings.modelUpdates = 16;
    settings.startSkill = 0.1;
    settings.epochs = 1;
    return settings;
}

/// What an action is worth. @param seen features @param action in [0, 1] @return reward
using Reward = std::function<double(const Eigen::VectorXf& seen, const Eigen::VectorXf& action)>;

/// What an action is worth, and what a state is.
double
RewardActions(const Eigen::VectorXf& seen, const Eigen::VectorXf& action)
{
    return seen[0] + 4 * (action[0] - 0.5) * seen[1] - 4 * action[1] * action[1];
}

/// Live through an episode of noise. @param agent learns @param random source of what is seen
/// @param reward of each step @param slots of it
void
LiveEpisode(Agent& agent, base::RandomStream& random, const Reward& reward, int slots)
{
    Eigen::VectorXf seen(SHAPE.observations);
    Eigen::VectorXf action(SHAPE.actions);
    for (int i = 0; i < slots; ++i)
    {
        random.FillNormal(seen.data(), seen.size());
        const uint64_t step = agent.Explore(0, seen, action);
        agent.Reward(step, reward(seen, action));
    }
    agent.EndEpisode();
}

/// @param agent some agent @param value what V shall be, everywhere
void
SetValue(OpenWorldModelPpo& agent, double value)
{
    const at::NoGradGuard noGradient;
    for (at::Tensor& parameter : agent.m_critic.GetParameters())
    {
        parameter.zero_();
    }
    agent.m_critic.GetParameters().back().fill_(value);
}

/// @param x some numbers @param isSample whether their mean is estimated from them
/// @return their variance
double
GetVariance(const Eigen::ArrayXd& x, bool isSample)
{
    const auto n = static_cast<double>(x.size());
    return (x - x.mean()).square().sum() / (isSample ? n - 1 : n);
}

} // namespace

/// Model, law of mixing and discount.
class MixedTarget : public testing::TestWithParam<std::tuple<std::string, std::string, double>>
{
};

TEST_P(MixedTarget, IsEquation36)
{
    WorldModelPpoSettings settings = MakeSettings();
    settings.model = std::get<0>(GetParam());
    settings.targetMix = std::get<1>(GetParam());
    settings.gamma = std::get<2>(GetParam());
    settings.mixWeight = 0.3;
    settings.minibatch = 100;   // more than an episode has
    settings.startSkill = -1e9; // trusted from the start
    OpenWorldModelPpo agent("world-model-ppo", SHAPE, settings, 5);
    {
        const at::NoGradGuard noGradient;
        agent.m_critic.GetParameters().back().fill_(7); // what comes after the end would be seen
    }
    base::RandomStream random(1);
    constexpr int slots = 40;
    for (int episode = 0; episode < 3; ++episode)
    {
        LiveEpisode(
            agent,
            random,
            [](const auto& seen, const auto& a) { return seen[0] * a[0] - a[1] + 0.3; },
            slots);
    }
    agent.LookBack(slots);
    const Rollout& rollout = agent.rollout;
    const auto& predictions = agent.predictions;
    const Eigen::VectorXd critic = Join(agent.m_critic.GetParameters());
    const ReferenceNetwork value{{SHAPE.observations, 4, 1}};
    const Eigen::VectorXd values = value.Forward(critic, ToMatrix(rollout.observations)).col(0);
    const auto draws = static_cast<Eigen::Index>(predictions.size());
    const int64_t heads = predictions.front().rewards.size(0);
    ASSERT_EQ(heads, settings.model == "rssm" ? 1 : 3);
    ASSERT_EQ(rollout.next.back(), -1);
    double largest = 0;
    for (int i = 0; i < slots; ++i)
    {
        const bool isEnd = i + 1 == slots;
        Eigen::ArrayXd rewards = Eigen::ArrayXd::Zero(heads);
        Eigen::ArrayXd nextValues = Eigen::ArrayXd::Zero(draws);
        for (Eigen::Index draw = 0; draw < draws; ++draw)
        {
            const ModelStep& step = predictions[draw];
            rewards += ToMatrix(step.rewards).col(i).array() / static_cast<double>(draws);
            if (!isEnd && settings.gamma > 0)
            {
                const Eigen::MatrixXd next = ToMatrix(step.next.observation).row(i);
                nextValues[draw] = settings.gamma * value.Forward(critic, next)(0, 0);
            }
        }
        double weight = settings.mixWeight;
        if (settings.targetMix == "variance")
        {
            const double chance = GetVariance(nextValues, false);
            const double doubt = (heads > 1 ? GetVariance(rewards, true) : 0.0) +
                                 chance / static_cast<double>(draws);
            weight = (chance + 1e-6) / (chance + doubt + 2e-6);
        }
        const double seen =
            rollout.rewards[i].item<double>() + (isEnd ? 0.0 : settings.gamma * values[i + 1]);
        const double predicted = rewards.mean() + nextValues.mean();
        const double target = (1 - weight) * seen + weight * predicted;
        EXPECT_NEAR(agent.targets.returns[i].item<double>(), target, 2e-4) << "step " << i;
        EXPECT_NEAR(agent.targets.advantages[i].item<double>(), target - values[i], 2e-4);
        largest = std::max(largest, std::abs(weight * (predicted - seen)));
    }
    EXPECT_GT(largest, 0.01); // the model has a part in it
    if (settings.gamma == 0)
    {
        // Without draws the targets are those that the critic learned from, in one minibatch.
        const double loss = (rollout.values - agent.targets.returns).pow(2).mean().item<double>();
        EXPECT_NEAR(agent.GetMetrics().at("criticLoss"), loss, 1e-5 * loss);
    }
}

INSTANTIATE_TEST_SUITE_P(Models,
                         MixedTarget,
                         testing::Values(std::make_tuple("factored", "constant", 0.9),
                                         std::make_tuple("factored", "variance", 0.9),
                                         std::make_tuple("factored", "constant", 0.0),
                                         std::make_tuple("rssm", "constant", 0.9),
                                         std::make_tuple("rssm", "variance", 0.9)));

TEST(WorldModelPpo, LearnsAModelThatMakesTargetsBetter)
{
    // What comes next is pure chance, so that the best target of a step is r + gamma E[V(s')].
    for (const char* mix : {"variance", "constant"})
    {
        WorldModelPpoSettings settings = MakeSettings();
        settings.targetMix = mix;
        settings.episodeEndIsTerminal = false;
        settings.actionScale = 8;
        const AgentShape shape{SHAPE.observations, SHAPE.actions, SHAPE.observations};
        OpenWorldModelPpo agent("world-model-ppo", shape, settings, 5);
        {
            const at::NoGradGuard noGradient;
            agent.m_critic.GetParameters()[2] *= 5; // so that chance moves V
            agent.m_critic.GetParameters().back().fill_(10);
        }
        base::RandomStream random(1);
        constexpr int slots = 200;
        for (int episode = 0; episode < 20; ++episode)
        {
            LiveEpisode(agent, random, RewardActions, slots);
        }
        agent.LookBack(slots);
        const ReferenceNetwork value{{SHAPE.observations, 4, 1}};
        Eigen::MatrixXf states(20000, SHAPE.observations);
        random.FillNormal(states.data(), states.size());
        const double expected =
            value.Forward(Join(agent.m_critic.GetParameters()), states.cast<double>()).mean();
        double ofSeen = 0;
        double ofMixed = 0;
        for (int i = 0; i + 1 < slots; ++i)
        {
            const double reward = agent.rollout.rewards[i].item<double>();
            const double best = reward + settings.gamma * expected;
            const double seen =
                reward + settings.gamma * agent.rollout.nextValues[i].item<double>();
            ofSeen += std::pow(seen - best, 2);
            ofMixed += std::pow(agent.targets.returns[i].item<double>() - best, 2);
        }
        // By inverse variances the weight of the model is 8/9 if it is perfect: 1/9 of the error
        // is left. With one half it is 1/4 + 1/4/8.
        EXPECT_LT(ofMixed / ofSeen, settings.targetMix == "variance" ? 0.3 : 0.4) << mix;
    }
}

TEST(WorldModelPpo, WithoutMixingHasTheTargetsOfPpo)
{
    WorldModelPpoSettings settings = MakeSettings();
    settings.targetMix = "constant";
    settings.mixWeight = 0;
    settings.lambda = 0.7;
    settings.startSkill = -1e9;
    OpenWorldModelPpo agent("world-model-ppo", SHAPE, settings, 5);
    base::RandomStream random(1);
    LiveEpisode(
        agent,
        random,
        [](const auto& seen, const auto&) { return seen[0]; },
        20);
    agent.LookBack(20);
    const at::Tensor returns = agent.targets.returns;
    const auto& rollout = agent.rollout;
    double sum = 0;
    for (int i = 19; i >= 0; --i)
    {
        sum =
            (rollout.rewards[i] + 0.9 * rollout.nextValues[i] - rollout.values[i]).item<double>() +
            0.9 * 0.7 * sum;
        EXPECT_NEAR(returns[i].item<double>(), sum + rollout.values[i].item<double>(), 1e-5);
    }
}

namespace
{

/// What came of some iterations of a learner.
struct Trust
{
    double skill{0};        ///< mean skill in telling actions apart
    double trust{0};        ///< mean weight of imagination
    double trustedShare{0}; ///< of iterations in which the model is used
};

/// @param settings of the learner @param reward of the world @param seed of both
/// @return what came of iterations 11 to 40
Trust
MeasureTrust(const WorldModelPpoSettings& settings, const Reward& reward, uint64_t seed)
{
    constexpr int first = 10;
    constexpr int last = 40;
    constexpr double count = last - first;
    OpenWorldModelPpo agent("world-model-ppo", SHAPE, settings, seed);
    base::RandomStream random(30 + seed);
    Trust mean;
    for (int episode = 0; episode < last; ++episode)
    {
        LiveEpisode(agent, random, reward, 100);
        if (episode >= first)
        {
            const auto metrics = agent.GetMetrics();
            mean.skill += metrics.at("actionSkill") / count;
            mean.trust += metrics.at("trust") / count;
            mean.trustedShare += (metrics.at("trust") > 0 ? 1 : 0) / count;
        }
    }
    return mean;
}

/// @param gamma discount @return settings whose ends of episodes are cuts, as those of presets
WorldModelPpoSettings
MakeTrustSettings(double gamma)
{
    WorldModelPpoSettings settings = MakeSettings();
    settings.gamma = gamma;
    settings.actionScale = 8;
    settings.normaliseRewards = true;
    settings.episodeEndIsTerminal = false;
    return settings;
}

} // namespace

/// Discount and model.
class TrustIn : public testing::TestWithParam<std::tuple<double, std::string>>
{
};

TEST_P(TrustIn, NothingWhereNoActionMatters)
{
    WorldModelPpoSettings settings = MakeTrustSettings(std::get<0>(GetParam()));
    settings.model = std::get<1>(GetParam());
    base::RandomStream noise(9);
    Trust mean;
    constexpr int seeds = 3;
    for (int seed = 1; seed <= seeds; ++seed)
    {
        const Trust each = MeasureTrust(
            settings,
            [&noise](const auto& seen, const auto&) { return seen[0] + 0.5 * noise.Normal(); },
            seed);
        mean.skill += each.skill / seeds;
        mean.trustedShare += each.trustedShare / seeds;
    }
    EXPECT_NEAR(mean.skill, 0, 0.1);
    EXPECT_LT(mean.trustedShare, 0.25);
}

TEST_P(TrustIn, NothingThatIsLearnedFromPermutedActions)
{
    WorldModelPpoSettings settings = MakeTrustSettings(std::get<0>(GetParam()));
    settings.model = std::get<1>(GetParam());
    settings.permuteActions = true;
    const Trust trust = MeasureTrust(settings, RewardActions, 1);
    EXPECT_LT(trust.trust, 0.1);
}

TEST_P(TrustIn, AModelThatIsRight)
{
    WorldModelPpoSettings settings = MakeTrustSettings(std::get<0>(GetParam()));
    settings.model = std::get<1>(GetParam());
    const Trust trust = MeasureTrust(settings, RewardActions, 1);
    // The RSSM draws its latent state anew for each prediction, which is noise to a regression.
    const double least = settings.model == "rssm" && settings.gamma > 0 ? 0.4 : 0.8;
    EXPECT_GT(trust.trust, least);
    EXPECT_GT(trust.skill, least);
}

INSTANTIATE_TEST_SUITE_P(Discounts,
                         TrustIn,
                         testing::Combine(testing::Values(0.0, 0.9),
                                          testing::Values("factored", "rssm")));

TEST(WorldModelPpo, SkillOfAModelThatWasNeverTaughtIsNone)
{
    // All rewards are 0, and the model claims something of each action. If both advantages had the
    // same other actions, the skill would be 1/4.
    WorldModelPpoSettings settings = MakeTrustSettings(0);
    settings.modelUpdates = 0;
    settings.normaliseRewards = false;
    OpenWorldModelPpo agent("world-model-ppo", SHAPE, settings, 1);
    base::RandomStream random(6);
    double mean = 0;
    constexpr int episodes = 30;
    for (int episode = 0; episode < episodes; ++episode)
    {
        LiveEpisode(
            agent,
            random,
            [](const auto&, const auto&) { return 0.0; },
            100);
        mean += agent.m_trust.GetActionSkill().GetMean() / episodes;
    }
    EXPECT_NEAR(mean, 0, 0.1);
    EXPECT_LT(agent.m_trust.GetActionSkill().GetStd(), 0.1); // there is evidence at all
}

TEST(WorldModelPpo, TrustKnowsThatNothingComesAfterTheEnd)
{
    // V is the same in all states, so that it cancels, but for the last step of each episode,
    // which has no next state.
    std::vector<double> skills;
    std::vector<double> stds;
    for (const double value : {0.0, 50.0})
    {
        WorldModelPpoSettings settings = MakeSettings();
        OpenWorldModelPpo agent("world-model-ppo", SHAPE, settings, 2);
        SetValue(agent, value);
        base::RandomStream random(4);
        for (int episode = 0; episode < 3; ++episode)
        {
            LiveEpisode(
                agent,
                random,
                [](const auto&, const auto& a) { return a[0]; },
                20);
        }
        skills.push_back(agent.m_trust.GetActionSkill().GetMean());
        stds.push_back(agent.m_trust.GetActionSkill().GetStd());
    }
    EXPECT_NEAR(skills[0], skills[1], 0.02);
    EXPECT_NEAR(stds[0], stds[1], 0.02);
    EXPECT_LT(stds[0], 0.8); // there is evidence at all
}
