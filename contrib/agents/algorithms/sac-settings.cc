/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "sac-settings.h"

namespace agents
{

SacSettings
GetSacPreset(Preset preset)
{
    SacSettings settings;
    settings.learningRate = 3e-3;
    settings.gamma = 0;
    settings.startSlots = 50;
    settings.initialTemperature = 0.05;
    switch (preset)
    {
    case Preset::PAPER:
        settings = SacSettings();
        SetPaper(settings);
        break;
    case Preset::BEST:
        settings.actionScale = 8;
        settings.activation = "silu";
        settings.batch = 256;
        settings.entropyPerAction = -2;
        break;
    case Preset::LOOKAHEAD:
        settings.actionScale = 4;
        settings.gamma = 0.9;
        settings.learningRate = 1e-3;
        settings.batch = 64;
        settings.targetRate = 0.02;
        settings.normaliseRewards = false;
        settings.maxGradientNorm = 5;
        break;
    }
    return settings;
}

} // namespace agents
