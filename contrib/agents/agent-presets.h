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

/**
 * Presets. "paper": what R. Zhang et al., arXiv:2602.13628, VI-A2, give, and where they are
 * silent the usual; nothing is mended. "best": ours, tuned with the same number of trials for each
 * algorithm on seeds that no result uses.
 * @param isPaper whether paper, else best
 * @return the settings
 */
PpoSettings GetPpoPreset(bool isPaper);

/// The same for World-Model-PPO. @param isPaper whether paper, else best @return the settings
WorldModelPpoSettings GetWorldModelPpoPreset(bool isPaper);

/// The same for TD3 and DDPG. @param isPaper whether paper, else best @return the settings
Td3Settings GetTd3Preset(bool isPaper);

/// The same for SAC. @param isPaper whether paper, else best @return the settings
SacSettings GetSacPreset(bool isPaper);

} // namespace agents

#endif // AGENTS_AGENT_PRESETS_H
