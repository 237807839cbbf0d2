/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_NODE_MOBILITY_H
#define MEC_NODE_MOBILITY_H

#include "ns3/mobility-model.h"
#include "ns3/node.h"

#include <string>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * Get the mobility of a node that joins a link.
 * @param node the node
 * @param joined what it joins, such as "MecUplinkBand", for the error
 * @return its mobility
 * @throw std::runtime_error in one line where it has none
 */
Ptr<MobilityModel> RequireMobility(Ptr<Node> node, const std::string& joined);

} // namespace llmmec
} // namespace ns3

#endif // MEC_NODE_MOBILITY_H
