/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "equivariant-ppo-settings.h"

namespace agents
{

EquivariantPpoSettings
GetEquivariantPpoPreset(Preset preset)
{
    RequireBest(preset, "equivariant-ppo");
    EquivariantPpoSettings settings;
    settings.learningRate = 1.2e-3;
    settings.halvingSteps = 1000;
    return settings;
}

} // namespace agents
