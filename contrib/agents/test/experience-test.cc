/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "agents/experience.h"
#include "expect-refusal.h"

#include <cmath>
#include <cstring>
#include <map>
#include <random>

using namespace agents;

namespace
{

/// A step as a test remembers it.
struct Step
{
    Eigen::Vector3f observation;                ///< seen
    Eigen::Vector2f action;                     ///< done
    float reward{NAN};                          ///< got
    uint64_t next{Experience::NONE};            ///< next of the stream
    Experience::End end{Experience::End::OPEN}; ///< how it ended
};

/// An experience and what it must hold, without any ring.
struct Twins
{
    explicit Twins(uint64_t capacity)
        : experience(AgentShape{3, 2, 0}, capacity),
          capacity(capacity)
    {
    }

    /// Open a step in both. @param stream of it
    void Open(uint32_t stream)
    {
        Step step;
        const auto number = static_cast<float>(truth.size());
        step.observation = Eigen::Vector3f(number, number + 0.25f, -number);
        step.action = Eigen::Vector2f(number / 3, 1);
        ASSERT_EQ(experience.Open(stream, step.observation, step.action), truth.size());
        if (newest.count(stream) > 0)
        {
            truth[newest[stream]].next = truth.size();
            truth[newest[stream]].end = Experience::End::NEXT;
        }
        newest[stream] = truth.size();
        truth.push_back(step);
    }

    /// Close a step in both. @param step number @param reward of it
    void Close(uint64_t step, float reward)
    {
        experience.Close(step, reward);
        truth[step].reward = reward;
    }

    /// End the episode in both. @param isTerminal how
    void EndEpisode(bool isTerminal)
    {
        experience.EndEpisode(isTerminal);
        for (const auto& [stream, step] : newest)
        {
            truth[step].end = isTerminal ? Experience::End::TERMINAL : Experience::End::CUT;
        }
        newest.clear();
    }

    /// Compare both.
    void Compare() const
    {
        ASSERT_EQ(experience.GetCount(), truth.size());
        ASSERT_EQ(experience.GetStreams(), newest.size());
        const uint64_t oldest = truth.size() > capacity ? truth.size() - capacity : 0;
        ASSERT_EQ(experience.GetOldest(), oldest);
        for (uint64_t i = oldest; i < truth.size(); ++i)
        {
            ASSERT_EQ(experience.GetObservation(i).transpose(), truth[i].observation) << i;
            ASSERT_EQ(experience.GetAction(i).transpose(), truth[i].action) << i;
            ASSERT_EQ(experience.GetNext(i), truth[i].next) << i;
            ASSERT_EQ(experience.GetEnd(i), truth[i].end) << i;
            ASSERT_EQ(experience.IsClosed(i), !std::isnan(truth[i].reward)) << i;
            if (experience.IsClosed(i))
            {
                ASSERT_EQ(experience.GetReward(i), truth[i].reward) << i;
            }
        }
    }

    Experience experience;               ///< under test
    uint64_t capacity;                   ///< its
    std::vector<Step> truth;             ///< all that was
    std::map<uint32_t, uint64_t> newest; ///< of each stream
};

} // namespace

TEST(Experience, OneEpisodeOfTwoStreams)
{
    Twins twins(100);
    twins.Open(0);
    twins.Open(7);
    twins.Open(0);
    twins.Close(2, 5); // before the step that came first
    twins.Close(0, 3);
    EXPECT_EQ(twins.experience.GetNext(0), 2U);
    EXPECT_EQ(twins.experience.GetEnd(1), Experience::End::OPEN);
    EXPECT_FALSE(twins.experience.IsClosed(1));
    twins.EndEpisode(false);
    EXPECT_EQ(twins.experience.GetEnd(1), Experience::End::CUT);
    EXPECT_EQ(twins.experience.GetEnd(2), Experience::End::CUT);
    twins.Open(0);
    EXPECT_EQ(twins.experience.GetNext(2), Experience::NONE); // another episode
    twins.EndEpisode(true);
    EXPECT_EQ(twins.experience.GetEnd(3), Experience::End::TERMINAL);
    twins.Compare();
}

TEST(Experience, WhateverHappensItHoldsTheNewest)
{
    std::mt19937 random(1);
    for (const uint64_t capacity : {1, 2, 3, 10, 64, 1500, 5000})
    {
        Twins twins(capacity);
        for (uint64_t i = 0; i < 3 * capacity + 50; ++i)
        {
            twins.Open(random() % 4);
            twins.Close(random() % twins.truth.size(), static_cast<float>(random() % 1000));
            if (random() % 20 == 0)
            {
                twins.EndEpisode(random() % 2 == 0);
            }
            if (capacity < 100 || i % 500 == 0)
            {
                twins.Compare();
            }
        }
        twins.Compare();
        Experience loaded(AgentShape{3, 2, 0}, capacity);
        loaded.Load(twins.experience.Save());
        EXPECT_EQ(loaded.Save(), twins.experience.Save());
        twins.experience = loaded;
        for (int i = 0; i < 30; ++i)
        {
            twins.Open(random() % 4);
            twins.Close(random() % twins.truth.size(), 1);
        }
        twins.Compare();
    }
}

TEST(Experience, RewardsOfForgottenOrUnknownStepsChangeNothing)
{
    Twins twins(2);
    for (int i = 0; i < 5; ++i)
    {
        twins.Open(0);
    }
    const std::string before = twins.experience.Save();
    twins.experience.Close(2, 1);
    twins.experience.Close(5, 1);
    twins.experience.Close(Experience::NONE, 1);
    EXPECT_EQ(twins.experience.Save(), before);
}

TEST(Experience, BytesOfAnotherSizeAreRefused)
{
    Twins twins(10);
    for (int i = 0; i < 7; ++i)
    {
        twins.Open(i % 2);
    }
    const std::string bytes = twins.experience.Save();
    Experience other(AgentShape{3, 2, 0}, 10);
    for (std::size_t size = 0; size < bytes.size(); ++size)
    {
        ExpectRefusal<std::runtime_error>([&] { other.Load(bytes.substr(0, size)); }, "experience");
    }
    ExpectRefusal<std::runtime_error>([&] { other.Load(bytes + "x"); }, "experience");
    Experience wide(AgentShape{4, 2, 0}, 10);
    ExpectRefusal<std::runtime_error>([&] { wide.Load(bytes); }, "experience");
    EXPECT_NO_THROW(other.Load(bytes));
}

TEST(Experience, StepsThatCannotFollowAreRefused)
{
    Twins twins(100);
    constexpr std::size_t steps = 4;
    for (std::size_t i = 0; i < steps; ++i)
    {
        twins.Open(0);
    }
    const std::string bytes = twins.experience.Save();
    // Two counts, then of each step 3 features, 2 actions and a reward, then the next steps.
    constexpr std::size_t nextOfFirst = 2 * sizeof(uint64_t) + steps * 6 * sizeof(float);
    const std::size_t newest = bytes.size() - sizeof(uint64_t);
    const auto forge = [&](std::size_t at, uint64_t step) {
        std::string forged = bytes;
        std::memcpy(forged.data() + at, &step, sizeof step);
        return forged;
    };
    Experience other(AgentShape{3, 2, 0}, 100);
    other.Load(forge(nextOfFirst, 1)); // what is there
    for (const uint64_t step : {uint64_t{0}, uint64_t{steps}, uint64_t{1} << 60, Experience::NONE})
    {
        ExpectRefusal<std::runtime_error>([&] { other.Load(forge(nextOfFirst, step)); },
                                          "what follows step 0");
    }
    ExpectRefusal<std::runtime_error>([&] { other.Load(forge(newest, steps)); }, "newest step");
}
