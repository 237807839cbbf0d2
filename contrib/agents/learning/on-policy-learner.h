/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_ON_POLICY_LEARNER_H
#define AGENTS_ON_POLICY_LEARNER_H

#include "../algorithms/ppo-settings.h"
#include "clipped-surrogate.h"
#include "learner.h"
#include "rollout.h"
#include "squashed-gaussian.h"

#include <functional>

namespace agents
{

/**
 * @ingroup agents
 * @brief What PPO and World-Model-PPO share: actor and critic, the clock of iterations, the rollout
 * of an iteration, generalised advantages, and gradient steps in minibatches.
 *
 * An algorithm is its Iterate, which calls these parts in its own order.
 */
class OnPolicyLearner : public Learner
{
  public:
    /**
     * @param algorithm name, for errors and checkpoints
     * @param shape what it sees and does
     * @param settings settings
     * @param seed of all randomness
     */
    OnPolicyLearner(const std::string& algorithm,
                    const AgentShape& shape,
                    const PpoSettings& settings,
                    uint64_t seed);

    void Save(Archive& archive) const override;
    void Load(const Archive& archive) override;

  protected:
    /// Learn from the steps since the last iteration.
    virtual void Iterate() = 0;

    Eigen::VectorXf ChooseRaw(const Eigen::VectorXf& outputs) final;
    void BeforeStep() final;
    void AfterEpisode() final;

    /// Bring the reward's units up to date. @return the steps since the last iteration
    Rollout BeginIteration();
    /// @param first number of a step @return the steps from there on
    Rollout Collect(uint64_t first) const;
    /// @param rollout steps @return whether there are enough of them to learn from
    static bool IsEnough(const Rollout& rollout);
    /// Act from now on as was learned; what was seen until now has been learned from.
    void EndIteration();

    /**
     * Generalised advantages of one-step targets r + gamma V(s').
     * @param rollout steps
     * @param rewards r of each step: that of the rollout, or one that makes the target a mixed one
     * @return advantages and the returns that belong to them
     */
    Targets GetAdvantages(const Rollout& rollout, const at::Tensor& rewards) const;

    /// A gradient step. @param rows places of its steps in the rollout
    /// @return mean KL divergence from the policy that acted
    using Update = std::function<double(const at::Tensor& rows)>;

    /// Take gradient steps in random minibatches, epoch after epoch. @param rollout steps
    /// @param update takes one
    void UpdateInMinibatches(const Rollout& rollout, const Update& update);

    /// A gradient step of the critic, (33) or (37). @param rollout steps @param targets of all
    /// @param rows places of the steps of the minibatch
    void UpdateCritic(const Rollout& rollout, const Targets& targets, const at::Tensor& rows);
    /// @param rollout steps @param targets of all @param rows places of the steps of the minibatch
    /// @return loss (31), (32) with the entropy of (42), of normalised advantages
    ClippedSurrogate::Value GetSurrogate(const Rollout& rollout,
                                         const Targets& targets,
                                         const at::Tensor& rows);
    /// A gradient step of the actor. @param loss a scalar with gradients
    void UpdateActor(const at::Tensor& loss);

    /// @param outputs of the actor @return its distribution
    SquashedGaussian GetDistribution(const at::Tensor& outputs) const;

    Network m_actor;   //!< means and log standard deviations
    Network m_critic;  //!< V
    Adam m_actorAdam;  //!< learns the actor
    Adam m_criticAdam; //!< learns the critic

  private:
    const PpoSettings m_settings; //!< settings
    uint64_t m_begin{0};          //!< first step of the iteration
    double m_actorLoss{0};        //!< sum over an iteration's gradient steps
    double m_criticLoss{0};       //!< sum over an iteration's gradient steps
};

} // namespace agents

#endif // AGENTS_ON_POLICY_LEARNER_H
