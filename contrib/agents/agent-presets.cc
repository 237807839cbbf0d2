/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "agent-presets.h"

namespace agents
{

namespace
{

/// What VI-A2 gives for all learners. @param[in,out] settings settings
void
SetPaper(LearnerSettings& settings)
{
    settings.hidden = {256, 256};
    settings.activation = "relu";
    settings.learningRate = 1e-5;
    settings.gamma = 0.99;
    // Algorithm 1 ends an episode by its flag d_t, behind which (36) sees no value.
    settings.episodeEndIsTerminal = true;
}

/// The paper's PPO. @param[in,out] settings settings
void
SetPaperPpo(PpoSettings& settings)
{
    SetPaper(settings);
    settings.epochs = 10;
    settings.clip = 0.1;
    settings.entropyWeight = 0.001;
    settings.minibatch = 64;
}

} // namespace

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
