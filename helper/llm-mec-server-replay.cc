/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-server-replay.h"

#include "ns3/log.h"
#include "ns3/mec-continuous-batching-discipline.h"
#include "ns3/simulator.h"

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmMecServerReplay");

LlmMecServerReplay::LlmMecServerReplay(Ptr<MecServerDiscipline> discipline,
                                       Ptr<ComputeModel> compute,
                                       OutcomeCallback outcome)
    : m_discipline(discipline),
      m_compute(compute),
      m_outcome(outcome)
{
    NS_LOG_FUNCTION(this << discipline << compute);
    m_discipline->SetDoneCallback(MakeCallback(&LlmMecServerReplay::Done, this));
}

void
LlmMecServerReplay::Add(const LlmMecTracedRequest& request)
{
    NS_LOG_FUNCTION(this << request.id << request.arrivalS);
    if (auto batching = DynamicCast<ContinuousBatchingDiscipline>(m_discipline))
    {
        batching->GetEngine()->GetScheduler().RequireServable(
            {request.id, request.promptTokens, request.answerTokens, std::nullopt, 0});
    }
    ServerJob job;
    job.request.taskId = request.id;
    job.request.work.promptTokens = request.promptTokens;
    job.request.work.outputTokens = request.answerTokens;
    if (request.prefixOf)
    {
        job.request.prefix = TextPrefix{0, *request.prefixOf, request.prefixTokens};
    }
    if (m_discipline->TakesDemand())
    {
        job.demandS = m_compute->GetCost(job.request.work).latencyS;
    }
    m_arrivalsS[request.id] = request.arrivalS;
    Simulator::Schedule(Seconds(request.arrivalS) - Simulator::Now(),
                        &MecServerDiscipline::Submit,
                        m_discipline,
                        job);
}

void
LlmMecServerReplay::Done(const ServerJob& job, double latencyS)
{
    LlmRequestOutcome outcome;
    outcome.id = job.request.taskId;
    outcome.arrivalS = m_arrivalsS.at(outcome.id);
    outcome.promptTokens = static_cast<uint32_t>(job.request.work.promptTokens);
    outcome.answerTokens = static_cast<uint32_t>(job.request.work.outputTokens);
    outcome.ttftS = latencyS;
    outcome.latencyS = latencyS;
    if (job.served)
    {
        outcome.queueS = job.served->queueS;
        outcome.ttftS = job.served->firstTokenS;
        outcome.serverEnergyJ = job.served->energyJ;
        outcome.preemptions = job.served->preemptions;
        outcome.cachedTokens = job.served->cachedTokens;
        if (outcome.answerTokens > 1)
        {
            outcome.tpotS = (latencyS - outcome.ttftS) / (outcome.answerTokens - 1);
        }
    }
    m_outcome(outcome);
}

} // namespace llmmec
} // namespace ns3
