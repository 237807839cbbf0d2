/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "agents/learning/sequence-sampler.h"
#include "agents/learning/stream-grid.h"

#include <algorithm>
#include <cmath>
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

/// A sampler of experience whose numbers are taken as they are.
struct Sampling
{
    base::RandomStream random;       ///< source
    ExperienceNormaliser normaliser; ///< does nothing
    SequenceSampler sampler;         ///< what is tested

    /// @param experience steps @param seed of the source @param actionScale of actions
    Sampling(const Experience& experience, uint64_t seed, double actionScale = 1)
        : random(seed),
          normaliser(AgentShape{1, 1, 0}, LearnerSettings(), experience),
          sampler(experience, normaliser, actionScale, random)
    {
    }
};

} // namespace

TEST(SequenceSampler, NeverCrossAnEndAndStayInTheirStream)
{
    for (const bool isTerminal : {false, true})
    {
        Experience experience = MakeExperience(1000);
        AddEpisode(experience, {4, 2, 3}, isTerminal);
        AddEpisode(experience, {3, 5}, isTerminal);
        Sampling sampling(experience, 1);
        std::set<SequenceSampler::Steps> found;
        for (const auto& sequence : sampling.sampler.DrawSteps(0, 2, 2000))
        {
            found.insert(sequence);
        }
        // By hand: episode one opens streams 0 1 2, 0 1 2, 0 2, 0 as steps 0 to 8, episode two 0 1,
        // 0 1, 0 1, 1, 1 as steps 9 to 16.
        const std::set<SequenceSampler::Steps> all{{0, 3, 6},
                                                   {3, 6, 8},
                                                   {2, 5, 7},
                                                   {9, 11, 13},
                                                   {10, 12, 14},
                                                   {12, 14, 15},
                                                   {14, 15, 16}};
        EXPECT_EQ(found, all);
        EXPECT_EQ(sampling.sampler.GetSlots(0, 10), 4);
        EXPECT_EQ(sampling.sampler.GetSlots(0, 2), 2);
        EXPECT_EQ(sampling.sampler.GetSlots(11, 10), 3);
    }
}

TEST(SequenceSampler, BeginAtTheFirstStepOrLater)
{
    Experience experience = MakeExperience(1000);
    AddEpisode(experience, {10}, false);
    Sampling sampling(experience, 2);
    std::set<uint64_t> begins;
    for (const auto& sequence : sampling.sampler.DrawSteps(4, 3, 500))
    {
        ASSERT_EQ(sequence.size(), 4U);
        begins.insert(sequence.front());
    }
    EXPECT_EQ(begins, (std::set<uint64_t>{4, 5, 6}));
    EXPECT_TRUE(sampling.sampler.DrawSteps(4, 6, 500).empty());
    EXPECT_TRUE(sampling.sampler.DrawSteps(10, 1, 500).empty());
}

TEST(SequenceSampler, HaveOnlyStepsWhoseRewardIsKnown)
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
    Sampling sampling(experience, 3);
    std::set<SequenceSampler::Steps> found;
    for (const auto& sequence : sampling.sampler.DrawSteps(0, 2, 500))
    {
        found.insert(sequence);
    }
    // What follows the last step of a sequence is not asked for its reward.
    EXPECT_EQ(found,
              (std::set<SequenceSampler::Steps>{{0, 1, 2}, {1, 2, 3}, {4, 5, 6}, {5, 6, 7}}));
    EXPECT_EQ(sampling.sampler.GetSlots(0, 10), 3);
}

TEST(SequenceSampler, AreOfWhatIsKept)
{
    // Twelve steps are kept of two streams with ten slots each: steps 8 to 19.
    Experience experience = MakeExperience(12);
    AddEpisode(experience, {10, 10}, false);
    const uint64_t oldest = experience.GetOldest();
    ASSERT_EQ(oldest, 8U);
    Sampling sampling(experience, 4);
    for (const auto& sequence : sampling.sampler.DrawSteps(oldest, 5, 300))
    {
        EXPECT_GE(sequence.front(), oldest);
        EXPECT_EQ(sequence.back(), sequence.front() + 10);
    }
    EXPECT_EQ(sampling.sampler.GetSlots(oldest, 10), 5);
}

TEST(SequenceSampler, DrawsWhatAModelSees)
{
    // What is seen, done and got tells the number of the step.
    constexpr double actionScale = 4;
    Experience experience = MakeExperience(1000);
    for (int i = 0; i < 20; ++i)
    {
        const auto step = experience.Open(i % 2,
                                          Eigen::VectorXf::Constant(1, 0.1f * i),
                                          Eigen::VectorXf::Constant(1, 0.2f * i));
        experience.Close(step, 3 * i);
    }
    experience.EndEpisode(false);
    Sampling sampling(experience, 5, actionScale);
    constexpr int64_t slots = 3;
    constexpr int64_t count = 6;
    const Sequences drawn = sampling.sampler.Draw(0, slots, count);
    ASSERT_EQ(drawn.observations.sizes(), (at::IntArrayRef{slots + 1, count, 1}));
    ASSERT_EQ(drawn.actions.sizes(), (at::IntArrayRef{slots, count, 1}));
    ASSERT_EQ(drawn.rewards.sizes(), (at::IntArrayRef{slots, count}));
    for (int64_t i = 0; i < count; ++i)
    {
        const double first = drawn.rewards[0][i].item<double>() / 3;
        for (int64_t t = 0; t <= slots; ++t)
        {
            const double step = first + 2 * static_cast<double>(t); // two streams take turns
            EXPECT_NEAR(drawn.observations[t][i][0].item<double>(), 0.1 * step, 1e-5);
            if (t < slots)
            {
                const double action = 1 / (1 + std::exp(-0.2 * step));
                EXPECT_NEAR(drawn.actions[t][i][0].item<double>(),
                            actionScale * (action - 0.5),
                            1e-5);
                EXPECT_NEAR(drawn.rewards[t][i].item<double>(), 3 * step, 1e-5);
            }
        }
    }
    EXPECT_FALSE(sampling.sampler.Draw(0, 10, count).rewards.defined());
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
