/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "agents/entity-experience.h"
#include "expect-refusal.h"

#include <cmath>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <set>
#include <string>
#include <tuple>

using namespace agents;

namespace
{

/// @param n entities @param entries of each @param value of all @return rows
Rows
MakeRows(Eigen::Index n, Eigen::Index entries, float value)
{
    return Rows::Constant(n, entries, value);
}

/// @return 3 entries of an observation, 2 of an action, 1 of an outcome
AgentShape
MakeShape()
{
    AgentShape shape;
    shape.observations = 3;
    shape.actions = 2;
    shape.outcomes = 1;
    return shape;
}

/// @param capacity steps that are kept @return experience without a step
EntityExperience
Make(uint64_t capacity)
{
    return {MakeShape(), capacity};
}

} // namespace

TEST(EntityExperience, KeepsTheNewestStepsOfAnySize)
{
    // Against a plain record of all that happened.
    std::mt19937 random(1);
    constexpr uint64_t capacity = 20;
    EntityExperience experience = Make(capacity);
    std::map<uint64_t, Eigen::Index> sizes;
    std::set<uint64_t> open;
    std::map<uint64_t, float> rewards;
    using Sequence = std::tuple<uint64_t, uint32_t, Eigen::Index>;
    std::map<Sequence, std::set<uint64_t>> sequences;
    std::map<uint64_t, Sequence> members;
    uint64_t episode = 0;
    for (int event = 0; event < 2000; ++event)
    {
        if (random() % 2 == 0 || open.empty())
        {
            const auto n = static_cast<Eigen::Index>(1 + random() % 4);
            const auto stream = static_cast<uint32_t>(random() % 2);
            const uint64_t step = experience.Open(stream,
                                                  MakeRows(n, 3, static_cast<float>(event)),
                                                  MakeRows(n, 2, 0));
            EXPECT_EQ(step, sizes.size());
            sizes[step] = n;
            sequences[{episode, stream, n}].insert(step);
            members[step] = {episode, stream, n};
            open.insert(step);
        }
        else
        {
            auto which = open.begin();
            std::advance(which, random() % open.size());
            const uint64_t step = *which;
            open.erase(which);
            rewards[step] = static_cast<float>(event);
            experience.Close(step, event, MakeRows(sizes[step], 1, 0));
        }
        if (random() % 16 == 0)
        {
            experience.EndEpisode();
            ++episode;
        }
        for (uint64_t step = experience.GetOldest(); step < experience.GetCount(); ++step)
        {
            std::set<uint64_t> same = sequences[members[step]];
            same.erase(same.begin(), same.lower_bound(experience.GetOldest()));
            const auto& sequence = experience.GetSequence(step);
            EXPECT_EQ(std::set<uint64_t>(sequence.begin(), sequence.end()), same);
            EXPECT_TRUE(std::is_sorted(sequence.begin(), sequence.end()));
        }
        std::map<Eigen::Index, std::set<uint64_t>> closed;
        for (const auto& [step, reward] : rewards)
        {
            if (step >= experience.GetOldest())
            {
                closed[sizes[step]].insert(step);
                EXPECT_EQ(experience.Get(step).reward, reward);
                EXPECT_EQ(experience.Get(step).observations.rows(), sizes[step]);
            }
        }
        EXPECT_EQ(experience.GetCount(), sizes.size());
        EXPECT_EQ(experience.GetOldest(),
                  sizes.size() - std::min<uint64_t>(sizes.size(), capacity));
        ASSERT_EQ(experience.GetClosed().size(), closed.size());
        for (const auto& [n, steps] : experience.GetClosed())
        {
            EXPECT_EQ(std::set<uint64_t>(steps.begin(), steps.end()), closed[n]);
            EXPECT_TRUE(std::is_sorted(steps.begin(), steps.end()));
        }
    }
}

TEST(EntityExperience, SurvivesACheckpoint)
{
    EntityExperience experience = Make(10);
    for (int i = 0; i < 25; ++i)
    {
        const Eigen::Index n = 1 + i % 3;
        const uint64_t step =
            experience.Open(i % 2, MakeRows(n, 3, static_cast<float>(i)), MakeRows(n, 2, 0.5f));
        if (i % 5 == 0)
        {
            experience.EndEpisode();
        }
        if (i % 4 != 0)
        {
            experience.Close(step, i, MakeRows(n, 1, static_cast<float>(-i)));
        }
    }
    const std::string bytes = experience.Save();
    EntityExperience read = Make(10);
    read.Load(bytes);
    EXPECT_EQ(read.Save(), bytes);
    EXPECT_EQ(read.GetClosed(), experience.GetClosed());
    for (uint64_t step = read.GetOldest(); step < read.GetCount(); ++step)
    {
        EXPECT_EQ(read.GetSequence(step), experience.GetSequence(step));
    }
    for (std::size_t size = 0; size < bytes.size(); size += 7)
    {
        ExpectRefusal<std::runtime_error>([&] { Make(10).Load(bytes.substr(0, size)); },
                                          "experience");
    }
    ExpectRefusal<std::runtime_error>([&] { Make(10).Load(bytes + "x"); }, "longer than expected");
    ExpectRefusal<std::runtime_error>([&] { Make(9).Load(bytes); }, "10 steps");
    // Another shape has other lengths; it is refused, not read past its end.
    AgentShape wider = MakeShape();
    wider.observations = 5;
    ExpectRefusal<std::runtime_error>([&] { EntityExperience(wider, 10).Load(bytes); },
                                      "experience");
    // Any byte may be another.
    std::mt19937 random(2);
    for (std::size_t i = 0; i < bytes.size(); ++i)
    {
        std::string other = bytes;
        other[i] = static_cast<char>(random() & 0xff);
        try
        {
            Make(10).Load(other);
        }
        catch (const std::runtime_error& error)
        {
            EXPECT_EQ(std::string(error.what()).rfind("experience", 0), 0U) << error.what();
        }
    }
}
