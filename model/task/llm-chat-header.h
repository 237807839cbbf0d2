/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_CHAT_HEADER_H
#define LLM_CHAT_HEADER_H

#include "ns3/header.h"

#include <cstdint>
#include <iostream>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Header of each message between an LlmChatClient and an LlmChatServer. 32 bytes in network
 * order:
 *
 *     version 1 | type 1 | tokenBytes 2 | turn 4 | first 4 | tokens 4
 *     answerTokens 4 | prefixTurn 4 | bodyBytes 4 | offset 4
 *
 * The body follows: text, of which only the length matters. In a stream of bytes all of it follows.
 * In datagrams a body can be cut, and each piece has the header with its own offset.
 */
class LlmChatHeader : public Header
{
  public:
    static constexpr uint32_t BYTES = 32; ///< length of the header

    /// What a message is; its value is what is sent
    enum Type : uint8_t
    {
        PROMPT = 1, ///< a user asks
        TOKENS = 2, ///< tokens of the answer, one or more
        CANCEL = 3, ///< the user has left, without body
        REFUSE = 4, ///< the server can never answer, without body
    };

    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    TypeId GetInstanceTypeId() const override;
    void Print(std::ostream& os) const override;
    uint32_t GetSerializedSize() const override;
    void Serialize(Buffer::Iterator start) const override;
    uint32_t Deserialize(Buffer::Iterator start) override;

    /// @return whether it is of this version, of a type that is known, and its numbers agree
    bool IsValid() const;

    Type type{PROMPT};        ///< what the message is
    uint16_t tokenBytes{0};   ///< bytes of a token of the answer, >= 1
    uint32_t turn{0};         ///< number of the turn among those of its client, from 1
    uint32_t first{0};        ///< number of the first token that is new: tokens of history in a
                              ///< prompt, tokens before these in an answer
    uint32_t tokens{0};       ///< of a prompt with its history, or of these tokens of an answer
    uint32_t answerTokens{0}; ///< tokens of the whole answer, which a simulation knows before
    uint32_t prefixTurn{0};   ///< turn whose prompt and answer a prompt begins with; 0 for none
    uint32_t bodyBytes{0};    ///< length of the whole body, bytes
    uint32_t offset{0};       ///< of what follows in the body, bytes

  private:
    static constexpr uint8_t VERSION = 1; //!< of the format

    bool m_isKnown{true}; //!< version and type are known
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_CHAT_HEADER_H
