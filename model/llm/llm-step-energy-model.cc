/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-step-energy-model.h"

#include "ns3/double.h"
#include "ns3/log.h"

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("StepEnergyModel");

NS_OBJECT_ENSURE_REGISTERED(StepEnergyModel);

TypeId
StepEnergyModel::GetTypeId()
{
    // An RTX 4090 has a power limit of 450 W, 1008e9 bytes/s and 165.2e12 FLOP/s (NVIDIA's data
    // sheet). All that exceeds the idle power (25 W, our assumption) goes to either of the two.
    static TypeId tid =
        TypeId("ns3::llmmec::StepEnergyModel")
            .SetParent<Object>()
            .SetGroupName("LlmMec")
            .AddConstructor<StepEnergyModel>()
            .AddAttribute("IdlePowerW",
                          "Power of one device that computes nothing, W.",
                          DoubleValue(25),
                          MakeDoubleAccessor(&StepEnergyModel::m_idlePowerW),
                          MakeDoubleChecker<double>(0, 1e6))
            .AddAttribute("JoulesPerByte",
                          "Energy of a byte that is read from memory, J/byte. The default is an "
                          "upper bound for an RTX 4090: at 1008e9 bytes/s it takes all of its 450 "
                          "W but the idle power.",
                          DoubleValue(425 / 1008e9),
                          MakeDoubleAccessor(&StepEnergyModel::m_joulesPerByte),
                          MakeDoubleChecker<double>(0, 1))
            .AddAttribute("JoulesPerFlop",
                          "Energy of a floating-point operation, J. The default is an upper bound "
                          "for an RTX 4090: at 165.2e12 a second it takes all of its 450 W but the "
                          "idle power.",
                          DoubleValue(425 / 165.2e12),
                          MakeDoubleAccessor(&StepEnergyModel::m_joulesPerFlop),
                          MakeDoubleChecker<double>(0, 1));
    return tid;
}

double
StepEnergyModel::GetCommonEnergyJ(const LlmServing& serving, double durationS) const
{
    const double weightsJ = m_joulesPerByte * static_cast<double>(serving.weightBytes);
    return GetIdlePowerW(serving) * durationS + serving.gpus * weightsJ;
}

double
StepEnergyModel::GetOwnEnergyJ(const LlmServing& serving, const LlmStepQuery& query) const
{
    const double pairs = query.tokens * (query.contextTokens + query.tokens / 2);
    const double bytes = serving.kvBytesPerToken * (query.contextTokens + query.tokens);
    const double flops =
        serving.flopsPerToken * query.tokens + serving.attentionFlopsPerPair * pairs;
    return serving.gpus * (m_joulesPerByte * bytes + m_joulesPerFlop * flops);
}

double
StepEnergyModel::GetIdlePowerW(const LlmServing& serving) const
{
    return serving.gpus * m_idlePowerW;
}

} // namespace llmmec
} // namespace ns3
