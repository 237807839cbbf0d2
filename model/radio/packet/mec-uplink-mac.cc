/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-uplink-mac.h"

#include "ns3/log.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <limits>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("MecUplinkMac");

NS_OBJECT_ENSURE_REGISTERED(MecUplinkMac);

namespace
{

constexpr double BITS_PER_BYTE = 8; //!< for lengths

} // namespace

TypeId
MecUplinkMac::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::MecUplinkMac")
            .SetParent<Object>()
            .SetGroupName("LlmMec")
            .AddConstructor<MecUplinkMac>()
            .AddAttribute("MaxBurstPackets",
                          "Most frames of a burst.",
                          UintegerValue(32),
                          MakeUintegerAccessor(&MecUplinkMac::m_maxBurstFrames),
                          MakeUintegerChecker<uint32_t>(1, 65535))
            .AddAttribute("MaxBurstDuration",
                          "Longest payload of a burst of several frames, > 0.",
                          TimeValue(MilliSeconds(100)),
                          MakeTimeAccessor(&MecUplinkMac::m_maxBurstDuration),
                          MakeTimeChecker(NanoSeconds(1)))
            .AddAttribute("Window",
                          "Most bursts that are unacknowledged; 1 is stop and wait.",
                          UintegerValue(2),
                          MakeUintegerAccessor(&MecUplinkMac::m_windowSize),
                          MakeUintegerChecker<uint32_t>(1, 1024))
            .AddAttribute("MaxTries",
                          "How often a burst is sent before it is given up.",
                          UintegerValue(7),
                          MakeUintegerAccessor(&MecUplinkMac::m_maxTries),
                          MakeUintegerChecker<uint32_t>(1, 1000))
            .AddAttribute("AckDelay",
                          "From the end of a burst to when its sender knows whether it was "
                          "received; longer than twice the propagation delay.",
                          TimeValue(MicroSeconds(48)),
                          MakeTimeAccessor(&MecUplinkMac::m_ackDelay),
                          MakeTimeChecker(Seconds(0)))
            .AddAttribute("BurstHeaderBytes",
                          "Header of a burst, bytes: number, oldest number, count, check sequence.",
                          UintegerValue(16),
                          MakeUintegerAccessor(&MecUplinkMac::m_burstHeaderBytes),
                          MakeUintegerChecker<uint32_t>(1, 65535))
            .AddAttribute("PacketHeaderBytes",
                          "Header of each frame in a burst, bytes, before its Ethernet header.",
                          UintegerValue(4),
                          MakeUintegerAccessor(&MecUplinkMac::m_frameHeaderBytes),
                          MakeUintegerChecker<uint32_t>(0, 65535))
            .AddAttribute("ControlRate",
                          "Rate of each MLU's control channel, which carries short frames while "
                          "it has no power in the band.",
                          DataRateValue(DataRate("100kb/s")),
                          MakeDataRateAccessor(&MecUplinkMac::m_controlRate),
                          MakeDataRateChecker())
            .AddAttribute("MaxControlBytes",
                          "Longest frame that the control channel carries, bytes.",
                          UintegerValue(128),
                          MakeUintegerAccessor(&MecUplinkMac::m_maxControlBytes),
                          MakeUintegerChecker<uint32_t>(0, 65535));
    return tid;
}

void
MecUplinkMac::Join(uint32_t mlu, Ptr<MecUplinkPhy> phy, Ptr<Queue<Packet>> queue)
{
    NS_LOG_FUNCTION(this << mlu << phy << queue);
    m_mlu = mlu;
    m_phy = phy;
    m_queue = queue;
    m_phy->SetSentCallback(MakeCallback(&MecUplinkMac::EndBurst, this));
}

void
MecUplinkMac::SetRateCallback(RateCallback rate)
{
    m_rate = rate;
}

void
MecUplinkMac::SetControlCallback(MecUplinkPhy::BurstCallback control)
{
    m_control = control;
}

void
MecUplinkMac::SetTakenCallback(FrameCallback taken)
{
    m_taken = taken;
}

void
MecUplinkMac::SetDropCallback(DropCallback dropped)
{
    m_dropped = dropped;
}

bool
MecUplinkMac::IsBusy() const
{
    return m_isPolling || m_isSendingControl || m_phy->IsSending();
}

void
MecUplinkMac::Poll()
{
    if (IsBusy())
    {
        return;
    }
    Entry* waiting = FindWaiting();
    const bool hasNext = !m_queue->IsEmpty() && m_window.size() < m_windowSize;
    if (!waiting && !hasNext)
    {
        return;
    }
    m_isPolling = true;
    const double rateBps =
        m_rate(waiting ? waiting->burst->allowedBps : std::numeric_limits<double>::infinity());
    if (rateBps > 0)
    {
        Transmit(waiting ? *waiting : MakeBurst(rateBps), rateBps);
    }
    else if (!waiting && m_queue->Peek()->GetSize() <= m_maxControlBytes)
    {
        TransmitControl();
    }
    m_isPolling = false;
}

MecUplinkMac::Entry*
MecUplinkMac::FindWaiting()
{
    const auto found = std::find_if(m_window.begin(), m_window.end(), [](const Entry& entry) {
        return entry.state == Entry::WAITING;
    });
    return found == m_window.end() ? nullptr : &*found;
}

MecUplinkMac::Entry*
MecUplinkMac::Find(uint64_t sequence)
{
    if (m_window.empty() || sequence < m_window.front().burst->sequence)
    {
        return nullptr;
    }
    return &m_window[sequence - m_window.front().burst->sequence];
}

MecUplinkMac::Entry&
MecUplinkMac::AddEntry()
{
    auto burst = Create<MecUplinkBurst>();
    burst->mlu = m_mlu;
    burst->sequence = m_nextSequence++;
    burst->bits = BITS_PER_BYTE * m_burstHeaderBytes;
    m_window.emplace_back();
    m_window.back().burst = burst;
    return m_window.back();
}

void
MecUplinkMac::TakeFrame(MecUplinkBurst& burst)
{
    Ptr<Packet> frame = m_queue->Dequeue();
    burst.bits += BITS_PER_BYTE * (frame->GetSize() + m_frameHeaderBytes);
    burst.frames.push_back(frame);
    m_taken(frame);
}

MecUplinkMac::Entry&
MecUplinkMac::MakeBurst(double rateBps)
{
    const double mostBits = m_maxBurstDuration.GetSeconds() * rateBps;
    Entry& entry = AddEntry();
    MecUplinkBurst& burst = *entry.burst;
    burst.frames.reserve(std::min(m_maxBurstFrames, m_queue->GetNPackets()));
    TakeFrame(burst);
    while (burst.frames.size() < m_maxBurstFrames && !m_queue->IsEmpty())
    {
        const uint32_t bytes = m_queue->Peek()->GetSize() + m_frameHeaderBytes;
        if (burst.bits + BITS_PER_BYTE * bytes > mostBits)
        {
            break;
        }
        TakeFrame(burst);
    }
    return entry;
}

void
MecUplinkMac::Transmit(Entry& entry, double rateBps)
{
    entry.state = Entry::SENT;
    ++entry.burst->tries;
    entry.burst->firstSequence = m_window.front().burst->sequence;
    NS_LOG_LOGIC("MLU " << m_mlu << " sends burst " << entry.burst->sequence << " of "
                        << entry.burst->frames.size() << " frames, try " << entry.burst->tries);
    m_phy->Send(entry.burst, rateBps);
}

void
MecUplinkMac::TransmitControl()
{
    Entry& entry = AddEntry();
    TakeFrame(*entry.burst);
    entry.state = Entry::SENT;
    ++entry.burst->tries;
    entry.burst->firstSequence = m_window.front().burst->sequence;
    m_isSendingControl = true;
    const double rateBps = static_cast<double>(m_controlRate.GetBitRate());
    Simulator::Schedule(MecUplinkPhy::GetPayloadDuration(entry.burst->bits, rateBps),
                        &MecUplinkMac::EndControl,
                        this,
                        entry.burst);
}

void
MecUplinkMac::EndControl(Ptr<MecUplinkBurst> burst)
{
    m_isSendingControl = false;
    if (!burst->isCancelled)
    {
        m_control(burst);
    }
    EndBurst(burst);
}

void
MecUplinkMac::EndBurst(Ptr<MecUplinkBurst> burst)
{
    Simulator::Schedule(m_ackDelay, &MecUplinkMac::Settle, this, burst->sequence);
    Poll();
}

void
MecUplinkMac::Settle(uint64_t sequence)
{
    Entry* entry = Find(sequence);
    if (!entry)
    {
        return; // cancelled meanwhile
    }
    MecUplinkBurst& burst = *entry->burst;
    const bool isGivenUp = !burst.isDecoded && burst.tries >= m_maxTries;
    if (isGivenUp)
    {
        Drop(burst, MecDropReason::TRIES);
    }
    entry->state = burst.isDecoded || isGivenUp ? Entry::DONE : Entry::WAITING;
    MoveWindow();
    Poll();
}

void
MecUplinkMac::Drop(MecUplinkBurst& burst, MecDropReason reason)
{
    burst.isCancelled = true;
    for (const Ptr<Packet>& frame : burst.frames)
    {
        m_dropped(frame, reason);
    }
}

void
MecUplinkMac::MoveWindow()
{
    while (!m_window.empty() && m_window.front().state == Entry::DONE)
    {
        m_window.pop_front();
    }
}

void
MecUplinkMac::Cancel()
{
    NS_LOG_FUNCTION(this);
    for (Entry& entry : m_window)
    {
        if (entry.state != Entry::DONE && !entry.burst->isDecoded)
        {
            Drop(*entry.burst, MecDropReason::CANCELLED);
        }
    }
    m_window.clear();
    while (Ptr<Packet> frame = m_queue->Dequeue())
    {
        m_dropped(frame, MecDropReason::CANCELLED);
    }
}

uint32_t
MecUplinkMac::GetPendingFrames() const
{
    uint32_t frames = 0;
    for (const Entry& entry : m_window)
    {
        const bool isPending = entry.state != Entry::DONE && !entry.burst->isDecoded;
        frames += isPending ? static_cast<uint32_t>(entry.burst->frames.size()) : 0;
    }
    return frames;
}

void
MecUplinkMac::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_window.clear();
    m_phy = nullptr;
    m_queue = nullptr;
    m_rate = RateCallback();
    m_control = MecUplinkPhy::BurstCallback();
    m_taken = FrameCallback();
    m_dropped = DropCallback();
    Object::DoDispose();
}

} // namespace llmmec
} // namespace ns3
