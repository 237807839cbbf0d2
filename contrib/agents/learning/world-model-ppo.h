/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_WORLD_MODEL_PPO_H
#define AGENTS_WORLD_MODEL_PPO_H

#include "action-skill.h"
#include "imagination.h"
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
 * The surrogate (38) stays on-policy. Older experience trains the world model, and gives places
 * where imagination starts.
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

    /// What the world model predicts of one-step targets; arrays have one entry a step.
    struct Prediction
    {
        at::Tensor targets;      ///< r^ + gamma (1 - d) V(s^'), mean over heads and draws
        at::Tensor variance;     ///< of that, where heads and draws disagree
        at::Tensor nextVariance; ///< of gamma V(s^') among draws: how far chance moves it
    };

    /// @param first first step stretches may begin with @param slots steps of each
    /// @param batch how many @return random stretches, without any when there is none
    Windows SampleWindows(uint64_t first, int64_t slots, int64_t batch);
    /// Measure the model on steps that it has not learned from. @param rollout newest steps
    void Judge(const Rollout& rollout);
    /// Compare actions with others of the same policy, as they came and as the model predicts
    /// them. @param rollout newest steps, which the model has not learned from
    void AddActionSkill(const Rollout& rollout);
    /// Train the model on all that is kept. @param rollout newest steps
    void TrainModel(const Rollout& rollout);
    /// Choose where imagination starts. @param rollout newest steps
    void ChooseStarts(const Rollout& rollout);
    /// @param rollout steps @return where the model is at each of them
    ModelState Filter(const Rollout& rollout);
    /// @param u actions before squashing @return them as the model sees them
    at::Tensor GetInput(const at::Tensor& u) const;
    /// @param state where @param action done there @param nextExogenous what chance brings
    /// @param continues 1 - d @return one-step targets, given that
    at::Tensor PredictTargets(const ModelState& state,
                              const at::Tensor& action,
                              const at::Tensor& nextExogenous,
                              const at::Tensor& continues);
    /// @param state where @param action done there @param continues 1 - d
    /// @param draws next states to average over @return one-step targets
    Prediction Predict(const ModelState& state,
                       const at::Tensor& action,
                       const at::Tensor& continues,
                       int64_t draws);
    /// @param prediction of the model @return lambda_wm of (36), its weight in each step
    at::Tensor GetMixWeights(const Prediction& prediction) const;

    std::unique_ptr<WorldModel> m_model; //!< the world model
    ActionSkill m_actionSkill;           //!< how well it tells actions apart
    double m_trust{0};                   //!< weight of imagination in this iteration, [0, 1]
    bool m_isTrusted{false};             //!< whether the model is used in this iteration

  private:
    /// @return some places to start from, at random
    ModelState DrawStarts();
    /// @return imagination with today's policy
    Imagination GetImagination();
    /// @param starts where @return what the actor learns from there by the pathwise gradient
    Imagination::Result FollowPath(const ModelState& starts);

    const WorldModelPpoSettings m_settings; //!< settings
    Adam m_modelAdam;                       //!< learns the model
    at::Tensor m_actedObservations;         //!< of the rollout
    SquashedGaussian m_acted;               //!< policy that acted in it
    ModelState m_starts;                    //!< where imagination starts, in this iteration
};

} // namespace agents

#endif // AGENTS_WORLD_MODEL_PPO_H
