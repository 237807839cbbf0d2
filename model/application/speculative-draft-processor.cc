/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "speculative-draft-processor.h"

#include "ns3/log.h"
#include "ns3/offload-clock.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <stdexcept>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("SpeculativeDraftProcessor");

SpeculativeDraftProcessor::SpeculativeDraftProcessor(Ptr<StepTimeModel> stepTime,
                                                     Ptr<StepEnergyModel> stepEnergy,
                                                     Time draftTime,
                                                     Ptr<MluEnergyModel> energy,
                                                     DoneCallback done)
    : m_stepTime(stepTime),
      m_stepEnergy(stepEnergy),
      m_draftTime(draftTime),
      m_energy(energy),
      m_done(done)
{
    NS_LOG_FUNCTION(this << stepTime << draftTime << energy);
}

SpeculativeDraftProcessor::~SpeculativeDraftProcessor()
{
    m_end.Cancel();
}

void
SpeculativeDraftProcessor::BeginAnswer(uint32_t promptTokens)
{
    NS_LOG_FUNCTION(this << promptTokens);
    m_promptTokens = promptTokens;
    m_promptLeftS = m_draftTime.IsZero() ? GetPassS({m_promptTokens, 0, 1}) : 0;
    m_busyS = 0;
    m_energyJ = 0;
}

double
SpeculativeDraftProcessor::GetPassS(const LlmStepQuery& query) const
{
    if (!m_draftTime.IsZero())
    {
        return m_draftTime.GetSeconds();
    }
    if (!m_stepTime)
    {
        throw std::runtime_error("SpeculativeClient: a draft has no time, expected a "
                                 "StepTimeModel, or DraftTime");
    }
    return m_stepTime->GetStepTimeS({query});
}

void
SpeculativeDraftProcessor::Start(uint64_t position)
{
    const bool isPrompt = m_promptLeftS > 0;
    const double context = m_promptTokens + static_cast<double>(position);
    const LlmStepQuery query{isPrompt ? m_promptTokens : 1, isPrompt ? 0 : context, 1};
    const double passS = GetPassS(query);
    m_powerW = 0;
    if (m_stepTime && passS > 0)
    {
        const LlmServing& serving = m_stepTime->GetServing();
        m_powerW = (m_stepEnergy->GetCommonEnergyJ(serving, passS) +
                    m_stepEnergy->GetOwnEnergyJ(serving, query)) /
                   passS;
    }
    m_startS = NowS();
    m_end = Simulator::Schedule(DelayOf(isPrompt ? m_promptLeftS : passS),
                                &SpeculativeDraftProcessor::End,
                                this);
    if (m_energy)
    {
        m_energy->ChangePower(m_powerW); // the last, since it may end the answer
    }
}

void
SpeculativeDraftProcessor::Stop()
{
    if (!m_startS)
    {
        return;
    }
    m_end.Cancel();
    const double tookS = NowS() - *m_startS;
    m_startS.reset();
    m_promptLeftS = std::max(m_promptLeftS - tookS, 0.0);
    m_busyS += tookS;
    m_energyJ += m_powerW * tookS;
    if (m_energy)
    {
        m_energy->ChangePower(-m_powerW); // the last, since it may end the answer
    }
}

void
SpeculativeDraftProcessor::End()
{
    m_done();
}

std::optional<double>
SpeculativeDraftProcessor::GetStartS() const
{
    return m_startS;
}

double
SpeculativeDraftProcessor::GetDraftS() const
{
    return GetPassS({1, m_promptTokens, 1});
}

double
SpeculativeDraftProcessor::GetBusyS() const
{
    return m_busyS + NowS() - m_startS.value_or(NowS());
}

double
SpeculativeDraftProcessor::GetEnergyJ() const
{
    return m_energyJ;
}

} // namespace llmmec
} // namespace ns3
