/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-drop-reason.h"

namespace ns3
{
namespace llmmec
{

const char*
GetDropReasonName(MecDropReason reason)
{
    switch (reason)
    {
    case MecDropReason::QUEUE_FULL:
        return "queue-full";
    case MecDropReason::TOO_LONG:
        return "too-long";
    case MecDropReason::STOPPED:
        return "stopped";
    case MecDropReason::CANCELLED:
        return "cancelled";
    case MecDropReason::TRIES:
        return "tries";
    case MecDropReason::NO_DEVICE:
        return "no-device";
    }
    return "unknown";
}

} // namespace llmmec
} // namespace ns3
