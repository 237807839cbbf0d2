/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-dedicated-server-discipline.h"

#include "ns3/log.h"
#include "ns3/offload-clock.h"

#include <algorithm>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("DedicatedServerDiscipline");

NS_OBJECT_ENSURE_REGISTERED(DedicatedServerDiscipline);

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
    if (m_free.empty())
    {
        m_free.push_back(m_running.size());
        m_running.emplace_back();
    }
    // The event has the place alone: jobs are large, and copies of them cost more than the rest.
    const std::size_t place = m_free.back();
    m_free.pop_back();
    m_running[place] = {job, endS};
    Simulator::Schedule(DelayOf(job.demandS), &DedicatedServerDiscipline::Finish, this, place);
}

void
DedicatedServerDiscipline::Finish(std::size_t place)
{
    const Running done = m_running[place];
    m_free.push_back(place);
    --m_jobs;
    m_endSumS = m_jobs > 0 ? m_endSumS - done.endS : 0;
    m_done(done.job, done.job.demandS);
}

double
DedicatedServerDiscipline::GetBacklogS() const
{
    return std::max(m_endSumS - m_jobs * NowS(), 0.0);
}

double
DedicatedServerDiscipline::EstimateLatencyS(const ServerJob& job) const
{
    return job.demandS;
}

} // namespace llmmec
} // namespace ns3
