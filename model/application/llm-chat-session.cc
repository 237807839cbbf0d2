/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-chat-session.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

#include <algorithm>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmChatSession");

LlmChatSession::LlmChatSession(Ptr<LlmChatTransport> transport,
                               Time coalesce,
                               LlmChatServerCounts& counts)
    : m_transport(transport),
      m_coalesce(coalesce),
      m_counts(counts)
{
}

LlmChatSession::~LlmChatSession()
{
    for (auto& [turn, answer] : m_answers)
    {
        answer.coalesced.Cancel();
    }
}

bool
LlmChatSession::AddPrompt(const LlmChatHeader& prompt, uint32_t begin, uint32_t end)
{
    if (m_seen.Has({prompt.turn, uint64_t{prompt.turn} + 1}))
    {
        return false; // a datagram that came twice, or after its turn was cancelled
    }
    Answer& answer = m_answers[prompt.turn];
    answer.prompt = prompt;
    answer.body.Add({begin, end});
    answer.isWhole = answer.body.Has({0, prompt.bodyBytes});
    if (answer.isWhole)
    {
        m_seen.Add({prompt.turn, uint64_t{prompt.turn} + 1});
        ++m_counts.prompts;
    }
    return answer.isWhole;
}

void
LlmChatSession::Refuse(uint32_t turn)
{
    NS_LOG_FUNCTION(this << turn);
    ++m_counts.refused;
    m_answers.erase(turn);
    LlmChatHeader refusal;
    refusal.type = LlmChatHeader::REFUSE;
    refusal.turn = turn;
    m_transport->Send(refusal);
}

bool
LlmChatSession::Cancel(uint32_t turn)
{
    NS_LOG_FUNCTION(this << turn);
    m_seen.Add({turn, uint64_t{turn} + 1});
    const auto found = m_answers.find(turn);
    if (found == m_answers.end())
    {
        return false;
    }
    Answer& answer = found->second;
    answer.coalesced.Cancel();
    m_counts.discardedTokens += answer.made - answer.sent;
    const bool isWhole = answer.isWhole;
    m_counts.cancelled += isWhole;
    m_answers.erase(found); // a place in m_ready finds nothing
    return isWhole;
}

std::vector<uint32_t>
LlmChatSession::GetTurns() const
{
    std::vector<uint32_t> turns;
    for (const auto& [turn, answer] : m_answers)
    {
        if (answer.isWhole)
        {
            turns.push_back(turn);
        }
    }
    return turns;
}

bool
LlmChatSession::AddToken(uint32_t turn)
{
    Answer& answer = m_answers.at(turn);
    ++answer.made;
    ++m_counts.madeTokens;
    const bool isLast = answer.made == answer.prompt.answerTokens;
    if (isLast || m_coalesce.IsZero())
    {
        Release(turn);
    }
    else if (answer.coalesced.IsExpired())
    {
        answer.coalesced = Simulator::Schedule(m_coalesce, &LlmChatSession::Release, this, turn);
    }
    return isLast;
}

void
LlmChatSession::Release(uint32_t turn)
{
    Answer& answer = m_answers.at(turn);
    answer.coalesced.Cancel();
    if (!answer.isQueued)
    {
        answer.isQueued = true;
        m_ready.push_back(turn);
    }
    Send();
}

void
LlmChatSession::Send()
{
    while (!m_ready.empty() && m_transport->IsReady())
    {
        const uint32_t turn = m_ready.front();
        m_ready.pop_front();
        SendTokens(turn);
    }
}

void
LlmChatSession::SendTokens(uint32_t turn)
{
    const auto found = m_answers.find(turn);
    if (found == m_answers.end())
    {
        return; // it was cancelled
    }
    Answer& answer = found->second;
    answer.isQueued = false;
    LlmChatHeader message;
    message.type = LlmChatHeader::TOKENS;
    message.tokenBytes = answer.prompt.tokenBytes;
    message.turn = turn;
    message.first = answer.sent;
    // One token goes in any case: the transport keeps what does not fit yet.
    const uint32_t room = std::max(m_transport->GetRoom() / message.tokenBytes, 1U);
    message.tokens = std::min(answer.made - answer.sent, room);
    message.answerTokens = answer.prompt.answerTokens;
    message.bodyBytes = message.tokens * message.tokenBytes;
    answer.sent += message.tokens;
    m_counts.sentTokens += message.tokens;
    if (answer.sent == answer.prompt.answerTokens)
    {
        ++m_counts.answered;
        m_answers.erase(found);
    }
    else if (answer.sent < answer.made)
    {
        answer.isQueued = true;
        m_ready.push_back(turn);
    }
    m_transport->Send(message);
}

void
LlmChatSession::Close()
{
    NS_LOG_FUNCTION(this);
    // What was to be sent, but no socket has ever had, was not sent.
    const uint32_t waiting = m_transport->CountWaitingTokens();
    m_counts.sentTokens -= waiting;
    m_counts.discardedTokens += waiting;
    m_transport->Close();
}

Ptr<LlmChatTransport>
LlmChatSession::GetTransport() const
{
    return m_transport;
}

} // namespace llmmec
} // namespace ns3
