/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "agents/make-agent.h"
#include "base/random-stream.h"
#include "expect-refusal.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

using namespace agents;
using nlohmann::json;

namespace
{

/// @return the shape of agents who each see x in [-1, 1] and choose one number
AgentShape
GetShape()
{
    AgentShape shape;
    shape.observations = 1;
    shape.features = 1;
    shape.actions = 1;
    shape.isSet = true;
    shape.outcomes = 1;
    return shape;
}

/// @param x what an agent sees @return the best of its actions
double
GetBest(double x)
{
    return 0.5 + 0.3 * x;
}

/// @param changes to the settings @param preset of them @return an agent
std::unique_ptr<Agent>
Make(const json& changes = json::object(), const std::string& preset = "best")
{
    json settings = GetSettings("masac", preset);
    settings.update({{"hidden", {32, 32}}, {"learningRate", 3e-3}});
    settings.update(changes);
    return MakeAgent("masac", settings, GetShape(), 1);
}

/// Let agents learn a reward that is the mean of -10 (a - best)^2 of each. @param agent learns
/// @param slots how many @param n agents
void
Learn(Agent& agent, int slots, Eigen::Index n)
{
    base::RandomStream random(7);
    for (int slot = 0; slot < slots; ++slot)
    {
        const Eigen::VectorXf seen = Eigen::VectorXf::NullaryExpr(n, [&random] {
            return static_cast<float>(2 * random.Uniform() - 1);
        });
        Eigen::VectorXf action(n);
        const uint64_t step = agent.Explore(0, seen, action);
        const Eigen::VectorXf best =
            seen.unaryExpr([](float x) { return static_cast<float>(GetBest(x)); });
        const Eigen::VectorXf own = -10 * (action - best).array().square();
        agent.Reward(step, own.cast<double>().mean(), own);
    }
    agent.EndEpisode();
}

/// @param policy a policy @param n agents @return root mean square of its distance from the best
double
GetError(const Policy& policy, Eigen::Index n)
{
    const Eigen::VectorXf seen = Eigen::VectorXf::LinSpaced(n, -1, 1);
    Eigen::VectorXf action(n);
    policy.Act(seen, action);
    double squares = 0;
    for (Eigen::Index i = 0; i < n; ++i)
    {
        squares += std::pow(action[i] - GetBest(seen[i]), 2);
    }
    return std::sqrt(squares / static_cast<double>(n));
}

} // namespace

TEST(MultiAgentSac, FindsTheBestOfEachAgentForAnyNumber)
{
    const std::unique_ptr<Agent> agent = Make();
    EXPECT_GT(GetError(agent->GetPolicy(), 40), 0.15);
    Learn(*agent, 400, 4);
    for (const Eigen::Index n : {2, 4, 40, 400})
    {
        EXPECT_LT(GetError(agent->GetPolicy(), n), 0.03) << n;
    }
}

TEST(MultiAgentSac, OwnRewardsSaveSlots)
{
    constexpr int slots = 60;
    constexpr Eigen::Index agents = 60;
    const std::unique_ptr<Agent> own = Make();
    const std::unique_ptr<Agent> team = Make({{"learned", "team"}});
    Learn(*own, slots, agents);
    Learn(*team, slots, agents);
    EXPECT_LT(GetError(own->GetPolicy(), 40), 0.5 * GetError(team->GetPolicy(), 40));
}

TEST(MultiAgentSac, TheTeamLearnsFromItsRewardAlone)
{
    const std::unique_ptr<Agent> agent = Make({{"learningRate", 3e-3}}, "paper");
    const double before = GetError(agent->GetPolicy(), 40);
    Learn(*agent, 600, 3);
    EXPECT_LT(GetError(agent->GetPolicy(), 40), 0.5 * before);
}

TEST(MultiAgentSac, RefusesRewardsThatItCannotLearnFrom)
{
    const std::unique_ptr<Agent> agent = Make();
    Eigen::VectorXf action(2);
    const uint64_t step = agent->Explore(0, Eigen::VectorXf::Zero(2), action);
    ExpectRefusal<std::runtime_error>([&] { agent->Reward(step, 1); },
                                      "masac: step 0 has a reward alone, expected that of each");
    Eigen::VectorXf own = Eigen::VectorXf::Zero(2);
    own[1] = std::numeric_limits<float>::quiet_NaN();
    ExpectRefusal<std::runtime_error>([&] { agent->Reward(step, 1, own); },
                                      "masac: step 0: the reward of an agent is not finite");
    AgentShape other = GetShape();
    other.outcomes = 6;
    ExpectRefusal<std::invalid_argument>(
        [&] { MakeAgent("masac", GetSettings("masac", "best"), other, 1); },
        "learned: \"own\", expected a task that tells each agent a reward of its own");
    ExpectRefusal<std::invalid_argument>([] { GetSettings("masac", "lookahead"); },
                                         "preset of masac: expected best or paper");
}
