/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_EQUIVARIANT_REPLAY_H
#define AGENTS_EQUIVARIANT_REPLAY_H

#include "../algorithms/equivariant-replay-settings.h"
#include "set-learner.h"

#include <ATen/ATen.h>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace agents
{

/**
 * @ingroup agents
 * @brief What TD3 and SAC for sets share: two critics with the same weights for each entity, and
 * gradient steps on slots that are drawn from all.
 *
 * A critic gives the mean over entities of what it makes of each entity's features and action.
 * Slots have nothing to do with each other: it learns the reward itself, so that there are no
 * target networks.
 */
class EquivariantReplay : public SetLearner
{
  public:
    /// @param algorithm its name @param shape what it sees and does @param settings its settings
    /// @param seed of all randomness @param criticPooling what critics know of others, by the name
    /// of Pooling; empty for what the actor knows
    EquivariantReplay(const std::string& algorithm,
                      const AgentShape& shape,
                      const EquivariantReplaySettings& settings,
                      uint64_t seed,
                      const std::string& criticPooling = "");

  protected:
    Eigen::MatrixXf ChooseRaw(const Eigen::MatrixXf& outputs) override;
    void BeforeStep() override;
    void AfterEpisode() override;
    const SetNetwork& GetActor() const override;

    /// @param outputs of the policy that acts, plus offsets, actions x N @return what is done,
    /// before squashing, actions x N
    virtual Eigen::MatrixXf ExploreRaw(const Eigen::MatrixXf& outputs) = 0;
    /// Take a gradient step of the actor. @param observations B x N x entries
    virtual void UpdateActor(const at::Tensor& observations) = 0;
    /// @return whether the actor learns at this gradient step @param step its number, from 0
    virtual bool IsActorDue(uint64_t step) const = 0;

    /// @param critic its number @param observations B x N x entries @param actions in [0, 1],
    /// B x N x actions @param isFrozen whether no gradient goes into the weights @return values of
    /// entities, B x N
    at::Tensor GetEntityValues(std::size_t critic,
                               const at::Tensor& observations,
                               const at::Tensor& actions,
                               bool isFrozen) const;
    /// As GetEntityValues. @param critic @param observations @param actions @param isFrozen
    /// @return what a critic learns, B: means of the values of entities, unless overridden
    virtual at::Tensor GetValues(std::size_t critic,
                                 const at::Tensor& observations,
                                 const at::Tensor& actions,
                                 bool isFrozen) const;
    /// @param steps numbers of closed steps of the same size @return what a critic learns from, of
    /// GetValues's sizes: rewards, unless overridden
    virtual at::Tensor GatherTargets(const std::vector<uint64_t>& steps) const;

    const EquivariantReplaySettings m_settings; //!< its settings
    SetNetwork m_actor;                         //!< gives means before squashing
    Adam m_actorAdam;                           //!< of the actor

  private:
    /// Learn if as many slots as a block has are new.
    void LearnIfDue();
    /// Take a gradient step of critics and, when it is due, of the actor.
    void Update();

    std::vector<SetNetwork> m_critics; //!< two of them
    std::deque<Adam> m_criticAdams;    //!< of the critics
    uint64_t m_learned{0};             //!< steps that were there at the last block
    uint64_t m_updates{0};             //!< gradient steps that were taken
};

} // namespace agents

#endif // AGENTS_EQUIVARIANT_REPLAY_H
