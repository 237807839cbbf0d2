/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_SHARED_TEXTS_H
#define LLM_MEC_SHARED_TEXTS_H

#include "ns3/offload-message.h"

#include <cstdint>
#include <optional>
#include <unordered_map>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Which requests begin with the same text, and which of them a server has: what a prompt has
 * in common with texts that the server knows, where devices answer some requests by themselves.
 *
 * A request may begin with the text of an earlier one, which may begin with that of another. A
 * server knows the texts that have come to it. Those that have not still say what two of the others
 * have in common.
 */
class LlmMecSharedTexts
{
  public:
    /**
     * A request is asked.
     * @param id its number, unlike that of any other
     * @param mlu index of the MLU that asks it
     * @param prefixOf number of an earlier request whose text it begins with, if any
     * @param prefixTokens how many tokens are the same
     * @throws std::invalid_argument in one line where the other was not asked
     */
    void Add(uint64_t id, uint32_t mlu, std::optional<uint64_t> prefixOf, uint32_t prefixTokens);

    /// A request has come to the server. @param id its number; nothing happens where it was not
    /// added
    void NoteAtServer(uint64_t id);

    /**
     * @param id number of a request that was added
     * @return the text that the server knows and that the request's has most tokens in common with;
     * the text that it was said to begin with, if any, where the server knows none
     */
    std::optional<TextPrefix> FindKnown(uint64_t id) const;

  private:
    /// The text of a request
    struct Text
    {
        uint32_t mlu{0};                  //!< who asked it
        std::optional<uint64_t> prefixOf; //!< request whose text it begins with
        uint32_t prefixTokens{0};         //!< how many tokens are the same
        bool isAtServer{false};           //!< whether the server knows it
        uint64_t standIn{0};              //!< request at the server that begins with this text
        uint32_t standInTokens{0};        //!< with how many tokens of it, the most there are
    };

    std::unordered_map<uint64_t, Text> m_texts; //!< by number of the request
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_SHARED_TEXTS_H
