/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_EQUIVARIANT_PPO_H
#define AGENTS_EQUIVARIANT_PPO_H

#include "../algorithms/equivariant-ppo-settings.h"
#include "set-learner.h"

#include <ATen/ATen.h>
#include <cstdint>
#include <string>
#include <vector>

namespace agents
{

/**
 * @ingroup agents
 * @brief PPO (31), (32) for sets: actor and critic have the same weights for each entity, the ratio
 * of (31) is an entity's, and the advantage is the set's.
 *
 * The value of a set is the mean of what the critic gives for its entities. Slots have nothing to
 * do with each other: the advantage is the reward less the value.
 */
class EquivariantPpo : public SetLearner
{
  public:
    /// @param algorithm its name @param shape what it sees and does @param settings its settings
    /// @param seed of all randomness
    EquivariantPpo(const std::string& algorithm,
                   const AgentShape& shape,
                   const EquivariantPpoSettings& settings,
                   uint64_t seed);

  protected:
    Eigen::MatrixXf ChooseRaw(const Eigen::MatrixXf& outputs) override;
    void BeforeStep() override;
    void AfterEpisode() override;
    const SetNetwork& GetActor() const override;

  private:
    /// Slots of the same size.
    struct Group
    {
        at::Tensor observations; ///< B x N x entries
        at::Tensor actions;      ///< before squashing, B x N x actions
        at::Tensor logDensities; ///< of an entity's action under the policy that acted, B x N
        at::Tensor rewards;      ///< B
        at::Tensor advantages;   ///< B
    };

    /// Learn if as many slots as an iteration has are new.
    void LearnIfDue();
    /// @return slots that are new
    std::vector<Group> GatherGroups() const;
    /// @param group slots @return log density of each entity's action now, B x N
    at::Tensor GetLogDensities(const Group& group) const;
    /// @param group slots @return value of each set, B
    at::Tensor GetValues(const Group& group) const;
    /// Set advantages, with mean 0 and deviation 1 over all. @param groups slots
    void SetAdvantages(std::vector<Group>& groups) const;
    /// Take a gradient step of actor and critic. @param groups slots
    void Update(const std::vector<Group>& groups);

    const EquivariantPpoSettings m_settings; //!< its settings
    SetNetwork m_actor;                      //!< gives means before squashing
    SetNetwork m_critic;                     //!< gives values
    std::vector<at::Tensor> m_logStd;        //!< of each entry of an action
    Adam m_actorAdam;                        //!< of the actor
    Adam m_criticAdam;                       //!< of the critic
    Adam m_logStdAdam;                       //!< of the deviations
    uint64_t m_learned{0};                   //!< steps that were there at the last iteration
};

} // namespace agents

#endif // AGENTS_EQUIVARIANT_PPO_H
