/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-link.h"

#include "ns3/log.h"

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("MecLink");

NS_OBJECT_ENSURE_REGISTERED(MecLink);

TypeId
MecLink::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::MecLink")
                            .SetParent<Object>()
                            .SetGroupName("LlmMec")
                            .AddTraceSource("Sent",
                                            "An upload has left its MLU whole.",
                                            MakeTraceSourceAccessor(&MecLink::m_sentTrace),
                                            "ns3::llmmec::MecLink::RequestTracedCallback")
                            .AddTraceSource("Delivered",
                                            "An upload has arrived at its server whole.",
                                            MakeTraceSourceAccessor(&MecLink::m_deliveredTrace),
                                            "ns3::llmmec::MecLink::RequestTracedCallback")
                            .AddTraceSource("Lost",
                                            "An upload was given up by the link.",
                                            MakeTraceSourceAccessor(&MecLink::m_lostTrace),
                                            "ns3::llmmec::MecLink::RequestTracedCallback")
                            .AddTraceSource("Answered",
                                            "An answer has arrived at its MLU.",
                                            MakeTraceSourceAccessor(&MecLink::m_answeredTrace),
                                            "ns3::llmmec::MecLink::AnswerTracedCallback");
    return tid;
}

uint32_t
MecLink::AddMlu(Ptr<Node> node, MecLinkMlu& mlu)
{
    NS_LOG_FUNCTION(this << node->GetId());
    DoAddMlu(node);
    m_mlus.push_back(&mlu);
    return static_cast<uint32_t>(m_mlus.size() - 1);
}

uint32_t
MecLink::AddServer(Ptr<Node> node, MecLinkServer& server)
{
    NS_LOG_FUNCTION(this << node->GetId());
    DoAddServer(node);
    m_servers.push_back(&server);
    return static_cast<uint32_t>(m_servers.size() - 1);
}

uint32_t
MecLink::GetServers() const
{
    return static_cast<uint32_t>(m_servers.size());
}

Time
MecLink::GetReadyTime() const
{
    return Time(0);
}

bool
MecLink::HasEndlessEvents() const
{
    return false;
}

std::vector<Ptr<const Object>>
MecLink::GetObjects(uint32_t) const
{
    return {};
}

bool
MecLink::TellsPower() const
{
    return false;
}

void
MecLink::TellPower(uint32_t mlu, double changeW)
{
    m_mlus[mlu]->ChangeTransmitPower(changeW);
}

void
MecLink::TellSent(const OffloadRequest& request, const LinkDelivery& delivery)
{
    m_sentTrace(request, delivery);
    m_mlus[request.mlu]->RequestSent(request, delivery);
}

void
MecLink::TellReceived(const OffloadRequest& request, const LinkDelivery& delivery)
{
    m_deliveredTrace(request, delivery);
    m_servers[request.server]->ReceiveRequest(request, delivery);
}

void
MecLink::TellLost(const OffloadRequest& request, const LinkDelivery& delivery)
{
    NS_LOG_LOGIC("slot " << request.slot << ": the upload of MLU " << request.mlu << " is lost");
    m_lostTrace(request, delivery);
    m_mlus[request.mlu]->RequestLost(request, delivery);
}

void
MecLink::TellAnswer(const OffloadAnswer& answer, const LinkDelivery& delivery)
{
    m_answeredTrace(answer, delivery);
    m_mlus[answer.request.mlu]->ReceiveAnswer(answer, delivery);
}

void
MecLink::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_mlus.clear();
    m_servers.clear();
    Object::DoDispose();
}

} // namespace llmmec
} // namespace ns3
