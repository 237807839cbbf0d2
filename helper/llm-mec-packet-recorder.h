/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_PACKET_RECORDER_H
#define LLM_MEC_PACKET_RECORDER_H

#include "llm-mec-helper.h"

#include "ns3/mec-packet-ledger.h"

#include <cstddef>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Where all frames of cells are, for cells whose link is a MecPacketLink: a table, and
 * packets.csv with a line per cell and direction.
 */
class LlmMecPacketRecorder
{
  public:
    /**
     * Watch a cell, before it sends anything.
     * @param cell index of the cell
     * @param link its link; nothing is recorded where it is none of packets
     */
    void AddCell(std::size_t cell, Ptr<MecLink> link);

    /// @return whether there is a cell with packets
    bool HasCells() const;

    /// Refuse frames that are in no place, or in two. @throw std::logic_error in one line with all
    /// counts
    void Check() const;

    /// Write packets.csv. @param os where to
    void Write(std::ostream& os) const;

    /// Print the sums over all cells; nothing where there are none. @param os where to print
    void Print(std::ostream& os) const;

  private:
    std::vector<std::pair<std::size_t, MecPacketLedger>> m_ledgers; //!< by index of the cell
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_PACKET_RECORDER_H
