/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "td3-settings.h"

namespace agents
{

Td3Settings
GetTd3Preset(Preset preset)
{
    Td3Settings settings;
    settings.learningRate = 1e-3;
    settings.gamma = 0;
    switch (preset)
    {
    case Preset::PAPER:
        SetPaper(settings);
        break;
    case Preset::BEST:
        settings.actionScale = 8;
        break;
    case Preset::LOOKAHEAD:
        settings.actionScale = 1;
        settings.gamma = 0.5;
        settings.explorationDeviation = 0.2;
        break;
    }
    return settings;
}

} // namespace agents
