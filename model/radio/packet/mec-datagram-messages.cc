/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-datagram-messages.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

#include <algorithm>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("MecDatagramMessages");

NS_OBJECT_ENSURE_REGISTERED(MecDatagramMessages);

namespace
{

/// Missing ranges that one question is answered with: the others are asked for with the next.
constexpr std::size_t RANGES_AN_ANSWER = 32;

} // namespace

TypeId
MecDatagramMessages::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::MecDatagramMessages")
                            .SetParent<Object>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<MecDatagramMessages>();
    return tid;
}

void
MecDatagramMessages::SetSettings(const Settings& settings)
{
    m_settings = settings;
}

void
MecDatagramMessages::SetTransmitCallback(DatagramCallback transmit)
{
    m_transmit = transmit;
}

void
MecDatagramMessages::SetReceivedCallback(MessageCallback received)
{
    m_received = received;
}

void
MecDatagramMessages::SetDeliveredCallback(MessageCallback delivered)
{
    m_delivered = delivered;
}

void
MecDatagramMessages::SetFailedCallback(MessageCallback failed)
{
    m_failed = failed;
}

void
MecDatagramMessages::Send(uint32_t number, uint32_t bytes)
{
    NS_LOG_FUNCTION(this << number << bytes);
    m_outgoing[number].bytes = bytes;
    AddPiece({number, 0, bytes});
    Pump();
}

void
MecDatagramMessages::Cancel(uint32_t number)
{
    NS_LOG_FUNCTION(this << number);
    const auto found = m_outgoing.find(number);
    if (found != m_outgoing.end())
    {
        found->second.timeout.Cancel();
        m_outgoing.erase(found);
    }
    m_pieces.erase(std::remove_if(m_pieces.begin(),
                                  m_pieces.end(),
                                  [number](const Piece& piece) { return piece.number == number; }),
                   m_pieces.end());
}

void
MecDatagramMessages::AddPiece(const Piece& piece)
{
    Outgoing& outgoing = m_outgoing[piece.number];
    outgoing.timeout.Cancel();
    ++outgoing.pieces;
    m_pieces.push_back(piece);
}

void
MecDatagramMessages::Pump()
{
    if (!m_pump.IsExpired())
    {
        return;
    }
    while (!m_pieces.empty())
    {
        const uint32_t bytes = SendNext();
        if (m_settings.pacing.GetBitRate() > 0)
        {
            m_pump = Simulator::Schedule(m_settings.pacing.CalculateBytesTxTime(bytes),
                                         &MecDatagramMessages::Pump,
                                         this);
            return;
        }
    }
}

uint32_t
MecDatagramMessages::SendNext()
{
    MecMessageHeader header;
    Piece& piece = m_pieces.front();
    Outgoing& outgoing = m_outgoing[piece.number];
    header.number = piece.number;
    header.total = outgoing.bytes;
    header.offset = piece.offset;
    header.length = std::min(piece.length, m_settings.datagramBytes - header.GetSerializedSize());
    piece.offset += header.length;
    piece.length -= header.length;
    if (piece.length == 0)
    {
        m_pieces.pop_front();
        if (--outgoing.pieces == 0)
        {
            Await(header.number);
        }
    }
    Transmit(header);
    return header.GetSerializedSize() + header.length;
}

void
MecDatagramMessages::Await(uint32_t number)
{
    Outgoing& outgoing = m_outgoing[number];
    const Time wait = m_settings.reportTimeout * (int64_t{1} << outgoing.reports);
    outgoing.timeout = Simulator::Schedule(wait, &MecDatagramMessages::Ask, this, number);
}

void
MecDatagramMessages::Ask(uint32_t number)
{
    Outgoing& outgoing = m_outgoing[number];
    if (outgoing.reports == m_settings.maxReports)
    {
        NS_LOG_LOGIC("message " << number << " is given up after " << outgoing.reports
                                << " questions");
        m_outgoing.erase(number);
        m_failed(number);
        return;
    }
    ++outgoing.reports;
    Answer(MecMessageHeader::POLL, number, outgoing.bytes, {0, 0});
    Await(number);
}

void
MecDatagramMessages::Answer(MecMessageHeader::Type type,
                            uint32_t number,
                            uint32_t total,
                            const MecByteRanges::Range& range)
{
    MecMessageHeader header;
    header.type = type;
    header.number = number;
    header.total = total;
    header.offset = static_cast<uint32_t>(range.begin);
    header.length = static_cast<uint32_t>(range.end - range.begin);
    Transmit(header);
}

void
MecDatagramMessages::Transmit(MecMessageHeader header)
{
    header.sender = m_settings.sender;
    auto packet = Create<Packet>(header.type == MecMessageHeader::DATA ? header.length : 0);
    packet->AddHeader(header);
    m_transmit(packet);
}

void
MecDatagramMessages::Receive(const MecMessageHeader& header)
{
    switch (header.type)
    {
    case MecMessageHeader::DATA:
        ReceiveData(header);
        break;
    case MecMessageHeader::POLL:
        ReceivePoll(header);
        break;
    case MecMessageHeader::REPORT:
        ReceiveReport(header);
        break;
    case MecMessageHeader::DONE:
        ReceiveDone(header.number);
        break;
    }
}

void
MecDatagramMessages::ReceiveData(const MecMessageHeader& header)
{
    const uint32_t number = header.number;
    const MecByteRanges::Range whole{0, header.total};
    if (m_complete.Has({number, uint64_t{number} + 1}))
    {
        Answer(MecMessageHeader::DONE, number, header.total, {0, 0});
        return;
    }
    Incoming& incoming = m_incoming[number];
    if (header.offset > incoming.next)
    {
        Answer(MecMessageHeader::REPORT, number, header.total, {incoming.next, header.offset});
    }
    const uint32_t end = header.offset + header.length;
    incoming.next = std::max(incoming.next, end);
    incoming.there.Add({header.offset, end});
    if (incoming.there.Has(whole))
    {
        m_incoming.erase(number);
        m_complete.Add({number, uint64_t{number} + 1});
        Answer(MecMessageHeader::DONE, number, header.total, {0, 0});
        m_received(number);
    }
}

void
MecDatagramMessages::ReceivePoll(const MecMessageHeader& header)
{
    const uint32_t number = header.number;
    if (m_complete.Has({number, uint64_t{number} + 1}))
    {
        Answer(MecMessageHeader::DONE, number, header.total, {0, 0});
        return;
    }
    const auto missing = m_incoming[number].there.GetMissing(header.total);
    for (std::size_t i = 0; i < std::min(missing.size(), RANGES_AN_ANSWER); ++i)
    {
        Answer(MecMessageHeader::REPORT, number, header.total, missing[i]);
    }
}

void
MecDatagramMessages::ReceiveReport(const MecMessageHeader& header)
{
    const auto found = m_outgoing.find(header.number);
    if (found == m_outgoing.end() || header.length == 0 || header.total != found->second.bytes)
    {
        return; // cancelled or done meanwhile
    }
    found->second.reports = 0;
    AddPiece({header.number, header.offset, header.length});
    Pump();
}

void
MecDatagramMessages::ReceiveDone(uint32_t number)
{
    if (m_outgoing.count(number) > 0)
    {
        Cancel(number);
        m_delivered(number);
    }
}

void
MecDatagramMessages::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_pump.Cancel();
    for (auto& [number, outgoing] : m_outgoing)
    {
        outgoing.timeout.Cancel();
    }
    m_outgoing.clear();
    m_pieces.clear();
    m_transmit = DatagramCallback();
    m_received = MessageCallback();
    m_delivered = MessageCallback();
    m_failed = MessageCallback();
    Object::DoDispose();
}

} // namespace llmmec
} // namespace ns3
