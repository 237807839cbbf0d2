/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef OFFLOAD_MESSAGE_H
#define OFFLOAD_MESSAGE_H

#include "llm-task.h"
#include "speculative-message.h"

#include <cstdint>
#include <optional>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief An earlier task whose text, prompt and answer, a task's prompt begins with, such as the
 * earlier turns of a chat.
 */
struct TextPrefix
{
    uint32_t mlu{0};    ///< index of the earlier task's MLU in its cell
    uint64_t taskId{0}; ///< its LlmTask::id
    uint32_t tokens{0}; ///< how many tokens are the same
};

/**
 * @ingroup llm-mec
 * @brief What an MLU sends to an MEC server: the offloaded share of one task.
 */
struct OffloadRequest
{
    uint64_t taskId{0};                   ///< LlmTask::id
    uint64_t slot{0};                     ///< slot of the task
    uint32_t mlu{0};                      ///< index of the MLU in its cell
    uint32_t server{0};                   ///< index of the server in the cell
    LlmWork work;                         ///< the offloaded share, bits > 0
    std::optional<double> computeShare{}; ///< z, share of the server that it gets, (0, 1]; equal
                                          ///< shares when absent
    std::optional<TextPrefix> prefix{};   ///< whose text the prompt begins with, if any
    std::optional<SpeculativeUpload> speculation{}; ///< where it is part of speculative decoding
};

/**
 * @ingroup llm-mec
 * @brief How a message went over a link.
 */
struct LinkDelivery
{
    double latencyS{0}; ///< from its start to its end, s: L^off of (20) for an upload
    double airTimeS{0}; ///< how long the sender transmitted, s, <= latencyS
    double energyJ{0};  ///< what transmitting took, J: E^off of (21) for an upload
    double rateBps{0};  ///< mean rate, bit/s
    bool capped{false}; ///< the message met the cap of its latency; an upload then counts as
                        ///< received, and an answer as lost
};

/**
 * @ingroup llm-mec
 * @brief How a server that counts in tokens came by an answer.
 */
struct ServedTokens
{
    uint32_t promptTokens{0}; ///< tokens of the prompt
    uint32_t answerTokens{0}; ///< tokens of the whole answer
    double queueS{0};         ///< time until it was first computed on, s
    double firstTokenS{0};    ///< time until its first token, s
    double energyJ{0};        ///< the server's energy for it, J
    uint32_t preemptions{0};  ///< times that it lost its place
    uint32_t cachedTokens{0}; ///< tokens of the prompt that were in memory already
};

/**
 * @ingroup llm-mec
 * @brief A server's answer to a request, or one token of it where answers are streamed.
 */
struct OffloadAnswer
{
    OffloadRequest request;                ///< what was asked
    LinkDelivery upload;                   ///< how it was uploaded
    double mecLatencyS{0};                 ///< L^MEC of (22), s, with waiting
    bool isLast{true};                     ///< false for a token that others follow
    std::optional<ServedTokens> served{};  ///< with the last, by a server that counts in tokens
    std::optional<DraftVerdict> verdict{}; ///< where it is part of speculative decoding
};

} // namespace llmmec
} // namespace ns3

#endif // OFFLOAD_MESSAGE_H
