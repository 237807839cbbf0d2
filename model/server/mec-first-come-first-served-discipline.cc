/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-first-come-first-served-discipline.h"

#include "ns3/log.h"
#include "ns3/offload-clock.h"

#include <algorithm>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("FirstComeFirstServedDiscipline");

NS_OBJECT_ENSURE_REGISTERED(FirstComeFirstServedDiscipline);

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
