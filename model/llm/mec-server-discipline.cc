/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-server-discipline.h"

#include "ns3/log.h"
#include "ns3/offload-clock.h"

#include <algorithm>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("MecServerDiscipline");

NS_OBJECT_ENSURE_REGISTERED(MecServerDiscipline);
NS_OBJECT_ENSURE_REGISTERED(DedicatedServerDiscipline);
NS_OBJECT_ENSURE_REGISTERED(ProcessorSharingDiscipline);
NS_OBJECT_ENSURE_REGISTERED(FirstComeFirstServedDiscipline);

TypeId
MecServerDiscipline::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::MecServerDiscipline").SetParent<Object>().SetGroupName("LlmMec");
    return tid;
}

void
MecServerDiscipline::SetDoneCallback(DoneCallback done)
{
    m_done = done;
}

void
MecServerDiscipline::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_done = DoneCallback();
    Object::DoDispose();
}

TypeId
DedicatedServerDiscipline::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::DedicatedServerDiscipline")
                            .SetParent<MecServerDiscipline>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<DedicatedServerDiscipline>();
    return tid;
}

void
DedicatedServerDiscipline::Submit(const ServerJob& job)
{
    NS_LOG_FUNCTION(this << job.request.slot << job.request.mlu << job.demandS);
    ++m_jobs;
    const double endS = NowS() + job.demandS;
    m_endSumS += endS;
    Simulator::Schedule(DelayOf(job.demandS), &DedicatedServerDiscipline::Finish, this, job, endS);
}

void
DedicatedServerDiscipline::Finish(ServerJob job, double endS)
{
    --m_jobs;
    m_endSumS = m_jobs > 0 ? m_endSumS - endS : 0;
    m_done(job, job.demandS);
}

double
DedicatedServerDiscipline::GetBacklogS() const
{
    return std::max(m_endSumS - m_jobs * NowS(), 0.0);
}

TypeId
ProcessorSharingDiscipline::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::ProcessorSharingDiscipline")
                            .SetParent<MecServerDiscipline>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<ProcessorSharingDiscipline>();
    return tid;
}

void
ProcessorSharingDiscipline::Submit(const ServerJob& job)
{
    NS_LOG_FUNCTION(this << job.request.slot << job.request.mlu << job.demandS);
    Serve();
    m_shares.push_back({job, NowS(), job.demandS});
    ScheduleNext();
}

void
ProcessorSharingDiscipline::Serve()
{
    const double passedS = NowS() - m_servedS;
    m_servedS = NowS();
    for (Share& share : m_shares)
    {
        share.remainingS -= passedS / static_cast<double>(m_shares.size());
    }
}

void
ProcessorSharingDiscipline::ScheduleNext()
{
    m_next.Cancel();
    if (m_shares.empty())
    {
        return;
    }
    double leastS = m_shares.front().remainingS;
    for (const Share& share : m_shares)
    {
        leastS = std::min(leastS, share.remainingS);
    }
    const double untilS = std::max(leastS, 0.0) * static_cast<double>(m_shares.size());
    m_next = Simulator::Schedule(DelayOf(untilS), &ProcessorSharingDiscipline::FinishNext, this);
}

void
ProcessorSharingDiscipline::FinishNext()
{
    NS_LOG_FUNCTION(this << m_shares.size());
    Serve();
    const auto least =
        std::min_element(m_shares.begin(), m_shares.end(), [](const Share& a, const Share& b) {
            return a.remainingS < b.remainingS;
        });
    const Share share = *least;
    m_shares.erase(least);
    ScheduleNext();
    m_done(share.job, NowS() - share.arrivedS);
}

double
ProcessorSharingDiscipline::GetBacklogS() const
{
    double backlogS = 0;
    for (const Share& share : m_shares)
    {
        backlogS += share.remainingS;
    }
    return m_shares.empty() ? 0 : std::max(backlogS - (NowS() - m_servedS), 0.0);
}

void
ProcessorSharingDiscipline::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_next.Cancel();
    m_shares.clear();
    MecServerDiscipline::DoDispose();
}

TypeId
FirstComeFirstServedDiscipline::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::FirstComeFirstServedDiscipline")
                            .SetParent<MecServerDiscipline>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<FirstComeFirstServedDiscipline>();
    return tid;
}

void
FirstComeFirstServedDiscipline::Submit(const ServerJob& job)
{
    NS_LOG_FUNCTION(this << job.request.slot << job.request.mlu << job.demandS);
    m_freeS = std::max(m_freeS, NowS()) + job.demandS;
    const double latencyS = m_freeS - NowS();
    Simulator::Schedule(DelayOf(latencyS),
                        &FirstComeFirstServedDiscipline::Finish,
                        this,
                        job,
                        latencyS);
}

void
FirstComeFirstServedDiscipline::Finish(ServerJob job, double latencyS)
{
    m_done(job, latencyS);
}

double
FirstComeFirstServedDiscipline::GetBacklogS() const
{
    return std::max(m_freeS - NowS(), 0.0);
}

} // namespace llmmec
} // namespace ns3
