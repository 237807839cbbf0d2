/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-link-names.h"

#include "ns3/log.h"

#include <map>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmMecLinkNames");

namespace
{

/// Names and TypeIds.
const std::map<std::string, std::string> TYPES{{"fluid", "ns3::llmmec::MecUplinkChannel"},
                                               {"packets", "ns3::llmmec::MecPacketLink"},
                                               {"wifi", "ns3::llmmec::MecWifiLink"},
                                               {"lte", "ns3::llmmec::MecLteLink"},
                                               {"csma", "ns3::llmmec::MecCsmaLink"}};

} // namespace

std::vector<std::string>
LlmMecLinkNames::GetAll()
{
    return {"fluid", "packets", "wifi", "lte", "csma"};
}

std::string
LlmMecLinkNames::GetType(const std::string& name)
{
    NS_LOG_FUNCTION(name);
    return TYPES.at(name);
}

std::string
LlmMecLinkNames::GetHelp()
{
    return "Bits that flow, or packets of real sockets over our devices in one band, over wifi, "
           "LTE "
           "or a CSMA cable";
}

} // namespace llmmec
} // namespace ns3
