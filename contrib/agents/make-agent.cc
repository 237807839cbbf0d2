/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "make-agent.h"

#include "algorithm-registry.h"

#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace agents
{

namespace
{

/// The presets by name.
const std::map<std::string, Preset> PRESETS = {{"best", Preset::BEST},
                                               {"lookahead", Preset::LOOKAHEAD},
                                               {"paper", Preset::PAPER}};

/// Refuse a name. @param what it names @param name it @param known what there is
[[noreturn]] void
Refuse(const std::string& what, const std::string& name, const std::vector<std::string>& known)
{
    std::string all;
    for (const std::string& each : known)
    {
        all += (all.empty() ? "" : ", ") + each;
    }
    throw std::invalid_argument(what + " '" + name + "', expected one of " + all);
}

/// @param name of an algorithm @return its row
/// @throw std::invalid_argument in one line naming what is known
const Algorithm&
FindAlgorithm(const std::string& name)
{
    const Algorithm* algorithm = AlgorithmRegistry::Find(name);
    if (!algorithm)
    {
        Refuse("algorithm", name, GetAlgorithms());
    }
    return *algorithm;
}

} // namespace

std::vector<std::string>
GetAlgorithms()
{
    return AlgorithmRegistry::GetNames();
}

std::vector<std::string>
GetPresets()
{
    std::vector<std::string> names;
    for (const auto& [name, preset] : PRESETS)
    {
        names.push_back(name);
    }
    return names;
}

nlohmann::json
GetSettings(const std::string& algorithm, const std::string& preset)
{
    const auto found = PRESETS.find(preset);
    if (found == PRESETS.end())
    {
        Refuse("preset", preset, GetPresets());
    }
    return FindAlgorithm(algorithm).getSettings(found->second);
}

std::unique_ptr<Agent>
MakeAgent(const std::string& algorithm,
          const nlohmann::json& settings,
          const AgentShape& shape,
          uint64_t seed)
{
    const Algorithm& row = FindAlgorithm(algorithm);
    if (shape.observations < 1 || shape.actions < 1 || shape.exogenous < 0 ||
        shape.exogenous > shape.observations)
    {
        throw std::invalid_argument("agent '" + algorithm +
                                    "': expected at least one feature and "
                                    "one action");
    }
    if (shape.isSet != row.takesSets)
    {
        throw std::invalid_argument("agent '" + algorithm + "': expected " +
                                    (row.takesSets ? "a set of entities (state entities)"
                                                   : "a fixed vector (another state)"));
    }
    return row.make(settings, shape, seed);
}

} // namespace agents
