/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_CHAT_RECEPTION_H
#define LLM_CHAT_RECEPTION_H

#include "ns3/llm-chat-turn.h"
#include "ns3/mec-byte-ranges.h"

#include <cstdint>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief The tokens of a turn as they come. No simulator inside.
 */
class LlmChatReception
{
  public:
    /// What tokens have brought
    struct Progress
    {
        uint32_t tokens{0};  ///< tokens that are new
        bool isFirst{false}; ///< whether there were none before
        double stallS{0};    ///< the stall that is over now, s; 0 for none
        bool hasEnd{false};  ///< whether the last token of the answer is here
    };

    /// @param turn the turn as it was asked, with the tokens of its answer
    explicit LlmChatReception(const LlmChatTurn& turn);

    /**
     * Tokens are here.
     * @param range their numbers, from 0, not empty
     * @param nowS the time, s
     * @param stallTimeS longest gap that is no stall, s
     * @return what they have brought; nothing where all of them were here before
     */
    Progress Add(const MecByteRanges::Range& range, double nowS, double stallTimeS);

    /// @return how the turn went so far
    const LlmChatTurn& GetTurn() const;
    /// @return whether every token is here
    bool IsComplete() const;

  private:
    LlmChatTurn m_turn;     //!< how it went so far
    MecByteRanges m_tokens; //!< numbers of the tokens that are here
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_CHAT_RECEPTION_H
