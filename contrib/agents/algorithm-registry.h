/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_ALGORITHM_REGISTRY_H
#define AGENTS_ALGORITHM_REGISTRY_H

#include "agent.h"
#include "preset.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace agents
{

/**
 * @ingroup agents
 * @brief An algorithm as a row of the registry: all that MakeAgent and its callers know of it.
 */
struct Algorithm
{
    std::string name;        ///< such as world-model-ppo, also in checkpoints
    std::string description; ///< one line, for lists of what can be chosen

    /// All settings of a preset, each with its value, as an object. Throws std::invalid_argument in
    /// one line where there is no such preset.
    std::function<nlohmann::json(Preset preset)> getSettings;

    /// Makes an agent with settings as getSettings gives them. Throws std::invalid_argument in one
    /// line naming the setting, its value and what was expected.
    std::function<std::unique_ptr<Agent>(const nlohmann::json& settings,
                                         const AgentShape& shape,
                                         uint64_t seed)>
        make;

    bool takesSets{false}; ///< whether it takes sets (AgentShape::isSet); else fixed vectors
};

/**
 * @ingroup agents
 * @brief The algorithms that can be chosen by name: those of the learners' library, which are there
 * from the start, and those that a program adds.
 *
 * Everything here is known without LibTorch.
 */
class AlgorithmRegistry
{
  public:
    /**
     * Add an algorithm, before others ask for it. A constant of a source file can do so:
     * `const bool IS_REGISTERED = AlgorithmRegistry::Add({...});`
     * @param algorithm its row
     * @return true
     * @throw std::invalid_argument in one line when the name is empty or taken
     */
    static bool Add(const Algorithm& algorithm);

    /// @param name of an algorithm @return its row, null when there is none
    static const Algorithm* Find(const std::string& name);

    /// @return names in alphabetical order
    static std::vector<std::string> GetNames();
};

} // namespace agents

#endif // AGENTS_ALGORITHM_REGISTRY_H
