/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_WORLD_MODEL_PPO_H
#define AGENTS_WORLD_MODEL_PPO_H

#include "ppo.h"
#include "world-model.h"

#include <memory>
#include <vector>

namespace agents
{

/**
 * @ingroup agents
 * @brief World-Model-PPO, Algorithm 1: PPO whose critic learns from targets that a world model
 * mixes into what was seen (36), and whose actor also learns in imagination (40), (41).
 *
 * The surrogate (38) stays on-policy; what is older serves the world model and, as places where
 * imagination starts, the auxiliary loss.
 */
class WorldModelPpo : public Ppo
{
  public:
    /**
     * @param algorithm name, for errors and checkpoints
     * @param shape what it sees and does
     * @param settings settings
     * @param seed of all randomness
     */
    WorldModelPpo(const std::string& algorithm,
                  const AgentShape& shape,
                  const WorldModelPpoSettings& settings,
                  uint64_t seed);

    void Save(Archive& archive) const override;
    void Load(const Archive& archive) override;

  protected:
    void PrepareIteration(const Rollout& rollout) override;
    Targets GetTargets(const Rollout& rollout) override;
    at::Tensor GetExtraLoss() override;
    void FinishIteration() override;

  private:
    /// What the world model says of one-step targets; arrays have one entry a step.
    struct Foretold
    {
        at::Tensor targets;      ///< r^ + gamma V(s^'), mean over heads and draws
        at::Tensor variance;     ///< of that, where heads and draws disagree
        at::Tensor nextVariance; ///< of V(s^') among draws: how far chance moves the next value
    };

    /// Stretches that end at random. @param first first step they may begin with
    /// @param slots steps of each @param batch how many
    /// @return them, without any when there is none
    Windows SampleWindows(uint64_t first, int64_t slots, int64_t batch);
    /// @param slots wished @param first first step @return slots that stretches from there can have
    int64_t GetWindowSlots(int64_t slots, uint64_t first) const;
    /// Say how well the model foretells what it has not learned from. @param rollout newest steps
    void Judge(const Rollout& rollout);
    /**
     * What the model knows of actions: an action's advantage over others of the same policy, in
     * one-step targets, as it came beside what the model foretold.
     * @param rollout newest steps, which the model has not learned from
     * @return slope of the first on the second, near 1 as long as there are too few steps to tell:
     * 1 where the model is right, 0 or less where it knows nothing
     */
    double GetActionSkill(const Rollout& rollout);
    /// Train the model on all that is kept. @param rollout newest steps
    void TrainModel(const Rollout& rollout);
    /// Choose where imagination starts. @param rollout newest steps
    void ChooseStarts(const Rollout& rollout);
    /// @param rollout steps @return where the model is at each of them
    ModelState Filter(const Rollout& rollout);
    /// @param u actions before squashing @return them as the model sees them
    at::Tensor GetInput(const at::Tensor& u) const;
    /// @param state where @param action done there @param nextExogenous what chance brings
    /// @return one-step targets, given that
    at::Tensor ForetellTargets(const ModelState& state,
                               const at::Tensor& action,
                               const at::Tensor& nextExogenous);
    /// @param state where @param action done there @param draws next states to average over
    /// @return one-step targets
    Foretold Foretell(const ModelState& state, const at::Tensor& action, int64_t draws);

    /// What came of imagination.
    struct Imagined
    {
        at::Tensor loss;    ///< of the actor, a scalar
        at::Tensor returns; ///< G of (40) of each start, without gradients
    };

    /// @return some places to start from, at random
    ModelState DrawStarts();
    /// @param starts where @return loss of imagination with gradients through the model
    Imagined ImaginePathwise(ModelState starts);
    /// @param starts where @return loss of imagination by the score function (41)
    at::Tensor ImagineScore(ModelState starts);
    /// @return weight of what squashing adds to the entropy of imagined actions, (0, 1]
    double GetSquashWeight() const;
    /// @return slots that imagination looks ahead: nothing counts behind the first at gamma = 0
    int64_t GetHorizon() const;

    /// Sums over steps, of which older ones count less.
    struct Advantages
    {
        double steps{0};   ///< how many
        double ofModel{0}; ///< squares of the model's
        double ofBoth{0};  ///< products of both
        double seen{0};    ///< squares of those seen
    };

    const WorldModelPpoSettings m_settings; //!< settings
    std::unique_ptr<WorldModel> m_model;    //!< the world model
    Adam m_modelAdam;                       //!< learns it
    at::Tensor m_actedObservations;         //!< of the rollout
    SquashedGaussian m_acted;               //!< policy that acted in it
    ModelState m_starts;                    //!< where imagination starts, in this iteration
    Advantages m_advantages;                //!< of actions over others, foretold and seen
    double m_trust{0};                      //!< weight of imagination in this iteration, [0, 1]
    bool m_isTrusted{false};                //!< whether the model is used in this iteration
};

} // namespace agents

#endif // AGENTS_WORLD_MODEL_PPO_H
