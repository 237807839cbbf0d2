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
            .AddAttribute("AckDelay",
                          "From the end of a burst to its acknowledgement at the sender, without "
                          "propagation, >= 0.",
                          TimeValue(MicroSeconds(48)),
                          MakeTimeAccessor(&MecUplinkReceiver::m_ackDelay),
                          MakeTimeChecker(Seconds(0)))
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
MecUplinkReceiver::SetAcknowledgeCallback(AcknowledgeCallback acknowledge)
{
    m_acknowledge = acknowledge;
}

void
MecUplinkReceiver::Receive(Ptr<MecUplinkBurst> burst)
{
    NS_LOG_FUNCTION(this << burst->mlu << burst->sequence);
    m_acknowledge(burst->mlu, burst->sequence);
    if (burst->isDecoded)
    {
        return; // its acknowledgement came too late
    }
    burst->isDecoded = true;
    if (burst->mlu >= m_senders.size())
    {
        m_senders.resize(burst->mlu + 1);
    }
    const auto bursts = m_isInOrder ? m_senders[burst->mlu].buffer.Insert(burst)
                                    : std::vector<Ptr<MecUplinkBurst>>{burst};
    HandOn(burst->mlu, bursts);
}

void
MecUplinkReceiver::HandOn(uint32_t mlu, const std::vector<Ptr<MecUplinkBurst>>& bursts)
{
    Sender& sender = m_senders[mlu];
    if (!bursts.empty())
    {
        sender.timeout.Cancel();
    }
    if (sender.buffer.HasGap() && !sender.timeout.IsRunning())
    {
        sender.timeout =
            Simulator::Schedule(m_reorderTimeout, &MecUplinkReceiver::EndWait, this, mlu);
    }
    for (const Ptr<MecUplinkBurst>& burst : bursts)
    {
        for (const Ptr<Packet>& frame : burst->frames)
        {
            m_deliver(frame);
        }
    }
}

void
MecUplinkReceiver::EndWait(uint32_t mlu)
{
    NS_LOG_FUNCTION(this << mlu);
    HandOn(mlu, m_senders[mlu].buffer.SkipGap());
}

Time
MecUplinkReceiver::GetAckDelay() const
{
    return m_ackDelay;
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
    m_acknowledge = AcknowledgeCallback();
    Object::DoDispose();
}

} // namespace llmmec
} // namespace ns3
