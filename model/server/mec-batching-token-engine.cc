/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-batching-token-engine.h"

#include "ns3/log.h"
#include "ns3/pointer.h"
#include "ns3/string.h"

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("BatchingTokenEngine");

NS_OBJECT_ENSURE_REGISTERED(BatchingTokenEngine);

TypeId
BatchingTokenEngine::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::BatchingTokenEngine")
                            .SetParent<TokenEngine>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<BatchingTokenEngine>()
                            .AddAttribute("Engine",
                                          "What computes the tokens.",
                                          StringValue("ns3::llmmec::ContinuousBatchingEngine"),
                                          MakePointerAccessor(&BatchingTokenEngine::m_engine),
                                          MakePointerChecker<ContinuousBatchingEngine>());
    return tid;
}

Ptr<ContinuousBatchingEngine>
BatchingTokenEngine::GetEngine() const
{
    return m_engine;
}

void
BatchingTokenEngine::Submit(const TokenJob& job)
{
    NS_LOG_FUNCTION(this << job.id << job.promptTokens << job.outputTokens);
    m_engine->Attach(*this);
    m_engine->SetTokenCallback(MakeCallback(&BatchingTokenEngine::TellToken, this));
    m_engine->Submit(job);
}

bool
BatchingTokenEngine::Cancel(uint64_t id)
{
    NS_LOG_FUNCTION(this << id);
    return m_engine->Cancel(id);
}

void
BatchingTokenEngine::TellToken(const TokenRecord& record, uint32_t number)
{
    m_token(record.job.id, number);
}

void
BatchingTokenEngine::DoDispose()
{
    NS_LOG_FUNCTION(this);
    if (m_engine)
    {
        m_engine->Dispose();
    }
    m_engine = nullptr;
    TokenEngine::DoDispose();
}

} // namespace llmmec
} // namespace ns3
