/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_REORDER_BUFFER_H
#define MEC_REORDER_BUFFER_H

#include "mec-uplink-burst.h"

#include <cstdint>
#include <map>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Puts the bursts of one sender into order: holds each until those before it are here or
 * given up. A value class without a simulator.
 */
class MecReorderBuffer
{
  public:
    /**
     * A burst is decoded: the common case, for which Insert would do as well.
     * @param burst the burst
     * @return whether it is the one that was waited for and nothing is held: it goes on, and the
     * next one is waited for
     */
    bool PassNext(const MecUplinkBurst& burst);

    /**
     * A burst is decoded.
     * @param burst the burst, which says what its sender has given up
     * @return the bursts that can go on now, in order; a burst that comes after it was skipped goes
     * on at once
     */
    std::vector<Ptr<MecUplinkBurst>> Insert(Ptr<MecUplinkBurst> burst);

    /// Wait for the first missing burst no longer. @return the bursts that can go on now, in order
    std::vector<Ptr<MecUplinkBurst>> SkipGap();

    /// @return whether bursts are held for one that is missing
    bool HasGap() const;

    /// @return number of frames in the bursts that are held
    uint32_t GetHeldFrames() const;

  private:
    /// @return the bursts without a gap before them, which are held no more
    std::vector<Ptr<MecUplinkBurst>> TakeReady();

    uint64_t m_next{0};                             //!< number of the burst that is waited for
    std::map<uint64_t, Ptr<MecUplinkBurst>> m_held; //!< by number
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_REORDER_BUFFER_H
