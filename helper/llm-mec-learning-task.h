/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_LEARNING_TASK_H
#define LLM_MEC_LEARNING_TASK_H

#include "llm-mec-statistics.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace agents
{
class Agent;
class Policy;
} // namespace agents

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Which means a training is reported by.
 */
struct LlmMecLearningMeasures
{
    /// Name of a mean, and its name after "train" and "eval" in learning.csv
    std::vector<std::pair<std::string, std::string>> columns;
    std::string aim;    ///< name of the mean that is compared with the optimum's
    bool isCost{false}; ///< whether a small one is good
};

/**
 * @ingroup llm-mec
 * @brief What an agent learns: episodes, and held-out draws that tell how well.
 */
class LlmMecLearningTask
{
  public:
    /// Names and means with intervals
    using Means = std::vector<std::pair<std::string, MeanInterval>>;

    virtual ~LlmMecLearningTask() = default;

    /// @param watch called whenever a slot has ended; what it throws ends the simulation
    virtual void SetWatch(std::function<void()> watch) = 0;

    /**
     * Run an episode and have the agent learn from it.
     * @param agent the agent
     * @param episode number of the episode, from 1
     * @return means over all slots
     */
    virtual Means RunEpisode(std::shared_ptr<agents::Agent> agent, uint64_t episode) = 0;

    /**
     * Run the held-out draws.
     * @param trained a policy of the task's agents
     * @return means over all slots
     */
    virtual Means Evaluate(std::shared_ptr<const agents::Policy> trained) = 0;

    /**
     * Run the held-out draws.
     * @param policy name of a policy that does not learn
     * @return means over all slots
     */
    virtual Means Evaluate(const std::string& policy) = 0;

    /// @return name and text of the section of a checkpoint that says how policies see and act
    virtual std::pair<std::string, std::string> GetLayoutSection() const = 0;

    /// @return which means it is reported by
    virtual LlmMecLearningMeasures GetMeasures() const = 0;
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_LEARNING_TASK_H
