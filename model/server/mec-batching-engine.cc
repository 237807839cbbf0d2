/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-batching-engine.h"

#include "mec-token-estimate.h"

#include "ns3/log.h"
#include "ns3/offload-clock.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("ContinuousBatchingEngine");

ContinuousBatchingEngine::ContinuousBatchingEngine() = default;

ContinuousBatchingEngine::~ContinuousBatchingEngine() = default;

void
ContinuousBatchingEngine::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_next.Cancel();
    m_flights.clear();
    m_scheduler.reset();
    m_stepTime = nullptr;
    m_stepEnergy = nullptr;
    m_callbacks = Callbacks();
    m_user = nullptr;
    Object::DoDispose();
}

void
ContinuousBatchingEngine::Attach(const Object& user)
{
    if (m_user && m_user != &user)
    {
        throw std::runtime_error("ContinuousBatchingEngine: another discipline has this engine, "
                                 "expected one of its own for each");
    }
    m_user = &user;
}

void
ContinuousBatchingEngine::Detach(const Object& user)
{
    if (m_user == &user)
    {
        m_user = nullptr;
        m_callbacks = Callbacks();
    }
}

void
ContinuousBatchingEngine::SetDoneCallback(DoneCallback done)
{
    m_callbacks.done = done;
}

void
ContinuousBatchingEngine::SetTokenCallback(TokenCallback token)
{
    m_callbacks.token = token;
}

void
ContinuousBatchingEngine::SetPassCallback(TokenCallback pass)
{
    m_callbacks.pass = pass;
}

const TokenScheduler&
ContinuousBatchingEngine::GetScheduler() const
{
    return UseScheduler();
}

Ptr<StepTimeModel>
ContinuousBatchingEngine::GetStepTimeModel() const
{
    return m_stepTime;
}

void
ContinuousBatchingEngine::Submit(const TokenJob& job)
{
    NS_LOG_FUNCTION(this << job.id << job.promptTokens << job.outputTokens);
    Receive(job, false);
}

void
ContinuousBatchingEngine::Open(const TokenJob& job)
{
    NS_LOG_FUNCTION(this << job.id << job.promptTokens << job.outputTokens);
    Receive(job, true);
}

void
ContinuousBatchingEngine::Receive(const TokenJob& job, bool isResident)
{
    UseScheduler().RequireServable(job);
    RequireUnchanged();
    m_hasServed = true;
    TokenRecord record;
    record.job = job;
    record.arrivalS = NowS();
    m_inbox.Add(record, isResident);
    m_arrivalTrace(job);
    Wake();
}

void
ContinuousBatchingEngine::Extend(uint64_t rightTokens, const ResidentPass& pass)
{
    NS_LOG_FUNCTION(this << rightTokens << pass.id << pass.tokens << pass.rows);
    m_inbox.Add(rightTokens, pass);
    Wake();
}

bool
ContinuousBatchingEngine::Withdraw(uint64_t id)
{
    NS_LOG_FUNCTION(this << id);
    const bool isIdle = m_inbox.RemovePass(id) || UseScheduler().Withdraw(id);
    UpdateTracedValues();
    return isIdle;
}

void
ContinuousBatchingEngine::Wake()
{
    m_waiting = m_scheduler->GetWaiting() + m_inbox.GetSize();
    // All that arrives at this instant is seen together.
    if (m_flights.empty() && m_next.IsExpired())
    {
        m_next = Simulator::ScheduleNow(&ContinuousBatchingEngine::FillPipeline, this);
    }
}

bool
ContinuousBatchingEngine::Cancel(uint64_t id)
{
    NS_LOG_FUNCTION(this << id);
    const auto energyJ = Leave(id);
    m_ledger.AddCancelled(energyJ.value_or(0));
    return energyJ.has_value();
}

double
ContinuousBatchingEngine::Close(uint64_t id)
{
    NS_LOG_FUNCTION(this << id);
    return Leave(id).value_or(0);
}

std::optional<double>
ContinuousBatchingEngine::Leave(uint64_t id)
{
    std::optional<double> energyJ;
    if (m_inbox.Remove(id))
    {
        energyJ = 0;
    }
    else if (const auto place = UseScheduler().Cancel(id))
    {
        energyJ = m_ledger.Leave(*place);
    }
    UpdateTracedValues();
    return energyJ;
}

void
ContinuousBatchingEngine::FillPipeline()
{
    m_next.Cancel(); // a callback may have submitted a request
    m_inbox.Empty(UseScheduler(), [this](const TokenRecord& record, std::size_t place) {
        m_ledger.Open(place, record);
    });
    while (m_flights.size() < m_depth)
    {
        TokenStep step = UseScheduler().Schedule();
        NoteSeats(step);
        if (step.parts.empty())
        {
            break;
        }
        Launch(std::move(step));
    }
    UpdateTracedValues();
    if (!m_flights.empty())
    {
        const TokenStepRecord& first = m_flights.front().record;
        const double leftS = std::max(first.startS + first.durationS - NowS(), 0.0);
        m_next = Simulator::Schedule(DelayOf(leftS), &ContinuousBatchingEngine::EndStep, this);
    }
}

void
ContinuousBatchingEngine::NoteSeats(const TokenStep& step)
{
    for (const TokenStep::Preemption& eviction : step.evicted)
    {
        m_evictTrace(m_ledger.Get(eviction.place).job.id, eviction.lostTokens);
    }
    for (const TokenStep::Preemption& preemption : step.preempted)
    {
        TokenRecord& record = m_ledger.Get(preemption.place);
        ++record.preemptions;
        m_preemptTrace(record.job.id, preemption.lostTokens);
    }
    for (const TokenStep::Admission& admission : step.admitted)
    {
        TokenRecord& record = m_ledger.Get(admission.place);
        if (record.admittedS < 0)
        {
            record.admittedS = NowS();
            record.cachedTokens = admission.cachedTokens;
        }
        record.reusedTokens += admission.cachedTokens;
        NS_LOG_LOGIC("request " << record.job.id << " has a seat, " << admission.cachedTokens
                                << " of its tokens are in KV blocks");
        m_admitTrace(record.job.id, admission.cachedTokens, NowS() - record.arrivalS);
    }
}

void
ContinuousBatchingEngine::Launch(TokenStep step)
{
    TokenStepRecord record = TokenLedger::Measure(step);
    record.startS = std::max(NowS(), m_deviceFreeS);
    record.durationS = m_stepTime->GetStepTimeS(step.queries);
    m_deviceFreeS = record.startS + record.durationS;
    m_flights.push_back({std::move(step), record});
}

void
ContinuousBatchingEngine::EndStep()
{
    Flight flight = std::move(m_flights.front());
    m_flights.pop_front();
    NS_LOG_LOGIC("a step of " << flight.record.tokens << " tokens of " << flight.record.sequences
                              << " requests has taken " << flight.record.durationS << " s");
    m_ledger.ShareOut(flight.step, flight.record, *m_stepEnergy, m_stepTime->GetServing());
    m_samples.clear();
    m_scheduler->Complete(flight.step, m_samples);
    m_stepTrace(flight.record);
    for (const TokenSample& sample : m_samples)
    {
        // The callback for a token of this step may have cancelled another request of it. No
        // place has a new owner yet: that happens in FillPipeline.
        if (!m_ledger.HasLeft(sample.place))
        {
            Yield(sample);
        }
    }
    FillPipeline();
}

void
ContinuousBatchingEngine::Yield(const TokenSample& sample)
{
    // A copy: callbacks may submit another request, which can get the same place.
    TokenRecord& kept = m_ledger.Get(sample.place);
    if (sample.isResident)
    {
        kept.doneS = NowS();
        const TokenRecord record = kept;
        if (!m_callbacks.pass.IsNull())
        {
            m_callbacks.pass(record, sample.index);
        }
        return;
    }
    const bool isFirst = sample.index == 0;
    kept.firstTokenS = isFirst ? NowS() : kept.firstTokenS;
    kept.doneS = sample.isLast ? NowS() : kept.doneS;
    const TokenRecord record = kept;
    if (isFirst)
    {
        m_firstTokenTrace(sample.id, record.GetTtftS());
    }
    m_tokenTrace(sample.id, sample.index);
    if (!m_callbacks.token.IsNull())
    {
        m_callbacks.token(record, sample.index);
    }
    if (sample.isLast)
    {
        m_doneTrace(record);
        if (!m_callbacks.done.IsNull())
        {
            m_callbacks.done(record);
        }
    }
}

void
ContinuousBatchingEngine::UpdateTracedValues()
{
    m_running = m_scheduler->GetRunning();
    m_waiting = m_scheduler->GetWaiting() + m_inbox.GetSize();
    m_freeBlocks = m_scheduler->GetPool().GetFree();
}

TokenScheduler::Remainder
ContinuousBatchingEngine::GetRemainder() const
{
    TokenScheduler::Remainder left = UseScheduler().GetRemainder();
    m_inbox.AddTo(left);
    return left;
}

double
ContinuousBatchingEngine::GetBacklogS() const
{
    return TokenEstimate(*m_stepTime, m_seats, m_tokenBudget).GetBacklogS(GetRemainder());
}

double
ContinuousBatchingEngine::EstimateLatencyS(const TokenJob& job) const
{
    return TokenEstimate(*m_stepTime, m_seats, m_tokenBudget).GetLatencyS(GetRemainder(), job);
}

double
ContinuousBatchingEngine::GetStepEnergyJ() const
{
    return m_ledger.GetStepEnergyJ();
}

double
ContinuousBatchingEngine::GetCancelledEnergyJ() const
{
    return m_ledger.GetCancelledEnergyJ();
}

double
ContinuousBatchingEngine::GetBusyS() const
{
    return m_ledger.GetBusyS();
}

} // namespace llmmec
} // namespace ns3
