/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// What an engine has to share out: its attributes, and the scheduler that goes by them.

#include "mec-batching-engine.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/pointer.h"
#include "ns3/string.h"
#include "ns3/trace-source-accessor.h"
#include "ns3/uinteger.h"

#include <stdexcept>
#include <string>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("ContinuousBatchingEngineAttributes");

NS_OBJECT_ENSURE_REGISTERED(ContinuousBatchingEngine);

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

TokenSchedulerSettings
ContinuousBatchingEngine::GetSettings() const
{
    TokenSchedulerSettings settings;
    settings.seats = m_seats;
    settings.tokenBudget = m_tokenBudget;
    settings.longPrefillTokens = m_longPrefillTokens;
    settings.blockTokens = m_blockTokens;
    // One block is never used, as in vLLM.
    settings.blocks = m_blocks > 0 ? m_blocks - 1
                                   : CountKvBlocks(m_stepTime->GetServing(),
                                                   m_memoryUtilization,
                                                   m_reservedBytes,
                                                   m_blockTokens) -
                                         1;
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
            NS_LOG_LOGIC("a scheduler of " << settings.seats << " seats and " << settings.blocks
                                           << " KV blocks");
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

} // namespace llmmec
} // namespace ns3
