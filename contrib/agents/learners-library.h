/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_LEARNERS_LIBRARY_H
#define AGENTS_LEARNERS_LIBRARY_H

#include "agent.h"

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace agents
{

/**
 * Make an agent by the learners' library.
 *
 * What needs LibTorch is a library of its own that is loaded here: programs that train nothing do
 * not pay its start, and the numeric libraries can be told which processor they run on before they
 * start.
 * @param algorithm one of the library's
 * @param settings all of them
 * @param shape what it sees and does
 * @param seed of all its randomness
 * @return the agent
 * @throw std::invalid_argument in one line naming the setting, its value and what was expected
 * @throw std::runtime_error in one line when this build is without LibTorch
 */
std::unique_ptr<Agent> MakeLearner(const std::string& algorithm,
                                   const nlohmann::json& settings,
                                   const AgentShape& shape,
                                   uint64_t seed);

} // namespace agents

#endif // AGENTS_LEARNERS_LIBRARY_H
