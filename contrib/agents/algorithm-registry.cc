/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "algorithm-registry.h"

#include "algorithms/equivariant-ppo-settings.h"
#include "algorithms/equivariant-replay-settings.h"
#include "algorithms/multi-agent-sac-settings.h"
#include "algorithms/outcome-model-settings.h"
#include "algorithms/ppo-settings.h"
#include "algorithms/sac-settings.h"
#include "algorithms/td3-settings.h"
#include "algorithms/world-model-ppo-settings.h"
#include "learners-library.h"
#include "settings-json.h"

#include <map>
#include <stdexcept>

namespace agents
{

namespace
{

/// @param name of an algorithm of the learners' library @param description one line
/// @param getPreset gives its settings @param takesSets whether it takes sets @return its row
template <typename Settings>
Algorithm
MakeRow(const std::string& name,
        const std::string& description,
        Settings (*getPreset)(Preset),
        bool takesSets = false)
{
    return {name,
            description,
            [getPreset](Preset preset) { return WriteSettings(getPreset(preset)); },
            [name](const nlohmann::json& settings, const AgentShape& shape, uint64_t seed) {
                return MakeLearner(name, settings, shape, seed);
            },
            takesSets};
}

/// @return the rows by name
std::map<std::string, Algorithm>&
GetRows()
{
    static std::map<std::string, Algorithm> rows = [] {
        std::map<std::string, Algorithm> known;
        // What makes them is in learning/make-learner.cc.
        for (const Algorithm& each :
             {MakeRow("ddpg", "deep deterministic policy gradients", GetTd3Preset),
              MakeRow("equivariant-ppo",
                      "PPO for any number of MLUs",
                      GetEquivariantPpoPreset,
                      true),
              MakeRow("equivariant-sac",
                      "SAC for any number of MLUs",
                      GetEquivariantSacPreset,
                      true),
              MakeRow("equivariant-td3",
                      "TD3 for any number of MLUs",
                      GetEquivariantTd3Preset,
                      true),
              MakeRow("masac",
                      "multi-agent SAC, for any number of agents",
                      GetMultiAgentSacPreset,
                      true),
              MakeRow("outcome-model",
                      "a model of each MLU's outcome, for any number of MLUs",
                      GetOutcomeModelPreset,
                      true),
              MakeRow("ppo", "proximal policy optimisation", GetPpoPreset),
              MakeRow("sac", "soft actor-critic", GetSacPreset),
              MakeRow("td3", "twin delayed deterministic policy gradients", GetTd3Preset),
              MakeRow("world-model-ppo", "PPO with a world model", GetWorldModelPpoPreset)})
        {
            known[each.name] = each;
        }
        return known;
    }();
    return rows;
}

} // namespace

bool
AlgorithmRegistry::Add(const Algorithm& algorithm)
{
    if (algorithm.name.empty())
    {
        throw std::invalid_argument("algorithm without a name");
    }
    if (!GetRows().emplace(algorithm.name, algorithm).second)
    {
        throw std::invalid_argument("algorithm '" + algorithm.name +
                                    "' is there already, expected another name");
    }
    return true;
}

const Algorithm*
AlgorithmRegistry::Find(const std::string& name)
{
    const auto found = GetRows().find(name);
    return found == GetRows().end() ? nullptr : &found->second;
}

std::vector<std::string>
AlgorithmRegistry::GetNames()
{
    std::vector<std::string> names;
    for (const auto& [name, row] : GetRows())
    {
        names.push_back(name);
    }
    return names;
}

} // namespace agents
