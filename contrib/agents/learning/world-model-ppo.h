/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_WORLD_MODEL_PPO_H
#define AGENTS_WORLD_MODEL_PPO_H

#include "../algorithms/world-model-ppo-settings.h"
#include "imagination.h"
#include "model-trust.h"
#include "on-policy-learner.h"
#include "sequence-sampler.h"
#include "world-model.h"

#include <memory>

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
class WorldModelPpo : public OnPolicyLearner
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
    /// What the world model predicts of one-step targets; arrays have one entry a step.
    struct Prediction
    {
        at::Tensor targets;      ///< r^ + gamma (1 - d) V(s^'), mean over heads and draws
        at::Tensor variance;     ///< of that, where heads and draws disagree
        at::Tensor nextVariance; ///< of gamma V(s^') among draws: how far chance moves it
    };

    /// An iteration of Algorithm 1.
    void Iterate() override;

    /// Measure the model on steps that it has not learned from. @param rollout newest steps
    /// @return whether it is good enough to be used in this iteration
    bool EvaluateModel(const Rollout& rollout);
    /// Train the model (35) on all that is kept. @param rollout newest steps
    void UpdateWorldModel(const Rollout& rollout);
    /// Choose where imagination starts. @param rollout newest steps @return whether there are such
    /// states
    bool ChooseStarts(const Rollout& rollout);
    /// @param rollout steps @return mixed targets (36), and advantages from them
    Targets GetMixedTargets(const Rollout& rollout);
    /// @return the actor's loss in imagination: (41) and its entropy
    at::Tensor GetImaginationLoss();
    /// Gradient steps of actor and critic in imagination alone. @param rollout newest steps
    void UpdateInImagination(const Rollout& rollout);

    /// @param rollout steps @return where the model is at each of them
    ModelState GetModelStates(const Rollout& rollout);
    /// @param u actions before squashing @return them as the model sees them
    at::Tensor GetModelInput(const at::Tensor& u) const;
    /// @param state where @param action done there @param continues 1 - d
    /// @return one-step targets, as the model predicts them
    Prediction Predict(const ModelState& state,
                       const at::Tensor& action,
                       const at::Tensor& continues);
    /// @param prediction of the model @return lambda_wm of (36), its weight in each step
    at::Tensor GetMixWeights(const Prediction& prediction) const;

    const WorldModelPpoSettings m_settings; //!< settings
    std::unique_ptr<WorldModel> m_model;    //!< the world model
    ModelTrust m_trust;                     //!< how far the model is trusted

  private:
    /// @return states at random out of those where imagination starts
    ModelState DrawStarts();
    /// @param starts where @return what the actor learns from there by the pathwise gradient
    Imagination::Result FollowPath(const ModelState& starts);

    Adam m_modelAdam;          //!< learns the model
    SequenceSampler m_sampler; //!< what the model learns from
    Imagination m_imagination; //!< imagined slots with today's policy
    ModelState m_starts;       //!< where imagination starts, in this iteration
};

} // namespace agents

#endif // AGENTS_WORLD_MODEL_PPO_H
