/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mlu-application.h"

#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/mec-uplink-rate.h"
#include "ns3/offload-clock.h"
#include "ns3/offload-equations.h"
#include "ns3/pointer.h"
#include "ns3/string.h"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <stdexcept>
#include <vector>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("MluApplication");

NS_OBJECT_ENSURE_REGISTERED(MluApplication);

TypeId
MluApplication::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::MluApplication")
            .SetParent<Application>()
            .SetGroupName("LlmMec")
            .AddConstructor<MluApplication>()
            .AddAttribute("MaxPowerDbm",
                          "Largest transmit power P^max, dBm.",
                          DoubleValue(33),
                          MakeDoubleAccessor(&MluApplication::m_maxPowerDbm),
                          MakeDoubleChecker<double>(-200, 100))
            .AddAttribute("EnergyBudgetJ",
                          "Energy budget E^max of a slot, J.",
                          DoubleValue(2),
                          MakeDoubleAccessor(&MluApplication::m_energyBudgetJ),
                          MakeDoubleChecker<double>(1e-12, 1e12))
            .AddAttribute("CyclesPerBit",
                          "CPU cycles phi that inference takes for each bit, cycles/bit.",
                          DoubleValue(900),
                          MakeDoubleAccessor(&MluApplication::m_cyclesPerBit),
                          MakeDoubleChecker<double>(1e-6, 1e12))
            .AddAttribute("BitsPerToken",
                          "Bits of a task that make up one token of its prompt; the default is "
                          "four characters of eight bits.",
                          DoubleValue(32),
                          MakeDoubleAccessor(&MluApplication::m_bitsPerToken),
                          MakeDoubleChecker<double>(1, 1e9))
            .AddAttribute("GeneratedPerPromptToken",
                          "Tokens of the answer for each token of the prompt. LlmMecHelper takes "
                          "it from the profile where that says.",
                          DoubleValue(0.25),
                          MakeDoubleAccessor(&MluApplication::m_generatedPerPromptToken),
                          MakeDoubleChecker<double>(0, 1e6))
            .AddAttribute("TaskBits",
                          "Size X of a task, bits.",
                          StringValue("ns3::ConstantRandomVariable[Constant=1e6]"),
                          MakePointerAccessor(&MluApplication::m_bits),
                          MakePointerChecker<RandomVariableStream>())
            .AddAttribute(
                "UnservedLatency",
                "Latency that a task without answer counts with: the battery is empty, or "
                "the link has lost the upload or the answer.",
                TimeValue(Seconds(10)),
                MakeTimeAccessor(&MluApplication::m_unservedLatency),
                MakeTimeChecker(NanoSeconds(0)))
            .AddAttribute("ComputeModel",
                          "What computing a share costs on the device.",
                          StringValue("ns3::llmmec::CycleComputeModel"),
                          MakePointerAccessor(&MluApplication::m_compute),
                          MakePointerChecker<ComputeModel>())
            .AddAttribute("QualityModel",
                          "What the answers of the compact and of the full model are worth.",
                          StringValue("ns3::llmmec::ConstantQualityModel"),
                          MakePointerAccessor(&MluApplication::m_quality),
                          MakePointerChecker<QualityModel>())
            .AddTraceSource("Task",
                            "A new task.",
                            MakeTraceSourceAccessor(&MluApplication::m_taskTrace),
                            "ns3::llmmec::MluApplication::TaskTracedCallback")
            .AddTraceSource("TaskEnded",
                            "A task has ended.",
                            MakeTraceSourceAccessor(&MluApplication::m_taskEndedTrace),
                            "ns3::llmmec::MluApplication::TaskEndedTracedCallback");
    return tid;
}

void
MluApplication::Join(Ptr<MecLink> link, TaskEndedCallback ended)
{
    NS_LOG_FUNCTION(this << link << GetNode()->GetId());
    m_link = link;
    m_taskEnded = ended;
    m_index = link->AddMlu(GetNode(), *this);
}

void
MluApplication::SetEnergyModel(Ptr<MluEnergyModel> energyModel)
{
    NS_LOG_FUNCTION(this << energyModel);
    m_energy = energyModel;
    m_energy->SetDepletedCallback(MakeCallback(&MluApplication::StopServing, this));
}

Ptr<MluEnergyModel>
MluApplication::GetEnergyModel() const
{
    return m_energy;
}

TaskOffer
MluApplication::DrawTask(uint64_t slot)
{
    NS_LOG_FUNCTION(this << slot);
    const double bits = m_isServing ? m_bits->GetValue() : 0;
    if (!(std::isfinite(bits) && bits >= 0))
    {
        std::ostringstream message;
        message << "MluApplication: TaskBits of node " << GetNode()->GetId() << " drew " << bits
                << ", expected a finite number of bits >= 0";
        throw std::runtime_error(message.str());
    }
    m_task.id = m_nextTask++;
    m_task.slot = slot;
    m_task.work.bits = bits;
    m_task.work.cyclesPerBit = m_cyclesPerBit;
    m_task.work.promptTokens = bits / m_bitsPerToken;
    m_task.work.outputTokens = m_task.work.promptTokens * m_generatedPerPromptToken;
    m_taskQuality = m_quality->Draw();
    m_taskTrace(m_task);
    // What an answer will really be worth is known only when it is there.
    return {m_task, m_compute->GetCost(m_task.work), m_quality->GetExpected()};
}

void
MluApplication::Execute(const MluDecision& decision)
{
    const double offloadRatio = decision.offloadRatio;
    NS_LOG_FUNCTION(this << offloadRatio << decision.powerW);
    MluTask& task = m_tasks.Add(m_task.slot);
    TaskOutcome& outcome = task.outcome;
    outcome.task = m_task;
    outcome.quality = m_taskQuality;
    outcome.decision = decision;
    task.beganS = NowS();
    if (!m_isServing)
    {
        NS_LOG_LOGIC("slot " << m_task.slot << ": unserved, the battery is empty");
        LeaveUnserved(task);
        return;
    }

    const LlmQuality& quality = m_taskQuality;
    outcome.accuracy = EffectiveQuality(offloadRatio, quality.mecAccuracy, quality.localAccuracy);
    outcome.hallucination =
        EffectiveQuality(offloadRatio, quality.mecHallucination, quality.localHallucination);

    ComputeLocally(task);
    if (task.GetOffloaded().bits > 0)
    {
        m_tasks.AddUpload(task);
        StartUpload();
    }
    else
    {
        EndWhenComputed(task);
    }
}

void
MluApplication::ComputeLocally(MluTask& task)
{
    TaskOutcome& outcome = task.outcome;
    const ComputeCost cost =
        m_compute->GetCost(outcome.task.work.GetShare(1 - outcome.decision.offloadRatio));
    const double waitS = std::max(m_cpuFreeS - task.beganS, 0.0);
    outcome.localLatencyS = waitS + cost.latencyS;
    outcome.localEnergyJ = cost.energyJ;
    m_cpuFreeS = task.beganS + outcome.localLatencyS;
    if (m_energy && cost.latencyS > 0)
    {
        const double powerW = cost.energyJ / cost.latencyS;
        Simulator::Schedule(DelayOf(waitS), &MluApplication::StartCpu, this, powerW, cost.latencyS);
    }
}

void
MluApplication::StartCpu(double powerW, double latencyS)
{
    m_energy->ChangePower(powerW);
    Simulator::Schedule(DelayOf(latencyS), &MluEnergyModel::ChangePower, m_energy, -powerW);
}

void
MluApplication::StartUpload()
{
    MluTask* task = m_isSending ? nullptr : m_tasks.GetUpload();
    if (!task)
    {
        return;
    }
    m_isSending = true;
    TaskOutcome& outcome = task->outcome;
    outcome.uplinkLatencyS = NowS() - task->beganS; // waited for the radio
    const MluDecision& decision = outcome.decision;
    const LinkTransmission transmission{decision.powerW, decision.bandwidthShare};
    const OffloadRequest request{outcome.task.id,
                                 outcome.task.slot,
                                 m_index,
                                 decision.server,
                                 task->GetOffloaded(),
                                 decision.computeShare,
                                 std::nullopt};
    NS_LOG_LOGIC("slot " << request.slot << ": MLU " << m_index << " sends " << request.work.bits
                         << " bits with " << transmission.powerW << " W after a wait of "
                         << outcome.uplinkLatencyS << " s");
    if (m_energy && !m_link->TellsPower())
    {
        m_energy->ChangePower(transmission.powerW);
        if (!m_isServing)
        {
            return;
        }
    }
    m_link->Send(request, transmission);
}

void
MluApplication::EndTransmission()
{
    if (m_energy && !m_link->TellsPower())
    {
        m_energy->ChangePower(-m_tasks.GetUpload()->outcome.decision.powerW);
        if (!m_isServing)
        {
            return;
        }
    }
    m_isSending = false;
    m_tasks.EndUpload();
    StartUpload();
}

void
MluApplication::RequestSent(const OffloadRequest& request, const LinkDelivery& delivery)
{
    NS_LOG_FUNCTION(this << request.slot << delivery.latencyS);
    if (!m_isServing)
    {
        return;
    }
    TaskOutcome& outcome = m_tasks.Find(request.slot)->outcome;
    outcome.uplinkBps = delivery.rateBps;
    outcome.uplinkLatencyS += delivery.latencyS;
    outcome.uplinkEnergyJ = delivery.energyJ;
    outcome.uplinkCapped = delivery.capped;
    EndTransmission();
}

void
MluApplication::RequestLost(const OffloadRequest& request, const LinkDelivery& delivery)
{
    NS_LOG_FUNCTION(this << request.slot << delivery.latencyS);
    if (!m_isServing)
    {
        return;
    }
    NS_LOG_LOGIC("slot " << request.slot << ": unserved, the upload of MLU " << m_index
                         << " is lost");
    EndTransmission();
    // The battery may have run empty by what was sent, which ends all tasks.
    if (MluTask* task = m_tasks.Find(request.slot))
    {
        LeaveUnserved(*task);
    }
}

void
MluApplication::ReceiveAnswer(const OffloadAnswer& answer, const LinkDelivery& delivery)
{
    NS_LOG_FUNCTION(this << answer.request.slot << answer.mecLatencyS);
    if (!answer.isLast)
    {
        return; // a task ends with its whole answer
    }
    MluTask* task = m_tasks.Find(answer.request.slot);
    if (!task)
    {
        NS_LOG_LOGIC("slot " << answer.request.slot
                             << ": the answer is dropped, the battery of MLU " << m_index
                             << " is empty");
        return;
    }
    if (delivery.capped)
    {
        NS_LOG_LOGIC("slot " << answer.request.slot << ": unserved, the answer has not arrived");
        LeaveUnserved(*task);
        return;
    }
    task->outcome.mecLatencyS = answer.mecLatencyS;
    task->outcome.downlinkLatencyS = delivery.latencyS;
    EndWhenComputed(*task);
}

void
MluApplication::ChangeTransmitPower(double changeW)
{
    if (m_energy)
    {
        m_energy->ChangePower(changeW);
    }
}

void
MluApplication::EndWhenComputed(MluTask& task)
{
    TaskOutcome& outcome = task.outcome;
    const double leftS = task.beganS + outcome.localLatencyS - NowS();
    if (leftS > 0)
    {
        Simulator::Schedule(DelayOf(leftS), &MluApplication::EndTask, this, outcome.task.slot);
    }
    else
    {
        EndTask(outcome.task.slot);
    }
}

void
MluApplication::EndTask(uint64_t slot)
{
    MluTask* task = m_tasks.Find(slot);
    if (!task)
    {
        return; // the battery ran empty meanwhile
    }
    TaskOutcome& outcome = task->outcome;
    outcome.latencyS = TaskLatencyS(outcome.localLatencyS,
                                    outcome.uplinkLatencyS,
                                    outcome.mecLatencyS,
                                    outcome.downlinkLatencyS);
    NS_LOG_LOGIC("slot " << slot << ": the task of MLU " << m_index << " took " << outcome.latencyS
                         << " s: " << outcome.localLatencyS << " s here, " << outcome.uplinkLatencyS
                         << " s of upload, " << outcome.mecLatencyS << " s at the server");
    ReportTask(*task);
}

void
MluApplication::LeaveUnserved(MluTask& task)
{
    TaskOutcome outcome;
    outcome.task = task.outcome.task;
    outcome.quality = task.outcome.quality;
    outcome.decision = task.outcome.decision;
    outcome.latencyS = m_unservedLatency.GetSeconds();
    outcome.hallucination = 1;
    outcome.unserved = true;
    task.outcome = outcome;
    ReportTask(task);
}

void
MluApplication::ReportTask(MluTask& task)
{
    const TaskOutcome outcome = task.outcome;
    m_tasks.End(task);
    m_taskEndedTrace(outcome);
    m_taskEnded(m_index, outcome);
}

void
MluApplication::StopServing()
{
    NS_LOG_FUNCTION(this);
    const std::vector<uint64_t> slots = m_tasks.GetSlots();
    NS_LOG_LOGIC("the battery of MLU " << m_index << " is empty: " << slots.size()
                                       << " tasks stay unserved, " << m_tasks.GetUploads()
                                       << " uploads are dropped");
    m_isServing = false;
    if (m_isSending)
    {
        m_link->Cancel(m_index);
    }
    m_isSending = false;
    m_tasks.DropUploads();
    // Telling of an end removes the task, so go by slots.
    for (const uint64_t slot : slots)
    {
        if (MluTask* task = m_tasks.Find(slot))
        {
            LeaveUnserved(*task);
        }
    }
}

bool
MluApplication::IsServing() const
{
    return m_isServing;
}

double
MluApplication::GetCpuBacklogS() const
{
    return m_isServing ? std::max(m_cpuFreeS - NowS(), 0.0) : 0.0;
}

double
MluApplication::GetUploadBacklogBits() const
{
    return m_tasks.GetUploadBits();
}

const LlmTask&
MluApplication::GetTask() const
{
    return m_task;
}

Ptr<ComputeModel>
MluApplication::GetComputeModel() const
{
    return m_compute;
}

Ptr<QualityModel>
MluApplication::GetQualityModel() const
{
    return m_quality;
}

double
MluApplication::GetMaxPowerW() const
{
    return DbmToWatt(m_maxPowerDbm);
}

double
MluApplication::GetEnergyBudgetJ() const
{
    return m_energyBudgetJ;
}

double
MluApplication::GetUnservedLatencyS() const
{
    return m_unservedLatency.GetSeconds();
}

int64_t
MluApplication::AssignStreams(int64_t stream)
{
    NS_LOG_FUNCTION(this << stream);
    m_bits->SetStream(stream);
    return 1 + m_quality->AssignStreams(stream + 1);
}

void
MluApplication::StartApplication()
{
    NS_LOG_FUNCTION(this);
}

void
MluApplication::StopApplication()
{
    NS_LOG_FUNCTION(this);
}

void
MluApplication::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_bits = nullptr;
    m_compute = nullptr;
    m_quality = nullptr;
    m_energy = nullptr;
    m_link = nullptr;
    m_taskEnded = TaskEndedCallback();
    m_tasks = MluTaskQueue();
    Application::DoDispose();
}

} // namespace llmmec
} // namespace ns3
