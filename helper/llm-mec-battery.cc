/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-battery.h"

#include "ns3/basic-energy-source-helper.h"
#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/nstime.h"
#include "ns3/offload-ns3-compat.h"

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmMecBattery");

Ptr<MluEnergyModel>
InstallBattery(Ptr<Node> node, double batteryJ, LlmMecAttributeUse& use)
{
    NS_LOG_FUNCTION(node->GetId() << batteryJ);
    BasicEnergySourceHelper battery;
    battery.Set("BasicEnergySourceInitialEnergyJ", DoubleValue(batteryJ));
    // The model finds the instant of the last joule by itself, so the source need not look every
    // second.
    battery.Set("BasicEnergyLowBatteryThreshold", DoubleValue(0));
    battery.Set("BasicEnergyHighBatteryThreshold", DoubleValue(1));
    battery.Set("PeriodicEnergyUpdateInterval", TimeValue(Hours(1)));
    Ptr<EnergySource> source = battery.Install(node).Get(0);
    auto model = CreateObject<MluEnergyModel>();
    model->SetEnergySource(source);
    source->AppendDeviceEnergyModel(model);
    use.Note(source);
    use.Note(model);
    return model;
}

} // namespace llmmec
} // namespace ns3
