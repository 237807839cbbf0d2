/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-batching-pass-engine.h"

#include "ns3/log.h"
#include "ns3/offload-clock.h"
#include "ns3/pointer.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <stdexcept>
#include <string>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("BatchingPassEngine");

NS_OBJECT_ENSURE_REGISTERED(BatchingPassEngine);

TypeId
BatchingPassEngine::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::BatchingPassEngine")
            .SetParent<PassEngine>()
            .SetGroupName("LlmMec")
            .AddConstructor<BatchingPassEngine>()
            .AddAttribute("Engine",
                          "What computes the steps.",
                          StringValue("ns3::llmmec::ContinuousBatchingEngine[PipelineDepth=1]"),
                          MakePointerAccessor(&BatchingPassEngine::m_engine),
                          MakePointerChecker<ContinuousBatchingEngine>());
    return tid;
}

Ptr<ContinuousBatchingEngine>
BatchingPassEngine::GetEngine() const
{
    return m_engine;
}

void
BatchingPassEngine::Open(const TokenJob& longest)
{
    NS_LOG_FUNCTION(this << longest.id << longest.promptTokens << longest.outputTokens);
    UintegerValue depth;
    m_engine->GetAttribute("PipelineDepth", depth);
    if (depth.Get() != 1)
    {
        throw std::runtime_error("BatchingPassEngine: PipelineDepth of its engine is " +
                                 std::to_string(depth.Get()) + ", expected 1");
    }
    m_engine->Attach(*this);
    m_engine->SetPassCallback(MakeCallback(&BatchingPassEngine::Done, this));
    m_engine->Open(longest);
    m_sequences[longest.id] = Sequence();
}

void
BatchingPassEngine::Compute(uint64_t rightTokens, const ResidentPass& pass)
{
    NS_LOG_FUNCTION(this << rightTokens << pass.id << pass.tokens << pass.rows);
    m_sequences.at(pass.id).askedS = NowS();
    m_engine->Extend(rightTokens, pass);
}

void
BatchingPassEngine::Done(const TokenRecord& record, uint32_t)
{
    Sequence& sequence = m_sequences.at(record.job.id);
    const PassRecord pass{record.job.id,
                          NowS() - sequence.askedS,
                          record.energyJ - sequence.energyJ};
    sequence.energyJ = record.energyJ;
    m_done(pass);
}

bool
BatchingPassEngine::Withdraw(uint64_t id)
{
    NS_LOG_FUNCTION(this << id);
    return m_engine->Withdraw(id);
}

double
BatchingPassEngine::Close(uint64_t id)
{
    NS_LOG_FUNCTION(this << id);
    const double toldJ = m_sequences.at(id).energyJ;
    m_sequences.erase(id);
    return m_engine->Close(id) - toldJ;
}

double
BatchingPassEngine::EstimateS(double tokens, double contextTokens) const
{
    return m_engine->GetStepTimeModel()->GetStepTimeS({{tokens, contextTokens, tokens}});
}

void
BatchingPassEngine::DoDispose()
{
    NS_LOG_FUNCTION(this);
    if (m_engine)
    {
        m_engine->Dispose();
    }
    m_engine = nullptr;
    m_sequences.clear();
    PassEngine::DoDispose();
}

} // namespace llmmec
} // namespace ns3
