/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-chat-reception.h"

#include "ns3/log.h"

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmChatReception");

LlmChatReception::LlmChatReception(const LlmChatTurn& turn)
    : m_turn(turn)
{
}

LlmChatReception::Progress
LlmChatReception::Add(const MecByteRanges::Range& range, double nowS, double stallTimeS)
{
    Progress progress;
    if (m_tokens.Has(range))
    {
        NS_LOG_LOGIC("tokens from " << range.begin << " on of turn " << m_turn.id << " came twice");
        return progress;
    }
    m_tokens.Add(range);
    progress.tokens = static_cast<uint32_t>(range.end - range.begin);
    progress.isFirst = m_turn.receivedTokens == 0;
    progress.hasEnd = m_tokens.Has({m_turn.answerTokens - 1, m_turn.answerTokens});
    m_turn.receivedTokens += progress.tokens;
    const double gapS = nowS - m_turn.lastTokenS;
    m_turn.lastTokenS = nowS;
    if (progress.isFirst)
    {
        m_turn.firstTokenS = nowS;
    }
    else if (gapS > stallTimeS)
    {
        progress.stallS = gapS;
        ++m_turn.stalls;
        m_turn.stalledS += gapS;
    }
    return progress;
}

const LlmChatTurn&
LlmChatReception::GetTurn() const
{
    return m_turn;
}

bool
LlmChatReception::IsComplete() const
{
    return m_turn.receivedTokens == m_turn.answerTokens;
}

} // namespace llmmec
} // namespace ns3
