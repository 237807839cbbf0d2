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

/// Our PPO. @param[in,out] settings settings @param preset best or lookahead
void
SetOurPpo(PpoSettings& settings, Preset preset)
{
    settings.activation = "silu";
    settings.learningRate = 3e-4;
    settings.gamma = 0;
    settings.lambda = 0;
    if (preset == Preset::LOOKAHEAD)
    {
        settings.gamma = 0.9;
    }
}

} // namespace

PpoSettings
GetPpoPreset(Preset preset)
{
    PpoSettings settings;
    preset == Preset::PAPER ? SetPaperPpo(settings) : SetOurPpo(settings, preset);
    return settings;
}

WorldModelPpoSettings
GetWorldModelPpoPreset(Preset preset)
{
    WorldModelPpoSettings settings;
    if (preset != Preset::PAPER)
    {
        SetOurPpo(settings, preset);
        settings.modelUnits = 128;
        settings.modelSequences = 32;
        settings.modelSequenceSlots = 4;
        settings.modelUpdates = 64;
        settings.imaginationWeight = 1;
        settings.startSkill = 0.3;
        return settings;
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
    if (preset == Preset::PAPER)
    {
        SetPaper(settings);
        return settings;
    }
    settings.learningRate = 1e-3;
    settings.gamma = preset == Preset::LOOKAHEAD ? 0.9 : 0.0;
    return settings;
}

SacSettings
GetSacPreset(Preset preset)
{
    SacSettings settings;
    if (preset == Preset::PAPER)
    {
        SetPaper(settings);
        return settings;
    }
    settings.learningRate = 1e-3;
    settings.gamma = preset == Preset::LOOKAHEAD ? 0.9 : 0.0;
    return settings;
}

} // namespace agents
