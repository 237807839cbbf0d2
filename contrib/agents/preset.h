/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_PRESET_H
#define AGENTS_PRESET_H

namespace agents
{

/**
 * @ingroup agents
 * @brief A set of settings with a name.
 *
 * Those that are ours were tuned with the same number of trials for each algorithm (DDPG has
 * TD3's), on draws that no result uses.
 */
enum class Preset
{
    /// What R. Zhang et al., arXiv:2602.13628, VI-A2, give, and where they are silent the usual;
    /// nothing is mended.
    PAPER,
    /// Ours, for independent slots: gamma is 0.
    BEST,
    /// Ours, for correlated slots: queues, batteries, correlated fading. (TD3 and SAC came out of
    /// their tuning with gamma 0 there too.)
    LOOKAHEAD
};

} // namespace agents

#endif // AGENTS_PRESET_H
