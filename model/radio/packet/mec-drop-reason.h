/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_DROP_REASON_H
#define MEC_DROP_REASON_H

namespace ns3
{
namespace llmmec
{

/// Why a packet goes no further. @ingroup llm-mec
enum class MecDropReason
{
    QUEUE_FULL, ///< the device's queue has no room
    TOO_LONG,   ///< longer than the device's MTU
    STOPPED,    ///< the device has been stopped
    CANCELLED,  ///< its sender has given it up
    TRIES,      ///< its burst was not decoded in any of its tries
    NO_DEVICE,  ///< no device of the cell has its address
};

/// How many reasons there are. @ingroup llm-mec
constexpr unsigned MEC_DROP_REASONS = 6;

/**
 * @ingroup llm-mec
 * @param reason a reason
 * @return its name in results, such as "queue-full"
 */
const char* GetDropReasonName(MecDropReason reason);

} // namespace llmmec
} // namespace ns3

#endif // MEC_DROP_REASON_H
