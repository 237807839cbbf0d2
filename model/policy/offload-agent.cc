/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "offload-agent.h"

#include "agents/make-agent.h"
#include "base/json-document.h"
#include "base/regular-file.h"
#include "offload-carried-entities.h"
#include "offload-entities.h"

#include "ns3/log.h"

#include <cstddef>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <vector>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("OffloadAgent");

namespace
{

/// @param settings of a preset @param config file of settings that replace some of them
/// @return the settings @throw std::runtime_error in one line
nlohmann::json
ReplaceSettings(nlohmann::json settings, const std::string& config)
{
    base::JsonLimits limits;
    limits.maxBytes = std::size_t{1} << 20; // of a few numbers
    const auto document =
        base::ParseJson(base::ReadRegularFile(config, limits.maxBytes), config, limits);
    const base::JsonObject own(document, config);
    std::vector<std::string> known;
    for (const auto& item : settings.items())
    {
        known.push_back(item.key());
    }
    own.RequireKnownKeys(known);
    settings.update(document);
    return settings;
}

/// @param order how tasks share a server @throw std::invalid_argument in one line where the time
/// that they wait for it is not known
void
RequireKnownOrder(ServerOrder order)
{
    if (order == ServerOrder::OTHER)
    {
        throw std::invalid_argument("server discipline: expected DedicatedServer or "
                                    "FirstComeFirstServed with state carried, whose waits follow "
                                    "by equations");
    }
}

/// @param layout how an agent sees and acts, of sets @param[out] shape gets what a set is
/// @throw std::invalid_argument in one line where powers are not chosen in dB
void
DescribeEntities(const OffloadStateLayout& layout, agents::AgentShape& shape)
{
    if (layout.powerScale != OffloadStateLayout::DB)
    {
        throw std::invalid_argument("power scale: linear, expected db with states of sets");
    }
    shape.exogenous = 0;
    shape.isSet = true;
    const bool isCarried = layout.state == OffloadStateLayout::CARRIED;
    shape.features = isCarried ? OffloadCarriedEntities::ALL_FEATURES : OffloadEntities::FEATURES;
    shape.hasOffsets = true;
    shape.outcomes = OffloadEntities::OUTCOMES;
    shape.findTask = [layout, isCarried](const std::string& learned) {
        std::shared_ptr<const agents::OutcomeTask> task;
        if (!isCarried)
        {
            task = std::make_shared<OffloadEntities>(
                layout.limits,
                layout.powerRangeDb,
                layout.reference,
                learned == "latency" ? OffloadEntities::LATENCY : OffloadEntities::COMPONENTS);
        }
        else if (learned == "components")
        {
            RequireKnownOrder(layout.limits.serverOrder);
            task = std::make_shared<OffloadCarriedEntities>(layout.limits,
                                                            layout.powerRangeDb,
                                                            layout.reference);
        }
        return task;
    };
}

} // namespace

std::string
GetOffloadAgentSettings(const std::string& algorithm,
                        const std::string& preset,
                        const std::string& config)
{
    NS_LOG_FUNCTION(algorithm << preset << config);
    const nlohmann::json settings = agents::GetSettings(algorithm, preset);
    return (config.empty() ? settings : ReplaceSettings(settings, config)).dump();
}

std::shared_ptr<agents::Agent>
MakeOffloadAgent(const std::string& algorithm,
                 const std::string& preset,
                 const std::string& config,
                 const OffloadStateLayout& layout,
                 uint64_t seed)
{
    NS_LOG_FUNCTION(algorithm << preset << config << seed);
    const auto settings = nlohmann::json::parse(GetOffloadAgentSettings(algorithm, preset, config));
    agents::AgentShape shape;
    shape.observations = layout.GetObservations();
    shape.actions = layout.GetActions();
    shape.exogenous = layout.exogenous;
    if (layout.TakesSets())
    {
        DescribeEntities(layout, shape);
    }
    try
    {
        return agents::MakeAgent(algorithm, settings, shape, seed);
    }
    catch (const std::invalid_argument& error)
    {
        throw std::invalid_argument((config.empty() ? "" : config + ": ") + error.what());
    }
}

} // namespace llmmec
} // namespace ns3
