/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_CHAT_TURN_H
#define LLM_CHAT_TURN_H

#include <cstdint>
#include <optional>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief How a turn of a chat ended.
 */
enum class LlmChatEnd
{
    OPEN,      ///< not yet
    COMPLETED, ///< every token of the answer has arrived
    CANCELLED, ///< the user has left, or has read enough
    FAILED     ///< the connection closed, nothing came for too long, or the server refused
};

/**
 * @ingroup llm-mec
 * @brief A turn of a chat, a prompt and its answer, as its user has seen it.
 */
struct LlmChatTurn
{
    uint32_t id{0};                   ///< number of the turn among those of its client, from 1
    uint32_t conversation{0};         ///< number of its conversation, from 1; 0 for turns that
                                      ///< belong to none
    LlmChatEnd end{LlmChatEnd::OPEN}; ///< how it ended
    double askedS{0};                 ///< when the user asked, s
    double firstTokenS{-1};           ///< when the first token came, s; < 0 before
    double lastTokenS{-1};            ///< when the latest token came, s; < 0 before the first
    double endS{-1};                  ///< when it ended, s; < 0 before
    uint32_t promptTokens{0};         ///< tokens of the prompt with its history
    uint32_t historyTokens{0};        ///< of these, what the turns before it have said
    uint32_t answerTokens{0};         ///< tokens of the whole answer
    uint32_t receivedTokens{0};       ///< of these, what has arrived
    uint32_t tokenBytes{0};           ///< bytes of a token of the answer, as it is sent
    uint32_t stalls{0};               ///< gaps between tokens longer than StallTime
    double stalledS{0};               ///< sum of these gaps, s

    /// @return time to first token (TTFT), s; none where no token came
    std::optional<double> GetTtftS() const
    {
        return receivedTokens > 0 ? std::optional<double>(firstTokenS - askedS) : std::nullopt;
    }

    /// @return time per output token (TPOT) after the first, s; none where fewer than two came
    std::optional<double> GetTpotS() const
    {
        return receivedTokens > 1
                   ? std::optional<double>((lastTokenS - firstTokenS) / (receivedTokens - 1))
                   : std::nullopt;
    }

    /// @return bits of tokens that arrived, over the time from the prompt to the latest of them,
    /// bit/s; 0 where none arrived or no time passed
    double GetGoodputBps() const
    {
        const double durationS = lastTokenS - askedS;
        return receivedTokens > 0 && durationS > 0 ? 8.0 * tokenBytes * receivedTokens / durationS
                                                   : 0;
    }
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_CHAT_TURN_H
