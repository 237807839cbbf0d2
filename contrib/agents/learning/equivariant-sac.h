/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_EQUIVARIANT_SAC_H
#define AGENTS_EQUIVARIANT_SAC_H

#include "equivariant-replay.h"

#include <ATen/ATen.h>
#include <cstdint>
#include <string>
#include <vector>

namespace agents
{

/**
 * @ingroup agents
 * @brief SAC for sets: the actor climbs the smaller critic and its entropy. Deviations are
 * parameters, the same for all entities.
 */
class EquivariantSac : public EquivariantReplay
{
  public:
    /// @param algorithm its name @param shape what it sees and does @param settings its settings
    /// @param seed of all randomness @param criticPooling as EquivariantReplay
    EquivariantSac(const std::string& algorithm,
                   const AgentShape& shape,
                   const EquivariantReplaySettings& settings,
                   uint64_t seed,
                   const std::string& criticPooling = "");

  private:
    Eigen::MatrixXf ExploreRaw(const Eigen::MatrixXf& outputs) override;
    void UpdateActor(const at::Tensor& observations) override;
    bool IsActorDue(uint64_t step) const override;

    std::vector<at::Tensor> m_logStd;         //!< of each entry of an action, before squashing
    std::vector<at::Tensor> m_logTemperature; //!< of the entropy
    Adam m_logStdAdam;                        //!< of the deviations
    Adam m_temperatureAdam;                   //!< of the temperature
};

} // namespace agents

#endif // AGENTS_EQUIVARIANT_SAC_H
