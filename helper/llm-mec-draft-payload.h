/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_DRAFT_PAYLOAD_H
#define LLM_MEC_DRAFT_PAYLOAD_H

#include <string>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief What goes up with a draft: its id (ids, 16 bits), the id and its probability (id-prob,
 * 32), ids and probabilities of the 64 likeliest tokens (top-64, 2048), or the probability of each
 * token of the vocabulary in 16 bits (full).
 */
struct LlmMecDraftPayload
{
    /// @return names of all payloads
    static std::vector<std::string> GetNames();

    /**
     * @param name of a payload
     * @param vocabulary tokens that there are
     * @return bits of a draft
     * @throws std::invalid_argument in one line for another name
     */
    static double GetBits(const std::string& name, double vocabulary);
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_DRAFT_PAYLOAD_H
