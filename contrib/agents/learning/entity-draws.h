/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_ENTITY_DRAWS_H
#define AGENTS_ENTITY_DRAWS_H

#include "../algorithms/outcome-model-settings.h"
#include "../carried-steps.h"
#include "../entity-experience.h"
#include "../outcome-task.h"
#include "base/random-stream.h"

#include <cstdint>

namespace agents
{

/**
 * @ingroup agents
 * @brief Sets of the same size, one after the other; of paths all that are at their first step,
 * then all at their second one, and so on.
 */
struct EntitySets
{
    int64_t count{0}; ///< B, sets, of all steps
    int64_t n{0};     ///< N, entities of a set
    int64_t steps{1}; ///< of a path
    Rows traits;      ///< B N x traits
    Rows actions;     ///< B N x actions, in [0, 1]; none in imagination
    Rows outcomes;    ///< B N x outcomes; none in imagination

    /// @return sets at one step
    int64_t GetPaths() const
    {
        return count / steps;
    }

    /// @param step a step @return first row of what stands at it
    Eigen::Index GetRow(int64_t step) const
    {
        return step * GetPaths() * n;
    }
};

/**
 * @ingroup agents
 * @brief Draws sets of entities from experience: those that were seen, and imagined ones.
 *
 * An imagined path has for each entity a sequence of an entity that was seen, from any place of it,
 * forwards or backwards, turning round at its ends. What is carried is only filled in for the first
 * step: it is that of a step which was seen, from there on it follows from actions.
 */
class EntityDraws
{
  public:
    /// @param experience to draw from @param task what traits mean @param settings how to draw
    /// @param random where chance comes from; all have to outlive this
    EntityDraws(const EntityExperience& experience,
                const OutcomeTask& task,
                const OutcomeModelSettings& settings,
                base::RandomStream& random);

    /// @return sets that were seen, with actions and outcomes
    EntitySets DrawSeen();
    /// @return imagined sets
    EntitySets DrawImagined();
    /// @param steps how they hang together @return imagined paths
    EntitySets DrawPaths(const CarriedSteps& steps);

  private:
    /// A place in a sequence of an entity that was seen.
    struct Track
    {
        const std::deque<uint64_t>* sequence{nullptr}; ///< numbers of steps
        Eigen::Index entity{0};                        ///< its row
        int64_t place{0};                              ///< in the sequence
        int64_t direction{1};                          ///< 1 or -1
    };

    /// @param n number of entities @return a closed step of so many
    const EntityStep& ChooseStep(Eigen::Index n);
    /// @return a number of entities for an imagined set
    int64_t ChooseImaginedSize();
    /// @return a step where paths begin
    const EntityStep& ChooseStart();
    /// @return an entity's sequence with a place in it
    Track ChooseTrack();
    /// Fill in an entity's traits but for what is carried. @param steps how steps hang together
    /// @param[in,out] paths imagined paths @param column place of the entity among all of a step
    void FollowTrack(const CarriedSteps& steps, EntitySets& paths, Eigen::Index column);
    /// Give the entities of some sets, at all of their steps, the traits of few kinds.
    /// @param[in,out] sets imagined sets
    void MakeKinds(EntitySets& sets);
    /// Give each entity another one's outcome. @param[in,out] outcomes of a set
    void Permute(Eigen::Ref<Rows> outcomes);

    const EntityExperience& m_experience;   //!< to draw from
    const OutcomeTask& m_task;              //!< what traits mean
    const OutcomeModelSettings& m_settings; //!< how to draw
    base::RandomStream& m_random;           //!< where chance comes from
};

} // namespace agents

#endif // AGENTS_ENTITY_DRAWS_H
