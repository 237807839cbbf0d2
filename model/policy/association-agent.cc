/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "association-agent.h"

#include "agents/make-agent.h"
#include "association-agent-layout.h"
#include "offload-agent.h"

#include "ns3/log.h"

#include <nlohmann/json.hpp>
#include <stdexcept>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("AssociationAgent");

namespace
{

/// @param settings of an agent @throw std::invalid_argument in one line where its policy would see
/// more than one device and one server
void
RequireOnePair(const nlohmann::json& settings)
{
    const std::string pooling = settings.value("pooling", "none");
    if (pooling != "none")
    {
        throw std::invalid_argument("pooling: \"" + pooling +
                                    "\", expected none: each device is asked for each server, "
                                    "before it is known which one it has");
    }
}

} // namespace

std::shared_ptr<agents::Agent>
MakeAssociationAgent(const std::string& algorithm,
                     const std::string& preset,
                     const std::string& config,
                     uint64_t seed)
{
    NS_LOG_FUNCTION(algorithm << preset << config << seed);
    const auto settings = nlohmann::json::parse(GetOffloadAgentSettings(algorithm, preset, config));
    agents::AgentShape shape;
    shape.observations = AssociationAgentLayout::FEATURES;
    shape.features = AssociationAgentLayout::FEATURES;
    shape.actions = AssociationAgentLayout::ACTIONS;
    shape.isSet = true;
    shape.outcomes = 1;
    shape.findTask = [](const std::string&) {
        return std::shared_ptr<const agents::OutcomeTask>();
    };
    try
    {
        RequireOnePair(settings);
        return agents::MakeAgent(algorithm, settings, shape, seed);
    }
    catch (const std::invalid_argument& error)
    {
        throw std::invalid_argument((config.empty() ? "" : config + ": ") + error.what());
    }
}

} // namespace llmmec
} // namespace ns3
