/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_MAKE_AGENT_H
#define AGENTS_MAKE_AGENT_H

#include "agent.h"

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace agents
{

/// @return names of the algorithms of AlgorithmRegistry: ddpg, ppo, sac, td3, world-model-ppo, and
/// those that were added
std::vector<std::string> GetAlgorithms();

/// @return names of the presets: best, lookahead, paper
std::vector<std::string> GetPresets();

/**
 * The settings of an algorithm, each with its value.
 * @param algorithm one of GetAlgorithms
 * @param preset one of GetPresets
 * @return an object, setting by setting
 * @throw std::invalid_argument in one line naming what is known
 */
nlohmann::json GetSettings(const std::string& algorithm, const std::string& preset);

/**
 * Make an agent. What needs LibTorch is loaded when it is needed, see learners-library.h.
 * @param algorithm one of GetAlgorithms
 * @param settings as GetSettings gives them
 * @param shape what it sees and does
 * @param seed of all its randomness
 * @return the agent
 * @throw std::invalid_argument in one line naming the setting, its value and what was expected
 * @throw std::runtime_error in one line when this build is without LibTorch
 */
std::unique_ptr<Agent> MakeAgent(const std::string& algorithm,
                                 const nlohmann::json& settings,
                                 const AgentShape& shape,
                                 uint64_t seed);

} // namespace agents

#endif // AGENTS_MAKE_AGENT_H
