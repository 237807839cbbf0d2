/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-uplink-receiver.h"

#include "ns3/boolean.h"
#include "ns3/log.h"
#include "ns3/simulator.h"

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("MecUplinkReceiver");

NS_OBJECT_ENSURE_REGISTERED(MecUplinkReceiver);

TypeId
MecUplinkReceiver::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::MecUplinkReceiver")
            .SetParent<Object>()
            .SetGroupName("LlmMec")
            .AddConstructor<MecUplinkReceiver>()
            .AddAttribute("InOrder",
                          "Whether a burst waits for those that its sender sent before it.",
                          BooleanValue(true),
                          MakeBooleanAccessor(&MecUplinkReceiver::m_isInOrder),
                          MakeBooleanChecker())
            .AddAttribute("ReorderTimeout",
                          "Longest wait for a missing burst, > 0.",
                          TimeValue(MilliSeconds(500)),
                          MakeTimeAccessor(&MecUplinkReceiver::m_reorderTimeout),
                          MakeTimeChecker(NanoSeconds(1)));
    return tid;
}

void
MecUplinkReceiver::SetDeliverCallback(FrameCallback deliver)
{
    m_deliver = deliver;
}

void
MecUplinkReceiver::Receive(Ptr<MecUplinkBurst> burst)
{
    if (burst->isDecoded)
    {
        return; // its acknowledgement came too late
    }
    burst->isDecoded = true;
    if (burst->mlu >= m_senders.size())
    {
        m_senders.resize(burst->mlu + 1);
    }
    MecReorderBuffer& buffer = m_senders[burst->mlu].buffer;
    if (!m_isInOrder || buffer.PassNext(*burst))
    {
        HandOn(*burst);
    }
    else
    {
        HandOn(burst->mlu, buffer.Insert(burst));
    }
}

void
MecUplinkReceiver::HandOn(const MecUplinkBurst& burst)
{
    for (const Ptr<Packet>& frame : burst.frames)
    {
        m_deliver(frame);
    }
}

void
MecUplinkReceiver::HandOn(uint32_t mlu, const std::vector<Ptr<MecUplinkBurst>>& bursts)
{
    Sender& sender = m_senders[mlu];
    if (!bursts.empty())
    {
        sender.timeout.Cancel();
    }
    if (sender.buffer.HasGap() && sender.timeout.IsExpired())
    {
        sender.timeout =
            Simulator::Schedule(m_reorderTimeout, &MecUplinkReceiver::EndWait, this, mlu);
    }
    for (const Ptr<MecUplinkBurst>& burst : bursts)
    {
        HandOn(*burst);
    }
}

void
MecUplinkReceiver::EndWait(uint32_t mlu)
{
    NS_LOG_FUNCTION(this << mlu);
    HandOn(mlu, m_senders[mlu].buffer.SkipGap());
}

uint32_t
MecUplinkReceiver::GetHeldFrames() const
{
    uint32_t frames = 0;
    for (const Sender& sender : m_senders)
    {
        frames += sender.buffer.GetHeldFrames();
    }
    return frames;
}

void
MecUplinkReceiver::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_senders.clear();
    m_deliver = FrameCallback();
    Object::DoDispose();
}

} // namespace llmmec
} // namespace ns3
