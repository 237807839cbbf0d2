/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_REPLAY_LEARNER_H
#define AGENTS_REPLAY_LEARNER_H

#include "../algorithms/replay-settings.h"
#include "learner.h"

#include <vector>

namespace agents
{

/**
 * @ingroup agents
 * @brief What off-policy learners share: random batches of all that was kept, and a clock that
 * takes gradient steps in blocks.
 */
class ReplayLearner : public Learner
{
  public:
    /**
     * @param algorithm name, for errors and checkpoints
     * @param shape what it sees and does
     * @param settings settings
     * @param seed of all randomness
     */
    ReplayLearner(const std::string& algorithm,
                  const AgentShape& shape,
                  const ReplaySettings& settings,
                  uint64_t seed);

    void Save(Archive& archive) const override;
    void Load(const Archive& archive) override;

  protected:
    /// Steps of a gradient step; arrays have one entry a step.
    struct Batch
    {
        at::Tensor observations;     ///< normalised
        at::Tensor actions;          ///< in [0, 1]
        at::Tensor rewards;          ///< normalised
        at::Tensor nextObservations; ///< normalised
        at::Tensor discounts;        ///< gamma, 0 where nothing comes after
    };

    Eigen::VectorXf ChooseRaw(const Eigen::VectorXf& outputs) final;
    void BeforeStep() final;
    void AfterEpisode() final;

    /// @param outputs of the policy's network @return what is done, before squashing
    virtual Eigen::VectorXf ExploreRaw(const Eigen::VectorXf& outputs) = 0;
    /// Take a gradient step. @param batch its steps
    virtual void Update(const Batch& batch) = 0;
    /// @return the network of the policy
    virtual const Network& GetActor() const = 0;

    /// @param action in [0, 1] @return before squashing, finite
    static float Unsquash(float action);

    /// @param members critics @return critics on observation and action
    Network::Settings CriticShape(int64_t members) const;

    /// @param observations B x features @param actions in [0, 1], B x actions
    /// @return what critics see of both, side by side
    at::Tensor Join(const at::Tensor& observations, const at::Tensor& actions) const;

    /**
     * Learn the critics by mean squared error, summed over them.
     * @param critics them @param adam their optimiser @param batch steps
     * @param targets what they shall give, B
     */
    void UpdateCritics(const Network& critics,
                       Adam& adam,
                       const Batch& batch,
                       const at::Tensor& targets);

  private:
    /// @return a batch at random, empty when there is no step to learn from
    Batch Sample();
    /// Take the gradient steps that are due. @param slots steps since the last time
    void Learn(uint64_t slots);

    const ReplaySettings m_settings; //!< settings
    uint64_t m_learned{0};           //!< steps up to which gradient steps were taken
    uint64_t m_normalised{0};        //!< steps that are in the normaliser
    double m_due{0};                 //!< gradient steps that are due, with their fraction
    double m_criticLoss{0};          //!< of the last step
};

} // namespace agents

#endif // AGENTS_REPLAY_LEARNER_H
