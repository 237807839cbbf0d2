/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_TD3_H
#define AGENTS_TD3_H

#include "replay-learner.h"

namespace agents
{

/**
 * @ingroup agents
 * @brief TD3 (Fujimoto et al., 2018), and DDPG (Lillicrap et al., 2016), which has one critic, no
 * smoothing of the target's action and no delay of the actor.
 */
class Td3 : public ReplayLearner
{
  public:
    /**
     * @param algorithm td3 or ddpg
     * @param shape what it sees and does
     * @param settings settings
     * @param seed of all randomness
     */
    Td3(const std::string& algorithm,
        const AgentShape& shape,
        const Td3Settings& settings,
        uint64_t seed);

  protected:
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

} // namespace agents

#endif // AGENTS_TD3_H
