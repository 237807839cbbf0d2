/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_REPLAY_SETTINGS_H
#define AGENTS_REPLAY_SETTINGS_H

#include "learner-settings.h"

namespace agents
{

/**
 * @ingroup agents
 * @brief What TD3, DDPG and SAC share.
 */
struct ReplaySettings : LearnerSettings
{
    double actionScale{2};        ///< critics see this times (a - 1/2)
    int64_t batch{100};           ///< slots of a gradient step
    int64_t startSlots{100};      ///< slots of uniformly random actions at first
    int64_t updateEverySlots{25}; ///< gradient steps are taken in blocks after as many slots
    double updatesPerSlot{1.0};   ///< gradient steps a slot
    double targetRate{0.005};     ///< rate at which target networks follow, (0, 1]

    /// Name each setting. @param visit called with name, setting, least and largest value
    template <typename Visitor>
    void Visit(Visitor& visit)
    {
        LearnerSettings::Visit(visit);
        visit("actionScale", actionScale, 1e-3, 1e3);
        visit("batch", batch, 1, 100000);
        visit("startSlots", startSlots, 0, 100000000);
        visit("updateEverySlots", updateEverySlots, 1, 1000000);
        visit("updatesPerSlot", updatesPerSlot, 0.0, 1000.0);
        visit("targetRate", targetRate, 1e-6, 1.0);
    }
};

} // namespace agents

#endif // AGENTS_REPLAY_SETTINGS_H
