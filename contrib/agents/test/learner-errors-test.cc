/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "agents/algorithm-registry.h"
#include "expect-refusal.h"
#include "toy-task.h"

#include <cmath>
#include <limits>

using namespace agents;
using nlohmann::json;

namespace
{

/// @param algorithm its name @param changes to the small settings @return an agent of one feature
std::unique_ptr<Agent>
Make(const std::string& algorithm, const json& changes = json::object())
{
    return MakeAgent(algorithm, MakeSmallSettings(algorithm, changes), AgentShape{1, 1, 0}, 1);
}

/// @return names of the algorithms that take fixed vectors
std::vector<std::string>
GetVectorAlgorithms()
{
    std::vector<std::string> names;
    for (const std::string& name : GetAlgorithms())
    {
        if (!AlgorithmRegistry::Find(name)->takesSets)
        {
            names.push_back(name);
        }
    }
    return names;
}

} // namespace

TEST(LearnerErrors, NumbersThatAreNotFiniteAreRefused)
{
    for (const std::string& algorithm : GetVectorAlgorithms())
    {
        const std::unique_ptr<Agent> agent = Make(algorithm);
        Eigen::VectorXf action(1);
        const uint64_t step = agent->Explore(0, Eigen::VectorXf::Zero(1), action);
        for (const double value : {std::nan(""), std::numeric_limits<double>::infinity()})
        {
            ExpectRefusal<std::runtime_error>([&] { agent->Reward(step, value); },
                                              algorithm + ": the reward of step 0 is not finite");
            const Eigen::VectorXf seen = Eigen::VectorXf::Constant(1, static_cast<float>(value));
            ExpectRefusal<std::runtime_error>([&] { agent->Explore(0, seen, action); },
                                              algorithm +
                                                  ": an observation of step 1 is not finite");
        }
    }
}

TEST(LearnerErrors, ALossThatOverflowsIsOneLine)
{
    for (const std::string& algorithm : GetVectorAlgorithms())
    {
        const std::unique_ptr<Agent> agent = Make(algorithm,
                                                  {{"learningRate", 1.0},
                                                   {"normaliseRewards", false},
                                                   {"maxGradientNorm", 1e9},
                                                   {"gamma", 0.99}});
        ExpectRefusal<std::runtime_error>(
            [&] {
                Eigen::VectorXf action(1);
                for (int slot = 0; slot < 2000; ++slot)
                {
                    const uint64_t step =
                        agent->Explore(0, Eigen::VectorXf::Constant(1, slot % 7), action);
                    agent->Reward(step, slot % 2 == 0 ? 3e38 : -3e38);
                    if (slot % 200 == 199)
                    {
                        agent->EndEpisode();
                    }
                }
            },
            algorithm + ", ");
    }
}

TEST(LearnerErrors, AWildLearnerNeverActsByNaN)
{
    for (const std::string& algorithm : GetVectorAlgorithms())
    {
        const std::unique_ptr<Agent> agent =
            Make(algorithm, {{"learningRate", 1.0}, {"maxGradientNorm", 1e9}, {"gamma", 0.99}});
        Eigen::VectorXf action(1);
        try
        {
            for (int slot = 0; slot < 400; ++slot)
            {
                const uint64_t step =
                    agent->Explore(0, Eigen::VectorXf::Constant(1, 1e4f * (slot % 7)), action);
                ASSERT_GE(action[0], 0) << algorithm;
                ASSERT_LE(action[0], 1) << algorithm;
                agent->Reward(step, slot % 2 == 0 ? 1e9 : -1e9);
                if (slot % 100 == 99)
                {
                    agent->EndEpisode();
                    agent->GetPolicy().Act(Eigen::VectorXf::Ones(1), action);
                    ASSERT_TRUE(std::isfinite(action[0])) << algorithm;
                }
            }
        }
        catch (const std::runtime_error& error)
        {
            EXPECT_EQ(std::string(error.what()).rfind(algorithm + ", ", 0), 0U) << error.what();
        }
    }
}

TEST(LearnerErrors, EpisodesOfNothingOrOfOneStepAreNoError)
{
    for (const std::string& algorithm : GetVectorAlgorithms())
    {
        const std::unique_ptr<Agent> agent = Make(algorithm, {{"gamma", 0.9}});
        agent->EndEpisode();
        agent->EndEpisode();
        Eigen::VectorXf action(1);
        for (int episode = 0; episode < 5; ++episode)
        {
            const uint64_t step = agent->Explore(0, Eigen::VectorXf::Zero(1), action);
            if (episode % 2 == 0)
            {
                agent->Reward(step, 1);
            }
            agent->EndEpisode();
        }
        for (int slot = 0; slot < 300; ++slot) // none of which is rewarded
        {
            agent->Explore(slot % 3, Eigen::VectorXf::Zero(1), action);
        }
        agent->EndEpisode();
        EXPECT_TRUE(std::isfinite(action[0]));
    }
}

TEST(LearnerErrors, FiguresKeepTheirNames)
{
    for (const std::string& algorithm : GetVectorAlgorithms())
    {
        const std::unique_ptr<Agent> agent =
            MakeAgent(algorithm, MakeSmallSettings(algorithm), Tracking().GetShape(), 1);
        const std::map<std::string, double> before = agent->GetMetrics();
        std::vector<std::unique_ptr<ToyTask>> tasks;
        tasks.push_back(std::make_unique<Tracking>());
        for (int episode = 0; episode < 3; ++episode)
        {
            LearnEpisode(*agent, tasks, 100, episode);
            const std::map<std::string, double> after = agent->GetMetrics();
            ASSERT_EQ(after.size(), before.size()) << algorithm;
            for (const auto& [name, value] : after)
            {
                EXPECT_EQ(before.count(name), 1U) << algorithm << ' ' << name;
            }
        }
        EXPECT_GT(agent->GetMetrics().at("gradientSteps"), 0) << algorithm;
    }
}

TEST(LearnerErrors, AgentsThatCannotBeAreRefused)
{
    for (const AgentShape& shape : {AgentShape{0, 1, 0}, AgentShape{1, 0, 0}, AgentShape{1, 1, 2}})
    {
        ExpectRefusal<std::invalid_argument>(
            [&] { MakeAgent("ppo", MakeSmallSettings("ppo"), shape, 1); },
            "agent 'ppo': expected ");
    }
    ExpectRefusal<std::invalid_argument>(
        [] {
            Make("ppo", {{"learningrate", 1}});
        },
        "settings: /learningrate: unknown key");
    ExpectRefusal<std::invalid_argument>([] { Make("dqn"); }, "algorithm 'dqn'");
}
