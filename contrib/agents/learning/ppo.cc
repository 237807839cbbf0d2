/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ppo.h"

namespace agents
{

void
Ppo::Iterate()
{
    const Rollout rollout = BeginIteration();
    if (!IsEnough(rollout))
    {
        return;
    }
    const Targets targets = GetAdvantages(rollout, rollout.rewards);
    UpdateInMinibatches(rollout, [&](const at::Tensor& rows) {
        UpdateCritic(rollout, targets, rows);
        const ClippedSurrogate::Value surrogate = GetSurrogate(rollout, targets, rows);
        UpdateActor(surrogate.loss);
        return surrogate.kl;
    });
    EndIteration();
}

} // namespace agents
