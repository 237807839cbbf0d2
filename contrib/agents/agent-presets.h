/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_AGENT_PRESETS_H
#define AGENTS_AGENT_PRESETS_H

#include "agent-settings.h"

namespace agents
{

/// A set of settings with a name.
enum class Preset
{
    /// What R. Zhang et al., arXiv:2602.13628, VI-A2, give, and where they are silent the usual;
    /// nothing is mended.
    PAPER,
    /// Ours, for slots that have nothing to do with each other: gamma is 0.
    BEST,
    /// Ours, for slots that hang together: queues, batteries, correlated fading. (TD3 and SAC came
    /// out of their tuning with gamma 0 there too.)
    LOOKAHEAD
};

/**
 * The settings of a preset. Those that are ours were tuned with the same number of trials for each
 * algorithm (DDPG has TD3's), on draws that no result uses.
 * @param preset which
 * @return the settings
 */
PpoSettings GetPpoPreset(Preset preset);

/// The same for World-Model-PPO. @param preset which @return the settings
WorldModelPpoSettings GetWorldModelPpoPreset(Preset preset);

/// The same for TD3 and DDPG. @param preset which @return the settings
Td3Settings GetTd3Preset(Preset preset);

/// The same for SAC. @param preset which @return the settings
SacSettings GetSacPreset(Preset preset);

} // namespace agents

#endif // AGENTS_AGENT_PRESETS_H
