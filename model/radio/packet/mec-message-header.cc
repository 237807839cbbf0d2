/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-message-header.h"

#include "ns3/log.h"

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("MecMessageHeader");

NS_OBJECT_ENSURE_REGISTERED(MecMessageHeader);

TypeId
MecMessageHeader::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::MecMessageHeader")
                            .SetParent<Header>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<MecMessageHeader>();
    return tid;
}

TypeId
MecMessageHeader::GetInstanceTypeId() const
{
    return GetTypeId();
}

void
MecMessageHeader::Print(std::ostream& os) const
{
    os << "type=" << static_cast<int>(type) << " sender=" << sender << " number=" << number
       << " total=" << total << " offset=" << offset << " length=" << length;
}

uint32_t
MecMessageHeader::GetSerializedSize() const
{
    return sizeof(VERSION) + sizeof(type) + sizeof(sender) + sizeof(number) + sizeof(total) +
           sizeof(offset) + (type == REPORT ? sizeof(length) : 0);
}

void
MecMessageHeader::Serialize(Buffer::Iterator start) const
{
    start.WriteU8(VERSION);
    start.WriteU8(type);
    start.WriteHtonU16(sender);
    start.WriteHtonU32(number);
    start.WriteHtonU32(total);
    start.WriteHtonU32(offset);
    if (type == REPORT)
    {
        start.WriteHtonU32(length);
    }
}

uint32_t
MecMessageHeader::Deserialize(Buffer::Iterator start)
{
    const uint8_t version = start.ReadU8();
    const uint8_t kind = start.ReadU8();
    m_isValid = version == VERSION && kind >= DATA && kind <= DONE;
    type = m_isValid ? static_cast<Type>(kind) : DATA;
    sender = start.ReadNtohU16();
    number = start.ReadNtohU32();
    total = start.ReadNtohU32();
    offset = start.ReadNtohU32();
    length = 0;
    if (type == REPORT)
    {
        m_isValid = m_isValid && start.GetRemainingSize() >= sizeof(length);
        type = m_isValid ? type : DATA; // a report that was cut off has no length to read
        length = m_isValid ? start.ReadNtohU32() : 0;
    }
    return GetSerializedSize();
}

bool
MecMessageHeader::IsValid() const
{
    const bool isInside = offset <= total && length <= total - offset;
    return m_isValid && isInside;
}

} // namespace llmmec
} // namespace ns3
