/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "expect-refusal.h"
#include "hill-climber.h"
#include "toy-task.h"

#include <algorithm>
#include <set>

using namespace agents;
using nlohmann::json;

namespace
{

constexpr int EPISODES = 120; //!< enough for a linear policy of four weights
constexpr int SLOTS = 100;    //!< of an episode

/// @param seed of the agent @return a hill climber for a bandit
std::unique_ptr<Agent>
MakeHillClimber(uint64_t seed)
{
    return MakeAgent("hill-climber",
                     GetSettings("hill-climber", "best"),
                     Bandit().GetShape(),
                     seed);
}

/// @param agent learns @param first episode @param last episode, not learned any more
void
Learn(Agent& agent, int first, int last)
{
    std::vector<std::unique_ptr<ToyTask>> tasks;
    tasks.push_back(std::make_unique<Bandit>());
    for (int episode = first; episode < last; ++episode)
    {
        LearnEpisode(agent, tasks, SLOTS, episode);
    }
}

/// @param agent some agent @return what it would store
Archive
Save(const Agent& agent)
{
    Archive archive;
    agent.Save(archive);
    return archive;
}

} // namespace

TEST(AlgorithmRegistry, KnowsTheLearnersLibraryAndWhatWasAdded)
{
    const std::vector<std::string> names = GetAlgorithms();
    EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
    EXPECT_EQ(std::set<std::string>(names.begin(), names.end()),
              (std::set<std::string>{"ddpg",
                                     "equivariant-ppo",
                                     "equivariant-sac",
                                     "equivariant-td3",
                                     "hill-climber",
                                     "masac",
                                     "outcome-model",
                                     "ppo",
                                     "sac",
                                     "td3",
                                     "world-model-ppo"}));
    for (const std::string& name : names)
    {
        EXPECT_EQ(AlgorithmRegistry::Find(name)->name, name);
        EXPECT_FALSE(AlgorithmRegistry::Find(name)->description.empty()) << name;
    }
    EXPECT_EQ(AlgorithmRegistry::Find("a2c"), nullptr);
}

TEST(AlgorithmRegistry, RefusesANameThatIsTakenOrNone)
{
    Algorithm row = *AlgorithmRegistry::Find("hill-climber");
    ExpectRefusal<std::invalid_argument>([&] { AlgorithmRegistry::Add(row); },
                                         "algorithm 'hill-climber' is there already");
    row.name = "ppo";
    ExpectRefusal<std::invalid_argument>([&] { AlgorithmRegistry::Add(row); },
                                         "algorithm 'ppo' is there already");
    row.name = "";
    ExpectRefusal<std::invalid_argument>([&] { AlgorithmRegistry::Add(row); },
                                         "algorithm without a name");
}

TEST(AlgorithmRegistry, GivesAnAddedAlgorithmItsSettingsAndPresets)
{
    EXPECT_EQ(GetSettings("hill-climber", "best"), (json{{"spread", 0.3}, {"settles", true}}));
    EXPECT_EQ(GetSettings("hill-climber", "lookahead"),
              (json{{"spread", 0.3}, {"settles", false}}));
    EXPECT_EQ(GetSettings("hill-climber", "paper"), (json{{"spread", 1.0}, {"settles", false}}));
    ExpectRefusal<std::invalid_argument>(
        [] {
            MakeAgent("hill-climber", json{{"spread", 11}}, AgentShape{1, 1, 0}, 1);
        },
        "settings: /spread: got 11, expected a number from 0.0 to 10.0");
    ExpectRefusal<std::invalid_argument>(
        [] {
            MakeAgent("hill-climber", json{{"gamma", 0}}, AgentShape{1, 1, 0}, 1);
        },
        "settings: /gamma: unknown key, expected one of spread, settles");
    ExpectRefusal<std::invalid_argument>(
        [] {
            MakeAgent("hill-climber", json::object(), AgentShape{0, 1, 0}, 1);
        },
        "agent 'hill-climber': expected at least one feature");
}

TEST(AlgorithmRegistry, TrainsAnAddedAlgorithmThroughMakeAgent)
{
    const auto agent = MakeHillClimber(1);
    Bandit bandit;
    EXPECT_NEAR(GetShareOfBest(bandit, agent->GetPolicy()), 0, 1e-6);
    Learn(*agent, 0, EPISODES);
    EXPECT_GT(GetShareOfBest(bandit, agent->GetPolicy()), 0.8);
}

TEST(AlgorithmRegistry, AnAddedAlgorithmGoesOnWhereItWasSaved)
{
    const auto whole = MakeHillClimber(2);
    Learn(*whole, 0, 20);
    const auto first = MakeHillClimber(2);
    Learn(*first, 0, 10);
    const auto second = MakeHillClimber(3);
    second->Load(Save(*first));
    Learn(*second, 10, 20);
    for (const char* section : {"agent/random", "agent/numbers", "agent/now", "policy"})
    {
        EXPECT_EQ(Save(*second).Get(section), Save(*whole).Get(section)) << section;
        EXPECT_NE(Save(*second).Get(section), Save(*first).Get(section)) << section;
    }
}
