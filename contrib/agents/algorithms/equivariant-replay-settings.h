/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_EQUIVARIANT_REPLAY_SETTINGS_H
#define AGENTS_EQUIVARIANT_REPLAY_SETTINGS_H

#include "../preset.h"
#include "set-learner-settings.h"

#include <cstdint>

namespace agents
{

/**
 * @ingroup agents
 * @brief Settings of TD3 and SAC for sets, with the same weights for each entity.
 */
struct EquivariantReplaySettings : SetLearnerSettings
{
    double actionScale{4};            ///< critics see this times (a - 1/2)
    int64_t batch{64};                ///< slots of a gradient step
    int64_t startSlots{20};           ///< slots of uniformly random actions at first
    int64_t updateEverySlots{20};     ///< gradient steps are taken in blocks after as many slots
    double updatesPerSlot{3};         ///< gradient steps a slot
    double explorationDeviation{0.3}; ///< of actions before squashing; TD3
    int64_t policyDelay{2};           ///< steps of the critics for one of the actor; TD3
    double initialTemperature{0.1};   ///< weight of the entropy at first; SAC
    double targetEntropy{-1};         ///< of an entry of an action before squashing; SAC

    /// Name each setting. @param visit called with name, setting, least and largest value
    template <typename Visitor>
    void Visit(Visitor& visit)
    {
        SetLearnerSettings::Visit(visit);
        visit("actionScale", actionScale, 1e-3, 1e3);
        visit("batch", batch, 1, 100000);
        visit("startSlots", startSlots, 0, 100000000);
        visit("updateEverySlots", updateEverySlots, 1, 1000000);
        visit("updatesPerSlot", updatesPerSlot, 0.0, 1000.0);
        visit("explorationDeviation", explorationDeviation, 0.0, 10.0);
        visit("policyDelay", policyDelay, 1, 1000);
        visit("initialTemperature", initialTemperature, 1e-9, 1e3);
        visit("targetEntropy", targetEntropy, -100.0, 100.0);
    }
};

/// @param preset best, the only one @return the settings of TD3
/// @throw std::invalid_argument in one line for another
EquivariantReplaySettings GetEquivariantTd3Preset(Preset preset);

/// @param preset best, the only one @return the settings of SAC
/// @throw std::invalid_argument in one line for another
EquivariantReplaySettings GetEquivariantSacPreset(Preset preset);

} // namespace agents

#endif // AGENTS_EQUIVARIANT_REPLAY_SETTINGS_H
