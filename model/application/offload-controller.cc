/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "offload-controller.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/offload-clock.h"
#include "ns3/offload-decision-check.h"
#include "ns3/offload-problem.h"
#include "ns3/offload-warning.h"
#include "ns3/pointer.h"
#include "ns3/simulation-singleton.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <sstream>
#include <stdexcept>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("OffloadController");

NS_OBJECT_ENSURE_REGISTERED(OffloadController);

namespace
{

/// The cells of one simulation
struct CellCount
{
    uint32_t running{0};        //!< cells whose slots have not all ended
    bool stopSimulation{false}; //!< whether one that has ended asks for the simulation to stop
};

} // namespace

TypeId
OffloadController::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::OffloadController")
            .SetParent<Application>()
            .SetGroupName("LlmMec")
            .AddConstructor<OffloadController>()
            .AddAttribute("Slots",
                          "Number of slots T; 0 goes on until the application stops.",
                          UintegerValue(100),
                          MakeUintegerAccessor(&OffloadController::m_slots),
                          MakeUintegerChecker<uint64_t>())
            .AddAttribute("SlotDuration",
                          "Duration tau of a slot.",
                          TimeValue(Seconds(1)),
                          MakeTimeAccessor(&OffloadController::m_slotDuration),
                          MakeTimeChecker(NanoSeconds(1)))
            .AddAttribute("SlotBarrier",
                          "A slot starts when all tasks of the last one have ended, and not before "
                          "its duration. Without, slots start every SlotDuration.",
                          BooleanValue(true),
                          MakeBooleanAccessor(&OffloadController::m_slotBarrier),
                          MakeBooleanChecker())
            .AddAttribute("MinAccuracy",
                          "Least effective accuracy A^min, share.",
                          DoubleValue(0.6),
                          MakeDoubleAccessor(&OffloadController::m_minAccuracy),
                          MakeDoubleChecker<double>(0, 1))
            .AddAttribute("MaxHallucination",
                          "Largest effective hallucination rate H^max, share.",
                          DoubleValue(0.78),
                          MakeDoubleAccessor(&OffloadController::m_maxHallucination),
                          MakeDoubleChecker<double>(0, 1))
            .AddAttribute("PenaltyWeight",
                          "Weight omega of the penalty in the reward (47), s.",
                          DoubleValue(1),
                          MakeDoubleAccessor(&OffloadController::m_penaltyWeight),
                          MakeDoubleChecker<double>(0, 1e9))
            .AddAttribute("Policy",
                          "Who decides offloading ratios and powers.",
                          StringValue("ns3::llmmec::AlwaysLocalPolicy"),
                          MakePointerAccessor(&OffloadController::m_policy),
                          MakePointerChecker<OffloadPolicy>())
            .AddAttribute("StopSimulation",
                          "Stop the simulation once the slots of this cell and of all others have "
                          "ended. LlmMecHelper sets it where it installs batteries or movement, "
                          "which have events without end.",
                          BooleanValue(false),
                          MakeBooleanAccessor(&OffloadController::m_stopSimulation),
                          MakeBooleanChecker())
            .AddAttribute("Uplink",
                          "The link of the cell, as SetCell gave it.",
                          TypeId::ATTR_GET,
                          PointerValue(),
                          MakePointerAccessor(&OffloadController::GetLink),
                          MakePointerChecker<MecLink>())
            .AddAttribute("Server",
                          "The cell's first MEC server, as SetCell gave it.",
                          TypeId::ATTR_GET,
                          PointerValue(),
                          MakePointerAccessor(&OffloadController::GetServer),
                          MakePointerChecker<MecServerApplication>())
            .AddTraceSource("SlotStarted",
                            "A slot starts: what is known.",
                            MakeTraceSourceAccessor(&OffloadController::m_slotStartedTrace),
                            "ns3::llmmec::OffloadController::SlotStartedTracedCallback")
            .AddTraceSource("Decision",
                            "The policy has decided.",
                            MakeTraceSourceAccessor(&OffloadController::m_decisionTrace),
                            "ns3::llmmec::OffloadController::DecisionTracedCallback")
            .AddTraceSource("SlotEnded",
                            "The last task of a slot has ended.",
                            MakeTraceSourceAccessor(&OffloadController::m_slotEndedTrace),
                            "ns3::llmmec::OffloadController::SlotEndedTracedCallback")
            .AddTraceSource(
                "AllEnded",
                "The last slot has ended: slot T, or the last before the application stopped.",
                MakeTraceSourceAccessor(&OffloadController::m_allEndedTrace),
                "ns3::TracedCallback::Void");
    return tid;
}

void
OffloadController::SetCell(Ptr<MecLink> link, Ptr<MecServerApplication> server)
{
    NS_LOG_FUNCTION(this << link << server);
    m_cell.link = link;
    m_taskEnded = MakeCallback(&OffloadController::TaskEnded, this);
    AddServer(server);
}

void
OffloadController::AddServer(Ptr<MecServerApplication> server)
{
    NS_LOG_FUNCTION(this << server);
    server->Join(m_cell.link);
    m_cell.servers.push_back(server);
}

void
OffloadController::AddMlu(Ptr<MluApplication> mlu)
{
    NS_LOG_FUNCTION(this << mlu);
    mlu->Join(m_cell.link, m_taskEnded);
    m_cell.mlus.push_back(mlu);
}

Ptr<MecLink>
OffloadController::GetLink() const
{
    return m_cell.link;
}

Ptr<MecServerApplication>
OffloadController::GetServer() const
{
    return m_cell.servers.empty() ? nullptr : m_cell.servers.front();
}

Ptr<OffloadPolicy>
OffloadController::GetPolicy() const
{
    return m_policy;
}

const OffloadProblem&
OffloadController::GetProblem() const
{
    return m_problem;
}

SlotMetrics
OffloadController::GetMeans() const
{
    return m_sums / static_cast<double>(m_endedSlots);
}

void
OffloadController::StopWhenAllEnded(const std::vector<Ptr<OffloadController>>& controllers)
{
    NS_LOG_FUNCTION(controllers.size());
    auto running = std::make_shared<std::size_t>(controllers.size());
    for (const Ptr<OffloadController>& controller : controllers)
    {
        controller->TraceConnectWithoutContext("AllEnded", Callback<void>([running]() {
                                                   if (--*running == 0)
                                                   {
                                                       Simulator::Stop();
                                                   }
                                               }));
    }
}

int64_t
OffloadController::AssignStreams(int64_t stream)
{
    NS_LOG_FUNCTION(this << stream);
    return m_policy->AssignStreams(stream);
}

void
OffloadController::DoInitialize()
{
    NS_LOG_FUNCTION(this);
    // Nodes are initialised before any application starts, so that no cell ends as the only one.
    ++SimulationSingleton<CellCount>::Get()->running;
    Application::DoInitialize();
}

void
OffloadController::StartApplication()
{
    NS_LOG_FUNCTION(this);
    DescribeProblem();
    CheckProblem(m_problem);
    NS_LOG_LOGIC(m_problem.GetN() << " MLUs, policy "
                                  << OffloadPolicy::GetShortName(m_policy->GetInstanceTypeId()));
    m_policy->Begin(m_problem);
    StartSlot();
}

void
OffloadController::StopApplication()
{
    NS_LOG_FUNCTION(this);
    m_slotEvent.Cancel();
    m_isStopped = true; // a slot under way ends, and none comes after it
    if (m_open.empty())
    {
        EndCell();
    }
}

void
OffloadController::DescribeProblem()
{
    NS_LOG_FUNCTION(this);
    m_cell.Describe(m_problem);
    m_problem.minAccuracy = m_minAccuracy;
    m_problem.maxHallucination = m_maxHallucination;
    m_problem.penaltyWeight = m_penaltyWeight;
    m_problem.slotDurationS = m_slotDuration.GetSeconds();
    m_problem.slots = m_slots;
    m_problem.slotBarrier = m_slotBarrier;
}

void
OffloadController::StartSlot()
{
    NS_LOG_FUNCTION(this << m_nextSlot);
    // A battery can turn out to be empty, which ends tasks: before this slot is open.
    const Eigen::ArrayXd batteryJ =
        m_problem.batteryJ.size() > 0 ? m_cell.MeasureBatteries() : Eigen::ArrayXd();
    m_open.emplace_back();
    OpenSlot& open = m_open.back();
    open.start = Simulator::Now();
    open.observation = Observe();
    open.observation.batteryJ = batteryJ;
    m_slotStartedTrace(open.observation);
    if (m_policy->NeedsEquations())
    {
        m_cell.CheckCosts(open.observation.tasks,
                          OffloadPolicy::GetShortName(m_policy->GetInstanceTypeId()));
    }
    open.decision = m_policy->Decide(open.observation);
    CheckDecision(open.decision);
    NS_LOG_LOGIC("slot " << open.observation.slot << ": offloading ratios "
                         << open.decision.offloadRatio.transpose() << ", powers "
                         << open.decision.powerW.transpose() << " W");
    m_decisionTrace(open.observation, open.decision);
    open.results = std::move(m_spareResults);
    open.results.resize(m_cell.mlus.size());
    open.awaited = m_problem.GetN();

    ++m_nextSlot;
    if (!m_slotBarrier && (m_slots == 0 || m_nextSlot < m_slots))
    {
        m_slotEvent = Simulator::Schedule(m_slotDuration, &OffloadController::StartSlot, this);
    }

    m_cell.link->GetMeasurement().AnnounceSlot(open.decision.powerW,
                                               open.decision.server,
                                               open.decision.bandwidthShare);
    // The last MLU's task may end at once and close the slot, so nothing of it is used afterwards.
    const SlotDecision decision = open.decision;
    for (Eigen::Index k = 0; k < m_problem.GetN(); ++k)
    {
        m_cell.mlus[k]->Execute(decision.GetMlu(k));
    }
}

SlotObservation
OffloadController::Observe()
{
    SlotObservation observation;
    observation.slot = m_nextSlot;
    observation.startS = NowS();
    observation.serverGain = m_cell.link->GetMeasurement().MeasureGains();
    observation.gain = observation.serverGain.col(0);
    m_cell.DrawTasks(m_nextSlot, observation.tasks);
    if (!m_slotBarrier)
    {
        m_cell.ObserveBacklogs(observation);
    }
    observation.lastDecision = m_lastDecision;
    observation.lastOutcome = m_lastOutcome;
    return observation;
}

void
OffloadController::CheckDecision(SlotDecision& decision) const
{
    OffloadDecisionCheck(m_policy->GetInstanceTypeId(), m_problem).Check(decision);
    if (decision.computeShare.size() > 0)
    {
        RequireWeights(decision);
    }
    if (decision.server.size() == 0 && m_problem.servers > 1 && (decision.offloadRatio > 0).any())
    {
        WarnOnce(OffloadPolicy::GetShortName(m_policy->GetInstanceTypeId()) +
                 " policy decides no servers: all MLUs use the first of " +
                 std::to_string(m_problem.servers));
    }
    for (Eigen::Index k = 0; k < m_problem.GetN(); ++k)
    {
        if (!m_cell.mlus[k]->IsServing())
        {
            decision.powerW[k] = 0;
        }
    }
}

void
OffloadController::RequireWeights(const SlotDecision& decision) const
{
    for (Eigen::Index k = 0; k < m_problem.GetN(); ++k)
    {
        const Ptr<MecServerDiscipline> discipline =
            m_cell.servers[decision.GetServer(k)]->GetDiscipline();
        if (!discipline->TakesWeights())
        {
            throw std::runtime_error(OffloadPolicy::GetShortName(m_policy->GetInstanceTypeId()) +
                                     " policy decided compute shares, expected none with " +
                                     discipline->GetInstanceTypeId().GetName());
        }
    }
}

void
OffloadController::TaskEnded(uint32_t mlu, const TaskOutcome& task)
{
    NS_LOG_FUNCTION(this << mlu << task.task.slot);
    OpenSlot& open = m_open[task.task.slot - m_open.front().observation.slot];
    open.results[mlu] = {task.uplinkBps,
                         task.localLatencyS,
                         task.uplinkLatencyS,
                         task.mecLatencyS,
                         task.downlinkLatencyS,
                         task.latencyS,
                         task.localEnergyJ,
                         task.uplinkEnergyJ,
                         task.accuracy,
                         task.hallucination,
                         task.uplinkCapped,
                         task.unserved};
    if (task.unserved || task.uplinkCapped)
    {
        NS_LOG_LOGIC("slot " << task.task.slot << ": the task of MLU " << mlu
                             << (task.unserved ? " is unserved" : " met the cap of its upload"));
    }
    if (--open.awaited == 0)
    {
        EndSlot(open);
    }
}

void
OffloadController::EndSlot(OpenSlot& open)
{
    NS_LOG_FUNCTION(this << open.observation.slot);
    SlotOutcome outcome = MakeOutcome(open);
    NS_LOG_LOGIC("slot " << open.observation.slot << ": latencies " << outcome.latencyS.transpose()
                         << " s, penalty " << outcome.penalty << ", reward " << outcome.reward
                         << " 1/s");
    m_sums += MetricsOf(m_problem, outcome);
    m_slotEndedTrace(open.observation, open.decision, outcome);
    m_policy->Learn(open.observation, open.decision, outcome);

    const Time slotEnd = open.start + m_slotDuration;
    m_lastDecision = std::move(open.decision);
    m_lastOutcome = std::move(outcome);
    m_spareResults = std::move(open.results);
    while (!m_open.empty() && m_open.front().awaited == 0)
    {
        m_open.pop_front();
    }
    ++m_endedSlots;
    const bool isLast = m_slots > 0 && m_endedSlots == m_slots;
    if (isLast || (m_isStopped && m_open.empty()))
    {
        EndCell();
    }
    else if (m_slotBarrier && !m_isStopped)
    {
        m_slotEvent = Simulator::Schedule(Max(slotEnd - Simulator::Now(), Time(0)),
                                          &OffloadController::StartSlot,
                                          this);
    }
}

SlotOutcome
OffloadController::MakeOutcome(const OpenSlot& open) const
{
    SlotOutcome outcome;
    outcome.Resize(m_problem.GetN());
    for (Eigen::Index k = 0; k < m_problem.GetN(); ++k)
    {
        const TaskResult& task = open.results[static_cast<std::size_t>(k)];
        outcome.uplinkBps[k] = task.uplinkBps;
        outcome.localLatencyS[k] = task.localLatencyS;
        outcome.uplinkLatencyS[k] = task.uplinkLatencyS;
        outcome.mecLatencyS[k] = task.mecLatencyS;
        outcome.downlinkLatencyS[k] = task.downlinkLatencyS;
        outcome.latencyS[k] = task.latencyS;
        outcome.localEnergyJ[k] = task.localEnergyJ;
        outcome.uplinkEnergyJ[k] = task.uplinkEnergyJ;
        outcome.accuracy[k] = task.accuracy;
        outcome.hallucination[k] = task.hallucination;
        outcome.uplinkCapped[k] = task.uplinkCapped;
        outcome.unserved[k] = task.unserved;
    }
    outcome.penalty = PenaltyOf(m_problem, outcome);
    outcome.reward = RewardOf(m_problem, outcome);
    return outcome;
}

void
OffloadController::EndCell()
{
    NS_LOG_FUNCTION(this << m_endedSlots);
    if (m_hasEnded)
    {
        return; // stopped after the last slot
    }
    m_hasEnded = true;
    m_allEndedTrace();
    CellCount* cells = SimulationSingleton<CellCount>::Get();
    cells->stopSimulation = cells->stopSimulation || m_stopSimulation;
    --cells->running;
    if (cells->running == 0 && cells->stopSimulation)
    {
        NS_LOG_LOGIC("all cells have ended: the simulation stops");
        Simulator::Stop();
    }
}

void
OffloadController::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_slotEvent.Cancel();
    m_policy = nullptr;
    m_cell = OffloadCell();
    m_open.clear();
    Application::DoDispose();
}

} // namespace llmmec
} // namespace ns3
