/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-node-mobility.h"

#include "ns3/log.h"

#include <stdexcept>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("MecNodeMobility");

Ptr<MobilityModel>
RequireMobility(Ptr<Node> node, const std::string& joined)
{
    NS_LOG_FUNCTION(node->GetId() << joined);
    auto mobility = node->GetObject<MobilityModel>();
    if (!mobility)
    {
        throw std::runtime_error(joined + ": node " + std::to_string(node->GetId()) +
                                 " has no mobility model, expected one before it joins");
    }
    return mobility;
}

} // namespace llmmec
} // namespace ns3
