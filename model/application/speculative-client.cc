/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "speculative-client.h"

#include "ns3/double.h"
#include "ns3/enum.h"
#include "ns3/log.h"
#include "ns3/mec-uplink-rate.h"
#include "ns3/offload-clock.h"
#include "ns3/offload-ns3-compat.h"
#include "ns3/pointer.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <sstream>
#include <stdexcept>
#include <string>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("SpeculativeClient");

NS_OBJECT_ENSURE_REGISTERED(SpeculativeClient);

namespace
{

/// @param what name of a random variable @param variable it @return tokens that it draws, rounded
/// up, at least 1 @throws std::runtime_error in one line
uint32_t
DrawTokens(const std::string& what, const Ptr<RandomVariableStream>& variable)
{
    constexpr double most = 1e9;
    const double tokens = variable->GetValue();
    if (!(tokens >= 0 && tokens <= most))
    {
        std::ostringstream message;
        message << "SpeculativeClient: " << what << " drew " << tokens
                << ", expected a number from 0 to " << most;
        throw std::runtime_error(message.str());
    }
    return static_cast<uint32_t>(std::max(std::ceil(tokens), 1.0));
}

} // namespace

TypeId
SpeculativeClient::GetTypeId()
{
    using Client = SpeculativeClient;
    static TypeId tid =
        TypeId("ns3::llmmec::SpeculativeClient")
            .SetParent<Application>()
            .SetGroupName("LlmMec")
            .AddConstructor<SpeculativeClient>()
            .AddAttribute("Mode",
                          "How answers are decoded.",
                          EnumValue(EVENT),
                          MakeEnumAttributeAccessor<Mode>(&Client::m_mode),
                          MakeEnumChecker(CONVENTIONAL,
                                          "Conventional",
                                          LOCK_STEP,
                                          "LockStep",
                                          EVENT,
                                          "Event",
                                          STREAMING,
                                          "Streaming",
                                          SERVER_ONLY,
                                          "ServerOnly",
                                          DEVICE_ONLY,
                                          "DeviceOnly"))
            .AddAttribute("AheadPasses",
                          "Passes of the server after the last one that it knows to be needed, "
                          "in case the device restarts. None in lock-step.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&Client::m_aheadPasses),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("Answers",
                          "Questions that are asked, one after the other; 0: without end.",
                          UintegerValue(1),
                          MakeUintegerAccessor(&Client::m_answers),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("PromptTokens",
                          "Tokens of a prompt, rounded up, at least 1.",
                          StringValue("ns3::ConstantRandomVariable[Constant=64]"),
                          MakePointerAccessor(&Client::m_promptTokens),
                          MakePointerChecker<RandomVariableStream>())
            .AddAttribute("AnswerTokens",
                          "Tokens of an answer, rounded up, at least 1.",
                          StringValue("ns3::ConstantRandomVariable[Constant=100]"),
                          MakePointerAccessor(&Client::m_answerTokens),
                          MakePointerChecker<RandomVariableStream>())
            .AddAttribute("ThinkTime",
                          "Time from an answer to the next question, s, >= 0.",
                          StringValue("ns3::ConstantRandomVariable[Constant=0]"),
                          MakePointerAccessor(&Client::m_thinkTime),
                          MakePointerChecker<RandomVariableStream>())
            .AddAttribute("Acceptance",
                          "Which drafts are right.",
                          StringValue("ns3::llmmec::ConstantAcceptance"),
                          MakePointerAccessor(&Client::m_acceptance),
                          MakePointerChecker<DraftAcceptance>())
            .AddAttribute("Window",
                          "How many drafts are sent together.",
                          StringValue("ns3::llmmec::FixedWindow"),
                          MakePointerAccessor(&Client::m_window),
                          MakePointerChecker<WindowPolicy>())
            .AddAttribute("StepTimeModel",
                          "What a draft takes; it has the prompt to compute before the first.",
                          PointerValue(),
                          MakePointerAccessor(&Client::m_stepTime),
                          MakePointerChecker<StepTimeModel>())
            .AddAttribute("StepEnergyModel",
                          "Energy of a draft.",
                          StringValue("ns3::llmmec::StepEnergyModel"),
                          MakePointerAccessor(&Client::m_stepEnergy),
                          MakePointerChecker<StepEnergyModel>())
            .AddAttribute("DraftTime",
                          "Time of each draft, >= 0; 0: by StepTimeModel.",
                          TimeValue(Seconds(0)),
                          MakeTimeAccessor(&Client::m_draftTime),
                          MakeTimeChecker(Seconds(0)))
            .AddAttribute("HeaderBits",
                          "Of each message, bits; the default is IPv4, UDP and 12 bytes.",
                          DoubleValue(320),
                          MakeDoubleAccessor(&Client::m_headerBits),
                          MakeDoubleChecker<double>(0, 1e9))
            .AddAttribute("BitsPerToken",
                          "Of a draft in a message, bits: 16 for an id, 32 with its probability, "
                          "2048 for the 64 likeliest, and 16 for each word of the vocabulary for "
                          "the whole distribution.",
                          DoubleValue(16),
                          MakeDoubleAccessor(&Client::m_bitsPerToken),
                          MakeDoubleChecker<double>(0, 1e9))
            .AddAttribute("PromptBitsPerToken",
                          "Of a token of the prompt, bits.",
                          DoubleValue(16),
                          MakeDoubleAccessor(&Client::m_promptBitsPerToken),
                          MakeDoubleChecker<double>(0, 1e9))
            .AddAttribute("PowerDbm",
                          "Power of sending, dBm.",
                          DoubleValue(23),
                          MakeDoubleAccessor(&Client::m_powerDbm),
                          MakeDoubleChecker<double>(-200, 100))
            .AddAttribute("BandwidthShare",
                          "Share of its server's band that the MLU has for itself; 0: the whole "
                          "band, with interference.",
                          DoubleValue(1),
                          MakeDoubleAccessor(&Client::m_bandwidthShare),
                          MakeDoubleChecker<double>(0, 1))
            .AddTraceSource("Answered",
                            "An answer has ended.",
                            MakeTraceSourceAccessor(&Client::m_outcomeTrace),
                            "ns3::llmmec::SpeculativeClient::OutcomeTracedCallback")
            .AddTraceSource("Round",
                            "A verdict has come.",
                            MakeTraceSourceAccessor(&Client::m_roundTrace),
                            "ns3::llmmec::SpeculativeClient::RoundTracedCallback")
            .AddTraceSource("Draft",
                            "A draft was written, or given up.",
                            MakeTraceSourceAccessor(&Client::m_draftTrace),
                            "ns3::llmmec::SpeculativeClient::DraftTracedCallback")
            .AddTraceSource("Uploaded",
                            "A message has left the MLU whole.",
                            MakeTraceSourceAccessor(&Client::m_uploadTrace),
                            "ns3::llmmec::MecLink::RequestTracedCallback");
    return tid;
}

void
SpeculativeClient::Join(Ptr<MecLink> link, Ptr<SpeculativeServer> server)
{
    NS_LOG_FUNCTION(this << link << GetNode()->GetId());
    m_link = link;
    m_server = server;
    m_index = link->AddMlu(GetNode(), *this);
}

void
SpeculativeClient::SetPair(std::shared_ptr<const LlmPair> pair, std::size_t first)
{
    m_pair = pair;
    m_query = first;
}

void
SpeculativeClient::SetEnergyModel(Ptr<MluEnergyModel> energyModel)
{
    m_energy = energyModel;
    m_energy->SetDepletedCallback(MakeCallback(&SpeculativeClient::Deplete, this));
}

bool
SpeculativeClient::HasEnded() const
{
    return !m_answer && m_next.IsExpired();
}

uint32_t
SpeculativeClient::GetIndex() const
{
    return m_index;
}

int64_t
SpeculativeClient::AssignStreams(int64_t stream)
{
    const int64_t first = stream;
    for (const auto& variable : {m_promptTokens, m_answerTokens, m_thinkTime})
    {
        variable->SetStream(stream++);
    }
    stream += m_acceptance->AssignStreams(stream);
    return stream - first;
}

void
SpeculativeClient::StartApplication()
{
    NS_LOG_FUNCTION(this);
    m_processor = std::make_unique<SpeculativeDraftProcessor>(
        m_stepTime,
        m_stepEnergy,
        m_draftTime,
        m_energy,
        MakeCallback(&SpeculativeClient::EndDraft, this));
    Ask();
}

void
SpeculativeClient::StopApplication()
{
    NS_LOG_FUNCTION(this);
    m_next.Cancel(); // what was asked is answered
}

SpeculativeClient::Answer
SpeculativeClient::MakeAnswer()
{
    Answer answer;
    if (!m_pair)
    {
        answer.outcome.promptTokens = DrawTokens("PromptTokens", m_promptTokens);
        answer.target.resize(DrawTokens("AnswerTokens", m_answerTokens));
        // Any text does.
        std::iota(answer.target.begin(), answer.target.end(), 0);
        answer.noToken = static_cast<uint32_t>(answer.target.size());
        m_acceptance->BeginAnswer();
        return answer;
    }
    const LlmPairQuery& query = m_pair->queries[m_query++ % m_pair->queries.size()];
    answer.outcome.promptTokens = query.promptTokens;
    answer.target = query.target;
    answer.noToken = m_pair->vocabularySize;
    auto transcript = DynamicCast<TranscriptAcceptance>(m_acceptance);
    if (!transcript || m_mode == DEVICE_ONLY)
    {
        answer.draft = query.draft;
        return answer;
    }
    transcript->SetTranscript(query.target, query.draft);
    transcript->SetRates(query.acceptance);
    transcript->BeginAnswer();
    return answer;
}

void
SpeculativeClient::Ask()
{
    NS_LOG_FUNCTION(this);
    m_answer = MakeAnswer();
    Answer& answer = *m_answer;
    answer.outcome.id = m_asked++;
    answer.outcome.mlu = m_index;
    answer.outcome.arrivalS = NowS();
    answer.verdictS = NowS();
    NS_LOG_LOGIC("MLU " << m_index << " asks for answer " << answer.outcome.id << " of "
                        << answer.target.size() << " tokens");
    if (m_mode != SERVER_ONLY)
    {
        m_processor->BeginAnswer(answer.outcome.promptTokens);
    }
    if (m_mode != DEVICE_ONLY)
    {
        BeginSession(answer);
    }
    Act();
}

void
SpeculativeClient::BeginSession(Answer& answer)
{
    VerifiedAnswer verified;
    verified.mode = SpeculativeMode::EVENT;
    verified.aheadPasses = std::numeric_limits<uint32_t>::max();
    verified.promptTokens = answer.outcome.promptTokens;
    verified.target = answer.target;
    PreVerifyRequest begin;
    if (m_mode != SERVER_ONLY)
    {
        verified.mode = static_cast<SpeculativeMode>(m_mode);
        verified.aheadPasses = m_aheadPasses;
        m_window->BeginAnswer();
        answer.session.emplace(verified.mode,
                               m_window->Choose(verified.mode, GetTimes()),
                               answer.target.size(),
                               m_aheadPasses);
        begin = answer.session->TakePreVerify();
    }
    m_server->Expect(m_index, answer.outcome.id, verified);
    Send({{}, begin},
         m_headerBits + m_promptBitsPerToken * static_cast<double>(verified.promptTokens));
}

void
SpeculativeClient::Act()
{
    // Whatever draws from the battery may end the answer.
    if (m_answer && m_answer->session)
    {
        const uint64_t epoch = m_answer->session->GetRestarts();
        if (epoch != m_answer->epoch)
        {
            m_answer->epoch = epoch;
            GiveUp();
        }
    }
    if (m_answer && m_answer->session)
    {
        SendNext();
    }
    if (m_answer && !m_processor->GetStartS())
    {
        const auto& session = m_answer->session;
        if (session ? session->WantsDraft() : m_mode == DEVICE_ONLY)
        {
            m_processor->Start(session ? session->GetNextPosition()
                                       : m_answer->outcome.answer.size());
        }
    }
}

void
SpeculativeClient::GiveUp()
{
    const bool isWindowUnderWay = m_isSending && !m_answer->flights.empty();
    m_answer->flights.clear();
    StopDraft();
    if (isWindowUnderWay && m_isSending)
    {
        m_link->Cancel(m_index);
        StopSending(UplinkEnergyJ(GetPowerW(), NowS() - m_sentS));
    }
}

double
SpeculativeClient::GetBits(uint64_t tokens) const
{
    return m_headerBits + m_bitsPerToken * static_cast<double>(tokens);
}

void
SpeculativeClient::SendNext()
{
    SpeculativeSession& session = *m_answer->session;
    if (m_isSending)
    {
        return;
    }
    if (session.WantsPreVerify())
    {
        const PreVerifyRequest request = session.TakePreVerify();
        Send({{}, request}, GetBits(request.padTokens));
    }
    else if (const auto window = session.TakeWindow())
    {
        m_answer->flights.push_back(
            {NowS(), 0, window->first, window->tokens.size(), window->tokens.back()});
        Send({*window, {}}, GetBits(window->tokens.size()));
    }
}

void
SpeculativeClient::Send(const SpeculativeUpload& upload, double bits)
{
    OffloadRequest request;
    request.taskId = m_answer->outcome.id;
    request.mlu = m_index;
    request.server = m_server->GetIndex();
    request.work.bits = bits;
    request.work.promptTokens = m_answer->outcome.promptTokens;
    request.speculation = upload;
    LinkTransmission transmission{GetPowerW(), std::nullopt};
    if (m_bandwidthShare > 0)
    {
        transmission.bandwidthShare = m_bandwidthShare;
    }
    m_isSending = true;
    m_sentS = NowS();
    if (m_energy && !m_link->TellsPower())
    {
        m_energy->ChangePower(GetPowerW());
    }
    if (m_answer) // unless the battery was empty
    {
        m_link->GetMeasurement().MeasureGains(); // no controller does
        m_link->Send(request, transmission);
    }
}

void
SpeculativeClient::StopSending(double energyJ)
{
    m_isSending = false;
    if (m_answer)
    {
        m_answer->outcome.uplinkEnergyJ += energyJ;
    }
    if (m_energy && !m_link->TellsPower())
    {
        m_energy->ChangePower(-GetPowerW());
    }
}

void
SpeculativeClient::RequestSent(const OffloadRequest& request, const LinkDelivery& delivery)
{
    NS_LOG_FUNCTION(this << request.taskId << delivery.latencyS);
    m_rateBps = delivery.rateBps;
    m_uploadTrace(request, delivery);
    if (m_answer && request.speculation && !request.speculation->window.tokens.empty() &&
        !m_answer->flights.empty())
    {
        m_answer->flights.back().uploadS = delivery.latencyS;
    }
    StopSending(delivery.energyJ);
    Act();
}

void
SpeculativeClient::RequestLost(const OffloadRequest& request, const LinkDelivery& delivery)
{
    NS_LOG_FUNCTION(this << request.taskId << delivery.latencyS);
    StopSending(delivery.energyJ);
    if (m_answer)
    {
        Finish(SpeculativeEnd::LOST);
    }
}

void
SpeculativeClient::StopDraft()
{
    if (const auto startS = m_processor->GetStartS())
    {
        m_draftTrace(m_index, *startS);
        m_processor->Stop();
    }
}

uint32_t
SpeculativeClient::GetDraftToken()
{
    const SpeculativeSession& session = *m_answer->session;
    const uint64_t position = session.GetNextPosition();
    if (!m_answer->draft.empty())
    {
        return m_answer->draft[position];
    }
    const uint32_t right = m_answer->target[position];
    const uint32_t wrong = m_answer->noToken;
    return m_acceptance->IsRight(position, session.GetNextPlace()) ? right : wrong;
}

void
SpeculativeClient::EndDraft()
{
    StopDraft();
    if (!m_answer)
    {
        return; // that was the last of the battery
    }
    Answer& answer = *m_answer;
    if (answer.session)
    {
        answer.session->AddDraft(GetDraftToken());
    }
    else
    {
        const std::vector<uint32_t>& text = answer.draft.empty() ? answer.target : answer.draft;
        answer.outcome.answer.push_back(text[answer.outcome.answer.size()]);
        ++answer.outcome.drafted;
    }
    Progress();
}

void
SpeculativeClient::Progress()
{
    Answer& answer = *m_answer;
    SpeculativeOutcome& outcome = answer.outcome;
    const auto& session = answer.session;
    const uint64_t tokens = session ? session->GetAnswer().size() : outcome.answer.size();
    outcome.firstTokenS = tokens > 0 && outcome.firstTokenS < 0 ? NowS() : outcome.firstTokenS;
    if (tokens == answer.target.size())
    {
        Finish(SpeculativeEnd::ANSWERED);
        return;
    }
    Act();
}

void
SpeculativeClient::ChangeTransmitPower(double changeW)
{
    if (m_energy)
    {
        m_energy->ChangePower(changeW);
    }
}

void
SpeculativeClient::ReceiveAnswer(const OffloadAnswer& answer, const LinkDelivery& delivery)
{
    NS_LOG_FUNCTION(this << answer.request.taskId << answer.mecLatencyS << delivery.latencyS);
    if (!m_answer || answer.request.taskId != m_answer->outcome.id || !answer.verdict)
    {
        NS_LOG_LOGIC("a verdict is dropped, answer " << answer.request.taskId << " of MLU "
                                                     << m_index << " has ended");
        return;
    }
    if (delivery.capped)
    {
        NS_LOG_LOGIC("answer " << m_answer->outcome.id << " of MLU " << m_index
                               << " is lost, a verdict has not arrived");
        Finish(SpeculativeEnd::LOST);
        return;
    }
    TakeVerdict(answer, delivery);
}

void
SpeculativeClient::TakeVerdict(const OffloadAnswer& message, const LinkDelivery& delivery)
{
    Answer& answer = *m_answer;
    const DraftVerdict& verdict = *message.verdict;
    m_downlinkS = delivery.latencyS;
    TellRound(message, delivery);
    if (answer.session)
    {
        answer.session->AddVerdict(verdict);
        ChooseWindow();
    }
    else
    {
        answer.outcome.answer.push_back(verdict.token);
        ++answer.outcome.rounds;
    }
    Progress();
}

void
SpeculativeClient::TellRound(const OffloadAnswer& message, const LinkDelivery& delivery)
{
    Answer& answer = *m_answer;
    const DraftVerdict& verdict = *message.verdict;
    if (answer.session && verdict.epoch != answer.session->GetRestarts())
    {
        return; // of what was given up, or what the device has not come to
    }
    SpeculativeRound round;
    round.id = answer.outcome.id;
    round.mlu = m_index;
    round.epoch = verdict.epoch;
    round.isPre = verdict.isPre;
    round.serverS = message.mecLatencyS;
    round.downlinkS = delivery.latencyS;
    round.endS = NowS();
    round.startS = round.endS - round.downlinkS - round.serverS;
    if (!verdict.isPre && !answer.flights.empty())
    {
        const Flight flight = answer.flights.front();
        answer.flights.pop_front();
        round.startS = flight.startS;
        round.uploadS = flight.uploadS;
        round.drafts = flight.drafts;
        round.accepted = std::min(verdict.known - 1 - flight.first, flight.drafts);
        // A window that ends the answer has no token of the target after it.
        const bool isLast = verdict.known == flight.first + flight.drafts;
        round.accepted += isLast && verdict.token == flight.last;
    }
    const double draftS = m_processor->GetBusyS();
    round.deviceWaitS = std::max(NowS() - answer.verdictS - (draftS - answer.verdictDraftS), 0.0);
    answer.verdictS = NowS();
    answer.verdictDraftS = draftS;
    m_roundTrace(round);
}

SpeculativeTimes
SpeculativeClient::GetTimes() const
{
    // What a window of usual length takes.
    constexpr double usualWindow = 8;
    const double context = m_answer->outcome.promptTokens;
    const PassEngine& engine = *m_server->GetEngine();
    SpeculativeTimes times;
    times.draftTokenS = m_processor->GetDraftS();
    times.uplinkS = m_rateBps > 0 ? m_headerBits / m_rateBps : 0;
    times.uplinkTokenS = m_rateBps > 0 ? m_bitsPerToken / m_rateBps : 0;
    times.verifyS = engine.EstimateS(usualWindow, context);
    times.preVerifyS = engine.EstimateS(1, context);
    times.downlinkS = m_downlinkS;
    return times;
}

void
SpeculativeClient::ChooseWindow()
{
    Answer& answer = *m_answer;
    SpeculativeSession& session = *answer.session;
    m_window->Learn(session.GetAccepted() - answer.outcome.accepted,
                    session.GetWrong() - answer.wrong);
    answer.outcome.accepted = session.GetAccepted();
    answer.wrong = session.GetWrong();
    session.SetWindow(m_window->Choose(static_cast<SpeculativeMode>(m_mode), GetTimes()));
}

bool
SpeculativeClient::Cancel(uint64_t id)
{
    NS_LOG_FUNCTION(this << id);
    const bool isUnderWay = m_answer && m_answer->outcome.id == id;
    if (isUnderWay)
    {
        Finish(SpeculativeEnd::CANCELLED);
    }
    return isUnderWay;
}

void
SpeculativeClient::Finish(SpeculativeEnd end)
{
    m_isFinishing = true;
    StopDraft();
    if (m_isSending)
    {
        m_link->Cancel(m_index);
        StopSending(UplinkEnergyJ(GetPowerW(), NowS() - m_sentS));
    }
    SpeculativeOutcome outcome = m_answer->outcome;
    if (const auto& session = m_answer->session)
    {
        outcome.answer = session->GetAnswer();
        outcome.drafted = session->GetDrafted();
        outcome.accepted = session->GetAccepted();
        outcome.windows = session->GetWindows();
        outcome.rounds = session->GetRounds();
        outcome.restarts = session->GetRestarts();
    }
    outcome.draftS = m_processor->GetBusyS();
    outcome.deviceEnergyJ = m_processor->GetEnergyJ();
    outcome.end = end;
    outcome.isTargets =
        m_mode != DEVICE_ONLY &&
        std::equal(outcome.answer.begin(), outcome.answer.end(), m_answer->target.begin());
    outcome.doneS = NowS();
    m_answer.reset();
    m_isFinishing = false;
    if (m_mode != DEVICE_ONLY)
    {
        const SpeculativeWork work = m_server->Close(m_index, outcome.id);
        outcome.passes = work.passes;
        outcome.serverEnergyJ = work.energyJ;
    }
    NS_LOG_LOGIC("answer " << outcome.id << " of MLU " << m_index << " took "
                           << outcome.GetLatencyS() << " s for " << outcome.answer.size()
                           << " tokens");
    const bool isEmpty = m_energy && m_energy->IsDepleted();
    if (!isEmpty && (m_answers == 0 || m_asked < m_answers))
    {
        m_next =
            Simulator::Schedule(DelayOf(m_thinkTime->GetValue()), &SpeculativeClient::Ask, this);
    }
    m_outcomeTrace(outcome);
}

void
SpeculativeClient::Deplete()
{
    NS_LOG_FUNCTION(this);
    m_next.Cancel();
    if (m_answer && !m_isFinishing)
    {
        Finish(SpeculativeEnd::DEPLETED);
    }
}

double
SpeculativeClient::GetPowerW() const
{
    return DbmToWatt(m_powerDbm);
}

void
SpeculativeClient::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_next.Cancel();
    m_processor.reset();
    m_answer.reset();
    m_acceptance = nullptr;
    m_window = nullptr;
    m_stepTime = nullptr;
    m_stepEnergy = nullptr;
    m_energy = nullptr;
    m_link = nullptr;
    m_server = nullptr;
    Application::DoDispose();
}

} // namespace llmmec
} // namespace ns3
