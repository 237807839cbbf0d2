/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-server-discipline.h"

#include "ns3/log.h"

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("MecServerDiscipline");

NS_OBJECT_ENSURE_REGISTERED(MecServerDiscipline);

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

bool
MecServerDiscipline::TakesWeights() const
{
    return false;
}

double
MecServerDiscipline::EstimateLatencyS(const ServerJob& job) const
{
    return GetBacklogS() + job.demandS;
}

bool
MecServerDiscipline::TakesDemand() const
{
    return true;
}

bool
MecServerDiscipline::SetTokenCallback(TokenCallback /* token */)
{
    return false;
}

bool
MecServerDiscipline::Cancel(uint32_t /* mlu */, uint64_t /* taskId */)
{
    return false;
}

} // namespace llmmec
} // namespace ns3
