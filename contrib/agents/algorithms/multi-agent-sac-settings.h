/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_MULTI_AGENT_SAC_SETTINGS_H
#define AGENTS_MULTI_AGENT_SAC_SETTINGS_H

#include "equivariant-replay-settings.h"

#include <string>

namespace agents
{

/**
 * @ingroup agents
 * @brief Settings of SAC for many agents, each an entity of a set.
 */
struct MultiAgentSacSettings : EquivariantReplaySettings
{
    std::string criticPooling{"mean-max"}; ///< what critics know of others, as agents::Pooling
    std::string learned{"own"}; ///< own: critics learn what each agent is told; team: the reward

    /// Name each setting. @param visit called with name, setting, least and largest value
    template <typename Visitor>
    void Visit(Visitor& visit)
    {
        EquivariantReplaySettings::Visit(visit);
        visit("criticPooling", criticPooling, {"none", "mean-max", "attention"});
        visit("learned", learned, {"own", "team"});
    }
};

/// @param preset best or paper @return the settings
/// @throw std::invalid_argument in one line for another
MultiAgentSacSettings GetMultiAgentSacPreset(Preset preset);

} // namespace agents

#endif // AGENTS_MULTI_AGENT_SAC_SETTINGS_H
