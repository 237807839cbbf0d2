/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_TD3_SETTINGS_H
#define AGENTS_TD3_SETTINGS_H

#include "../preset.h"
#include "replay-settings.h"

namespace agents
{

/**
 * @ingroup agents
 * @brief Settings of TD3, and of DDPG, which has one critic, no delay and no smoothing.
 */
struct Td3Settings : ReplaySettings
{
    double explorationDeviation{0.05}; ///< of the noise on an action in [0, 1]
    double smoothingDeviation{0.1};    ///< of the noise on the target's action; TD3
    double smoothingLimit{0.25};       ///< largest size of that noise; TD3
    int64_t policyDelay{2};            ///< steps of the critics for one of the actor; TD3

    /// Name each setting. @param visit called with name, setting, least and largest value
    template <typename Visitor>
    void Visit(Visitor& visit)
    {
        ReplaySettings::Visit(visit);
        visit("explorationDeviation", explorationDeviation, 0.0, 1.0);
        visit("smoothingDeviation", smoothingDeviation, 0.0, 1.0);
        visit("smoothingLimit", smoothingLimit, 0.0, 1.0);
        visit("policyDelay", policyDelay, 1, 1000);
    }
};

/// DDPG has the same. @param preset which @return the settings
Td3Settings GetTd3Preset(Preset preset);

} // namespace agents

#endif // AGENTS_TD3_SETTINGS_H
