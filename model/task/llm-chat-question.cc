/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-chat-question.h"

#include "llm-chat-header.h"

#include "ns3/log.h"
#include "ns3/offload-draw.h"

#include <limits>
#include <sstream>
#include <stdexcept>
#include <string>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmChatQuestion");

void
CheckChatQuestion(const LlmChatQuestion& question, uint32_t tokenBytes)
{
    NS_LOG_FUNCTION(question.promptTokens << question.answerTokens << tokenBytes);
    const uint64_t promptBytes = uint64_t{question.promptTokens} * tokenBytes;
    // Header and body of a message together are counted in 32 bits.
    constexpr uint64_t mostBytes = std::numeric_limits<uint32_t>::max() - LlmChatHeader::BYTES;
    if (question.answerTokens == 0 || question.historyTokens >= question.promptTokens ||
        promptBytes > mostBytes)
    {
        throw std::invalid_argument(
            "LlmChatClient: a question of " + std::to_string(question.promptTokens) +
            " prompt tokens, " + std::to_string(question.historyTokens) + " of them history, and " +
            std::to_string(question.answerTokens) +
            " answer tokens, expected at least one answer token, at least one prompt token that is "
            "not history, and at most " +
            std::to_string(mostBytes / tokenBytes) + " prompt tokens");
    }
}

void
CheckChatQuestions(const std::vector<LlmChatQuestion>& questions, uint32_t tokenBytes)
{
    double earliestS = 0;
    for (const LlmChatQuestion& question : questions)
    {
        CheckChatQuestion(question, tokenBytes);
        if (!(question.askS >= earliestS && question.askS <= LONGEST_DRAW_S))
        {
            std::ostringstream message;
            message << "LlmChatClient: a question is asked at " << question.askS
                    << " s, expected a time from that of the one before, " << earliestS << " s, to "
                    << LONGEST_DRAW_S << " s";
            throw std::invalid_argument(message.str());
        }
        earliestS = question.askS;
    }
}

} // namespace llmmec
} // namespace ns3
