/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_PACKET_LEDGER_H
#define MEC_PACKET_LEDGER_H

#include "mec-drop-reason.h"
#include "mec-uplink-band.h"

#include <array>
#include <cstdint>
#include <memory>
#include <ostream>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Where the frames of one direction of a band are.
 */
struct MecPacketCounts
{
    uint64_t sent{0};                                 ///< handed to a device; a frame to a group
                                                      ///< counts for each device that it goes to
    uint64_t received{0};                             ///< handed up by a device
    std::array<uint64_t, MEC_DROP_REASONS> dropped{}; ///< by MecDropReason
    uint64_t queued{0};                               ///< in queues
    uint64_t pending{0};                              ///< in bursts or frames on their way
    uint64_t held{0};                                 ///< at the receiver, until others are there

    /// @param reason a reason @return frames that were dropped for it
    uint64_t GetDropped(MecDropReason reason) const;
    /// @return frames that were dropped for any reason
    uint64_t GetDropped() const;
    /// Add the frames of another band. @param other its counts @return the sum
    MecPacketCounts& operator+=(const MecPacketCounts& other);
    /// @return whether each frame that was sent is in exactly one place
    bool IsBalanced() const;
};

/**
 * @ingroup llm-mec
 * Print counts in one line: what was sent, and where it is.
 * @param os where to print
 * @param counts the counts
 * @return os
 */
std::ostream& operator<<(std::ostream& os, const MecPacketCounts& counts);

/**
 * @ingroup llm-mec
 * @brief Accounts for every frame of a band: what was sent is received, dropped for a reason that
 * is known, queued, on its way, or held for order. It can be asked at any time between events.
 */
class MecPacketLedger
{
  public:
    /// @param band a band with all its devices, before any of them sends
    explicit MecPacketLedger(Ptr<MecUplinkBand> band);

    /// @return frames from MLUs to the server
    MecPacketCounts GetUplink() const;
    /// @return frames from the server to MLUs
    MecPacketCounts GetDownlink() const;

    /**
     * Refuse a ledger that does not balance.
     * @throw std::logic_error in one line with all counts
     */
    void Check() const;

  private:
    /// Count what a device drops. @param device the device @param counts where
    static void CountDrops(const Ptr<MecNetDevice>& device,
                           const std::shared_ptr<MecPacketCounts>& counts);

    Ptr<MecUplinkBand> m_band; //!< whose frames
    // Traces outlive a ledger.
    std::shared_ptr<MecPacketCounts> m_uplink;   //!< events so far
    std::shared_ptr<MecPacketCounts> m_downlink; //!< events so far
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_PACKET_LEDGER_H
