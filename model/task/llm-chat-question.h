/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_CHAT_QUESTION_H
#define LLM_CHAT_QUESTION_H

#include <cstdint>
#include <vector>

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

/**
 * @ingroup llm-mec
 * Refuse a question that cannot be asked.
 * @param question the question
 * @param tokenBytes bytes that a token of the prompt is sent with
 * @throw std::invalid_argument in one line that names what is wrong with it
 */
void CheckChatQuestion(const LlmChatQuestion& question, uint32_t tokenBytes);

/**
 * @ingroup llm-mec
 * Refuse questions that cannot be asked, or not in this order.
 * @param questions the questions
 * @param tokenBytes bytes that a token of a prompt is sent with
 * @throw std::invalid_argument in one line that names what is wrong with the first of them
 */
void CheckChatQuestions(const std::vector<LlmChatQuestion>& questions, uint32_t tokenBytes);

} // namespace llmmec
} // namespace ns3

#endif // LLM_CHAT_QUESTION_H
