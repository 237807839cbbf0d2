/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "multi-agent-sac.h"

#include <stdexcept>

namespace agents
{

MultiAgentSac::MultiAgentSac(const std::string& algorithm,
                             const AgentShape& shape,
                             const MultiAgentSacSettings& settings,
                             uint64_t seed)
    : EquivariantSac(algorithm, shape, settings, seed, settings.criticPooling),
      m_learnsOwn(settings.learned == "own")
{
    if (m_learnsOwn && shape.outcomes != 1)
    {
        throw std::invalid_argument("learned: \"own\", expected a task that tells each agent a "
                                    "reward of its own, or team");
    }
}

void
MultiAgentSac::Reward(uint64_t step,
                      double reward,
                      const Eigen::Ref<const Eigen::VectorXf>& outcomes)
{
    if (m_learnsOwn && outcomes.size() == 0)
    {
        throw std::runtime_error(m_algorithm + ": step " + std::to_string(step) +
                                 " has a reward alone, expected that of each agent");
    }
    if (!outcomes.allFinite())
    {
        throw std::runtime_error(m_algorithm + ": step " + std::to_string(step) +
                                 ": the reward of an agent is not finite");
    }
    SetLearner::Reward(step, reward, outcomes);
}

at::Tensor
MultiAgentSac::GetValues(std::size_t critic,
                         const at::Tensor& observations,
                         const at::Tensor& actions,
                         bool isFrozen) const
{
    const at::Tensor values = GetEntityValues(critic, observations, actions, isFrozen);
    return m_learnsOwn ? values : values.mean(1);
}

at::Tensor
MultiAgentSac::GatherTargets(const std::vector<uint64_t>& steps) const
{
    return m_learnsOwn ? GatherOutcomes(steps).squeeze(2) : GatherRewards(steps);
}

} // namespace agents
