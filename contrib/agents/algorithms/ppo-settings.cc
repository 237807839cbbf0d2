/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ppo-settings.h"

namespace agents
{

void
SetPaperPpo(PpoSettings& settings)
{
    SetPaper(settings);
    settings.epochs = 10;
    settings.clip = 0.1;
    settings.entropyWeight = 0.001;
    settings.minibatch = 64;
}

PpoSettings
GetPpoPreset(Preset preset)
{
    PpoSettings settings;
    switch (preset)
    {
    case Preset::PAPER:
        SetPaperPpo(settings);
        break;
    case Preset::BEST:
        settings.gamma = 0;
        settings.lambda = 0;
        settings.learningRate = 6e-4;
        settings.actorHalvingSteps = 300;
        settings.clip = 0.3;
        settings.epochs = 20;
        settings.minibatch = 100;
        settings.entropyWeight = 0.003;
        settings.initialLogDeviation = 0;
        settings.maxDivergence = 0.5;
        break;
    case Preset::LOOKAHEAD:
        settings.gamma = 0.5;
        settings.lambda = 0.95;
        settings.learningRate = 3e-4;
        settings.clip = 0.3;
        settings.epochs = 10;
        settings.minibatch = 100;
        settings.initialLogDeviation = -1;
        break;
    }
    return settings;
}

} // namespace agents
