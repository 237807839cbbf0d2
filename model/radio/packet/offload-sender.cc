/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "offload-sender.h"

#include "ns3/log.h"

#include <limits>
#include <stdexcept>
#include <string>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("OffloadSender");

NS_OBJECT_ENSURE_REGISTERED(OffloadSender);

TypeId
OffloadSender::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::OffloadSender")
                            .SetParent<OffloadSocketApplication>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<OffloadSender>()
                            .AddAttribute("Remote",
                                          "Address of the receiver, with its port.",
                                          AddressValue(),
                                          MakeAddressAccessor(&OffloadSender::m_remote),
                                          MakeAddressChecker());
    return tid;
}

void
OffloadSender::SetMlu(uint32_t mlu)
{
    if (mlu > std::numeric_limits<uint16_t>::max())
    {
        throw std::invalid_argument("OffloadSender: MLU " + std::to_string(mlu) +
                                    ", expected at most 65535, the largest in a message's header");
    }
    m_mlu = static_cast<uint16_t>(mlu);
}

void
OffloadSender::SetDeliveredCallback(MessageCallback delivered)
{
    m_delivered = delivered;
}

void
OffloadSender::SetFailedCallback(MessageCallback failed)
{
    m_failed = failed;
}

void
OffloadSender::SetAnsweredCallback(MessageCallback answered)
{
    m_answered = answered;
}

void
OffloadSender::Send(uint32_t number, uint32_t bytes)
{
    NS_LOG_FUNCTION(this << number << bytes);
    Open();
    m_messages->Send(number, bytes);
}

void
OffloadSender::Cancel(uint32_t number)
{
    NS_LOG_FUNCTION(this << number);
    if (m_messages)
    {
        m_messages->Cancel(number);
    }
}

void
OffloadSender::DoOpen(Ptr<Socket>)
{
    m_messages = MakeMessages(m_mlu);
    m_messages->SetTransmitCallback(MakeCallback(&OffloadSender::Transmit, this));
    m_messages->SetDeliveredCallback(MakeCallback(&OffloadSender::NoteDelivered, this));
    m_messages->SetFailedCallback(MakeCallback(&OffloadSender::NoteFailed, this));
    m_messages->SetReceivedCallback(MakeCallback(&OffloadSender::NoteAnswered, this));
}

Address
OffloadSender::GetRemote() const
{
    return m_remote;
}

void
OffloadSender::Transmit(Ptr<Packet> packet)
{
    SendTo(packet, m_remote);
}

void
OffloadSender::ReceiveFrom(const MecMessageHeader& header, const Address&)
{
    if (header.sender == m_mlu)
    {
        m_messages->Receive(header);
    }
}

void
OffloadSender::NoteDelivered(uint32_t number)
{
    m_delivered(m_mlu, number);
}

void
OffloadSender::NoteFailed(uint32_t number)
{
    m_failed(m_mlu, number);
}

void
OffloadSender::NoteAnswered(uint32_t number)
{
    m_answered(m_mlu, number);
}

void
OffloadSender::DoDispose()
{
    NS_LOG_FUNCTION(this);
    if (m_messages)
    {
        m_messages->Dispose();
    }
    m_messages = nullptr;
    m_delivered = MessageCallback();
    m_failed = MessageCallback();
    m_answered = MessageCallback();
    OffloadSocketApplication::DoDispose();
}

} // namespace llmmec
} // namespace ns3
