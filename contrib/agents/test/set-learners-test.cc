/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "agents/algorithm-registry.h"
#include "agents/make-agent.h"
#include "expect-refusal.h"
#include "toy-sets.h"

#include <gtest/gtest.h>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

using namespace agents;
using nlohmann::json;

namespace
{

/// @return names of the algorithms that take sets
std::vector<std::string>
GetSetAlgorithms()
{
    std::vector<std::string> names;
    for (const std::string& name : GetAlgorithms())
    {
        if (AlgorithmRegistry::Find(name)->takesSets)
        {
            names.push_back(name);
        }
    }
    return names;
}

/// @param algorithm its name @param changes to its best settings @param seed of the agent
/// @return an agent of ToySets
std::unique_ptr<Agent>
Make(const std::string& algorithm, const json& changes = json::object(), uint64_t seed = 1)
{
    json settings = GetSettings(algorithm, "best");
    settings.update({{"hidden", {32, 32}}, {"learningRate", 3e-3}});
    if (algorithm == "equivariant-ppo")
    {
        settings["rolloutSlots"] = 30;
    }
    if (algorithm == "masac")
    {
        settings["learned"] = "team"; // a time is no reward
        settings["targetEntropy"] = -1;
        settings["initialTemperature"] = 0.1;
    }
    settings.update(changes);
    return MakeAgent(algorithm, settings, ToySets::GetShape(), seed);
}

/// @param agent an agent @return what it would store
std::map<std::string, std::string>
Store(const Agent& agent)
{
    Archive archive;
    agent.Save(archive);
    std::map<std::string, std::string> sections;
    for (const char* name :
         {"agent", "agent/random", "agent/experience", "agent/counts", "agent/actor", "set-policy"})
    {
        sections[name] = archive.Get(name);
    }
    return sections;
}

const std::vector<Eigen::Index> SIZES = {2, 3}; //!< of sets in most tests

} // namespace

class SetLearners : public testing::TestWithParam<std::string>
{
};

TEST_P(SetLearners, LearnForTheSizesThatTheySee)
{
    const std::unique_ptr<Agent> agent = Make(GetParam());
    EXPECT_LT(GetShareOfBestSets(agent->GetPolicy(), 3), 0.4);
    const std::map<std::string, int> slots = {{"equivariant-ppo", 1500},
                                              {"equivariant-sac", 500},
                                              {"equivariant-td3", 500},
                                              {"masac", 700},
                                              {"outcome-model", 60}};
    LearnSets(*agent, slots.at(GetParam()), SIZES, 1);
    EXPECT_GT(GetShareOfBestSets(agent->GetPolicy(), 3), 0.7);
}

TEST_P(SetLearners, SameSeedSameBytesAndGoOnAsIfNothingHadHappened)
{
    const std::unique_ptr<Agent> whole = Make(GetParam());
    const std::unique_ptr<Agent> begun = Make(GetParam());
    for (Agent* agent : {whole.get(), begun.get()})
    {
        LearnSets(*agent, 33, SIZES, 1);
    }
    EXPECT_EQ(Store(*begun), Store(*whole));
    Archive archive;
    begun->Save(archive);
    const std::unique_ptr<Agent> resumed = Make(GetParam(), json::object(), 77);
    EXPECT_NE(Store(*resumed), Store(*whole));
    resumed->Load(archive);
    EXPECT_EQ(Store(*resumed), Store(*whole));
    for (Agent* agent : {whole.get(), resumed.get()})
    {
        LearnSets(*agent, 40, {4, 2}, 2);
    }
    EXPECT_EQ(Store(*resumed), Store(*whole));
    EXPECT_EQ(json(resumed->GetMetrics()).dump(), json(whole->GetMetrics()).dump());
}

TEST_P(SetLearners, DamagedCheckpointsAreRefused)
{
    const std::unique_ptr<Agent> agent = Make(GetParam());
    LearnSets(*agent, 25, SIZES, 1);
    Archive good;
    agent->Save(good);
    for (const auto& [name, bytes] : Store(*agent))
    {
        Archive bad = good;
        bad.Put(name, bytes.substr(0, bytes.size() / 2));
        ExpectRefusal<std::runtime_error>([&] { Make(GetParam())->Load(bad); }, "");
    }
    Archive other = good;
    other.Put("agent", "ppo");
    ExpectRefusal<std::runtime_error>([&] { Make(GetParam())->Load(other); },
                                      ": a checkpoint of 'ppo', expected one of '" + GetParam());
}

TEST_P(SetLearners, WrongNumbersAreRefused)
{
    const std::unique_ptr<Agent> agent = Make(GetParam());
    Eigen::VectorXf action(2);
    const Eigen::VectorXf seen = Eigen::VectorXf::Zero(2 * ToySets::OBSERVATIONS);
    ExpectRefusal<std::runtime_error>([&] { agent->Explore(0, seen.head(7), action); },
                                      GetParam() +
                                          ": step 0 has 7 entries, expected 4 for each entity");
    Eigen::VectorXf bad = seen;
    bad[3] = std::numeric_limits<float>::quiet_NaN();
    ExpectRefusal<std::runtime_error>([&] { agent->Explore(0, bad, action); },
                                      GetParam() + ": step 0: an observation is not finite");
    const uint64_t step = agent->Explore(0, seen, action);
    const Eigen::VectorXf outcomes = Eigen::VectorXf::Ones(2);
    ExpectRefusal<std::runtime_error>(
        [&] { agent->Reward(step, std::numeric_limits<double>::infinity(), outcomes); },
        GetParam() + ": step 0: the reward is not finite");
    ExpectRefusal<std::runtime_error>([&] { agent->Reward(step, 1, Eigen::VectorXf::Ones(3)); },
                                      GetParam() +
                                          ": step 0 has outcomes of 3 entities, expected 2");
    agent->Reward(step, 1, outcomes);
}

TEST_P(SetLearners, EpisodesOfNothingAreNoError)
{
    const std::unique_ptr<Agent> agent = Make(GetParam());
    agent->EndEpisode();
    Eigen::VectorXf action(3);
    for (int slot = 0; slot < 40; ++slot) // none of which is rewarded
    {
        agent->Explore(0, Eigen::VectorXf::Zero(3 * ToySets::OBSERVATIONS), action);
    }
    agent->EndEpisode();
    LearnSets(*agent, 40, SIZES, 1);
    EXPECT_GT(agent->GetMetrics().at("gradientSteps"), 0);
}

TEST_P(SetLearners, NeedASet)
{
    AgentShape shape;
    shape.observations = 2;
    shape.actions = 1;
    ExpectRefusal<std::invalid_argument>(
        [&] { MakeAgent(GetParam(), GetSettings(GetParam(), "best"), shape, 1); },
        "agent '" + GetParam() + "': expected a set of entities");
    ExpectRefusal<std::invalid_argument>(
        [] { MakeAgent("ppo", GetSettings("ppo", "best"), ToySets::GetShape(), 1); },
        "agent 'ppo': expected a fixed vector");
}

INSTANTIATE_TEST_SUITE_P(All,
                         SetLearners,
                         testing::ValuesIn(GetSetAlgorithms()),
                         [](const testing::TestParamInfo<std::string>& info) {
                             std::string name = info.param;
                             std::replace(name.begin(), name.end(), '-', '_');
                             return name;
                         });

TEST(OutcomeModelLearner, ActsInSetsOfSizesThatItNeverSaw)
{
    const std::unique_ptr<Agent> agent = Make("outcome-model");
    LearnSets(*agent, 100, {3}, 1);
    for (const Eigen::Index n : {2, 3, 10, 30})
    {
        EXPECT_GT(GetShareOfBestSets(agent->GetPolicy(), n), 0.9) << n;
    }
}

TEST(OutcomeModelLearner, CannotPredictOutcomesOfOthers)
{
    const auto getLoss = [](bool permutes) {
        const std::unique_ptr<Agent> agent =
            Make("outcome-model", {{"permutesOutcomes", permutes}, {"policyUpdatesPerSlot", 0}});
        LearnSets(*agent, 100, {3}, 1);
        return agent->GetMetrics().at("modelLoss");
    };
    EXPECT_GT(getLoss(true), 20 * getLoss(false));
}

TEST(OutcomeModelLearner, LearnsTheMixOfLevels)
{
    const std::unique_ptr<Agent> agent = Make("outcome-model", {{"levels", "learned"}});
    LearnSets(*agent, 100, {3}, 1);
    EXPECT_GT(GetShareOfBestSets(agent->GetPolicy(), 3), 0.8);
}

TEST(OutcomeModelLearner, NeedsOutcomesAndEquations)
{
    const std::unique_ptr<Agent> agent = Make("outcome-model");
    Eigen::VectorXf action(1);
    const uint64_t step = agent->Explore(0, Eigen::VectorXf::Zero(ToySets::OBSERVATIONS), action);
    ExpectRefusal<std::runtime_error>([&] { agent->Reward(step, 1); },
                                      "expected the outcome of each entity");
    ExpectRefusal<std::invalid_argument>(
        [] {
            Make("outcome-model", {{"learned", "latency"}});
        },
        "learned: \"latency\", expected a task with equations");
    ExpectRefusal<std::invalid_argument>(
        [] {
            Make("outcome-model", {{"leastEntities", 9}, {"mostEntities", 8}});
        },
        "leastEntities: 9, expected at most mostEntities, 8");
}

TEST(EquivariantPpo, RefusesARewardWithoutLogarithm)
{
    const std::unique_ptr<Agent> agent = Make("equivariant-ppo");
    Eigen::VectorXf action(1);
    const uint64_t step = agent->Explore(0, Eigen::VectorXf::Zero(ToySets::OBSERVATIONS), action);
    ExpectRefusal<std::runtime_error>([&] { agent->Reward(step, -1); },
                                      "the reward is -1.000000, expected one above zero");
}
