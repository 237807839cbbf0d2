/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_ENTITY_EXPERIENCE_H
#define AGENTS_ENTITY_EXPERIENCE_H

#include "agent.h"
#include "base/random-stream.h"
#include "rows.h"

#include <Eigen/Core>
#include <cstdint>
#include <deque>
#include <limits>
#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace agents
{

/**
 * @ingroup agents
 * @brief A step of a set: what each entity was, did and got.
 */
struct EntityStep
{
    uint64_t episode{0}; ///< number of its episode
    uint32_t stream{0};  ///< number of its environment
    Rows observations;   ///< N x entries
    Rows actions;        ///< N x entries, in the learner's own form
    Rows outcomes;       ///< N x entries; no rows while not known
    float reward{std::numeric_limits<float>::quiet_NaN()}; ///< of all; NaN while not known

    /// @return whether the step is closed
    bool IsClosed() const;
};

/**
 * @ingroup agents
 * @brief What an agent of sets saw, did and got, step by step; the number of entities may change.
 *
 * Steps are numbered from 0 in the order in which they were opened, over all streams. The newest
 * are kept.
 */
class EntityExperience
{
  public:
    /// @param shape entries of observations, actions and outcomes
    /// @param capacity steps that are kept, >= 1
    EntityExperience(const AgentShape& shape, uint64_t capacity);

    /// Open a step. @param stream number of the environment @param observations N rows
    /// @param actions N rows @return its number
    uint64_t Open(uint32_t stream,
                  const Eigen::Ref<const Rows>& observations,
                  const Eigen::Ref<const Rows>& actions);

    /// Steps that are opened from now on do not follow those before, in all streams.
    void EndEpisode();

    /// Close a step, if it is still kept. @param step its number @param reward what it gave
    /// @param outcomes N rows, or none
    void Close(uint64_t step, double reward, const Eigen::Ref<const Rows>& outcomes);

    /// @return steps that were ever opened: the number of the next one
    uint64_t GetCount() const;
    /// @return number of the oldest step that is kept
    uint64_t GetOldest() const;
    /// @param step one that is kept @return it
    const EntityStep& Get(uint64_t step) const;

    /// @return numbers of the closed steps that are kept, by number of entities
    const std::map<Eigen::Index, std::deque<uint64_t>>& GetClosed() const;

    /// @param isEntities whether a number is as likely as it has entities; else as it has steps
    /// @param random where chance comes from @return a number of entities of closed steps
    Eigen::Index ChooseSize(bool isEntities, base::RandomStream& random) const;

    /// @param step one that is kept @return numbers of the steps that are kept, closed or not, of
    /// the same episode, environment and number of entities, ascending
    const std::deque<uint64_t>& GetSequence(uint64_t step) const;

    /// @return everything, as bytes
    std::string Save() const;
    /// @param bytes what Save gave @throw std::runtime_error when they are something else
    void Load(const std::string& bytes);

  private:
    using Sequence = std::tuple<uint64_t, uint32_t, Eigen::Index>; ///< what GetSequence compares

    /// @param step a step @return what it is part of
    static Sequence FindSequence(const EntityStep& step);

    /// Keep a step, the newest. @param step it
    void Keep(EntityStep step);

    /// Forget the oldest step.
    void Forget();

    /// @param bytes what Save gave @param[in,out] at place @return the step there
    /// @throw std::runtime_error when it does not fit
    EntityStep TakeStep(const std::string& bytes, std::size_t& at) const;

    Eigen::Index m_observations;                           //!< entries of an entity
    Eigen::Index m_actions;                                //!< entries of an entity
    Eigen::Index m_outcomes;                               //!< entries of an entity
    uint64_t m_capacity;                                   //!< steps that are kept
    uint64_t m_count{0};                                   //!< steps ever opened
    uint64_t m_episode{0};                                 //!< number of the episode
    std::deque<EntityStep> m_steps;                        //!< those that are kept
    std::map<Eigen::Index, std::deque<uint64_t>> m_closed; //!< numbers by entities, ascending
    std::map<Sequence, std::deque<uint64_t>> m_sequences;  //!< numbers, ascending
};

} // namespace agents

#endif // AGENTS_ENTITY_EXPERIENCE_H
