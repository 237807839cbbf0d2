/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_EQUIVARIANT_TD3_H
#define AGENTS_EQUIVARIANT_TD3_H

#include "equivariant-replay.h"

#include <ATen/ATen.h>
#include <cstdint>
#include <string>
#include <vector>

namespace agents
{

/**
 * @ingroup agents
 * @brief TD3 for sets: the actor climbs the first critic, every other gradient step.
 */
class EquivariantTd3 : public EquivariantReplay
{
  public:
    /// @param algorithm its name @param shape what it sees and does @param settings its settings
    /// @param seed of all randomness
    EquivariantTd3(const std::string& algorithm,
                   const AgentShape& shape,
                   const EquivariantReplaySettings& settings,
                   uint64_t seed);

  private:
    Eigen::MatrixXf ExploreRaw(const Eigen::MatrixXf& outputs) override;
    void UpdateActor(const at::Tensor& observations) override;
    bool IsActorDue(uint64_t step) const override;
};

} // namespace agents

#endif // AGENTS_EQUIVARIANT_TD3_H
