/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_TRAINING_DRAWS_H
#define LLM_MEC_TRAINING_DRAWS_H

#include <cstdint>
#include <stdexcept>
#include <string>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Which run numbers of ns-3 a training has: one for each episode, and one for held-out
 * draws, which are the same for all algorithms and seeds and which no episode ever meets.
 *
 * A run number is 2^47 for tuning, else 0, plus 2^24 times the seed plus the number of the episode,
 * from 1; held-out draws take the place of seed 0. The agent has a seed of its own, also another
 * for tuning: neither its first weights nor what it explores are those that settings were chosen
 * on.
 */
struct LlmMecTrainingDraws
{
    uint64_t seed{1};     ///< of the training draws, [1, MAX_SEED]
    bool isTuning{false}; ///< draws for choosing settings, which no result is made of

    static constexpr uint64_t MAX_SEED = (1 << 23) - 1;     ///< largest seed
    static constexpr uint64_t MAX_EPISODES = (1 << 24) - 1; ///< largest number of episodes

    /**
     * @param episode its number
     * @return run number of an episode
     * @throw std::invalid_argument in one line where there is no such episode
     */
    uint64_t GetRun(uint64_t episode) const
    {
        if (episode < 1 || episode > MAX_EPISODES)
        {
            throw std::invalid_argument("episode " + std::to_string(episode) + ": expected 1 to " +
                                        std::to_string(MAX_EPISODES));
        }
        return GetFirstRun() + seed * (MAX_EPISODES + 1) + episode;
    }

    /// @return run number of held-out draws
    uint64_t GetHeldOutRun() const
    {
        return GetFirstRun() + 1;
    }

    /// @return seed of the agent: no two trainings with other seeds or draws share one
    uint64_t GetAgentSeed() const
    {
        return (isTuning ? MAX_SEED + 1 : 0) + seed;
    }

  private:
    /// @return what all run numbers are counted from
    uint64_t GetFirstRun() const
    {
        return isTuning ? (MAX_SEED + 1) * (MAX_EPISODES + 1) : 0;
    }
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_TRAINING_DRAWS_H
