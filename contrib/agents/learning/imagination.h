/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_IMAGINATION_H
#define AGENTS_IMAGINATION_H

#include "../algorithms/world-model-ppo-settings.h"
#include "base/random-stream.h"
#include "network.h"
#include "squashed-gaussian.h"
#include "world-model.h"

#include <ATen/ATen.h>
#include <string>

namespace agents
{

/**
 * @ingroup agents
 * @brief The actor's loss on H slots that a world model imagines: return (40), loss (41), or the
 * pathwise gradient of the return.
 *
 * No gradient goes into the model or the critic. Without a discount nothing after the first slot
 * counts, so that H is 1.
 */
class Imagination
{
  public:
    /// What came of imagined slots.
    struct Result
    {
        at::Tensor loss;    ///< of the actor, a scalar with gradients
        at::Tensor returns; ///< G of (40) of each start, without gradients
    };

    /**
     * @param settings settings, kept by reference, as all others
     * @param actor the policy's network
     * @param critic V
     * @param model the world model
     * @param random source of actions
     */
    Imagination(const WorldModelPpoSettings& settings,
                const Network& actor,
                const Network& critic,
                WorldModel& model,
                base::RandomStream& random);

    /**
     * Follow the gradient of the return (40) through the model back into the actions.
     * @param starts where imagination starts, one row each
     * @param trust weight of the return, [0, 1]
     * @param squashWeight weight of what squashing adds to the entropy of actions, (0, 1]
     * @return loss and returns
     */
    Result FollowPath(ModelState starts, double trust, double squashWeight) const;

    /**
     * Loss by the score function (41), where G - V is a constant.
     * @param starts where imagination starts, one row each
     * @return loss and returns
     */
    Result ScoreActions(ModelState starts) const;

  private:
    /// @param state where @return the policy there
    SquashedGaussian GetPolicy(const ModelState& state) const;
    /// @param policy where @return actions before squashing
    at::Tensor DrawActions(const SquashedGaussian& policy) const;
    /// @param state where @param u actions before squashing @return what comes of them
    ModelStep Imagine(const ModelState& state, const at::Tensor& u) const;

    const WorldModelPpoSettings& m_settings; //!< settings
    const Network& m_actor;                  //!< the policy's network
    const Network& m_critic;                 //!< V
    WorldModel& m_model;                     //!< the world model
    base::RandomStream& m_random;            //!< source of actions
    const int64_t m_horizon;                 //!< H, slots
};

} // namespace agents

#endif // AGENTS_IMAGINATION_H
