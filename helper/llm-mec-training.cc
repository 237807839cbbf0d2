/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-training.h"

#include "agents/agent.h"
#include "llm-mec-recorder.h"

#include "ns3/double.h"
#include "ns3/learning-offload-policy.h"
#include "ns3/log.h"
#include "ns3/mec-uplink-rate.h"
#include "ns3/offload-cell.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/trained-offload-policy.h"

#include <stdexcept>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmMecTraining");

namespace
{

/// Refuse held-out cells of another number of slots where the number of slots matters: a battery
/// lasts for so many, queues fill up, and the time feature says which share of them has passed.
/// @param scenario the cells of an episode @param settings the rest, with a complete layout
void
CheckEvaluationSlots(const LlmMecScenario& scenario, const LlmMecTrainingSettings& settings)
{
    std::string why;
    if (scenario.batteryJ > 0)
    {
        why = "--batteryJ";
    }
    else if (!scenario.slotBarrier)
    {
        why = "--slotBarrier=0";
    }
    else if (scenario.fadingCorrelation > 0)
    {
        why = "--fadingCorrelation";
    }
    else if (scenario.speedMps > 0)
    {
        why = "--speedMps";
    }
    else if (settings.layout.hasEnd)
    {
        why = "--state=" + OffloadStateLayout::GetStateNames()[settings.layout.state];
    }
    if (!why.empty() && settings.evaluationSlots != scenario.slots)
    {
        throw std::invalid_argument(
            "--evaluationSlots=" + std::to_string(settings.evaluationSlots) + ": with " + why +
            " slots hang together, expected as many as --slots=" + std::to_string(scenario.slots));
    }
}

/// @param cell a cell @return the profiles of its MLUs, as in OffloadProblem
std::vector<std::string>
GetProfiles(const LlmMecCell& cell)
{
    std::vector<std::string> profiles;
    for (const auto& mlu : cell.mluApplications)
    {
        profiles.push_back(mlu->GetQualityModel()->GetProfileNames());
    }
    return profiles;
}

} // namespace

LlmMecTraining::LlmMecTraining(const LlmMecScenario& scenario,
                               const LlmMecTrainingSettings& settings)
    : m_scenario(scenario),
      m_heldOut(scenario),
      m_settings(settings),
      m_mec(scenario.MakeHelper()),
      m_watch([]() {})
{
    m_heldOut.cells = settings.evaluationCells;
    m_heldOut.slots = settings.evaluationSlots;

    OffloadProblem cell; // as far as a layout looks at it
    cell.maxPowerW.setOnes(static_cast<Eigen::Index>(scenario.mlus));
    cell.bandwidthHz = scenario.bandwidthHz;
    cell.noiseW = DbmToWatt(scenario.noiseDbm);
    cell.minAccuracy = scenario.minAccuracy;
    cell.maxHallucination = scenario.maxHallucination;
    cell.penaltyWeight = scenario.penaltyWeight;
    cell.slots = scenario.slots;
    cell.slotBarrier = scenario.slotBarrier;
    cell.slotDurationS = scenario.slotS;
    cell.unservedLatencyS = CreateObject<MluApplication>()->GetUnservedLatencyS();
    cell.serverOrder = GetServerOrder(
        TypeId::LookupByName("ns3::llmmec::" + scenario.serverDiscipline + "Discipline"));
    if (scenario.batteryJ > 0)
    {
        cell.batteryJ.setConstant(cell.GetN(), scenario.batteryJ);
    }
    m_settings.layout.Describe(cell);
    if (!settings.trainMlus.empty() && !m_settings.layout.TakesSets())
    {
        throw std::invalid_argument("--trainMlus: expected none with --agent=" +
                                    settings.algorithm + ", which takes one number of MLUs");
    }
    CheckEvaluationSlots(m_scenario, m_settings);

    const OffloadStateLayout& layout = m_settings.layout;
    m_mec.SetPolicy("learning-offload",
                    "Algorithm",
                    StringValue(settings.algorithm),
                    "State",
                    StringValue(OffloadStateLayout::GetStateNames()[layout.state]),
                    "Reference",
                    StringValue(OffloadStateLayout::GetReferenceNames()[layout.reference]),
                    "PowerScale",
                    StringValue(OffloadStateLayout::GetPowerScaleNames()[layout.powerScale]),
                    "PowerRangeDb",
                    DoubleValue(layout.powerRangeDb));
}

const OffloadStateLayout&
LlmMecTraining::GetLayout() const
{
    return m_settings.layout;
}

uint64_t
LlmMecTraining::GetAgentSeed() const
{
    return m_settings.GetAgentSeed();
}

std::pair<std::string, std::string>
LlmMecTraining::GetLayoutSection() const
{
    return {TrainedOffloadPolicy::LAYOUT_SECTION, m_settings.layout.ToJson()};
}

LlmMecLearningMeasures
LlmMecTraining::GetMeasures() const
{
    return {{{"meanReward", "Reward"},
             {"meanLatencyS", "LatencyS"},
             {"meanAccuracy", "Accuracy"},
             {"meanHallucination", "Hallucination"},
             {"meanEnergyJ", "EnergyJ"},
             {"meanPenalty", "Penalty"},
             {"violationRate", "Violations"}},
            "meanReward"};
}

void
LlmMecTraining::SetWatch(std::function<void()> watch)
{
    m_watch = watch;
}

LlmMecTraining::Means
LlmMecTraining::RunEpisode(std::shared_ptr<agents::Agent> agent, uint64_t episode)
{
    NS_LOG_FUNCTION(this << episode);
    const uint64_t run = m_settings.GetRun(episode);
    LlmMecScenario scenario = m_scenario;
    if (!m_settings.trainMlus.empty())
    {
        scenario.mlus = m_settings.trainMlus[(episode - 1) % m_settings.trainMlus.size()];
    }
    const Means means =
        Run(run, scenario, m_mec, [&agent](const LlmMecCell& cell, uint32_t number) {
            DynamicCast<LearningOffloadPolicy>(cell.controller->GetPolicy())
                ->SetAgent(agent, number);
        });
    agent->EndEpisode();
    return means;
}

LlmMecTraining::Means
LlmMecTraining::Evaluate(std::shared_ptr<const agents::Policy> trained)
{
    OffloadStateLayout& layout = m_settings.layout;
    return RunHeldOut("agent", [&trained, &layout](const LlmMecCell& cell, uint32_t) {
        layout.profiles = GetProfiles(cell);
        DynamicCast<TrainedOffloadPolicy>(cell.controller->GetPolicy())
            ->SetTrained(trained, layout, "the policy that is learned");
    });
}

LlmMecTraining::Means
LlmMecTraining::Evaluate(const std::string& policy)
{
    return RunHeldOut(policy, [](const LlmMecCell&, uint32_t) {});
}

LlmMecTraining::Means
LlmMecTraining::RunHeldOut(const std::string& policy, const Prepare& prepare) const
{
    NS_LOG_FUNCTION(this << policy);
    LlmMecHelper mec = m_heldOut.MakeHelper();
    mec.SetPolicy(policy);
    return Run(m_settings.GetHeldOutRun(), m_heldOut, mec, prepare);
}

LlmMecTraining::Means
LlmMecTraining::Run(uint64_t run,
                    const LlmMecScenario& scenario,
                    LlmMecHelper mec,
                    const Prepare& prepare) const
{
    NS_LOG_FUNCTION(this << run);
    RngSeedManager::SetRun(run);
    const std::vector<LlmMecCell> cells = scenario.BuildCells(mec);
    LlmMecRecorder recorder("", false);
    std::vector<Ptr<OffloadController>> controllers;
    for (uint32_t number = 0; number < cells.size(); ++number)
    {
        prepare(cells[number], number);
        recorder.AddCell(cells[number]);
        controllers.push_back(cells[number].controller);
        cells[number].controller->TraceConnectWithoutContext(
            "SlotEnded",
            Callback<void, const SlotObservation&, const SlotDecision&, const SlotOutcome&>(
                [this](const SlotObservation&, const SlotDecision&, const SlotOutcome&) {
                    m_watch();
                }));
    }
    OffloadController::StopWhenAllEnded(controllers);
    Simulator::Run();
    Simulator::Destroy();
    return recorder.GetMeans();
}

} // namespace llmmec
} // namespace ns3
