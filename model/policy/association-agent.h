/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ASSOCIATION_AGENT_H
#define ASSOCIATION_AGENT_H

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
 * Make an agent that sees and acts as AssociationAgentLayout says.
 * @param algorithm one of agents::GetAlgorithms, for sets
 * @param preset best, lookahead or paper
 * @param config JSON file whose settings replace the preset's; none when empty
 * @param seed of all its randomness
 * @return the agent, which is told a reward of each device as the outcome
 * @throw std::invalid_argument or std::runtime_error in one line: the file, the setting and what
 * was expected; or what to install when this build is without LibTorch
 */
std::shared_ptr<agents::Agent> MakeAssociationAgent(const std::string& algorithm,
                                                    const std::string& preset,
                                                    const std::string& config,
                                                    uint64_t seed);

} // namespace llmmec
} // namespace ns3

#endif // ASSOCIATION_AGENT_H
