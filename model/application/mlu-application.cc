/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mlu-application.h"

#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/offload-clock.h"
#include "ns3/offload-equations.h"
#include "ns3/pointer.h"
#include "ns3/string.h"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <stdexcept>

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
            .AddAttribute("UnservedLatency",
                          "Latency that a task counts with when the battery is empty.",
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
    if (m_pending.empty())
    {
        m_firstSlot = m_task.slot;
    }
    m_pending.emplace_back();
    Pending& pending = m_pending.back();
    TaskOutcome& outcome = pending.outcome;
    outcome.task = m_task;
    outcome.quality = m_taskQuality;
    outcome.decision = decision;
    pending.beganS = NowS();
    if (!m_isServing)
    {
        NS_LOG_LOGIC("slot " << m_task.slot << ": unserved, the battery is empty");
        LeaveUnserved(pending);
        return;
    }

    const LlmQuality& quality = m_taskQuality;
    outcome.accuracy = EffectiveQuality(offloadRatio, quality.mecAccuracy, quality.localAccuracy);
    outcome.hallucination =
        EffectiveQuality(offloadRatio, quality.mecHallucination, quality.localHallucination);

    ComputeLocally(pending);
    const double offloadedBits = pending.GetOffloaded().bits;
    if (offloadedBits > 0)
    {
        pending.isWaiting = true;
        m_uploadSlot = m_waiting == 0 ? m_task.slot : m_uploadSlot;
        ++m_waiting;
        m_waitingBits += offloadedBits;
        StartUpload();
    }
    else
    {
        EndWhenComputed(pending);
    }
}

void
MluApplication::ComputeLocally(Pending& pending)
{
    TaskOutcome& outcome = pending.outcome;
    const ComputeCost cost =
        m_compute->GetCost(outcome.task.work.GetShare(1 - outcome.decision.offloadRatio));
    const double waitS = std::max(m_cpuFreeS - pending.beganS, 0.0);
    outcome.localLatencyS = waitS + cost.latencyS;
    outcome.localEnergyJ = cost.energyJ;
    m_cpuFreeS = pending.beganS + outcome.localLatencyS;
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
    if (m_isSending || m_waiting == 0)
    {
        return;
    }
    m_isSending = true;
    Pending& pending = m_pending[m_uploadSlot - m_firstSlot];
    TaskOutcome& outcome = pending.outcome;
    outcome.uplinkLatencyS = NowS() - pending.beganS; // waited for the radio
    const MluDecision& decision = outcome.decision;
    const LinkTransmission transmission{decision.powerW, decision.bandwidthShare};
    const OffloadRequest request{outcome.task.id,
                                 outcome.task.slot,
                                 m_index,
                                 decision.server,
                                 pending.GetOffloaded(),
                                 decision.computeShare,
                                 std::nullopt};
    NS_LOG_LOGIC("slot " << request.slot << ": MLU " << m_index << " sends " << request.work.bits
                         << " bits with " << transmission.powerW << " W after a wait of "
                         << outcome.uplinkLatencyS << " s");
    if (m_energy)
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
MluApplication::EndTransmission(uint64_t slot)
{
    Pending& pending = m_pending[slot - m_firstSlot];
    if (m_energy)
    {
        m_energy->ChangePower(-pending.outcome.decision.powerW);
        if (!m_isServing)
        {
            return;
        }
    }
    m_isSending = false;
    pending.isWaiting = false;
    --m_waiting;
    if (m_waiting == 0)
    {
        m_waitingBits = 0; // sums of doubles leave a rest
        return;
    }
    m_waitingBits -= pending.GetOffloaded().bits;
    while (!m_pending[m_uploadSlot - m_firstSlot].isWaiting)
    {
        ++m_uploadSlot;
    }
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
    TaskOutcome& outcome = FindPending(request.slot)->outcome;
    outcome.uplinkBps = delivery.rateBps;
    outcome.uplinkLatencyS += delivery.latencyS;
    outcome.uplinkEnergyJ = delivery.energyJ;
    outcome.uplinkCapped = delivery.capped;
    EndTransmission(request.slot);
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
    EndTransmission(request.slot);
    // The battery may have run empty by what was sent, which ends all tasks.
    if (Pending* pending = FindPending(request.slot))
    {
        LeaveUnserved(*pending);
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
    Pending* pending = FindPending(answer.request.slot);
    if (!pending)
    {
        NS_LOG_LOGIC("slot " << answer.request.slot
                             << ": the answer is dropped, the battery of MLU " << m_index
                             << " is empty");
        return;
    }
    pending->outcome.mecLatencyS = answer.mecLatencyS;
    pending->outcome.downlinkLatencyS = delivery.latencyS;
    EndWhenComputed(*pending);
}

void
MluApplication::EndWhenComputed(Pending& pending)
{
    TaskOutcome& outcome = pending.outcome;
    const double leftS = pending.beganS + outcome.localLatencyS - NowS();
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
    Pending* pending = FindPending(slot);
    if (!pending)
    {
        return; // the battery ran empty meanwhile
    }
    TaskOutcome& outcome = pending->outcome;
    outcome.latencyS = TaskLatencyS(outcome.localLatencyS,
                                    outcome.uplinkLatencyS,
                                    outcome.mecLatencyS,
                                    outcome.downlinkLatencyS);
    NS_LOG_LOGIC("slot " << slot << ": the task of MLU " << m_index << " took " << outcome.latencyS
                         << " s: " << outcome.localLatencyS << " s here, " << outcome.uplinkLatencyS
                         << " s of upload, " << outcome.mecLatencyS << " s at the server");
    ReportTask(*pending);
}

void
MluApplication::LeaveUnserved(Pending& pending)
{
    TaskOutcome outcome;
    outcome.task = pending.outcome.task;
    outcome.quality = pending.outcome.quality;
    outcome.decision = pending.outcome.decision;
    outcome.latencyS = m_unservedLatency.GetSeconds();
    outcome.hallucination = 1;
    outcome.unserved = true;
    pending.outcome = outcome;
    ReportTask(pending);
}

void
MluApplication::ReportTask(Pending& pending)
{
    pending.isEnded = true;
    const TaskOutcome outcome = pending.outcome;
    while (m_endedPending < m_pending.size() && m_pending[m_endedPending].isEnded)
    {
        ++m_endedPending;
    }
    // Forgotten by halves, so that each task is moved about once, however many are under way.
    if (2 * m_endedPending >= m_pending.size())
    {
        m_pending.erase(m_pending.begin(),
                        m_pending.begin() + static_cast<std::ptrdiff_t>(m_endedPending));
        m_firstSlot += m_endedPending;
        m_endedPending = 0;
    }
    m_taskEndedTrace(outcome);
    m_taskEnded(m_index, outcome);
}

MluApplication::Pending*
MluApplication::FindPending(uint64_t slot)
{
    // A slot that is gone has a number below the first, which wraps around to a large place.
    const uint64_t place = slot - m_firstSlot;
    const bool isPending = place < m_pending.size() && !m_pending[place].isEnded;
    return isPending ? &m_pending[place] : nullptr;
}

void
MluApplication::StopServing()
{
    NS_LOG_FUNCTION(this);
    NS_LOG_LOGIC("the battery of MLU "
                 << m_index << " is empty: " << m_pending.size() - m_endedPending
                 << " tasks stay unserved, " << m_waiting << " uploads are dropped");
    m_isServing = false;
    if (m_isSending)
    {
        m_link->Cancel(m_index);
    }
    m_isSending = false;
    m_waiting = 0;
    m_waitingBits = 0;
    // Telling of an end removes the task, so go by slots.
    std::vector<uint64_t> slots;
    for (const Pending& pending : m_pending)
    {
        slots.push_back(pending.outcome.task.slot);
    }
    for (const uint64_t slot : slots)
    {
        if (Pending* pending = FindPending(slot))
        {
            LeaveUnserved(*pending);
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
    return m_waitingBits;
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
    return std::pow(10, (m_maxPowerDbm - 30) / 10);
}

double
MluApplication::GetEnergyBudgetJ() const
{
    return m_energyBudgetJ;
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
    m_pending.clear();
    Application::DoDispose();
}

} // namespace llmmec
} // namespace ns3
