/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "expect-refusal.h"
#include "toy-task.h"

#include <cstdio>
#include <fstream>
#include <iterator>

using namespace agents;
using nlohmann::json;

namespace
{

/// A learner that is stopped and goes on.
struct Case
{
    std::string name;      ///< of the test
    std::string algorithm; ///< which
    json changes;          ///< to the small settings
};

/// @param learner its case @param seed of the agent @return an agent
std::unique_ptr<Agent>
Make(const Case& learner, uint64_t seed)
{
    return MakeAgent(learner.algorithm,
                     MakeSmallSettings(learner.algorithm, learner.changes),
                     Tracking().GetShape(),
                     seed);
}

/// @param agent learns @param first episode @param last episode, not learned any more
void
Learn(Agent& agent, int first, int last)
{
    std::vector<std::unique_ptr<ToyTask>> tasks;
    tasks.push_back(std::make_unique<Tracking>());
    tasks.push_back(std::make_unique<Tracking>());
    for (int episode = first; episode < last; ++episode)
    {
        constexpr int slots = 33;
        LearnEpisode(agent, tasks, slots, episode);
    }
}

/// @param path file name @return an archive's bytes
std::string
ReadBytes(const std::string& path)
{
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// @param agent an agent @param path where to
void
Save(const Agent& agent, const std::string& path)
{
    Archive archive;
    agent.Save(archive);
    archive.Write(path);
}

/// @param agent an agent @return the bytes of its checkpoint
std::string
GetBytes(const Agent& agent)
{
    const std::string path = testing::TempDir() + "checkpoint-test-bytes.agent";
    Save(agent, path);
    std::string bytes = ReadBytes(path);
    std::remove(path.c_str());
    return bytes;
}

/// @return metrics as text, in which NaN is equal to NaN
std::string
GetMetrics(const Agent& agent)
{
    return json(agent.GetMetrics()).dump();
}

const std::vector<Case> CASES{
    {"Ppo", "ppo", {{"gamma", 0.9}, {"lambda", 0.5}, {"normaliseObservations", true}}},
    {"PpoRollout", "ppo", {{"rolloutSlots", 10}, {"gamma", 0.9}, {"entropyWeight", 0.01}}},
    {"Factored",
     "world-model-ppo",
     {{"gamma", 0.9},
      {"startSkill", -1e9},
      {"modelUpdates", 8},
      {"imaginationUpdates", 5},
      {"replaySlots", 150}}},
    {"Rssm",
     "world-model-ppo",
     {{"model", "rssm"},
      {"gamma", 0.9},
      {"startSkill", -1e9},
      {"modelUpdates", 8},
      {"gate", "quantile"},
      {"targetMix", "constant"},
      {"imaginationGradient", "score"}}},
    {"Td3", "td3", {{"gamma", 0.9}, {"updatesPerSlot", 0.3}, {"startSlots", 50}}},
    {"Ddpg", "ddpg", {{"gamma", 0.9}, {"updateEverySlots", 7}, {"normaliseObservations", true}}},
    {"Sac", "sac", {{"gamma", 0.9}, {"startSlots", 20}, {"episodeEndIsTerminal", true}}},
};

} // namespace

class Checkpoint : public testing::TestWithParam<Case>
{
};

TEST_P(Checkpoint, SameSeedSameBytes)
{
    const std::unique_ptr<Agent> one = Make(GetParam(), 5);
    const std::unique_ptr<Agent> two = Make(GetParam(), 5);
    const std::unique_ptr<Agent> other = Make(GetParam(), 6);
    Learn(*one, 0, 4);
    Learn(*two, 0, 4);
    Learn(*other, 0, 4);
    EXPECT_EQ(GetBytes(*one), GetBytes(*two));
    EXPECT_EQ(GetMetrics(*one), GetMetrics(*two));
    EXPECT_NE(GetBytes(*one), GetBytes(*other));
}

TEST_P(Checkpoint, GoesOnAsIfNothingHadHappened)
{
    const std::unique_ptr<Agent> whole = Make(GetParam(), 5);
    Learn(*whole, 0, 6);
    const std::string path = testing::TempDir() + "checkpoint-test-" + GetParam().name + ".agent";
    for (const int stop : {0, 1, 4})
    {
        const std::unique_ptr<Agent> begun = Make(GetParam(), 5);
        Learn(*begun, 0, stop);
        Save(*begun, path);
        const std::unique_ptr<Agent> resumed = Make(GetParam(), 77);
        resumed->Load(Archive::Read(path));
        EXPECT_EQ(GetBytes(*resumed), ReadBytes(path)) << stop;
        Learn(*resumed, stop, 6);
        EXPECT_EQ(GetBytes(*resumed), GetBytes(*whole)) << stop;
        EXPECT_EQ(GetMetrics(*resumed), GetMetrics(*whole)) << stop;
        std::remove(path.c_str());
    }
}

TEST_P(Checkpoint, DamagedSectionsAreRefused)
{
    const std::unique_ptr<Agent> agent = Make(GetParam(), 5);
    Learn(*agent, 0, 2);
    const std::string path = testing::TempDir() + "checkpoint-test-" + GetParam().name + ".agent";
    Save(*agent, path);
    const Archive good = Archive::Read(path);
    std::remove(path.c_str());
    std::vector<std::string> names{"agent",
                                   "agent/random",
                                   "agent/experience",
                                   "agent/observations",
                                   "agent/rewards",
                                   "agent/frozen",
                                   "agent/clock",
                                   "agent/actor",
                                   "policy"};
    for (const char* name : {"agent/critic", "agent/critics", "agent/targets", "agent/model"})
    {
        if (good.Has(name))
        {
            names.emplace_back(name);
        }
    }
    for (const std::string& name : names)
    {
        Archive bad = good;
        bad.Put(name, good.Get(name).substr(0, good.Get(name).size() / 2));
        const std::unique_ptr<Agent> other = Make(GetParam(), 5);
        ExpectRefusal<std::runtime_error>([&] { other->Load(bad); }, path + ": ");
    }
}

INSTANTIATE_TEST_SUITE_P(Learners,
                         Checkpoint,
                         testing::ValuesIn(CASES),
                         [](const testing::TestParamInfo<Case>& info) { return info.param.name; });

TEST(CheckpointOfAnother, IsRefused)
{
    Archive archive;
    const std::unique_ptr<Agent> ppo = Make(CASES.front(), 1);
    Learn(*ppo, 0, 1);
    ppo->Save(archive);
    for (const Case& learner : CASES)
    {
        if (learner.algorithm != "ppo")
        {
            ExpectRefusal<std::runtime_error>([&] { Make(learner, 1)->Load(archive); },
                                              ": a checkpoint of 'ppo', expected one of '" +
                                                  learner.algorithm + "'");
        }
    }
    json wide = MakeSmallSettings("ppo");
    wide["hidden"] = {64};
    const auto other = MakeAgent("ppo", wide, Tracking().GetShape(), 1);
    ExpectRefusal<std::runtime_error>([&] { other->Load(archive); }, "of another size");
    const auto seeing = MakeAgent("ppo", MakeSmallSettings("ppo"), AgentShape{3, 1, 0}, 1);
    ExpectRefusal<std::runtime_error>([&] { seeing->Load(archive); }, ": ");
    ExpectRefusal<std::runtime_error>([&] { ppo->Load(Archive()); }, "no section 'agent'");
}
