/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_PPO_H
#define AGENTS_PPO_H

#include "learner.h"
#include "squashed-gaussian.h"

#include <vector>

namespace agents
{

/**
 * @ingroup agents
 * @brief Proximal policy optimisation (Schulman et al., 2017), equations (31) to (33).
 *
 * Each iteration is one rollout; World-Model-PPO changes its targets and adds to its loss.
 */
class Ppo : public Learner
{
  public:
    /**
     * @param algorithm name, for errors and checkpoints
     * @param shape what it sees and does
     * @param settings settings
     * @param seed of all randomness
     */
    Ppo(const std::string& algorithm,
        const AgentShape& shape,
        const PpoSettings& settings,
        uint64_t seed);

    void Save(Archive& archive) const override;
    void Load(const Archive& archive) override;

  protected:
    /// The steps that an iteration learns from; arrays have one entry a step.
    struct Rollout
    {
        std::vector<uint64_t> steps; ///< numbers
        std::vector<int64_t> next;   ///< place of the next step of the stream, or -1
        std::vector<char> isUsed;    ///< whether its target can be known
        at::Tensor observations;     ///< normalised
        at::Tensor actions;          ///< before squashing
        at::Tensor rewards;          ///< normalised; zero where it is not known
        at::Tensor values;           ///< V of the observations, at the iteration's start
        at::Tensor nextValues;       ///< V of the next ones, zero where nothing comes
        at::Tensor continues;        ///< 1 - d of (36): 0 where the episode ended for good, else 1
        at::Tensor logDensities;     ///< of the actions, at the iteration's start
    };

    /// Targets of the critic and advantages of the actor.
    struct Targets
    {
        at::Tensor returns;    ///< what V shall be
        at::Tensor advantages; ///< how much better than expected
    };

    Eigen::VectorXf ChooseRaw(const Eigen::VectorXf& outputs) override;
    void BeforeStep() override;
    void AfterEpisode() override;

    /// Called at an iteration's start, before the targets. @param rollout its steps
    virtual void PrepareIteration(const Rollout& rollout);

    /// @param rollout steps @return generalised advantages and their returns
    virtual Targets GetTargets(const Rollout& rollout);

    /**
     * What is added to the actor's loss in a gradient step.
     * @return a scalar, undefined for nothing
     */
    virtual at::Tensor GetExtraLoss();

    /// Called when the gradient steps of an iteration are done.
    virtual void FinishIteration();

    /// @param outputs of the actor @return its distribution
    SquashedGaussian GetDistribution(const at::Tensor& outputs) const;

    Network m_actor;   //!< means and log deviations
    Network m_critic;  //!< V
    Adam m_actorAdam;  //!< learns the actor
    Adam m_criticAdam; //!< learns the critic

  private:
    /// @return the steps since the last iteration
    Rollout Collect() const;
    /// Learn from the steps since the last iteration.
    void Iterate();
    /// One gradient step of the actor. @param rollout steps @param rows which of them, as indices
    /// @param advantages of all steps @return mean KL from the old policy
    double UpdateActor(const Rollout& rollout,
                       const at::Tensor& rows,
                       const at::Tensor& advantages);

    const PpoSettings m_settings; //!< settings
    uint64_t m_begin{0};          //!< first step of the iteration
    double m_actorLoss{0};        //!< sum over an iteration's steps
};

} // namespace agents

#endif // AGENTS_PPO_H
