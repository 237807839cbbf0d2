/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_BATTERY_H
#define LLM_MEC_BATTERY_H

#include "llm-mec-attribute-use.h"

#include "ns3/mlu-energy-model.h"
#include "ns3/node.h"

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * Give a node a battery that can be used to its last joule. It has events without end, so that the
 * simulation has to be stopped.
 * @param node the node
 * @param batteryJ energy of the battery, J, > 0
 * @param use takes note of the objects
 * @return what draws from the battery
 */
Ptr<MluEnergyModel> InstallBattery(Ptr<Node> node, double batteryJ, LlmMecAttributeUse& use);

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_BATTERY_H
