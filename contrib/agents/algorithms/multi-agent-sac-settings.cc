/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "multi-agent-sac-settings.h"

#include <stdexcept>

namespace agents
{

MultiAgentSacSettings
GetMultiAgentSacPreset(Preset preset)
{
    MultiAgentSacSettings settings;
    settings.logReward = false;
    if (preset == Preset::PAPER)
    {
        // The paper gives no sizes and rates: those that SAC is printed with where we have them.
        settings.learningRate = 3e-4;
        settings.learned = "team";
        return settings;
    }
    if (preset == Preset::LOOKAHEAD)
    {
        throw std::invalid_argument("preset of masac: expected best or paper, since it does not "
                                    "look ahead");
    }
    settings.criticPooling = "none";
    settings.actionScale = 12;
    settings.batch = 32;
    settings.initialTemperature = 0.01;
    settings.targetEntropy = -3;
    return settings;
}

} // namespace agents
