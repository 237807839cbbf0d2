/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "outcome-model-settings.h"

#include <stdexcept>

namespace agents
{

OutcomeModelSettings
GetOutcomeModelPreset(Preset preset)
{
    OutcomeModelSettings settings;
    settings.pooling = "mean-max";
    settings.learningRate = 4e-3;
    settings.halvingSteps = 1500;
    if (preset == Preset::LOOKAHEAD)
    {
        // Of paths, so that there are fewer gradient steps, and longer ones.
        settings.horizonSlots = 100;
        settings.policyUpdatesPerSlot = 0.5;
        settings.batch = 16;
        settings.imaginedEntities = 3200;
        settings.imaginesSizes = false; // what a battery pays for depends on the number
        settings.startShare = 1;
        settings.halvingSteps = 200;
        settings.averagingRate = 0.02;
        settings.imaginationNoiseSlots = 1500;
        return settings;
    }
    if (preset == Preset::PAPER)
    {
        throw std::invalid_argument("preset of outcome-model: expected best or lookahead, since it "
                                    "is not of the paper");
    }
    return settings;
}

} // namespace agents
