/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-discipline-pass-engine.h"

#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/offload-clock.h"
#include "ns3/pointer.h"
#include "ns3/string.h"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("DisciplinePassEngine");

NS_OBJECT_ENSURE_REGISTERED(DisciplinePassEngine);

TypeId
DisciplinePassEngine::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::DisciplinePassEngine")
            .SetParent<PassEngine>()
            .SetGroupName("LlmMec")
            .AddConstructor<DisciplinePassEngine>()
            .AddAttribute("Discipline",
                          "How passes share the server.",
                          StringValue("ns3::llmmec::FirstComeFirstServedDiscipline"),
                          MakePointerAccessor(&DisciplinePassEngine::m_discipline),
                          MakePointerChecker<MecServerDiscipline>())
            .AddAttribute("StepTimeModel",
                          "What a pass takes.",
                          PointerValue(),
                          MakePointerAccessor(&DisciplinePassEngine::m_stepTime),
                          MakePointerChecker<StepTimeModel>())
            .AddAttribute("StepEnergyModel",
                          "Energy of a pass.",
                          StringValue("ns3::llmmec::StepEnergyModel"),
                          MakePointerAccessor(&DisciplinePassEngine::m_stepEnergy),
                          MakePointerChecker<StepEnergyModel>())
            .AddAttribute("VerifyTime",
                          "Time of a pass with several rows of logits, >= 0; 0: by StepTimeModel.",
                          TimeValue(Seconds(0)),
                          MakeTimeAccessor(&DisciplinePassEngine::m_verifyTime),
                          MakeTimeChecker(Seconds(0)))
            .AddAttribute("TokenTime",
                          "Time of a pass with one row of logits, also of a prompt, >= 0; 0: by "
                          "StepTimeModel.",
                          TimeValue(Seconds(0)),
                          MakeTimeAccessor(&DisciplinePassEngine::m_tokenTime),
                          MakeTimeChecker(Seconds(0)))
            .AddAttribute("Share",
                          "Share of the server that each pass has: its time is divided by it.",
                          DoubleValue(1),
                          MakeDoubleAccessor(&DisciplinePassEngine::m_share),
                          MakeDoubleChecker<double>(1e-9, 1));
    return tid;
}

void
DisciplinePassEngine::Open(const TokenJob& longest)
{
    NS_LOG_FUNCTION(this << longest.id << longest.promptTokens << longest.outputTokens);
    m_discipline->SetDoneCallback(MakeCallback(&DisciplinePassEngine::Done, this));
    m_sequences[longest.id] = Sequence();
}

void
DisciplinePassEngine::Compute(uint64_t rightTokens, const ResidentPass& pass)
{
    NS_LOG_FUNCTION(this << rightTokens << pass.id << pass.tokens << pass.rows);
    Sequence& sequence = m_sequences.at(pass.id);
    sequence.computed = std::min(sequence.computed, rightTokens);
    const LlmStepQuery query{static_cast<double>(pass.tokens - sequence.computed),
                             static_cast<double>(sequence.computed),
                             static_cast<double>(pass.rows)};
    sequence.computed = pass.tokens;
    ServerJob job;
    job.request.taskId = m_nextPass++;
    job.demandS = GetPassS(query) / m_share;
    m_owners[job.request.taskId] = pass.id;
    sequence.pass = job.request.taskId;
    sequence.askedS = NowS();
    sequence.energyJ += GetEnergyJ(query, job.demandS * m_share);
    m_discipline->Submit(job);
}

double
DisciplinePassEngine::GetPassS(const LlmStepQuery& query) const
{
    const Time& constant = query.logitRows > 1 ? m_verifyTime : m_tokenTime;
    if (!constant.IsZero())
    {
        return constant.GetSeconds();
    }
    if (!m_stepTime)
    {
        throw std::runtime_error("DisciplinePassEngine: a pass has no time, expected a "
                                 "StepTimeModel, or VerifyTime and TokenTime");
    }
    return m_stepTime->GetStepTimeS({query});
}

double
DisciplinePassEngine::GetEnergyJ(const LlmStepQuery& query, double passS) const
{
    if (!m_stepTime)
    {
        return 0;
    }
    const LlmServing& serving = m_stepTime->GetServing();
    return m_stepEnergy->GetCommonEnergyJ(serving, passS) +
           m_stepEnergy->GetOwnEnergyJ(serving, query);
}

void
DisciplinePassEngine::Done(const ServerJob& job, double)
{
    const auto owner = m_owners.find(job.request.taskId);
    const uint64_t id = owner->second;
    m_owners.erase(owner);
    const auto found = m_sequences.find(id);
    if (found == m_sequences.end() || found->second.pass != job.request.taskId)
    {
        return; // its sequence has ended, or does not want it any more
    }
    Sequence& sequence = found->second;
    const PassRecord pass{id, NowS() - sequence.askedS, sequence.energyJ};
    sequence.pass.reset();
    sequence.energyJ = 0;
    m_done(pass);
}

bool
DisciplinePassEngine::Withdraw(uint64_t id)
{
    NS_LOG_FUNCTION(this << id);
    m_sequences.at(id).pass.reset();
    return true;
}

double
DisciplinePassEngine::Close(uint64_t id)
{
    NS_LOG_FUNCTION(this << id);
    const double energyJ = m_sequences.at(id).energyJ;
    m_sequences.erase(id);
    return energyJ;
}

double
DisciplinePassEngine::EstimateS(double tokens, double contextTokens) const
{
    return GetPassS({tokens, contextTokens, tokens}) / m_share;
}

void
DisciplinePassEngine::DoDispose()
{
    NS_LOG_FUNCTION(this);
    if (m_discipline)
    {
        m_discipline->Dispose();
    }
    m_discipline = nullptr;
    m_stepTime = nullptr;
    m_stepEnergy = nullptr;
    m_sequences.clear();
    m_owners.clear();
    PassEngine::DoDispose();
}

} // namespace llmmec
} // namespace ns3
