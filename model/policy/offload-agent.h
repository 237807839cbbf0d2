/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef OFFLOAD_AGENT_H
#define OFFLOAD_AGENT_H

#include "offload-state.h"

#include <cstdint>
#include <memory>
#include <string>

namespace agents
{
class Agent;
} // namespace agents

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * The settings of an algorithm.
 * @param algorithm one of agents::GetAlgorithms
 * @param preset best, lookahead or paper
 * @param config JSON file whose settings replace the preset's; none when empty
 * @return all of them, as a JSON object
 * @throw std::invalid_argument or std::runtime_error in one line: the file, the setting and what
 * was expected
 */
std::string GetOffloadAgentSettings(const std::string& algorithm,
                                    const std::string& preset,
                                    const std::string& config);

/**
 * @ingroup llm-mec
 * Make an agent for cells.
 * @param algorithm one of agents::GetAlgorithms
 * @param preset best, lookahead or paper
 * @param config JSON file whose settings replace the preset's; none when empty
 * @param layout how it sees and acts, complete
 * @param seed of all its randomness
 * @return the agent
 * @throw std::invalid_argument or std::runtime_error in one line: the file, the setting and what
 * was expected; or what to install when this build is without LibTorch
 */
std::shared_ptr<agents::Agent> MakeOffloadAgent(const std::string& algorithm,
                                                const std::string& preset,
                                                const std::string& config,
                                                const OffloadStateLayout& layout,
                                                uint64_t seed);

} // namespace llmmec
} // namespace ns3

#endif // OFFLOAD_AGENT_H
