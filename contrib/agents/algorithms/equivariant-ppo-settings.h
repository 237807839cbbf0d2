/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_EQUIVARIANT_PPO_SETTINGS_H
#define AGENTS_EQUIVARIANT_PPO_SETTINGS_H

#include "../preset.h"
#include "set-learner-settings.h"

#include <cstdint>

namespace agents
{

/**
 * @ingroup agents
 * @brief Settings of PPO for sets, with the same weights for each entity.
 */
struct EquivariantPpoSettings : SetLearnerSettings
{
    int64_t rolloutSlots{100};   ///< slots between two iterations of learning
    int64_t epochs{20};          ///< gradient steps of an iteration, each on all its slots
    double clip{0.3};            ///< epsilon of (32)
    double initialLogStd{-1};    ///< logarithm of the deviation before squashing, at first
    double logStdRateFactor{10}; ///< its learning rate over that of the rest

    /// Name each setting. @param visit called with name, setting, least and largest value
    template <typename Visitor>
    void Visit(Visitor& visit)
    {
        SetLearnerSettings::Visit(visit);
        visit("rolloutSlots", rolloutSlots, 1, 1000000);
        visit("epochs", epochs, 1, 1000);
        visit("clip", clip, 1e-6, 1.0);
        visit("initialLogStd", initialLogStd, -10.0, 2.0);
        visit("logStdRateFactor", logStdRateFactor, 0.0, 1000.0);
    }
};

/// @param preset best, the only one @return the settings
/// @throw std::invalid_argument in one line for another
EquivariantPpoSettings GetEquivariantPpoPreset(Preset preset);

} // namespace agents

#endif // AGENTS_EQUIVARIANT_PPO_SETTINGS_H
