/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mlu-chat-client.h"

#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/mec-uplink-rate.h"
#include "ns3/offload-clock.h"
#include "ns3/offload-draw.h"
#include "ns3/pointer.h"
#include "ns3/simulator.h"
#include "ns3/string.h"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("MluChatClient");

NS_OBJECT_ENSURE_REGISTERED(MluChatClient);

TypeId
MluChatClient::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::MluChatClient")
            .SetParent<Application>()
            .SetGroupName("LlmMec")
            .AddConstructor<MluChatClient>()
            .AddAttribute(
                "Interval",
                "Time from one question to the next, s, at least 1e-9; null: none at random "
                "times.",
                StringValue("ns3::ExponentialRandomVariable[Mean=60]"),
                MakePointerAccessor(&MluChatClient::m_interval),
                MakePointerChecker<RandomVariableStream>())
            .AddAttribute("PromptTokens",
                          "Tokens of a prompt, rounded up, at least 1.",
                          StringValue("ns3::ExponentialRandomVariable[Mean=256|Bound=2048]"),
                          MakePointerAccessor(&MluChatClient::m_promptTokens),
                          MakePointerChecker<RandomVariableStream>())
            .AddAttribute("AnswerTokens",
                          "Tokens of an answer, rounded up, at least 1.",
                          StringValue("ns3::ExponentialRandomVariable[Mean=256|Bound=2048]"),
                          MakePointerAccessor(&MluChatClient::m_answerTokens),
                          MakePointerChecker<RandomVariableStream>())
            .AddAttribute("BitsPerToken",
                          "Bits that a token of a prompt is sent with; the default is four "
                          "characters of eight bits.",
                          DoubleValue(32),
                          MakeDoubleAccessor(&MluChatClient::m_bitsPerToken),
                          MakeDoubleChecker<double>(1, 1e9))
            .AddAttribute("PowerDbm",
                          "Power that prompts are sent with, dBm.",
                          DoubleValue(23),
                          MakeDoubleAccessor(&MluChatClient::m_powerDbm),
                          MakeDoubleChecker<double>(-200, 100))
            .AddAttribute("ComputeModel",
                          "What an answer of the device costs.",
                          StringValue("ns3::llmmec::StepTimeComputeModel"),
                          MakePointerAccessor(&MluChatClient::m_compute),
                          MakePointerChecker<ComputeModel>())
            .AddAttribute("Policy",
                          "Who answers a question.",
                          StringValue("ns3::llmmec::FasterRequestPolicy"),
                          MakePointerAccessor(&MluChatClient::m_policy),
                          MakePointerChecker<RequestPolicy>())
            .AddTraceSource("Answered",
                            "A question was answered, lost or cancelled.",
                            MakeTraceSourceAccessor(&MluChatClient::m_outcomeTrace),
                            "ns3::llmmec::MluChatClient::OutcomeTracedCallback")
            .AddTraceSource("Uploaded",
                            "A prompt has left the MLU whole.",
                            MakeTraceSourceAccessor(&MluChatClient::m_uploadTrace),
                            "ns3::llmmec::MluChatClient::UploadTracedCallback");
    return tid;
}

void
MluChatClient::Join(Ptr<MecLink> link, Ptr<MecServerApplication> server)
{
    NS_LOG_FUNCTION(this << link << GetNode()->GetId());
    m_link = link;
    m_server = server;
    m_index = link->AddMlu(GetNode(), *this);
}

uint32_t
MluChatClient::GetIndex() const
{
    return m_index;
}

std::size_t
MluChatClient::GetPending() const
{
    return m_questions.size();
}

int64_t
MluChatClient::AssignStreams(int64_t stream)
{
    const int64_t first = stream;
    for (const auto& variable : {m_interval, m_promptTokens, m_answerTokens})
    {
        if (variable)
        {
            variable->SetStream(stream);
        }
        ++stream;
    }
    stream += m_policy->AssignStreams(stream);
    return stream - first;
}

void
MluChatClient::StartApplication()
{
    NS_LOG_FUNCTION(this);
    if (m_interval)
    {
        ScheduleNext();
    }
}

void
MluChatClient::StopApplication()
{
    NS_LOG_FUNCTION(this);
    m_next.Cancel(); // what was asked is answered
}

void
MluChatClient::ScheduleNext()
{
    const double intervalS =
        DrawWithin("MluChatClient: Interval", m_interval, SHORTEST_DRAW_S, LONGEST_DRAW_S);
    m_next = Simulator::Schedule(DelayOf(intervalS), &MluChatClient::AskAtRandom, this);
}

void
MluChatClient::AskAtRandom()
{
    const uint32_t promptTokens = DrawCount("MluChatClient: PromptTokens", m_promptTokens);
    const uint32_t answerTokens = DrawCount("MluChatClient: AnswerTokens", m_answerTokens);
    Ask(m_nextId, promptTokens, answerTokens);
    ScheduleNext();
}

void
MluChatClient::Ask(uint64_t id,
                   uint32_t promptTokens,
                   uint32_t answerTokens,
                   const std::optional<TextPrefix>& prefix)
{
    NS_LOG_FUNCTION(this << id << promptTokens << answerTokens);
    if (!m_server)
    {
        throw std::runtime_error("MluChatClient: question " + std::to_string(id) +
                                 " was asked before Join, expected a cell");
    }
    if (promptTokens == 0 || answerTokens == 0)
    {
        throw std::invalid_argument("MluChatClient: question " + std::to_string(id) + " of MLU " +
                                    std::to_string(m_index) + ": " + std::to_string(promptTokens) +
                                    " prompt tokens and " + std::to_string(answerTokens) +
                                    " answer tokens, expected at least one of each");
    }
    if (Find(id))
    {
        throw std::invalid_argument("MluChatClient: question " + std::to_string(id) + " of MLU " +
                                    std::to_string(m_index) +
                                    " is under way, expected a number of its own");
    }
    m_nextId = std::max(m_nextId, id + 1);
    Question question;
    OffloadRequest& request = question.request;
    request.taskId = id;
    request.mlu = m_index;
    request.server = m_server->GetIndex();
    request.prefix = prefix;
    LlmWork& work = request.work;
    work.promptTokens = promptTokens;
    work.outputTokens = answerTokens;
    work.bits = work.promptTokens * m_bitsPerToken;

    LlmRequestOutcome& outcome = question.outcome;
    outcome.id = id;
    outcome.mlu = m_index;
    outcome.arrivalS = NowS();
    outcome.promptTokens = promptTokens;
    outcome.answerTokens = answerTokens;
    outcome.isLocal = !m_policy->Offloads(Observe(request));
    NS_LOG_LOGIC("MLU " << m_index << " asks question " << id << " of " << outcome.promptTokens
                        << " tokens, " << (outcome.isLocal ? "its device" : "the server")
                        << " answers");
    Question& kept = m_questions.emplace(id, question).first->second;
    if (outcome.isLocal)
    {
        ComputeLocally(kept);
    }
    else
    {
        m_prompts.push_back(id);
        SendNext();
    }
}

RequestObservation
MluChatClient::Observe(const OffloadRequest& request) const
{
    RequestObservation observation;
    observation.promptTokens = request.work.promptTokens;
    observation.answerTokens = request.work.outputTokens;
    observation.deviceWaitS = std::max(m_deviceFreeS - NowS(), 0.0);
    observation.deviceLatencyS = m_compute->GetCost(request.work).latencyS;
    MecChannelMeasurement& channel = m_link->GetMeasurement();
    const double gain = channel.MeasureGains()(m_index, request.server);
    const double rateBps =
        UplinkRateBps(GetPowerW() * gain, 0, channel.GetBandwidthHz(), channel.GetNoiseW());
    observation.uplinkS = UplinkLatencyS(request.work.bits, rateBps, m_link->GetMaxLatencyS());
    observation.serverLatencyS = m_server->EstimateLatencyS(request);
    return observation;
}

double
MluChatClient::GetPowerW() const
{
    return DbmToWatt(m_powerDbm);
}

void
MluChatClient::ComputeLocally(Question& question)
{
    const ComputeCost cost = m_compute->GetCost(question.request.work);
    LlmWork first = question.request.work;
    first.outputTokens = 1;
    const double firstS = m_compute->GetCost(first).latencyS;
    LlmRequestOutcome& outcome = question.outcome;
    outcome.queueS = std::max(m_deviceFreeS - NowS(), 0.0);
    outcome.ttftS = *outcome.queueS + firstS;
    outcome.latencyS = *outcome.queueS + cost.latencyS;
    outcome.deviceEnergyJ = cost.energyJ;
    m_deviceFreeS = NowS() + outcome.latencyS;
    if (outcome.answerTokens > 1)
    {
        outcome.tpotS = (outcome.latencyS - outcome.ttftS) / (outcome.answerTokens - 1);
    }
    Simulator::Schedule(DelayOf(outcome.latencyS), &MluChatClient::Report, this, outcome.id);
}

void
MluChatClient::SendNext()
{
    if (m_isSending || m_prompts.empty())
    {
        return;
    }
    m_isSending = true;
    m_sentId = m_prompts.front();
    m_sentS = NowS();
    m_prompts.pop_front();
    Question& question = m_questions.at(m_sentId);
    question.outcome.uplinkLatencyS = NowS() - question.outcome.arrivalS;
    m_link->GetMeasurement().MeasureGains(); // no controller does
    m_link->Send(question.request, {GetPowerW(), std::nullopt});
}

void
MluChatClient::RequestSent(const OffloadRequest& request, const LinkDelivery& delivery)
{
    NS_LOG_FUNCTION(this << request.taskId << delivery.latencyS);
    m_isSending = false;
    if (Question* question = Find(request.taskId))
    {
        LlmRequestOutcome& outcome = question->outcome;
        outcome.uplinkLatencyS += delivery.latencyS;
        outcome.uplinkEnergyJ = delivery.energyJ;
        outcome.uplinkCapped = delivery.capped;
    }
    m_uploadTrace(request, delivery);
    SendNext();
}

void
MluChatClient::RequestLost(const OffloadRequest& request, const LinkDelivery& delivery)
{
    NS_LOG_FUNCTION(this << request.taskId << delivery.latencyS);
    m_isSending = false;
    if (Question* question = Find(request.taskId))
    {
        LlmRequestOutcome& outcome = question->outcome;
        outcome.isLost = true;
        outcome.uplinkLatencyS += delivery.latencyS;
        outcome.uplinkEnergyJ = delivery.energyJ;
        outcome.latencyS = NowS() - outcome.arrivalS;
    }
    Report(request.taskId);
    SendNext();
}

void
MluChatClient::ChangeTransmitPower(double)
{
    // It has no battery.
}

void
MluChatClient::ReceiveAnswer(const OffloadAnswer& answer, const LinkDelivery& delivery)
{
    NS_LOG_FUNCTION(this << answer.request.taskId << answer.mecLatencyS << delivery.latencyS);
    Question* question = Find(answer.request.taskId);
    if (!question)
    {
        NS_LOG_LOGIC("an answer is dropped, question " << answer.request.taskId << " of MLU "
                                                       << m_index << " was cancelled");
        return;
    }
    if (delivery.capped)
    {
        NS_LOG_LOGIC("an answer to question " << answer.request.taskId << " has not arrived");
        if (answer.isLast)
        {
            question->outcome.isLost = true;
            question->outcome.latencyS = NowS() - question->outcome.arrivalS;
            Report(answer.request.taskId);
        }
        return;
    }
    const bool isFirst = question->firstTokenS < 0;
    question->firstTokenS = isFirst ? NowS() : question->firstTokenS;
    if (!answer.isLast)
    {
        return;
    }
    LlmRequestOutcome& outcome = question->outcome;
    outcome.ttftS = question->firstTokenS - outcome.arrivalS;
    outcome.latencyS = NowS() - outcome.arrivalS;
    if (!isFirst)
    {
        outcome.tpotS = (outcome.latencyS - outcome.ttftS) / (outcome.answerTokens - 1);
    }
    if (answer.served)
    {
        outcome.queueS = answer.served->queueS;
        outcome.serverEnergyJ = answer.served->energyJ;
        outcome.preemptions = answer.served->preemptions;
        outcome.cachedTokens = answer.served->cachedTokens;
    }
    Report(answer.request.taskId);
}

bool
MluChatClient::Cancel(uint64_t id)
{
    NS_LOG_FUNCTION(this << id);
    Question* question = Find(id);
    if (!question)
    {
        return false;
    }
    LlmRequestOutcome& outcome = question->outcome;
    outcome.isCancelled = true;
    outcome.latencyS = NowS() - outcome.arrivalS;
    const auto waiting = std::find(m_prompts.begin(), m_prompts.end(), id);
    if (waiting != m_prompts.end())
    {
        outcome.uplinkLatencyS = outcome.latencyS;
        m_prompts.erase(waiting);
    }
    else if (m_isSending && m_sentId == id)
    {
        m_link->Cancel(m_index);
        m_isSending = false;
        outcome.uplinkLatencyS = outcome.latencyS;
        outcome.uplinkEnergyJ = UplinkEnergyJ(GetPowerW(), NowS() - m_sentS);
    }
    else if (!outcome.isLocal)
    {
        m_server->Cancel(m_index, id);
    }
    Report(id);
    SendNext();
    return true;
}

MluChatClient::Question*
MluChatClient::Find(uint64_t id)
{
    const auto found = m_questions.find(id);
    return found == m_questions.end() ? nullptr : &found->second;
}

void
MluChatClient::Report(uint64_t id)
{
    const auto found = m_questions.find(id);
    if (found == m_questions.end())
    {
        return;
    }
    const LlmRequestOutcome outcome = found->second.outcome;
    m_questions.erase(found);
    NS_LOG_LOGIC("question " << id << " of MLU " << m_index << " took " << outcome.latencyS << " s"
                             << (outcome.isLost        ? ", and is lost"
                                 : outcome.isCancelled ? ", and was cancelled"
                                                       : ""));
    m_outcomeTrace(outcome);
}

void
MluChatClient::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_next.Cancel();
    m_questions.clear();
    m_prompts.clear();
    m_compute = nullptr;
    m_policy = nullptr;
    m_link = nullptr;
    m_server = nullptr;
    Application::DoDispose();
}

} // namespace llmmec
} // namespace ns3
