/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-server-application.h"

#include "ns3/log.h"
#include "ns3/pointer.h"
#include "ns3/string.h"

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("MecServerApplication");

NS_OBJECT_ENSURE_REGISTERED(MecServerApplication);

TypeId
MecServerApplication::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::MecServerApplication")
            .SetParent<Application>()
            .SetGroupName("LlmMec")
            .AddConstructor<MecServerApplication>()
            .AddAttribute(
                "ComputeModel",
                "What a request demands of the whole server; the default is the paper's F.",
                StringValue("ns3::llmmec::CycleComputeModel[FrequencyHz=10e9]"),
                MakePointerAccessor(&MecServerApplication::m_compute),
                MakePointerChecker<ComputeModel>())
            .AddAttribute("Discipline",
                          "How requests share the server.",
                          StringValue("ns3::llmmec::DedicatedServerDiscipline"),
                          MakePointerAccessor(&MecServerApplication::m_discipline),
                          MakePointerChecker<MecServerDiscipline>())
            .AddTraceSource("Request",
                            "A request arrives.",
                            MakeTraceSourceAccessor(&MecServerApplication::m_requestTrace),
                            "ns3::llmmec::MecServerApplication::RequestTracedCallback")
            .AddTraceSource("Reply",
                            "An answer goes back.",
                            MakeTraceSourceAccessor(&MecServerApplication::m_replyTrace),
                            "ns3::llmmec::MecServerApplication::ReplyTracedCallback");
    return tid;
}

void
MecServerApplication::Join(Ptr<MecLink> link)
{
    NS_LOG_FUNCTION(this << link << GetNode()->GetId());
    m_link = link;
    m_index = link->AddServer(GetNode(), *this);
}

uint32_t
MecServerApplication::GetIndex() const
{
    return m_index;
}

void
MecServerApplication::ReceiveRequest(const OffloadRequest& request, const LinkDelivery& delivery)
{
    NS_LOG_FUNCTION(this << request.slot << request.mlu << request.work.bits);
    m_requestTrace(request, delivery);
    ServerJob job;
    job.request = request;
    job.upload = delivery;
    job.demandS = m_compute->GetCost(request.work).latencyS;
    job.weight = request.computeShare.value_or(1);
    m_discipline->Submit(job);
}

void
MecServerApplication::Done(const ServerJob& job, double latencyS)
{
    const OffloadAnswer answer{job.request, job.upload, latencyS};
    m_replyTrace(answer);
    m_link->SendAnswer(answer);
}

Ptr<ComputeModel>
MecServerApplication::GetComputeModel() const
{
    return m_compute;
}

Ptr<MecServerDiscipline>
MecServerApplication::GetDiscipline() const
{
    return m_discipline;
}

void
MecServerApplication::DoInitialize()
{
    NS_LOG_FUNCTION(this);
    // Before any application starts, so that the order of their starts does not matter.
    m_discipline->SetDoneCallback(MakeCallback(&MecServerApplication::Done, this));
    Application::DoInitialize();
}

void
MecServerApplication::StartApplication()
{
    NS_LOG_FUNCTION(this);
}

void
MecServerApplication::StopApplication()
{
    NS_LOG_FUNCTION(this);
}

void
MecServerApplication::DoDispose()
{
    NS_LOG_FUNCTION(this);
    if (m_discipline)
    {
        m_discipline->Dispose();
    }
    m_discipline = nullptr;
    m_compute = nullptr;
    m_link = nullptr;
    Application::DoDispose();
}

} // namespace llmmec
} // namespace ns3
