/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "outcome-model-settings.h"

namespace agents
{

OutcomeModelSettings
GetOutcomeModelPreset(Preset preset)
{
    RequireBest(preset, "outcome-model");
    OutcomeModelSettings settings;
    settings.pooling = "mean-max";
    settings.learningRate = 4e-3;
    settings.halvingSteps = 1500;
    return settings;
}

} // namespace agents
