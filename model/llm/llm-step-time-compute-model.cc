/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-step-time-compute-model.h"

#include "ns3/log.h"
#include "ns3/pointer.h"
#include "ns3/string.h"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("StepTimeComputeModel");

NS_OBJECT_ENSURE_REGISTERED(StepTimeComputeModel);

TypeId
StepTimeComputeModel::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::StepTimeComputeModel")
                            .SetParent<ComputeModel>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<StepTimeComputeModel>()
                            .AddAttribute("StepTimeModel",
                                          "How long a step takes.",
                                          StringValue("ns3::llmmec::RooflineStepTimeModel"),
                                          MakePointerAccessor(&StepTimeComputeModel::m_stepTime),
                                          MakePointerChecker<StepTimeModel>())
                            .AddAttribute("StepEnergyModel",
                                          "What energy a step takes.",
                                          StringValue("ns3::llmmec::StepEnergyModel"),
                                          MakePointerAccessor(&StepTimeComputeModel::m_stepEnergy),
                                          MakePointerChecker<StepEnergyModel>());
    return tid;
}

ComputeCost
StepTimeComputeModel::GetCost(const LlmWork& work) const
{
    ComputeCost cost;
    const LlmServing& serving = m_stepTime->GetServing();
    if (serving.weightBytes > serving.memoryBytes)
    {
        throw std::runtime_error("StepTimeComputeModel: " + std::to_string(serving.weightBytes) +
                                 " bytes of weights, expected at most the " +
                                 std::to_string(serving.memoryBytes) + " of memory that " +
                                 serving.device + " has: a smaller model, or fewer bits a weight");
    }
    const auto add = [&](const LlmStepQuery& query, double steps) {
        const double stepS = m_stepTime->GetStepTimeS({query});
        cost.latencyS += steps * stepS;
        cost.energyJ += steps * (m_stepEnergy->GetCommonEnergyJ(serving, stepS) +
                                 m_stepEnergy->GetOwnEnergyJ(serving, query));
    };
    if (work.promptTokens > 0)
    {
        add({work.promptTokens, 0, 1}, 1);
    }
    const double decodes = std::max(work.outputTokens - 1, 0.0);
    if (decodes > 0)
    {
        // Time and energy of a decode are linear in its context, so that the mean stands for all.
        add({1, work.promptTokens + (decodes - 1) / 2, 1}, decodes);
    }
    return cost;
}

void
StepTimeComputeModel::DoDispose()
{
    m_stepTime = nullptr;
    m_stepEnergy = nullptr;
    ComputeModel::DoDispose();
}

} // namespace llmmec
} // namespace ns3
