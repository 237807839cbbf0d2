/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_EXPERIENCE_H
#define AGENTS_EXPERIENCE_H

#include "agent.h"
#include "rows.h"

#include <Eigen/Core>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <vector>

namespace agents
{

/**
 * @ingroup agents
 * @brief What an agent saw, did and got, step by step: the rollout of on-policy learners and the
 * replay of the others.
 *
 * Steps are numbered from 0 in the order in which they were opened, over all streams. The newest
 * are kept, the oldest are overwritten.
 */
class Experience
{
  public:
    static constexpr uint64_t NONE = std::numeric_limits<uint64_t>::max(); ///< no step

    /// How a step ended.
    enum class End : uint8_t
    {
        OPEN,    ///< the next step of its stream is not there yet
        NEXT,    ///< by its stream's next step
        CUT,     ///< truncated: the episode ended, the task goes on (bootstrap)
        TERMINAL ///< terminal: the value after it is 0
    };

    /**
     * @param shape sizes of observations and actions
     * @param capacity steps that are kept
     */
    Experience(const AgentShape& shape, uint64_t capacity);

    /**
     * Open a step.
     * @param stream number of its environment
     * @param observation what was seen
     * @param action what was done, in the learner's own form
     * @return number of the step
     */
    uint64_t Open(uint32_t stream,
                  const Eigen::Ref<const Eigen::VectorXf>& observation,
                  const Eigen::Ref<const Eigen::VectorXf>& action);

    /// Close a step, if it is still kept. @param step its number @param reward what it gave
    void Close(uint64_t step, double reward);

    /// End the episode of all streams. @param isTerminal whether the value after it is 0
    void EndEpisode(bool isTerminal);

    /// @return steps that were ever opened: the number of the next one
    uint64_t GetCount() const;
    /// @return environments that have a step in this episode
    uint64_t GetStreams() const;
    /// @return number of the oldest step that is kept
    uint64_t GetOldest() const;
    /// @param step a step that is kept @return whether its reward is known
    bool IsClosed(uint64_t step) const;
    /// @param step a step that is kept @return how it ended
    End GetEnd(uint64_t step) const;
    /// @param step a step that is kept @return the next one of its stream, or NONE
    uint64_t GetNext(uint64_t step) const;
    /// @param step a step that is kept @return its reward
    float GetReward(uint64_t step) const;
    /// @param step a step that is kept @return what was seen
    Eigen::Ref<const Eigen::RowVectorXf> GetObservation(uint64_t step) const;
    /// @param step a step that is kept @return what was done
    Eigen::Ref<const Eigen::RowVectorXf> GetAction(uint64_t step) const;

    /// @return everything, as bytes
    std::string Save() const;
    /// @param bytes what Save gave @throw std::runtime_error when they do not fit
    void Load(const std::string& bytes);

  private:
    /// @param step a step that is kept @return its row
    Eigen::Index GetRow(uint64_t step) const;
    /// Make room for one row more.
    void Grow();

    AgentShape m_shape;                    //!< sizes
    uint64_t m_capacity;                   //!< steps that are kept
    uint64_t m_count{0};                   //!< steps ever opened
    Rows m_observations;                   //!< a row a step
    Rows m_actions;                        //!< a row a step
    std::vector<float> m_rewards;          //!< NaN while not known
    std::vector<uint64_t> m_next;          //!< next step of the stream
    std::vector<End> m_ends;               //!< how a step ended
    std::map<uint32_t, uint64_t> m_newest; //!< newest step of each stream
};

} // namespace agents

#endif // AGENTS_EXPERIENCE_H
