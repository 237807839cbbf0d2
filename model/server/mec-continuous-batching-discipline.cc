/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-continuous-batching-discipline.h"

#include "ns3/log.h"
#include "ns3/offload-clock.h"
#include "ns3/pointer.h"
#include "ns3/string.h"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <stdexcept>
#include <string>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("ContinuousBatchingDiscipline");

NS_OBJECT_ENSURE_REGISTERED(ContinuousBatchingDiscipline);

namespace
{

/// @param request whose it is @param tokens a number of tokens @return it as a whole number, at
/// least 1 @throws std::invalid_argument in one line where there is none
uint32_t
CountTokens(const OffloadRequest& request, double tokens)
{
    constexpr double most = 4294967295;
    if (!(tokens >= 0 && tokens <= most))
    {
        std::ostringstream message;
        message << "task " << request.taskId << " of MLU " << request.mlu << ": " << tokens
                << " tokens, expected a number from 0 to 4294967295";
        throw std::invalid_argument(message.str());
    }
    return static_cast<uint32_t>(std::max(std::ceil(tokens), 1.0));
}

} // namespace

TypeId
ContinuousBatchingDiscipline::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::ContinuousBatchingDiscipline")
            .SetParent<MecServerDiscipline>()
            .SetGroupName("LlmMec")
            .AddConstructor<ContinuousBatchingDiscipline>()
            .AddAttribute("Engine",
                          "What computes the tokens.",
                          StringValue("ns3::llmmec::ContinuousBatchingEngine"),
                          MakePointerAccessor(&ContinuousBatchingDiscipline::SetEngine,
                                              &ContinuousBatchingDiscipline::GetEngine),
                          MakePointerChecker<ContinuousBatchingEngine>());
    return tid;
}

void
ContinuousBatchingDiscipline::SetEngine(Ptr<ContinuousBatchingEngine> engine)
{
    NS_LOG_FUNCTION(this << engine);
    if (!m_jobs.empty())
    {
        throw std::runtime_error("ContinuousBatchingDiscipline: Engine was exchanged while it has "
                                 "requests, expected none");
    }
    if (m_engine)
    {
        m_engine->Detach(*this);
    }
    m_engine = engine;
}

Ptr<ContinuousBatchingEngine>
ContinuousBatchingDiscipline::GetEngine() const
{
    return m_engine;
}

uint64_t
ContinuousBatchingDiscipline::GetJobId(uint32_t mlu, uint64_t taskId)
{
    constexpr int taskBits = 32;
    if (taskId >> taskBits != 0)
    {
        throw std::invalid_argument("task " + std::to_string(taskId) + " of MLU " +
                                    std::to_string(mlu) + ": expected a number below 2^32");
    }
    return (uint64_t{mlu} << taskBits) | taskId;
}

void
ContinuousBatchingDiscipline::Submit(const ServerJob& job)
{
    NS_LOG_FUNCTION(this << job.request.slot << job.request.mlu << job.request.work.promptTokens);
    // The engine may have been exchanged since the last job.
    m_engine->Attach(*this);
    m_engine->SetDoneCallback(MakeCallback(&ContinuousBatchingDiscipline::Done, this));
    if (!m_token.IsNull())
    {
        m_engine->SetTokenCallback(MakeCallback(&ContinuousBatchingDiscipline::Token, this));
    }
    const TokenJob tokens = GetTokenJob(job);
    try
    {
        m_engine->Submit(tokens);
    }
    catch (const std::invalid_argument& error)
    {
        // The engine knows the number, and the user the MLU and its task.
        const std::string number = "request " + std::to_string(tokens.id);
        const std::string text = error.what();
        throw std::invalid_argument(text.compare(0, number.size(), number) != 0
                                        ? text
                                        : "task " + std::to_string(job.request.taskId) +
                                              " of MLU " + std::to_string(job.request.mlu) +
                                              text.substr(number.size()));
    }
    m_jobs[tokens.id] = job;
}

TokenJob
ContinuousBatchingDiscipline::GetTokenJob(const ServerJob& job)
{
    const OffloadRequest& request = job.request;
    TokenJob tokens;
    tokens.id = GetJobId(request.mlu, request.taskId);
    tokens.promptTokens = CountTokens(request, request.work.promptTokens);
    tokens.outputTokens = CountTokens(request, request.work.outputTokens);
    if (request.prefix)
    {
        tokens.prefixOf = GetJobId(request.prefix->mlu, request.prefix->taskId);
        tokens.prefixTokens = request.prefix->tokens;
    }
    return tokens;
}

void
ContinuousBatchingDiscipline::Token(const TokenRecord& record, uint32_t index)
{
    if (index + 1 < record.job.outputTokens)
    {
        m_token(m_jobs.at(record.job.id), NowS() - record.arrivalS);
    }
}

void
ContinuousBatchingDiscipline::Done(const TokenRecord& record)
{
    const auto found = m_jobs.find(record.job.id);
    ServerJob job = found->second;
    m_jobs.erase(found);
    ServedTokens served;
    served.promptTokens = record.job.promptTokens;
    served.answerTokens = record.job.outputTokens;
    served.queueS = record.GetQueueS();
    served.firstTokenS = record.GetTtftS();
    served.energyJ = record.energyJ;
    served.preemptions = record.preemptions;
    served.cachedTokens = record.cachedTokens;
    job.served = served;
    m_done(job, record.GetLatencyS());
}

bool
ContinuousBatchingDiscipline::Cancel(uint32_t mlu, uint64_t taskId)
{
    NS_LOG_FUNCTION(this << mlu << taskId);
    const uint64_t id = GetJobId(mlu, taskId);
    // A job whose last token is there is done, also before its callback has been called.
    const bool isHere = m_engine->Cancel(id);
    if (isHere)
    {
        m_jobs.erase(id);
    }
    return isHere;
}

double
ContinuousBatchingDiscipline::GetBacklogS() const
{
    return m_engine->GetBacklogS();
}

double
ContinuousBatchingDiscipline::EstimateLatencyS(const ServerJob& job) const
{
    return m_engine->EstimateLatencyS(GetTokenJob(job));
}

bool
ContinuousBatchingDiscipline::TakesDemand() const
{
    return false;
}

bool
ContinuousBatchingDiscipline::SetTokenCallback(TokenCallback token)
{
    m_token = token;
    return true;
}

void
ContinuousBatchingDiscipline::DoDispose()
{
    NS_LOG_FUNCTION(this);
    if (m_engine)
    {
        m_engine->Dispose();
    }
    m_engine = nullptr;
    m_token = TokenCallback();
    m_jobs.clear();
    MecServerDiscipline::DoDispose();
}

} // namespace llmmec
} // namespace ns3
