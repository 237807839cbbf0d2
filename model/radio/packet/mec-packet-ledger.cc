/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-packet-ledger.h"

#include "ns3/log.h"

#include <numeric>
#include <sstream>
#include <stdexcept>
#include <string>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("MecPacketLedger");

namespace
{

/// Count calls of a trace of frames. @param device whose @param name of the trace @param counts
/// where @param member which count
void
CountFrames(const Ptr<MecNetDevice>& device,
            const std::string& name,
            const std::shared_ptr<MecPacketCounts>& counts,
            uint64_t MecPacketCounts::*member)
{
    device->TraceConnectWithoutContext(
        name,
        Callback<void, Ptr<const Packet>>(
            [counts, member](Ptr<const Packet>) { ++((*counts).*member); }));
}

/// Refuse counts that do not balance. @param direction whose @param counts the counts
void
CheckBalance(const char* direction, const MecPacketCounts& counts)
{
    if (counts.IsBalanced())
    {
        return;
    }
    std::ostringstream message;
    message << "MecPacketLedger: " << direction << ": " << counts
            << ", expected as many as were sent";
    throw std::logic_error(message.str());
}

} // namespace

uint64_t
MecPacketCounts::GetDropped(MecDropReason reason) const
{
    return dropped[static_cast<unsigned>(reason)];
}

uint64_t
MecPacketCounts::GetDropped() const
{
    return std::accumulate(dropped.begin(), dropped.end(), uint64_t{0});
}

MecPacketCounts&
MecPacketCounts::operator+=(const MecPacketCounts& other)
{
    sent += other.sent;
    received += other.received;
    for (unsigned i = 0; i < MEC_DROP_REASONS; ++i)
    {
        dropped[i] += other.dropped[i];
    }
    queued += other.queued;
    pending += other.pending;
    held += other.held;
    return *this;
}

std::ostream&
operator<<(std::ostream& os, const MecPacketCounts& counts)
{
    os << counts.sent << " sent = " << counts.received << " received";
    for (unsigned i = 0; i < MEC_DROP_REASONS; ++i)
    {
        const auto reason = static_cast<MecDropReason>(i);
        os << " + " << counts.GetDropped(reason) << " " << GetDropReasonName(reason);
    }
    return os << " + " << counts.queued << " queued + " << counts.pending << " on their way + "
              << counts.held << " held";
}

bool
MecPacketCounts::IsBalanced() const
{
    return sent == received + GetDropped() + queued + pending + held;
}

MecPacketLedger::MecPacketLedger(Ptr<MecUplinkBand> band)
    : m_band(band),
      m_uplink(std::make_shared<MecPacketCounts>()),
      m_downlink(std::make_shared<MecPacketCounts>())
{
    NS_LOG_FUNCTION(this << band);
    const Ptr<MecNetDevice> server = band->GetServer();
    CountFrames(server, "MacTx", m_downlink, &MecPacketCounts::sent);
    CountFrames(server, "MacPromiscRx", m_uplink, &MecPacketCounts::received);
    CountDrops(server, m_downlink);
    for (uint32_t k = 0; k < band->GetMlus(); ++k)
    {
        const Ptr<MecNetDevice> mlu = band->GetMlu(k);
        CountFrames(mlu, "MacTx", m_uplink, &MecPacketCounts::sent);
        CountFrames(mlu, "MacPromiscRx", m_downlink, &MecPacketCounts::received);
        CountDrops(mlu, m_uplink);
    }
}

void
MecPacketLedger::CountDrops(const Ptr<MecNetDevice>& device,
                            const std::shared_ptr<MecPacketCounts>& counts)
{
    device->TraceConnectWithoutContext("Drop",
                                       Callback<void, Ptr<const Packet>, MecDropReason>(
                                           [counts](Ptr<const Packet>, MecDropReason reason) {
                                               ++counts->dropped[static_cast<unsigned>(reason)];
                                           }));
}

MecPacketCounts
MecPacketLedger::GetUplink() const
{
    MecPacketCounts counts = *m_uplink;
    for (uint32_t k = 0; k < m_band->GetMlus(); ++k)
    {
        counts.queued += m_band->GetMlu(k)->GetQueue()->GetNPackets();
        counts.pending += m_band->GetMlu(k)->GetMac()->GetPendingFrames();
    }
    counts.held = m_band->GetServer()->GetReceiver()->GetHeldFrames();
    return counts;
}

MecPacketCounts
MecPacketLedger::GetDownlink() const
{
    const Ptr<MecServerNetDevice> server = m_band->GetServer();
    MecPacketCounts counts = *m_downlink;
    counts.sent += server->GetExtraCopies();
    counts.queued = server->GetQueue()->GetNPackets();
    counts.pending = server->GetPendingFrames();
    return counts;
}

void
MecPacketLedger::Check() const
{
    CheckBalance("uplink", GetUplink());
    CheckBalance("downlink", GetDownlink());
}

} // namespace llmmec
} // namespace ns3
