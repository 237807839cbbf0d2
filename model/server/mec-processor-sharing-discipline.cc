/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-processor-sharing-discipline.h"

#include "ns3/log.h"
#include "ns3/offload-clock.h"

#include <algorithm>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("ProcessorSharingDiscipline");

NS_OBJECT_ENSURE_REGISTERED(ProcessorSharingDiscipline);

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
    const double weight = GetWeight();
    for (Share& share : m_shares)
    {
        share.remainingS -= passedS * share.job.weight / weight;
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
    double least = m_shares.front().GetRank();
    for (const Share& share : m_shares)
    {
        least = std::min(least, share.GetRank());
    }
    const double untilS = std::max(least, 0.0) * GetWeight();
    m_next = Simulator::Schedule(DelayOf(untilS), &ProcessorSharingDiscipline::FinishNext, this);
}

void
ProcessorSharingDiscipline::FinishNext()
{
    NS_LOG_FUNCTION(this << m_shares.size());
    Serve();
    const auto least =
        std::min_element(m_shares.begin(), m_shares.end(), [](const Share& a, const Share& b) {
            return a.GetRank() < b.GetRank();
        });
    const Share share = *least;
    m_shares.erase(least);
    ScheduleNext();
    m_done(share.job, NowS() - share.arrivedS);
}

bool
ProcessorSharingDiscipline::TakesWeights() const
{
    return true;
}

double
ProcessorSharingDiscipline::GetWeight() const
{
    double weight = 0;
    for (const Share& share : m_shares)
    {
        weight += share.job.weight;
    }
    return weight;
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

double
ProcessorSharingDiscipline::EstimateLatencyS(const ServerJob& job) const
{
    return job.demandS * (GetWeight() + job.weight) / job.weight;
}

void
ProcessorSharingDiscipline::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_next.Cancel();
    m_shares.clear();
    MecServerDiscipline::DoDispose();
}

} // namespace llmmec
} // namespace ns3
