/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-chat-statistics.h"

#include "llm-mec-statistics.h"

#include "ns3/log.h"

#include <iomanip>
#include <sstream>
#include <string>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmChatStatistics");

namespace
{

/// Print where values lie. @param os where to @param name of the values @param values they
/// @param factor from their unit to the one that is printed
void
PrintDistribution(std::ostream& os,
                  const std::string& name,
                  const std::vector<double>& values,
                  double factor)
{
    std::ostringstream line;
    line << std::left << std::setw(16) << name << std::right << std::fixed << std::setprecision(3);
    if (values.empty())
    {
        line << std::setw(12) << "-" << std::setw(12) << "-";
    }
    else
    {
        const Distribution distribution = GetDistribution(values);
        line << std::setw(12) << factor * distribution.mean << std::setw(12)
             << factor * distribution.p95;
    }
    os << line.str() << "\n";
}

} // namespace

void
LlmChatStatistics::Watch(Ptr<LlmChatClient> client)
{
    NS_LOG_FUNCTION(this << client);
    const Ptr<LlmChatStatistics> self(this); // lives as long as the client
    client->TraceConnectWithoutContext("TurnStarted",
                                       MakeCallback(&LlmChatStatistics::NoteStarted, self));
    client->TraceConnectWithoutContext("TurnEnded",
                                       MakeCallback(&LlmChatStatistics::NoteEnded, self));
}

void
LlmChatStatistics::NoteStarted(const LlmChatTurn& /* turn */)
{
    ++m_asked;
}

void
LlmChatStatistics::NoteEnded(const LlmChatTurn& turn)
{
    m_completed += turn.end == LlmChatEnd::COMPLETED;
    m_cancelled += turn.end == LlmChatEnd::CANCELLED;
    m_failed += turn.end == LlmChatEnd::FAILED;
    m_stalls += turn.stalls;
    m_tokens += turn.receivedTokens;
    if (const auto ttftS = turn.GetTtftS())
    {
        constexpr double bitsPerKbit = 1000;
        m_ttftS.push_back(*ttftS);
        m_goodputKbps.push_back(turn.GetGoodputBps() / bitsPerKbit);
    }
    if (const auto tpotS = turn.GetTpotS())
    {
        m_tpotS.push_back(*tpotS);
    }
}

uint64_t
LlmChatStatistics::GetAsked() const
{
    return m_asked;
}

uint64_t
LlmChatStatistics::GetEnded(LlmChatEnd end) const
{
    switch (end)
    {
    case LlmChatEnd::COMPLETED:
        return m_completed;
    case LlmChatEnd::CANCELLED:
        return m_cancelled;
    case LlmChatEnd::FAILED:
        return m_failed;
    default:
        return m_asked - m_completed - m_cancelled - m_failed;
    }
}

const std::vector<double>&
LlmChatStatistics::GetTtftS() const
{
    return m_ttftS;
}

const std::vector<double>&
LlmChatStatistics::GetTpotS() const
{
    return m_tpotS;
}

uint64_t
LlmChatStatistics::GetStalls() const
{
    return m_stalls;
}

uint64_t
LlmChatStatistics::GetTokens() const
{
    return m_tokens;
}

void
LlmChatStatistics::Print(std::ostream& os) const
{
    std::ostringstream table;
    table << "turns asked " << m_asked << ", completed " << m_completed << ", cancelled "
          << m_cancelled << ", failed " << m_failed << ", open " << GetEnded(LlmChatEnd::OPEN)
          << "\ntokens " << m_tokens << ", stalls " << m_stalls << "\n"
          << std::setw(28) << "mean" << std::setw(12) << "p95"
          << "\n";
    os << table.str();
    constexpr double msPerS = 1000;
    PrintDistribution(os, "TTFT, ms", m_ttftS, msPerS);
    PrintDistribution(os, "TPOT, ms", m_tpotS, msPerS);
    PrintDistribution(os, "goodput, kbit/s", m_goodputKbps, 1);
}

} // namespace llmmec
} // namespace ns3
