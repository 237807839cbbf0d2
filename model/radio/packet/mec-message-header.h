/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_MESSAGE_HEADER_H
#define MEC_MESSAGE_HEADER_H

#include "ns3/header.h"

#include <cstdint>
#include <iostream>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Header of each datagram of a message: which message, how long it is, and which of its
 * bytes follow or are asked for. 16 bytes in network order, and 4 more in a report:
 *
 *     version 1 | type 1 | sender 2 | number 4 | total 4 | offset 4 | length 4
 *
 * How many bytes follow is what is left of the datagram.
 */
class MecMessageHeader : public Header
{
  public:
    /// What a datagram is; its value is what is sent
    enum Type : uint8_t
    {
        DATA = 1,   ///< bytes of a message follow
        POLL = 2,   ///< the sender asks what is missing
        REPORT = 3, ///< the receiver misses these bytes
        DONE = 4,   ///< the receiver has the whole message
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

    /// @return whether what was deserialised is of this version and has a type that is known
    bool IsValid() const;

    Type type{DATA};    ///< what the datagram is
    uint16_t sender{0}; ///< index of the MLU at one of the ends
    uint32_t number{0}; ///< of the message among those of its direction
    uint32_t total{0};  ///< length of the message, bytes
    uint32_t offset{0}; ///< first byte that follows, or is missing
    uint32_t length{0}; ///< how many follow, which is not sent, or are missing

  private:
    static constexpr uint8_t VERSION = 1; //!< of the format

    bool m_isValid{true}; //!< version and type are known
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_MESSAGE_HEADER_H
