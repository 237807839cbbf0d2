/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_MULTI_AGENT_SAC_H
#define AGENTS_MULTI_AGENT_SAC_H

#include "../algorithms/multi-agent-sac-settings.h"
#include "equivariant-sac.h"

#include <ATen/ATen.h>
#include <cstdint>
#include <string>
#include <vector>

namespace agents
{

/**
 * @ingroup agents
 * @brief SAC for many agents, each an entity of a set: one actor for all, which sees an agent alone
 * unless told otherwise, and critics that see all agents and their actions.
 *
 * Critics learn the reward of all, as the mean of values of agents; or the reward that each agent
 * is told of its own, which is the outcome of its entity. Where an own reward is what all gain by
 * the agent (a difference reward; Wolpert and Tumer, "Optimal payoff functions for members of
 * collectives", 2001), to climb it is to climb the reward of all, with less noise.
 */
class MultiAgentSac : public EquivariantSac
{
  public:
    /**
     * @param algorithm its name
     * @param shape what it sees and does
     * @param settings its settings
     * @param seed of all randomness
     * @throw std::invalid_argument in one line where own rewards are to be learned and outcomes
     * have another number of entries than one
     */
    MultiAgentSac(const std::string& algorithm,
                  const AgentShape& shape,
                  const MultiAgentSacSettings& settings,
                  uint64_t seed);

    void Reward(uint64_t step,
                double reward,
                const Eigen::Ref<const Eigen::VectorXf>& outcomes) override;

  private:
    at::Tensor GetValues(std::size_t critic,
                         const at::Tensor& observations,
                         const at::Tensor& actions,
                         bool isFrozen) const override;
    at::Tensor GatherTargets(const std::vector<uint64_t>& steps) const override;

    bool m_learnsOwn; //!< whether critics learn own rewards
};

} // namespace agents

#endif // AGENTS_MULTI_AGENT_SAC_H
