/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_CHAT_STATISTICS_H
#define LLM_CHAT_STATISTICS_H

#include "ns3/llm-chat-client.h"
#include "ns3/llm-chat-turn.h"
#include "ns3/simple-ref-count.h"

#include <cstdint>
#include <iostream>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief How the turns of chat clients went.
 */
class LlmChatStatistics : public SimpleRefCount<LlmChatStatistics>
{
  public:
    /**
     * Count the turns of a client from now on.
     * @param client the client
     */
    void Watch(Ptr<LlmChatClient> client);

    /// @return turns that were asked
    uint64_t GetAsked() const;
    /// @param end how turns ended @return their number; of OPEN those that have not
    uint64_t GetEnded(LlmChatEnd end) const;
    /// @return times to first token of turns that have one and have ended, s, in the order of ends
    const std::vector<double>& GetTtftS() const;
    /// @return times per output token of turns of two tokens that have ended, s, in the order of
    /// ends
    const std::vector<double>& GetTpotS() const;
    /// @return stalls of turns that have ended
    uint64_t GetStalls() const;
    /// @return tokens of turns that have ended
    uint64_t GetTokens() const;

    /**
     * Print a table: turns by their end, mean and 95 % percentile of TTFT, TPOT and goodput.
     * @param os where to
     */
    void Print(std::ostream& os) const;

  private:
    /// A turn was asked. @param turn the turn
    void NoteStarted(const LlmChatTurn& turn);
    /// A turn has ended. @param turn the turn
    void NoteEnded(const LlmChatTurn& turn);

    uint64_t m_asked{0};               //!< turns
    uint64_t m_completed{0};           //!< turns
    uint64_t m_cancelled{0};           //!< turns
    uint64_t m_failed{0};              //!< turns
    uint64_t m_stalls{0};              //!< of turns that have ended
    uint64_t m_tokens{0};              //!< of turns that have ended
    std::vector<double> m_ttftS;       //!< times to first token, s
    std::vector<double> m_tpotS;       //!< times per output token, s
    std::vector<double> m_goodputKbps; //!< of turns with tokens, kbit/s
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_CHAT_STATISTICS_H
