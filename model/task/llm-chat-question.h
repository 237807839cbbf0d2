/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_CHAT_QUESTION_H
#define LLM_CHAT_QUESTION_H

#include <cstdint>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief What a user asks in a turn of a chat.
 */
struct LlmChatQuestion
{
    double askS{0};            ///< when, s after its client has started, >= 0
    uint32_t promptTokens{1};  ///< tokens of the prompt with its history, >= 1
    uint32_t answerTokens{1};  ///< tokens of the answer, >= 1
    uint32_t historyTokens{0}; ///< of the prompt, what earlier turns have said, < promptTokens
    uint32_t prefixTurn{0};    ///< number of the turn whose prompt and answer are the history; 0
                               ///< for none
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_CHAT_QUESTION_H
