/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-compute-model.h"

#include "ns3/double.h"
#include "ns3/log.h"

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("ComputeModel");

NS_OBJECT_ENSURE_REGISTERED(ComputeModel);
NS_OBJECT_ENSURE_REGISTERED(CycleComputeModel);

TypeId
ComputeModel::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::ComputeModel").SetParent<Object>().SetGroupName("LlmMec");
    return tid;
}

void
ComputeModel::SetProfile(const LlmProfile&)
{
}

TypeId
CycleComputeModel::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::CycleComputeModel")
            .SetParent<ComputeModel>()
            .SetGroupName("LlmMec")
            .AddConstructor<CycleComputeModel>()
            .AddAttribute("FrequencyHz",
                          "Clock frequency, cycles/s; the default is the paper's f of an MLU.",
                          DoubleValue(2e9),
                          MakeDoubleAccessor(&CycleComputeModel::m_frequencyHz),
                          MakeDoubleChecker<double>(1, 1e18))
            .AddAttribute("EnergyCoefficient",
                          "Energy coefficient kappa_comp, J per cycle per Hz^2.",
                          DoubleValue(1e-28),
                          MakeDoubleAccessor(&CycleComputeModel::m_energyCoefficient),
                          MakeDoubleChecker<double>(0, 1));
    return tid;
}

ComputeCost
CycleComputeModel::GetCost(const LlmWork& work) const
{
    return {work.bits * work.cyclesPerBit / m_frequencyHz,
            m_energyCoefficient * m_frequencyHz * m_frequencyHz * work.bits * work.cyclesPerBit};
}

} // namespace llmmec
} // namespace ns3
