/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-delay-token-engine.h"

#include "ns3/log.h"
#include "ns3/offload-clock.h"
#include "ns3/offload-draw.h"
#include "ns3/pointer.h"
#include "ns3/string.h"

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("DelayTokenEngine");

NS_OBJECT_ENSURE_REGISTERED(DelayTokenEngine);

TypeId
DelayTokenEngine::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::DelayTokenEngine")
            .SetParent<TokenEngine>()
            .SetGroupName("LlmMec")
            .AddConstructor<DelayTokenEngine>()
            .AddAttribute("FirstTokenTime",
                          "Time from a prompt to the first token of its answer, s, >= 0.",
                          StringValue("ns3::ConstantRandomVariable[Constant=0.2]"),
                          MakePointerAccessor(&DelayTokenEngine::m_firstTokenTime),
                          MakePointerChecker<RandomVariableStream>())
            .AddAttribute("PromptTokenTime",
                          "Time that the first token waits longer for each token of the prompt "
                          "that the turns before it have not said, >= 0.",
                          TimeValue(Seconds(0)),
                          MakeTimeAccessor(&DelayTokenEngine::m_promptTokenTime),
                          MakeTimeChecker(Seconds(0)))
            .AddAttribute("TokenTime",
                          "Time from a token to the next, s, >= 0.",
                          StringValue("ns3::ConstantRandomVariable[Constant=0.02]"),
                          MakePointerAccessor(&DelayTokenEngine::m_tokenTime),
                          MakePointerChecker<RandomVariableStream>());
    return tid;
}

void
DelayTokenEngine::Submit(const TokenJob& job)
{
    NS_LOG_FUNCTION(this << job.id << job.promptTokens << job.outputTokens);
    const uint32_t newTokens = job.promptTokens - (job.prefixOf ? job.prefixTokens : 0);
    const double waitS =
        DrawWithin("DelayTokenEngine: FirstTokenTime", m_firstTokenTime, 0, LONGEST_DRAW_S) +
        newTokens * m_promptTokenTime.GetSeconds();
    Answer& answer = m_answers[job.id];
    answer.tokens = job.outputTokens;
    answer.next = Simulator::Schedule(DelayOf(waitS), &DelayTokenEngine::MakeToken, this, job.id);
}

bool
DelayTokenEngine::Cancel(uint64_t id)
{
    NS_LOG_FUNCTION(this << id);
    const auto found = m_answers.find(id);
    if (found == m_answers.end())
    {
        return false;
    }
    found->second.next.Cancel();
    m_answers.erase(found);
    return true;
}

int64_t
DelayTokenEngine::AssignStreams(int64_t stream)
{
    m_firstTokenTime->SetStream(stream);
    m_tokenTime->SetStream(stream + 1);
    return 2;
}

void
DelayTokenEngine::MakeToken(uint64_t id)
{
    Answer& answer = m_answers.at(id);
    const uint32_t number = answer.made++;
    // All is set before the callback, which may cancel this request or submit another.
    if (answer.made < answer.tokens)
    {
        const double waitS =
            DrawWithin("DelayTokenEngine: TokenTime", m_tokenTime, 0, LONGEST_DRAW_S);
        answer.next = Simulator::Schedule(DelayOf(waitS), &DelayTokenEngine::MakeToken, this, id);
    }
    else
    {
        m_answers.erase(id);
    }
    m_token(id, number);
}

void
DelayTokenEngine::DoDispose()
{
    NS_LOG_FUNCTION(this);
    for (auto& [id, answer] : m_answers)
    {
        answer.next.Cancel();
    }
    m_answers.clear();
    m_firstTokenTime = nullptr;
    m_tokenTime = nullptr;
    TokenEngine::DoDispose();
}

} // namespace llmmec
} // namespace ns3
