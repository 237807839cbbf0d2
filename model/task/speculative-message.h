/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef SPECULATIVE_MESSAGE_H
#define SPECULATIVE_MESSAGE_H

#include <cstdint>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief A window of drafts on its way to the verifier.
 */
struct DraftWindow
{
    uint64_t epoch{0};            ///< restarts of the session before it
    uint64_t first{0};            ///< number of its first token in the answer, from 0
    std::vector<uint32_t> tokens; ///< ids of the drafts, at least one
};

/**
 * @ingroup llm-mec
 * @brief What the verifier says: the target's own text is known so far.
 */
struct DraftVerdict
{
    uint64_t epoch{0}; ///< of the window, or of the restart, that it answers
    uint64_t known{0}; ///< tokens of the answer that are known: all drafts before the last of them
                       ///< were right
    uint32_t token{0}; ///< id of the last of them, the target's own
    bool isPre{false}; ///< whether it answers a restart and not a window
};

/**
 * @ingroup llm-mec
 * @brief What a pre-verify goes on from: the text that is known at a restart.
 */
struct PreVerifyRequest
{
    uint64_t epoch{0};     ///< restarts of the session before it
    uint64_t known{0};     ///< tokens of the answer that are known
    uint32_t padTokens{0}; ///< tokens of padding: in lock-step a message and a pass have one size
};

/**
 * @ingroup llm-mec
 * @brief What a device sends to its verifier: a window, or a request for a pre-verify. An answer
 * begins with a request of epoch 0, which comes with the prompt.
 */
struct SpeculativeUpload
{
    DraftWindow window;       ///< without tokens where it is a request
    PreVerifyRequest request; ///< where it is one
};

} // namespace llmmec
} // namespace ns3

#endif // SPECULATIVE_MESSAGE_H
