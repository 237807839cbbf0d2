/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_UPLINK_BURST_H
#define MEC_UPLINK_BURST_H

#include "ns3/nstime.h"
#include "ns3/packet.h"
#include "ns3/simple-ref-count.h"

#include <cstdint>
#include <limits>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Frames that an MLU sends as one signal, with a sequence number, and what has become of
 * them. The sender keeps it until it is acknowledged; each further try is the same burst.
 */
struct MecUplinkBurst : public SimpleRefCount<MecUplinkBurst>
{
    std::vector<Ptr<Packet>> frames; ///< with their Ethernet headers, never cut
    uint32_t mlu{0};                 ///< index of the sender in its band
    uint64_t sequence{0};            ///< number among the sender's bursts, from 0
    uint64_t firstSequence{0}; ///< the oldest that its sender may still send when it sent this
    double bits{0};            ///< payload: frames and headers, bits
    double rateBps{0};         ///< of the payload in this try, bit/s
    Time preamble;             ///< how long the signal lasts before its payload
    Time duration;             ///< of the signal in this try, with its preamble
    uint32_t tries{0};         ///< how often it was sent
    /// What the worst moment of the last try allowed, bit/s; infinity until a try has ended
    double allowedBps{std::numeric_limits<double>::infinity()};
    bool isDecoded{false};   ///< the receiver has it
    bool isCancelled{false}; ///< its sender has given it up
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_UPLINK_BURST_H
