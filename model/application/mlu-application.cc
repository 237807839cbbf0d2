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
MluApplication::Join(Ptr<MecUplink> uplink, TaskEndedCallback ended)
{
    NS_LOG_FUNCTION(this << uplink << GetNode()->GetId());
    m_uplink = uplink;
    m_ended = ended;
    m_index = uplink->AddMlu(GetNode());
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

const LlmTask&
MluApplication::DrawTask(uint64_t slot)
{
    NS_LOG_FUNCTION(this << slot);
    m_task.slot = slot;
    m_task.cyclesPerBit = m_cyclesPerBit;
    m_task.bits = m_isServing ? m_bits->GetValue() : 0;
    m_task.quality = m_quality->Draw();
    if (!(std::isfinite(m_task.bits) && m_task.bits >= 0))
    {
        std::ostringstream message;
        message << "MluApplication: TaskBits of node " << GetNode()->GetId() << " drew "
                << m_task.bits << ", expected a finite number of bits >= 0";
        throw std::runtime_error(message.str());
    }
    m_taskTrace(m_task);
    return m_task;
}

void
MluApplication::Execute(double offloadRatio, double powerW)
{
    NS_LOG_FUNCTION(this << offloadRatio << powerW);
    m_pending.emplace_back();
    Pending& pending = m_pending.back();
    TaskOutcome& outcome = pending.outcome;
    outcome.task = m_task;
    outcome.offloadRatio = offloadRatio;
    outcome.powerW = powerW;
    pending.beganS = NowS();
    if (!m_isServing)
    {
        NS_LOG_LOGIC("slot " << m_task.slot << ": unserved, the battery is empty");
        outcome.unserved = true;
        Tell(pending);
        return;
    }

    const LlmQuality& quality = m_task.quality;
    outcome.accuracy = EffectiveQuality(offloadRatio, quality.mecAccuracy, quality.localAccuracy);
    outcome.hallucination =
        EffectiveQuality(offloadRatio, quality.mecHallucination, quality.localHallucination);

    ComputeLocally(pending);
    const double offloadBits = offloadRatio * m_task.bits;
    if (offloadBits > 0)
    {
        m_toSend.push_back({m_task.slot, m_index, offloadBits, m_task.cyclesPerBit});
        m_toSendBits += offloadBits;
        SendNext();
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
    const ComputeCost cost = m_compute->GetCost((1 - outcome.offloadRatio) * outcome.task.bits,
                                                outcome.task.cyclesPerBit);
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
MluApplication::SendNext()
{
    if (m_isSending || m_toSend.empty())
    {
        return;
    }
    m_isSending = true;
    const OffloadRequest& request = m_toSend.front();
    Pending* pending = FindPending(request.slot);
    TaskOutcome& outcome = pending->outcome;
    outcome.uplinkLatencyS = NowS() - pending->beganS; // waited for the radio
    NS_LOG_LOGIC("slot " << request.slot << ": MLU " << m_index << " sends " << request.bits
                         << " bits with " << outcome.powerW << " W after a wait of "
                         << outcome.uplinkLatencyS << " s");
    if (m_energy)
    {
        m_energy->ChangePower(outcome.powerW);
        if (!m_isServing)
        {
            return;
        }
    }
    m_uplink->Send(request, outcome.powerW);
}

void
MluApplication::EndUpload(const OffloadRequest& request, const UplinkDelivery& delivery)
{
    NS_LOG_FUNCTION(this << request.slot << delivery.latencyS);
    if (!m_isServing)
    {
        return;
    }
    TaskOutcome& outcome = FindPending(request.slot)->outcome;
    outcome.uplinkBps = delivery.rateBps;
    outcome.uplinkLatencyS += delivery.latencyS;
    outcome.uplinkEnergyJ = UplinkEnergyJ(outcome.powerW, delivery.latencyS);
    outcome.uplinkCapped = delivery.capped;
    if (m_energy)
    {
        m_energy->ChangePower(-outcome.powerW);
        if (!m_isServing)
        {
            return;
        }
    }
    m_toSendBits -= m_toSend.front().bits;
    m_toSend.pop_front();
    if (m_toSend.empty())
    {
        m_toSendBits = 0; // sums of doubles leave a rest
    }
    m_isSending = false;
    SendNext();
}

void
MluApplication::TakeReply(const MecServerReply& reply)
{
    NS_LOG_FUNCTION(this << reply.request.slot << reply.mecLatencyS);
    Pending* pending = FindPending(reply.request.slot);
    if (!pending)
    {
        NS_LOG_LOGIC("slot " << reply.request.slot << ": the answer is dropped, the battery of MLU "
                             << m_index << " is empty");
        return;
    }
    pending->outcome.mecLatencyS = reply.mecLatencyS;
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
    outcome.latencyS =
        TaskLatencyS(outcome.localLatencyS, outcome.uplinkLatencyS, outcome.mecLatencyS);
    NS_LOG_LOGIC("slot " << slot << ": the task of MLU " << m_index << " took " << outcome.latencyS
                         << " s: " << outcome.localLatencyS << " s here, " << outcome.uplinkLatencyS
                         << " s of upload, " << outcome.mecLatencyS << " s at the server");
    Tell(*pending);
}

void
MluApplication::Tell(Pending& pending)
{
    if (pending.outcome.unserved)
    {
        TaskOutcome unserved;
        unserved.task = pending.outcome.task;
        unserved.offloadRatio = pending.outcome.offloadRatio;
        unserved.powerW = pending.outcome.powerW;
        unserved.latencyS = m_unservedLatency.GetSeconds();
        unserved.hallucination = 1;
        unserved.unserved = true;
        pending.outcome = unserved;
    }
    pending.ended = true;
    const TaskOutcome outcome = pending.outcome;
    while (m_endedPending < m_pending.size() && m_pending[m_endedPending].ended)
    {
        ++m_endedPending;
    }
    // Forgotten by halves, so that each task is moved about once, however many are under way.
    if (2 * m_endedPending >= m_pending.size())
    {
        m_pending.erase(m_pending.begin(),
                        m_pending.begin() + static_cast<std::ptrdiff_t>(m_endedPending));
        m_endedPending = 0;
    }
    m_taskEndedTrace(outcome);
    m_ended(m_index, outcome);
}

MluApplication::Pending*
MluApplication::FindPending(uint64_t slot)
{
    if (m_pending.empty())
    {
        return nullptr;
    }
    // A slot that is gone has a number below the first, which wraps around to a large place.
    const uint64_t place = slot - m_pending.front().outcome.task.slot;
    const bool isPending = place < m_pending.size() && !m_pending[place].ended;
    return isPending ? &m_pending[place] : nullptr;
}

void
MluApplication::StopServing()
{
    NS_LOG_FUNCTION(this);
    NS_LOG_LOGIC("the battery of MLU "
                 << m_index << " is empty: " << m_pending.size() - m_endedPending
                 << " tasks stay unserved, " << m_toSend.size() << " uploads are dropped");
    m_isServing = false;
    if (m_isSending)
    {
        m_uplink->Cancel(m_index);
    }
    m_isSending = false;
    m_toSend.clear();
    m_toSendBits = 0;
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
            pending->outcome.unserved = true;
            Tell(*pending);
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
    return m_toSendBits;
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
MluApplication::GetCyclesPerBit() const
{
    return m_cyclesPerBit;
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
    m_uplink = nullptr;
    m_ended = TaskEndedCallback();
    m_pending.clear();
    m_toSend.clear();
    Application::DoDispose();
}

} // namespace llmmec
} // namespace ns3
