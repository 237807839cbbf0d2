/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "toy-task.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace agents;
using nlohmann::json;

namespace
{

/// A world of two exogenous features, each AR(1) of unit variance, and a reward that is smooth and
/// depends most on what is done: r = w sin(o_0) + 3 a^2.
class Drift : public ToyTask
{
  public:
    /// @param correlation of a feature from slot to slot @param stateWeight w
    Drift(float correlation, double stateWeight)
        : m_correlation(correlation),
          m_stateWeight(stateWeight)
    {
    }

    AgentShape GetShape() const override
    {
        return {2, 1, 2};
    }

    void Begin(base::RandomStream& random) override
    {
        random.FillNormal(m_features.data(), 2);
    }

    Eigen::VectorXf Observe() const override
    {
        return m_features;
    }

    double Act(const Eigen::VectorXf& action, base::RandomStream& random) override
    {
        const double reward = m_stateWeight * std::sin(m_features[0]) + 3 * action[0] * action[0];
        for (float& each : m_features)
        {
            each = m_correlation * each +
                   std::sqrt(1 - m_correlation * m_correlation) * random.Normal();
        }
        return reward;
    }

    Eigen::VectorXf GetBest() const override
    {
        return Eigen::VectorXf::Ones(1);
    }

  private:
    float m_correlation;              //!< of a feature from slot to slot
    double m_stateWeight;             //!< of the state in the reward
    Eigen::Vector2f m_features{0, 0}; //!< now
};

/// Learn a model of a policy that stays as it is. @param correlation of the world
/// @param changes settings @param stateWeight of the state in the reward
/// @return the metrics of the last episodes, each the mean of five
std::map<std::string, double>
LearnModel(float correlation, const json& changes, double stateWeight = 0.5)
{
    constexpr int slots = 200;
    constexpr int episodes = 20;
    constexpr int averaged = 5;
    json settings = MakeSmallSettings("world-model-ppo", changes);
    settings["learningRate"] = 0;
    settings["imaginationWeight"] = 0;
    settings["epochs"] = 1;
    settings["modelSequences"] = 64;
    settings["modelLearningRate"] = 3e-3;
    Drift drift(correlation, stateWeight);
    const auto agent = MakeAgent("world-model-ppo", settings, drift.GetShape(), 1);
    std::vector<std::unique_ptr<ToyTask>> tasks;
    tasks.push_back(std::make_unique<Drift>(correlation, stateWeight));
    std::map<std::string, double> mean;
    for (int episode = 0; episode < episodes; ++episode)
    {
        LearnEpisode(*agent, tasks, slots, episode);
        for (const auto& [name, value] : agent->GetMetrics())
        {
            mean[name] += episode >= episodes - averaged ? value / averaged : 0.0;
        }
    }
    return mean;
}

} // namespace

TEST(WorldModelSkill, IsNoneOnWhatIsUnpredictable)
{
    EXPECT_NEAR(LearnModel(0.0f, json::object()).at("exogenousSkill"), 0, 0.1);
}

TEST(WorldModelSkill, IsTheSquaredCorrelationOnFading)
{
    // The best guess of the next value is rho times this one; its error has variance 1 - rho^2.
    EXPECT_NEAR(LearnModel(0.9f, json::object()).at("exogenousSkill"), 0.81, 0.1);
}

TEST(WorldModelSkill, IsNearlyOneOnASmoothReward)
{
    EXPECT_GE(LearnModel(0.0f, json::object()).at("rewardSkill"), 0.95);
    EXPECT_GE(LearnModel(0.9f, json::object()).at("rewardSkill"), 0.95);
}

TEST(WorldModelSkill, IsThereForActionsThatHardlyVary)
{
    // A deviation of 1/8 before squashing is 1/32 of an action.
    const double narrow = std::log(0.125);
    const auto get = [&](double scale) {
        return LearnModel(0.0f, {{"initialLogDeviation", narrow}, {"actionScale", scale}}, 0)
            .at("rewardSkill");
    };
    const double wide = get(8);
    EXPECT_GE(wide, 0.95);
    EXPECT_GE((1 - get(1)) / (1 - wide), 2); // of what is unexplained
}

TEST(WorldModelSkill, OfTheRssm)
{
    const auto skills = LearnModel(0.9f, {{"model", "rssm"}});
    EXPECT_GE(skills.at("rewardSkill"), 0.8);
    // Its guess is one draw from the prior, so that chance counts twice: at best 1 - 2 (1 - rho^2).
    EXPECT_GE(skills.at("observationSkill"), 0.3);
    EXPECT_LE(skills.at("observationSkill"), 0.7);
    EXPECT_LE(LearnModel(0.0f, {{"model", "rssm"}}).at("observationSkill"), 0.1);
}

TEST(WorldModelSkill, WithPermutedActionsIsTheShareOfTheFeatures)
{
    // What is left is what the features say of the reward: var(sin(x) / 2) = (1 - e^-2) / 8
    // compared with the variance of 3 a^2, a = 1 / (1 + e^-u), u of deviation e^-1/2, by
    // quadrature.
    const double ofFeatures = (1 - std::exp(-2.0)) / 8;
    double mean = 0;
    double square = 0;
    double weight = 0;
    for (double z = -8; z <= 8; z += 1e-3)
    {
        const double density = std::exp(-0.5 * z * z);
        const double a = 1 / (1 + std::exp(-std::exp(-0.5) * z));
        weight += density;
        mean += density * 3 * a * a;
        square += density * 9 * a * a * a * a;
    }
    mean /= weight;
    const double ofActions = square / weight - mean * mean;
    const double share = ofFeatures / (ofFeatures + ofActions);
    ASSERT_NEAR(share, 0.373, 0.001);
    for (const char* model : {"factored", "rssm"})
    {
        // With a weight of 1 the RSSM cares for observations, of which there are more.
        const auto skills =
            LearnModel(0.9f, {{"model", model}, {"permuteActions", true}, {"rewardWeight", 10}});
        EXPECT_NEAR(skills.at("rewardSkill"), share, 0.1) << model;
    }
}
