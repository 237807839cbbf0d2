/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-batching-engine.h"

#include "mec-token-estimate.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/offload-clock.h"
#include "ns3/pointer.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/trace-source-accessor.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("ContinuousBatchingEngine");

NS_OBJECT_ENSURE_REGISTERED(ContinuousBatchingEngine);

namespace
{

/// @param before what an engine began with @param now its attributes say @return the first of them
/// that has changed, in words; empty where none has
std::string
FindChange(const TokenSchedulerSettings& before, const TokenSchedulerSettings& now)
{
    std::ostringstream change;
    const auto compare = [&change](const char* name, auto then, auto since) {
        if (then != since && change.tellp() == 0)
        {
            change << name << " went from " << then << " to " << since;
        }
    };
    compare("Seats", before.seats, now.seats);
    compare("TokenBudget", before.tokenBudget, now.tokenBudget);
    compare("LongPrefillTokens", before.longPrefillTokens, now.longPrefillTokens);
    compare("BlockTokens", before.blockTokens, now.blockTokens);
    compare("the number of usable KV blocks", before.blocks, now.blocks);
    compare("ReserveWholePrompt", before.reservesWholePrompt, now.reservesWholePrompt);
    compare("PrefixCaching", before.cachesPrefixes, now.cachesPrefixes);
    return change.str();
}

} // namespace

TypeId
ContinuousBatchingEngine::GetTypeId()
{
    using Engine = ContinuousBatchingEngine;
    constexpr uint32_t most = 1000000000;
    static TypeId tid =
        TypeId("ns3::llmmec::ContinuousBatchingEngine")
            .SetParent<Object>()
            .SetGroupName("LlmMec")
            .AddConstructor<ContinuousBatchingEngine>()
            .AddAttribute("StepTimeModel",
                          "How long a step takes.",
                          StringValue("ns3::llmmec::RooflineStepTimeModel"),
                          MakePointerAccessor(&Engine::m_stepTime),
                          MakePointerChecker<StepTimeModel>())
            .AddAttribute("StepEnergyModel",
                          "What energy a step takes.",
                          StringValue("ns3::llmmec::StepEnergyModel"),
                          MakePointerAccessor(&Engine::m_stepEnergy),
                          MakePointerChecker<StepEnergyModel>())
            .AddAttribute("Seats",
                          "Sequences that are computed at a time, vLLM's max_num_seqs.",
                          UintegerValue(128),
                          MakeUintegerAccessor(&Engine::m_seats),
                          MakeUintegerChecker<uint32_t>(1, most))
            .AddAttribute("TokenBudget",
                          "Tokens that a step computes at most, vLLM's max_num_batched_tokens.",
                          UintegerValue(2048),
                          MakeUintegerAccessor(&Engine::m_tokenBudget),
                          MakeUintegerChecker<uint32_t>(1, most))
            .AddAttribute("LongPrefillTokens",
                          "Tokens of one prompt that a step computes at most; 0: the budget.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&Engine::m_longPrefillTokens),
                          MakeUintegerChecker<uint32_t>(0, most))
            .AddAttribute("BlockTokens",
                          "Tokens of a KV block.",
                          UintegerValue(16),
                          MakeUintegerAccessor(&Engine::m_blockTokens),
                          MakeUintegerChecker<uint32_t>(1, 1000000))
            .AddAttribute("Blocks",
                          "KV blocks; 0: as many as memory holds. One of them is never used, as in "
                          "vLLM, whose number this is.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&Engine::m_blocks),
                          MakeUintegerChecker<uint32_t>(0, most))
            .AddAttribute("MemoryUtilization",
                          "Share of the device's memory that the engine takes, where Blocks is 0.",
                          DoubleValue(0.9),
                          MakeDoubleAccessor(&Engine::m_memoryUtilization),
                          MakeDoubleChecker<double>(1e-3, 1))
            .AddAttribute("ReservedBytes",
                          "Memory of the engine that holds neither weights nor KV cache, where "
                          "Blocks is 0. vLLM 0.19 keeps 1.2e9 with Llama-3.1-8B.",
                          DoubleValue(1.2e9),
                          MakeDoubleAccessor(&Engine::m_reservedBytes),
                          MakeDoubleChecker<double>(0, 1e15))
            .AddAttribute("ReserveWholePrompt",
                          "Admit a request only where there are KV blocks for all its tokens; "
                          "otherwise for its first chunk.",
                          BooleanValue(true),
                          MakeBooleanAccessor(&Engine::m_reservesWholePrompt),
                          MakeBooleanChecker())
            .AddAttribute("PrefixCaching",
                          "Reuse KV blocks that hold the beginning of the same text.",
                          BooleanValue(true),
                          MakeBooleanAccessor(&Engine::m_cachesPrefixes),
                          MakeBooleanChecker())
            .AddAttribute("PipelineDepth",
                          "Steps that are composed before the first of them is complete: 1 is "
                          "synchronous, 2 is vLLM's asynchronous scheduling.",
                          UintegerValue(2),
                          MakeUintegerAccessor(&Engine::m_depth),
                          MakeUintegerChecker<uint32_t>(1, 2))
            .AddTraceSource("Arrival",
                            "A request has arrived.",
                            MakeTraceSourceAccessor(&Engine::m_arrivalTrace),
                            "ns3::llmmec::ContinuousBatchingEngine::JobTracedCallback")
            .AddTraceSource("Admit",
                            "A request got a seat, for the first time or again.",
                            MakeTraceSourceAccessor(&Engine::m_admitTrace),
                            "ns3::llmmec::ContinuousBatchingEngine::AdmitTracedCallback")
            .AddTraceSource("FirstToken",
                            "The first token of an answer is there.",
                            MakeTraceSourceAccessor(&Engine::m_firstTokenTrace),
                            "ns3::llmmec::ContinuousBatchingEngine::FirstTokenTracedCallback")
            .AddTraceSource("Token",
                            "A token of an answer is there.",
                            MakeTraceSourceAccessor(&Engine::m_tokenTrace),
                            "ns3::llmmec::ContinuousBatchingEngine::TokenTracedCallback")
            .AddTraceSource("Done",
                            "An answer is complete.",
                            MakeTraceSourceAccessor(&Engine::m_doneTrace),
                            "ns3::llmmec::ContinuousBatchingEngine::DoneTracedCallback")
            .AddTraceSource("Preempt",
                            "A request has lost its seat and its KV blocks.",
                            MakeTraceSourceAccessor(&Engine::m_preemptTrace),
                            "ns3::llmmec::ContinuousBatchingEngine::TokenTracedCallback")
            .AddTraceSource("Evict",
                            "A resident sequence without a pass has lost its KV blocks.",
                            MakeTraceSourceAccessor(&Engine::m_evictTrace),
                            "ns3::llmmec::ContinuousBatchingEngine::TokenTracedCallback")
            .AddTraceSource("Step",
                            "A step is complete.",
                            MakeTraceSourceAccessor(&Engine::m_stepTrace),
                            "ns3::llmmec::ContinuousBatchingEngine::StepTracedCallback")
            .AddTraceSource("Running",
                            "Requests with a seat.",
                            MakeTraceSourceAccessor(&Engine::m_running),
                            "ns3::TracedValueCallback::Uint32")
            .AddTraceSource("Waiting",
                            "Requests without a seat.",
                            MakeTraceSourceAccessor(&Engine::m_waiting),
                            "ns3::TracedValueCallback::Uint32")
            .AddTraceSource("FreeBlocks",
                            "KV blocks that no request holds.",
                            MakeTraceSourceAccessor(&Engine::m_freeBlocks),
                            "ns3::TracedValueCallback::Uint32");
    return tid;
}

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
    m_done = DoneCallback();
    m_token = TokenCallback();
    m_pass = TokenCallback();
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
        m_done = DoneCallback();
        m_token = TokenCallback();
        m_pass = TokenCallback();
    }
}

void
ContinuousBatchingEngine::SetDoneCallback(DoneCallback done)
{
    m_done = done;
}

void
ContinuousBatchingEngine::SetTokenCallback(TokenCallback token)
{
    m_token = token;
}

void
ContinuousBatchingEngine::SetPassCallback(TokenCallback pass)
{
    m_pass = pass;
}

uint32_t
ContinuousBatchingEngine::CountBlocks() const
{
    if (m_blocks > 0)
    {
        return m_blocks - 1;
    }
    const LlmServing& serving = m_stepTime->GetServing();
    const double engineBytes = m_memoryUtilization * static_cast<double>(serving.memoryBytes);
    const double kvBytes = engineBytes - static_cast<double>(serving.weightBytes) - m_reservedBytes;
    const double blocks = kvBytes / (serving.kvBytesPerToken * m_blockTokens);
    if (blocks < 2)
    {
        std::ostringstream message;
        message << "ContinuousBatchingEngine: " << serving.memoryBytes << " bytes of "
                << serving.device << " leave " << kvBytes << " for the KV cache beside "
                << serving.weightBytes << " of weights, expected room for two blocks; a smaller "
                << "model, fewer bits a weight, or Blocks";
        throw std::runtime_error(message.str());
    }
    return static_cast<uint32_t>(std::min(blocks, 1e9)) - 1;
}

TokenSchedulerSettings
ContinuousBatchingEngine::GetSettings() const
{
    TokenSchedulerSettings settings;
    settings.seats = m_seats;
    settings.tokenBudget = m_tokenBudget;
    settings.longPrefillTokens = m_longPrefillTokens;
    settings.blockTokens = m_blockTokens;
    settings.blocks = CountBlocks();
    settings.reservesWholePrompt = m_reservesWholePrompt;
    settings.cachesPrefixes = m_cachesPrefixes;
    if (settings.blocks == 0)
    {
        throw std::runtime_error("ContinuousBatchingEngine: Blocks is 1, of which none can be "
                                 "used, expected 0 or at least 2");
    }
    return settings;
}

TokenScheduler&
ContinuousBatchingEngine::UseScheduler() const
{
    if (!m_hasServed)
    {
        // Estimates need one before the last attribute is set.
        const TokenSchedulerSettings settings = GetSettings();
        if (!m_scheduler || !FindChange(m_settings, settings).empty())
        {
            m_settings = settings;
            m_scheduler = std::make_unique<TokenScheduler>(settings);
        }
    }
    return *m_scheduler;
}

void
ContinuousBatchingEngine::RequireUnchanged() const
{
    const std::string change = FindChange(m_settings, GetSettings());
    if (!change.empty())
    {
        throw std::runtime_error("ContinuousBatchingEngine: after its first request " + change +
                                 ", expected no change from then on");
    }
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
    Arrival arrival;
    arrival.record.job = job;
    arrival.record.arrivalS = NowS();
    arrival.isResident = isResident;
    m_inbox.push_back(arrival);
    m_arrivalTrace(job);
    Wake();
}

void
ContinuousBatchingEngine::Extend(uint64_t rightTokens, const ResidentPass& pass)
{
    NS_LOG_FUNCTION(this << rightTokens << pass.id << pass.tokens << pass.rows);
    m_passes.push_back({rightTokens, pass});
    Wake();
}

bool
ContinuousBatchingEngine::Withdraw(uint64_t id)
{
    NS_LOG_FUNCTION(this << id);
    const auto isIt = [id](const Extension& extension) { return extension.pass.id == id; };
    const auto asked = std::find_if(m_passes.begin(), m_passes.end(), isIt);
    const bool isAsked = asked != m_passes.end();
    if (isAsked)
    {
        m_passes.erase(asked);
    }
    const bool isIdle = isAsked || UseScheduler().Withdraw(id);
    UpdateTracedValues();
    return isIdle;
}

void
ContinuousBatchingEngine::Wake()
{
    m_waiting = m_scheduler->GetWaiting() + static_cast<uint32_t>(m_inbox.size() + m_passes.size());
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
    m_cancelledEnergyJ += energyJ.value_or(0);
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
    const auto isPass = [id](const Extension& extension) { return extension.pass.id == id; };
    m_passes.erase(std::remove_if(m_passes.begin(), m_passes.end(), isPass), m_passes.end());
    const auto isIt = [id](const Arrival& arrival) { return arrival.record.job.id == id; };
    const auto waiting = std::find_if(m_inbox.begin(), m_inbox.end(), isIt);
    std::optional<double> energyJ;
    if (waiting != m_inbox.end())
    {
        m_inbox.erase(waiting);
        energyJ = 0;
    }
    else if (const auto place = UseScheduler().Cancel(id))
    {
        m_isCancelled[*place] = true;
        energyJ = m_records[*place].energyJ;
    }
    UpdateTracedValues();
    return energyJ;
}

void
ContinuousBatchingEngine::TakeInbox()
{
    TokenScheduler& scheduler = UseScheduler();
    for (const Arrival& arrival : m_inbox)
    {
        const TokenJob& job = arrival.record.job;
        const std::size_t place = arrival.isResident ? scheduler.Open(job) : scheduler.Submit(job);
        if (place >= m_records.size())
        {
            m_records.resize(place + 1);
            m_isCancelled.resize(place + 1);
        }
        m_records[place] = arrival.record;
        m_isCancelled[place] = false;
    }
    m_inbox.clear();
    for (const Extension& extension : m_passes)
    {
        scheduler.Truncate(extension.pass.id, extension.rightTokens);
        scheduler.Extend(extension.pass);
    }
    m_passes.clear();
}

void
ContinuousBatchingEngine::FillPipeline()
{
    m_next.Cancel(); // a callback may have submitted a request
    TakeInbox();
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
        m_evictTrace(m_records[eviction.place].job.id, eviction.lostTokens);
    }
    for (const TokenStep::Preemption& preemption : step.preempted)
    {
        TokenRecord& record = m_records[preemption.place];
        ++record.preemptions;
        m_preemptTrace(record.job.id, preemption.lostTokens);
    }
    for (const TokenStep::Admission& admission : step.admitted)
    {
        TokenRecord& record = m_records[admission.place];
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
    TokenStepRecord record;
    record.startS = std::max(NowS(), m_deviceFreeS);
    record.durationS = m_stepTime->GetStepTimeS(step.queries);
    record.sequences = static_cast<uint32_t>(step.parts.size());
    for (std::size_t i = 0; i < step.parts.size(); ++i)
    {
        const LlmStepQuery& query = step.queries[i];
        const auto tokens = static_cast<uint64_t>(query.tokens);
        record.tokens += tokens;
        record.samples += step.parts[i].samples;
        if (query.IsSingle())
        {
            record.kvTokens += static_cast<uint64_t>(query.contextTokens) + tokens;
        }
        else
        {
            record.prefillTokens += tokens;
        }
    }
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
    ShareOut(flight);
    m_samples.clear();
    m_scheduler->Complete(flight.step, m_samples);
    m_stepTrace(flight.record);
    for (const TokenSample& sample : m_samples)
    {
        // The callback for a token of this step may have cancelled another request of it. No
        // place has a new owner yet: that happens in FillPipeline.
        if (!m_isCancelled[sample.place])
        {
            Yield(sample);
        }
    }
    FillPipeline();
}

void
ContinuousBatchingEngine::ShareOut(Flight& flight)
{
    const LlmServing& serving = m_stepTime->GetServing();
    const double commonJ = m_stepEnergy->GetCommonEnergyJ(serving, flight.record.durationS);
    const double perTokenJ = commonJ / static_cast<double>(flight.record.tokens);
    for (std::size_t i = 0; i < flight.step.parts.size(); ++i)
    {
        const LlmStepQuery& query = flight.step.queries[i];
        const std::size_t place = flight.step.parts[i].place;
        const double energyJ =
            perTokenJ * query.tokens + m_stepEnergy->GetOwnEnergyJ(serving, query);
        flight.record.energyJ += energyJ;
        m_records[place].energyJ += energyJ;
        m_records[place].computedTokens += static_cast<uint64_t>(query.tokens);
        m_cancelledEnergyJ += m_isCancelled[place] ? energyJ : 0;
    }
    m_stepEnergyJ += flight.record.energyJ;
    m_busyS += flight.record.durationS;
}

void
ContinuousBatchingEngine::Yield(const TokenSample& sample)
{
    // A copy: callbacks may submit another request, which can get the same place.
    TokenRecord& kept = m_records[sample.place];
    if (sample.isResident)
    {
        kept.doneS = NowS();
        const TokenRecord record = kept;
        if (!m_pass.IsNull())
        {
            m_pass(record, sample.index);
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
    if (!m_token.IsNull())
    {
        m_token(record, sample.index);
    }
    if (sample.isLast)
    {
        m_doneTrace(record);
        if (!m_done.IsNull())
        {
            m_done(record);
        }
    }
}

void
ContinuousBatchingEngine::UpdateTracedValues()
{
    m_running = m_scheduler->GetRunning();
    m_waiting = m_scheduler->GetWaiting() + static_cast<uint32_t>(m_inbox.size() + m_passes.size());
    m_freeBlocks = m_scheduler->GetPool().GetFree();
}

TokenScheduler::Remainder
ContinuousBatchingEngine::GetRemainder() const
{
    TokenScheduler::Remainder left = UseScheduler().GetRemainder();
    for (const Arrival& arrival : m_inbox)
    {
        if (arrival.isResident)
        {
            continue; // its passes count
        }
        const TokenJob& job = arrival.record.job;
        ++left.jobs;
        left.promptTokens += job.promptTokens;
        left.outputTokens += job.outputTokens;
        left.contextTokens += job.promptTokens;
    }
    for (const Extension& extension : m_passes)
    {
        ++left.jobs;
        ++left.outputTokens;
        left.contextTokens += extension.pass.tokens;
    }
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
    return m_stepEnergyJ;
}

double
ContinuousBatchingEngine::GetCancelledEnergyJ() const
{
    return m_cancelledEnergyJ;
}

double
ContinuousBatchingEngine::GetBusyS() const
{
    return m_busyS;
}

} // namespace llmmec
} // namespace ns3
