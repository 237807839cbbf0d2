/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-phone-energy.h"

#include "ns3/double.h"
#include "ns3/llm-step-energy-model.h"

namespace ns3
{
namespace llmmec
{

LlmMecFactory
MakePhoneEnergyFactory()
{
    constexpr double powerW = 5;
    constexpr double bytesPerS = 44e9;
    constexpr double flops = 1.2e12;
    LlmMecFactory factory(StepEnergyModel::GetTypeId(), "ns3::llmmec::StepEnergyModel");
    factory.SetDefault("IdlePowerW", DoubleValue(0));
    factory.SetDefault("JoulesPerByte", DoubleValue(powerW / bytesPerS));
    factory.SetDefault("JoulesPerFlop", DoubleValue(powerW / flops));
    return factory;
}

} // namespace llmmec
} // namespace ns3
