/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "agents/learning/stream-grid.h"
#include "agents/learning/stretches.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <set>

using namespace agents;

namespace
{

/// @param capacity steps that are kept @return empty experience
Experience
MakeExperience(uint64_t capacity)
{
    return Experience(AgentShape{1, 1, 0}, capacity);
}

/// Live through an episode. @param[in,out] experience gets its steps @param lengths slots of each
/// stream @param isTerminal how it ends
void
AddEpisode(Experience& experience, const std::vector<int>& lengths, bool isTerminal)
{
    for (int slot = 0; slot < *std::max_element(lengths.begin(), lengths.end()); ++slot)
    {
        for (std::size_t stream = 0; stream < lengths.size(); ++stream)
        {
            if (slot < lengths[stream])
            {
                const auto step = experience.Open(static_cast<uint32_t>(stream),
                                                  Eigen::VectorXf::Zero(1),
                                                  Eigen::VectorXf::Zero(1));
                experience.Close(step, 1);
            }
        }
    }
    experience.EndEpisode(isTerminal);
}

} // namespace

TEST(Stretches, NeverCrossAnEndAndStayInTheirStream)
{
    for (const bool isTerminal : {false, true})
    {
        Experience experience = MakeExperience(1000);
        AddEpisode(experience, {4, 2, 3}, isTerminal);
        AddEpisode(experience, {3, 5}, isTerminal);
        RandomStream random(1);
        std::set<Stretch> found;
        for (const Stretch& stretch : DrawStretches(experience, random, 0, 2, 2000))
        {
            found.insert(stretch);
        }
        // By hand: episode one opens streams 0 1 2, 0 1 2, 0 2, 0 as steps 0 to 8, episode two 0 1,
        // 0 1, 0 1, 1, 1 as steps 9 to 16.
        const std::set<Stretch> all{{0, 3, 6},
                                    {3, 6, 8},
                                    {2, 5, 7},
                                    {9, 11, 13},
                                    {10, 12, 14},
                                    {12, 14, 15},
                                    {14, 15, 16}};
        EXPECT_EQ(found, all);
        EXPECT_EQ(GetStretchSlots(experience, 0, 10), 4);
        EXPECT_EQ(GetStretchSlots(experience, 0, 2), 2);
        EXPECT_EQ(GetStretchSlots(experience, 11, 10), 3);
    }
}

TEST(Stretches, BeginAtTheFirstStepOrLater)
{
    Experience experience = MakeExperience(1000);
    AddEpisode(experience, {10}, false);
    RandomStream random(2);
    std::set<uint64_t> begins;
    for (const Stretch& stretch : DrawStretches(experience, random, 4, 3, 500))
    {
        ASSERT_EQ(stretch.size(), 4U);
        begins.insert(stretch.front());
    }
    EXPECT_EQ(begins, (std::set<uint64_t>{4, 5, 6}));
    EXPECT_TRUE(DrawStretches(experience, random, 4, 6, 500).empty());
    EXPECT_TRUE(DrawStretches(experience, random, 10, 1, 500).empty());
}

TEST(Stretches, HaveOnlyStepsWhoseRewardIsKnown)
{
    Experience experience = MakeExperience(1000);
    for (int i = 0; i < 8; ++i)
    {
        const auto step = experience.Open(0, Eigen::VectorXf::Zero(1), Eigen::VectorXf::Zero(1));
        if (i != 3)
        {
            experience.Close(step, 1);
        }
    }
    experience.EndEpisode(false);
    RandomStream random(3);
    std::set<Stretch> found;
    for (const Stretch& stretch : DrawStretches(experience, random, 0, 2, 500))
    {
        found.insert(stretch);
    }
    // What follows the last step of a stretch is not asked for its reward.
    EXPECT_EQ(found, (std::set<Stretch>{{0, 1, 2}, {1, 2, 3}, {4, 5, 6}, {5, 6, 7}}));
    EXPECT_EQ(GetStretchSlots(experience, 0, 10), 3);
}

TEST(Stretches, AreOfWhatIsKept)
{
    // Twelve steps are kept of two streams with ten slots each: steps 8 to 19.
    Experience experience = MakeExperience(12);
    AddEpisode(experience, {10, 10}, false);
    const uint64_t oldest = experience.GetOldest();
    ASSERT_EQ(oldest, 8U);
    RandomStream random(4);
    for (const Stretch& stretch : DrawStretches(experience, random, oldest, 5, 300))
    {
        EXPECT_GE(stretch.front(), oldest);
        EXPECT_EQ(stretch.back(), stretch.front() + 10);
    }
    EXPECT_EQ(GetStretchSlots(experience, oldest, 10), 5);
}

TEST(StreamGrid, PutsStreamsSideBySide)
{
    // Two streams that take turns, a step alone, and a stream that begins late.
    const std::vector<int64_t> next{2, 3, 5, -1, -1, -1, 7, -1};
    const StreamGrid grid(next);
    EXPECT_EQ(grid.slots, 3);
    EXPECT_EQ(grid.streams, 4);
    const std::vector<std::vector<int64_t>> chains{{0, 2, 5}, {1, 3}, {4}, {6, 7}};
    for (std::size_t i = 0; i < chains.size(); ++i)
    {
        for (std::size_t slot = 0; slot < chains[i].size(); ++slot)
        {
            const auto place = static_cast<int64_t>(4 * slot + i);
            EXPECT_EQ(grid.steps[place], chains[i][slot]);
            EXPECT_EQ(grid.places[chains[i][slot]], place);
        }
    }
}
