/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "equivariant-td3.h"

#include <limits>

namespace agents
{

EquivariantTd3::EquivariantTd3(const std::string& algorithm,
                               const AgentShape& shape,
                               const EquivariantReplaySettings& settings,
                               uint64_t seed)
    : EquivariantReplay(algorithm, shape, settings, seed)
{
    SetMetric("actorLoss", std::numeric_limits<double>::quiet_NaN());
}

Eigen::MatrixXf
EquivariantTd3::ExploreRaw(const Eigen::MatrixXf& outputs)
{
    return AddNoise(outputs,
                    Eigen::ArrayXf::Constant(outputs.rows(),
                                             static_cast<float>(m_settings.explorationDeviation)));
}

bool
EquivariantTd3::IsActorDue(uint64_t step) const
{
    return step % static_cast<uint64_t>(m_settings.policyDelay) == 0;
}

void
EquivariantTd3::UpdateActor(const at::Tensor& observations)
{
    const at::Tensor actions =
        at::sigmoid(m_actor.Forward(GetFeatures(observations)) + GetOffsets(observations));
    constexpr bool isFrozen = true;
    const at::Tensor loss = -GetValues(0, observations, actions, isFrozen).mean();
    loss.backward();
    m_actorAdam.Step(m_algorithm + ", actor");
    SetMetric("actorLoss", loss.item<double>());
}

} // namespace agents
