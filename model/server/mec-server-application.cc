/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-server-application.h"

#include "ns3/boolean.h"
#include "ns3/log.h"
#include "ns3/pointer.h"
#include "ns3/string.h"

#include <stdexcept>

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
            .AddAttribute("StreamTokens",
                          "Send each token of an answer when it is there, and not the answer as a "
                          "whole. The discipline must count in tokens.",
                          BooleanValue(false),
                          MakeBooleanAccessor(&MecServerApplication::m_streamsTokens),
                          MakeBooleanChecker())
            .AddTraceSource("Request",
                            "A request arrives.",
                            MakeTraceSourceAccessor(&MecServerApplication::m_requestTrace),
                            "ns3::llmmec::MecServerApplication::RequestTracedCallback")
            .AddTraceSource("Reply",
                            "An answer, or a token of it, goes back.",
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
    m_discipline->Submit(MakeJob(request, delivery));
}

double
MecServerApplication::EstimateLatencyS(const OffloadRequest& request) const
{
    return m_discipline->EstimateLatencyS(MakeJob(request, LinkDelivery()));
}

ServerJob
MecServerApplication::MakeJob(const OffloadRequest& request, const LinkDelivery& delivery) const
{
    ServerJob job;
    job.request = request;
    job.upload = delivery;
    if (m_discipline->TakesDemand())
    {
        job.demandS = m_compute->GetCost(request.work).latencyS;
    }
    job.weight = request.computeShare.value_or(1);
    return job;
}

void
MecServerApplication::Done(const ServerJob& job, double latencyS)
{
    const OffloadAnswer answer{job.request, job.upload, latencyS, true, job.served};
    m_replyTrace(answer);
    m_link->SendAnswer(answer);
}

void
MecServerApplication::Token(const ServerJob& job, double latencyS)
{
    const OffloadAnswer token{job.request, job.upload, latencyS, false, std::nullopt};
    m_replyTrace(token);
    m_link->SendAnswer(token);
}

bool
MecServerApplication::Cancel(uint32_t mlu, uint64_t taskId)
{
    NS_LOG_FUNCTION(this << mlu << taskId);
    return m_discipline->Cancel(mlu, taskId);
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
    if (m_streamsTokens &&
        !m_discipline->SetTokenCallback(MakeCallback(&MecServerApplication::Token, this)))
    {
        throw std::runtime_error("MecServerApplication: StreamTokens is true, but " +
                                 m_discipline->GetInstanceTypeId().GetName() +
                                 " has no tokens, expected a discipline that counts in tokens");
    }
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
