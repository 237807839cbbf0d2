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

} // namespace llmmec
} // namespace ns3
