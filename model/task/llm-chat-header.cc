/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-chat-header.h"

#include "ns3/log.h"

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmChatHeader");

NS_OBJECT_ENSURE_REGISTERED(LlmChatHeader);

TypeId
LlmChatHeader::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::LlmChatHeader")
                            .SetParent<Header>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<LlmChatHeader>();
    return tid;
}

TypeId
LlmChatHeader::GetInstanceTypeId() const
{
    return GetTypeId();
}

void
LlmChatHeader::Print(std::ostream& os) const
{
    os << "type " << static_cast<int>(type) << " turn " << turn << " first " << first << " tokens "
       << tokens << " of " << answerTokens << " bytes " << offset << " of " << bodyBytes;
}

uint32_t
LlmChatHeader::GetSerializedSize() const
{
    return BYTES;
}

void
LlmChatHeader::Serialize(Buffer::Iterator start) const
{
    start.WriteU8(VERSION);
    start.WriteU8(type);
    start.WriteHtonU16(tokenBytes);
    start.WriteHtonU32(turn);
    start.WriteHtonU32(first);
    start.WriteHtonU32(tokens);
    start.WriteHtonU32(answerTokens);
    start.WriteHtonU32(prefixTurn);
    start.WriteHtonU32(bodyBytes);
    start.WriteHtonU32(offset);
}

uint32_t
LlmChatHeader::Deserialize(Buffer::Iterator start)
{
    const uint8_t version = start.ReadU8();
    const uint8_t kind = start.ReadU8();
    m_isKnown = version == VERSION && kind >= PROMPT && kind <= REFUSE;
    type = m_isKnown ? static_cast<Type>(kind) : CANCEL;
    tokenBytes = start.ReadNtohU16();
    turn = start.ReadNtohU32();
    first = start.ReadNtohU32();
    tokens = start.ReadNtohU32();
    answerTokens = start.ReadNtohU32();
    prefixTurn = start.ReadNtohU32();
    bodyBytes = start.ReadNtohU32();
    offset = start.ReadNtohU32();
    NS_LOG_LOGIC("read " << *this);
    return BYTES;
}

bool
LlmChatHeader::IsValid() const
{
    if (!m_isKnown || turn == 0)
    {
        return false;
    }
    switch (type)
    {
    case PROMPT:
        return tokenBytes > 0 && answerTokens > 0 && first < tokens && offset < bodyBytes;
    case TOKENS:
        return tokenBytes > 0 && tokens > 0 && uint64_t{first} + tokens <= answerTokens &&
               bodyBytes == uint64_t{tokens} * tokenBytes && offset == 0;
    default:
        return bodyBytes == 0 && offset == 0;
    }
}

} // namespace llmmec
} // namespace ns3
