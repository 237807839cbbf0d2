/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_SAC_SETTINGS_H
#define AGENTS_SAC_SETTINGS_H

#include "../preset.h"
#include "replay-settings.h"

namespace agents
{

/**
 * @ingroup agents
 * @brief Settings of SAC.
 */
struct SacSettings : ReplaySettings
{
    double initialTemperature{0.2};   ///< weight of the entropy at first
    double entropyPerAction{-1.0};    ///< target entropy of each entry of an action in [-1, 1]
    double initialLogDeviation{-0.5}; ///< log of the action's deviation before squashing

    /// Name each setting. @param visit called with name, setting, least and largest value
    template <typename Visitor>
    void Visit(Visitor& visit)
    {
        ReplaySettings::Visit(visit);
        visit("initialTemperature", initialTemperature, 1e-9, 1e3);
        visit("entropyPerAction", entropyPerAction, -100.0, 1.0);
        visit("initialLogDeviation", initialLogDeviation, -5.0, 2.0);
    }
};

/// @param preset which @return the settings
SacSettings GetSacPreset(Preset preset);

} // namespace agents

#endif // AGENTS_SAC_SETTINGS_H
