/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-packet-recorder.h"

#include "mec-packet-link.h"

#include "ns3/log.h"

#include <cctype>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmMecPacketRecorder");

namespace
{

/// @param reason why frames are dropped @return name of its column, such as droppedQueueFull
std::string
GetColumn(MecDropReason reason)
{
    std::string column = "dropped";
    bool isFirst = true;
    for (const char* letter = GetDropReasonName(reason); *letter != '\0'; ++letter)
    {
        if (*letter == '-')
        {
            isFirst = true;
            continue;
        }
        column += isFirst ? static_cast<char>(std::toupper(*letter)) : *letter;
        isFirst = false;
    }
    return column;
}

/// Write a line. @param os where to @param cell index of the cell @param direction its name
/// @param counts of it
void
WriteLine(std::ostream& os,
          std::size_t cell,
          const std::string& direction,
          const MecPacketCounts& counts)
{
    os << cell << ',' << direction << ',' << counts.sent << ',' << counts.received;
    for (const uint64_t dropped : counts.dropped)
    {
        os << ',' << dropped;
    }
    os << ',' << counts.queued << ',' << counts.pending << ',' << counts.held << '\n';
}

} // namespace

void
LlmMecPacketRecorder::AddCell(std::size_t cell, Ptr<MecLink> link)
{
    NS_LOG_FUNCTION(this << cell << link);
    if (const auto packets = DynamicCast<MecPacketLink>(link))
    {
        m_ledgers.emplace_back(cell, MecPacketLedger(packets->GetBand()));
    }
}

bool
LlmMecPacketRecorder::HasCells() const
{
    return !m_ledgers.empty();
}

void
LlmMecPacketRecorder::Check() const
{
    for (const auto& [cell, ledger] : m_ledgers)
    {
        ledger.Check();
    }
}

void
LlmMecPacketRecorder::Write(std::ostream& os) const
{
    os << "cell,direction,sent,received";
    for (unsigned reason = 0; reason < MEC_DROP_REASONS; ++reason)
    {
        os << ',' << GetColumn(static_cast<MecDropReason>(reason));
    }
    os << ",queued,onTheirWay,held\n";
    for (const auto& [cell, ledger] : m_ledgers)
    {
        WriteLine(os, cell, "uplink", ledger.GetUplink());
        WriteLine(os, cell, "downlink", ledger.GetDownlink());
    }
}

void
LlmMecPacketRecorder::Print(std::ostream& os) const
{
    MecPacketCounts uplink;
    MecPacketCounts downlink;
    for (const auto& [cell, ledger] : m_ledgers)
    {
        uplink += ledger.GetUplink();
        downlink += ledger.GetDownlink();
    }
    if (HasCells())
    {
        os << "\nuplink frames:   " << uplink << "\ndownlink frames: " << downlink << "\n";
    }
}

} // namespace llmmec
} // namespace ns3
