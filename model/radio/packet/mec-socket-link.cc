/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-socket-link.h"

#include "ns3/double.h"
#include "ns3/inet-socket-address.h"
#include "ns3/ipv4.h"
#include "ns3/log.h"
#include "ns3/node.h"
#include "ns3/offload-clock.h"
#include "ns3/simulator.h"
#include "ns3/string.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <string>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("MecSocketLink");

NS_OBJECT_ENSURE_REGISTERED(MecSocketLink);

namespace
{

constexpr double BITS_PER_BYTE = 8; //!< for lengths

/// @param bytes length of a message, rounded up @return it, at least one byte
/// @throw std::runtime_error in one line where a message's header cannot say it
uint32_t
ToMessageBytes(double bytes)
{
    constexpr double most = std::numeric_limits<uint32_t>::max();
    if (!(bytes <= most))
    {
        std::ostringstream message;
        message << "MecSocketLink: a message has " << bytes << " bytes, expected at most " << most;
        throw std::runtime_error(message.str());
    }
    return static_cast<uint32_t>(std::max(std::ceil(bytes), 1.0));
}

} // namespace

TypeId
MecSocketLink::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::MecSocketLink")
            .SetParent<MecLink>()
            .SetGroupName("LlmMec")
            .AddAttribute("MaxLatency",
                          "An upload that would take longer is ended here and flagged.",
                          TimeValue(Seconds(10)),
                          MakeTimeAccessor(&MecSocketLink::m_maxLatency),
                          MakeTimeChecker(NanoSeconds(1)))
            .AddAttribute("MaxAnswerLatency",
                          "An answer that would take longer is lost, > 0.",
                          TimeValue(Seconds(10)),
                          MakeTimeAccessor(&MecSocketLink::m_maxAnswerLatency),
                          MakeTimeChecker(NanoSeconds(1)))
            .AddAttribute("BytesPerToken",
                          "Length of an answer for each of its tokens, bytes.",
                          DoubleValue(4),
                          MakeDoubleAccessor(&MecSocketLink::m_bytesPerToken),
                          MakeDoubleChecker<double>(0, 1e6))
            .AddAttribute("Sender",
                          "What the MLUs' ends of messages are, with attributes.",
                          StringValue("ns3::llmmec::OffloadSender"),
                          MakeObjectFactoryAccessor(&MecSocketLink::m_sender),
                          MakeObjectFactoryChecker())
            .AddAttribute("Receiver",
                          "What the server's end of messages is, with attributes.",
                          StringValue("ns3::llmmec::OffloadReceiver"),
                          MakeObjectFactoryAccessor(&MecSocketLink::m_receiver),
                          MakeObjectFactoryChecker());
    return tid;
}

void
MecSocketLink::DoAddServer(Ptr<Node> node)
{
    NS_LOG_FUNCTION(this << node->GetId());
    if (m_serverEnd)
    {
        throw std::runtime_error("MecSocketLink: node " + std::to_string(node->GetId()) +
                                 " is a second server, expected one server");
    }
    const auto ipv4 = node->GetObject<Ipv4>();
    // Interface 0 is the loopback device.
    if (!ipv4 || ipv4->GetNInterfaces() < 2 || ipv4->GetNAddresses(1) == 0)
    {
        throw std::runtime_error("MecSocketLink: node " + std::to_string(node->GetId()) +
                                 " has no IPv4 address, expected one before it joins a link");
    }
    m_serverEnd = m_receiver.Create<OffloadReceiver>();
    m_serverEnd->SetReceivedCallback(MakeCallback(&MecSocketLink::NoteReceived, this));
    m_serverEnd->SetFailedCallback(MakeCallback(&MecSocketLink::NoteAnswerFailed, this));
    node->AddApplication(m_serverEnd);
    m_serverAddress = InetSocketAddress(ipv4->GetAddress(1, 0).GetLocal(), OffloadReceiver::PORT);
}

void
MecSocketLink::DoAddMlu(Ptr<Node> node)
{
    NS_LOG_FUNCTION(this << node->GetId());
    if (!m_serverEnd)
    {
        throw std::runtime_error("MecSocketLink: node " + std::to_string(node->GetId()) +
                                 " joins a link without a server, expected the server first");
    }
    auto sender = m_sender.Create<OffloadSender>();
    sender->SetMlu(static_cast<uint32_t>(m_mluEnds.size()));
    sender->SetAttribute("Remote", AddressValue(m_serverAddress));
    sender->SetDeliveredCallback(MakeCallback(&MecSocketLink::NoteDelivered, this));
    sender->SetFailedCallback(MakeCallback(&MecSocketLink::NoteFailed, this));
    sender->SetAnsweredCallback(MakeCallback(&MecSocketLink::NoteAnswered, this));
    node->AddApplication(sender);
    m_mluEnds.push_back(sender);
    m_uploads.emplace_back();
    m_answersSent.push_back(0);
}

Ptr<OffloadSender>
MecSocketLink::GetSender(uint32_t mlu) const
{
    return m_mluEnds[mlu];
}

Ptr<OffloadReceiver>
MecSocketLink::GetReceiver() const
{
    return m_serverEnd;
}

void
MecSocketLink::Send(const OffloadRequest& request, const LinkTransmission& transmission)
{
    NS_LOG_FUNCTION(this << request.slot << request.mlu << request.work.bits
                         << transmission.powerW);
    if (transmission.bandwidthShare)
    {
        throw std::runtime_error("MecSocketLink: an upload has a share of the band, expected MLUs "
                                 "that share it as a whole");
    }
    Upload& upload = m_uploads[request.mlu];
    const uint32_t number = upload.number + 1;
    upload = Upload();
    upload.request = request;
    upload.number = number;
    upload.beganS = NowS();
    SetPowerW(request.mlu, transmission.powerW);
    upload.before = MeasureUse(request.mlu);
    upload.isUnderWay = true;
    upload.cap = Simulator::Schedule(m_maxLatency, &MecSocketLink::EndAtCap, this, request.mlu);
    m_mluEnds[request.mlu]->Send(upload.number, ToMessageBytes(request.work.bits / BITS_PER_BYTE));
}

LinkDelivery
MecSocketLink::Measure(const Upload& upload) const
{
    const RadioUse use = MeasureUse(upload.request.mlu);
    LinkDelivery delivery;
    delivery.latencyS = NowS() - upload.beganS;
    delivery.airTimeS = use.airTimeS - upload.before.airTimeS;
    delivery.energyJ = use.energyJ - upload.before.energyJ;
    delivery.rateBps = upload.request.work.bits / delivery.latencyS;
    return delivery;
}

void
MecSocketLink::NoteReceived(uint32_t mlu, uint32_t number)
{
    Upload& upload = m_uploads[mlu];
    if (!upload.isUnderWay || upload.number != number)
    {
        return; // cancelled meanwhile
    }
    upload.isReceived = true;
    upload.cap.Cancel();
    upload.delivery = Measure(upload);
    NS_LOG_LOGIC("slot " << upload.request.slot << ": the upload of MLU " << mlu << " took "
                         << upload.delivery.latencyS << " s");
    TellReceived(upload.request, upload.delivery);
}

void
MecSocketLink::NoteDelivered(uint32_t mlu, uint32_t number)
{
    Upload& upload = m_uploads[mlu];
    if (upload.isUnderWay && upload.number == number)
    {
        EndUpload(mlu);
    }
}

void
MecSocketLink::EndUpload(uint32_t mlu)
{
    // A copy: the MLU may start its next upload at once.
    m_uploads[mlu].isUnderWay = false;
    const Upload upload = m_uploads[mlu];
    TellSent(upload.request, upload.delivery);
}

void
MecSocketLink::NoteFailed(uint32_t mlu, uint32_t number)
{
    Upload& upload = m_uploads[mlu];
    if (!upload.isUnderWay || upload.number != number)
    {
        return;
    }
    if (upload.isReceived)
    {
        EndUpload(mlu); // only word of it is missing
        return;
    }
    upload.cap.Cancel();
    upload.isUnderWay = false;
    const OffloadRequest request = upload.request;
    TellLost(request, Measure(upload));
}

void
MecSocketLink::EndAtCap(uint32_t mlu)
{
    NS_LOG_LOGIC("slot " << m_uploads[mlu].request.slot << ": the upload of MLU " << mlu
                         << " meets the cap");
    Upload& upload = m_uploads[mlu];
    m_mluEnds[mlu]->Cancel(upload.number);
    DropQueued(mlu);
    // It is handed over all the same, and with it where the answer goes.
    m_serverEnd->NotePeer(mlu, m_mluEnds[mlu]->GetReachableAddress());
    upload.isUnderWay = false;
    upload.delivery = Measure(upload);
    upload.delivery.capped = true;
    const Upload ended = upload;
    TellSent(ended.request, ended.delivery);
    TellReceived(ended.request, ended.delivery);
}

void
MecSocketLink::Cancel(uint32_t mlu)
{
    NS_LOG_FUNCTION(this << mlu);
    Upload& upload = m_uploads[mlu];
    upload.cap.Cancel();
    upload.isUnderWay = false;
    m_mluEnds[mlu]->Cancel(upload.number);
    DropQueued(mlu);
}

uint32_t
MecSocketLink::GetAnswerBytes(const OffloadAnswer& answer)
{
    const std::pair<uint32_t, uint64_t> task{answer.request.mlu, answer.request.taskId};
    if (!answer.isLast)
    {
        m_streamedTasks.insert(task);
        return ToMessageBytes(m_bytesPerToken);
    }
    // Of an answer that was streamed only the last token is left.
    const bool isStreamed = m_streamedTasks.erase(task) > 0;
    const double tokens = isStreamed ? 1 : answer.request.work.outputTokens;
    return ToMessageBytes(tokens * m_bytesPerToken);
}

void
MecSocketLink::SendAnswer(const OffloadAnswer& answer)
{
    NS_LOG_FUNCTION(this << answer.request.slot << answer.request.mlu);
    const uint32_t bytes = GetAnswerBytes(answer);
    const uint32_t mlu = answer.request.mlu;
    const uint32_t number = m_answersSent[mlu]++;
    const EventId cap =
        Simulator::Schedule(m_maxAnswerLatency, &MecSocketLink::EndAnswer, this, mlu, number, true);
    m_answers[{mlu, number}] = {answer, NowS(), cap};
    m_serverEnd->Send(mlu, number, bytes);
}

void
MecSocketLink::NoteAnswered(uint32_t mlu, uint32_t number)
{
    EndAnswer(mlu, number, false);
}

void
MecSocketLink::NoteAnswerFailed(uint32_t mlu, uint32_t number)
{
    EndAnswer(mlu, number, true);
}

void
MecSocketLink::EndAnswer(uint32_t mlu, uint32_t number, bool isCapped)
{
    const auto found = m_answers.find({mlu, number});
    if (found == m_answers.end())
    {
        return; // it has come, and only word of that is missing
    }
    Answer answer = found->second;
    m_answers.erase(found);
    answer.cap.Cancel();
    if (isCapped)
    {
        m_serverEnd->Cancel(mlu, number);
    }
    const Upload& upload = m_uploads[mlu];
    if (upload.isUnderWay && upload.isReceived &&
        upload.request.taskId == answer.answer.request.taskId)
    {
        // An answer is word that the request is there; without any, the task is over.
        m_mluEnds[mlu]->Cancel(upload.number);
        EndUpload(mlu);
    }
    LinkDelivery delivery;
    delivery.latencyS = NowS() - answer.beganS;
    delivery.capped = isCapped;
    TellAnswer(answer.answer, delivery);
}

double
MecSocketLink::GetMaxLatencyS() const
{
    return m_maxLatency.GetSeconds();
}

void
MecSocketLink::DoDispose()
{
    NS_LOG_FUNCTION(this);
    for (Upload& upload : m_uploads)
    {
        upload.cap.Cancel();
    }
    for (auto& [key, answer] : m_answers)
    {
        answer.cap.Cancel();
    }
    m_uploads.clear();
    m_answers.clear();
    m_mluEnds.clear();
    m_serverEnd = nullptr;
    MecLink::DoDispose();
}

} // namespace llmmec
} // namespace ns3
