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
    if (preset != Preset::BEST)
    {
        throw std::invalid_argument("preset of outcome-model: expected best, since it is not of "
                                    "the paper and does not look ahead");
    }
    OutcomeModelSettings settings;
    settings.pooling = "mean-max";
    settings.learningRate = 4e-3;
    settings.halvingSteps = 1500;
    return settings;
}

} // namespace agents
