/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "equivariant-replay-settings.h"

namespace agents
{

EquivariantReplaySettings
GetEquivariantTd3Preset(Preset preset)
{
    RequireBest(preset, "equivariant-td3");
    return {};
}

EquivariantReplaySettings
GetEquivariantSacPreset(Preset preset)
{
    RequireBest(preset, "equivariant-sac");
    return {};
}

} // namespace agents
