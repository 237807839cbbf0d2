/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_TD3_H
#define AGENTS_TD3_H

#include "../algorithms/td3-settings.h"
#include "replay-learner.h"

namespace agents
{

/**
 * @ingroup agents
 * @brief TD3 (Fujimoto et al., 2018).
 */
class Td3 : public ReplayLearner
{
  public:
    /**
     * @param algorithm name, for errors and checkpoints
     * @param shape what it sees and does
     * @param settings settings
     * @param seed of all randomness
     */
    Td3(const std::string& algorithm,
        const AgentShape& shape,
        const Td3Settings& settings,
        uint64_t seed);

  protected:
    /// What is learned.
    enum class Kind
    {
        TD3, ///< two critics, smoothing of the target's action, a delay of the actor
        DDPG ///< none of these
    };

    /**
     * @param algorithm name, for errors and checkpoints
     * @param shape what it sees and does
     * @param settings settings
     * @param seed of all randomness
     * @param kind what is learned
     */
    Td3(const std::string& algorithm,
        const AgentShape& shape,
        const Td3Settings& settings,
        uint64_t seed,
        Kind kind);

    Eigen::VectorXf ExploreRaw(const Eigen::VectorXf& outputs) override;
    void Update(const Batch& batch) override;
    const Network& GetActor() const override;

  private:
    /// @param batch steps @return what the critics shall give
    at::Tensor GetTargets(const Batch& batch);
    /// A gradient step of the actor, along the first critic. @param batch steps
    void UpdateActor(const Batch& batch);

    const Td3Settings m_settings; //!< settings
    const bool m_isTd3;           //!< else DDPG
    Network m_actor;              //!< before squashing
    Network m_critics;            //!< Q of observation and action, two of them in TD3
    Network m_targetActor;        //!< follows
    Network m_targetCritics;      //!< follow
    Adam m_actorAdam;             //!< learns the actor
    Adam m_criticAdam;            //!< learns the critics
    Adam m_targets;               //!< holds the targets in checkpoints, takes no step
    double m_actorLoss{0};        //!< of the last step
};

/**
 * @ingroup agents
 * @brief DDPG (Lillicrap et al., 2016): TD3 with one critic, without smoothing of the target's
 * action and without delay of the actor.
 */
class Ddpg : public Td3
{
  public:
    /**
     * @param algorithm name, for errors and checkpoints
     * @param shape what it sees and does
     * @param settings settings
     * @param seed of all randomness
     */
    Ddpg(const std::string& algorithm,
         const AgentShape& shape,
         const Td3Settings& settings,
         uint64_t seed);
};

} // namespace agents

#endif // AGENTS_TD3_H
