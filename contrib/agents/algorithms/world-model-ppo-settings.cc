/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "world-model-ppo-settings.h"

namespace agents
{

WorldModelPpoSettings
GetWorldModelPpoPreset(Preset preset)
{
    WorldModelPpoSettings settings;
    if (preset != Preset::PAPER)
    {
        settings.actionScale = 8;
        settings.modelSequences = 32;
        settings.modelSequenceSlots = 4;
        settings.minibatch = 100;
        settings.startSkill = 0.1;
    }
    switch (preset)
    {
    case Preset::BEST:
        settings.gamma = 0;
        settings.lambda = 0;
        settings.learningRate = 1e-3;
        settings.actorHalvingSteps = 300;
        settings.clip = 0.2;
        settings.epochs = 20;
        settings.entropyWeight = 0.001;
        settings.initialLogDeviation = 0;
        settings.maxDivergence = 10;
        settings.modelLearningRate = 8e-3;
        settings.modelUnits = 64;
        settings.modelUpdates = 48;
        settings.imaginationWeight = 3;
        settings.imaginationBatch = 64;
        settings.imaginationEntropyWeight = 0.05;
        return settings;
    case Preset::LOOKAHEAD:
        settings.gamma = 0.95;
        settings.lambda = 0.95;
        settings.learningRate = 3e-4;
        settings.clip = 0.1;
        settings.epochs = 3;
        settings.criticLearningRate = 1e-3;
        settings.maxGradientNorm = 5;
        settings.normaliseRewards = false;
        settings.initialLogDeviation = -1;
        settings.modelUnits = 128;
        settings.modelUpdates = 96;
        settings.horizon = 5;
        settings.imaginationWeight = 0.5;
        settings.imaginationUpdates = 50;
        settings.imaginationDivergence = 0.5;
        settings.imaginationEntropyWeight = 0.005;
        return settings;
    case Preset::PAPER:
        break;
    }
    SetPaperPpo(settings);
    settings.lambda = 0; // A_t = y_t - V(s_t), with the one-step target of (36)
    settings.model = "rssm";
    settings.modelLearningRate = 1e-3;
    settings.modelUnits = 256;
    settings.memoryUnits = 256;
    settings.latentUnits = 32;
    settings.modelUpdates = 10;
    settings.modelSequences = 8;
    settings.modelSequenceSlots = 16;
    settings.rewardWeight = 1;
    settings.divergenceWeight = 1;
    settings.jointWeight = 0.5;
    settings.horizon = 3;
    settings.imaginationWeight = 0.3;
    settings.imaginationBatch = 64;
    settings.imaginationGradient = "score";
    settings.targetMix = "constant";
    settings.mixWeight = 0.5;
    settings.gate = "quantile";
    settings.startSkill = -1e9; // from the first iteration on
    return settings;
}

} // namespace agents
