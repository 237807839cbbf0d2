/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-chat-client.h"

#include "llm-chat-datagram-transport.h"
#include "llm-chat-stream-transport.h"

#include "ns3/inet-socket-address.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/log.h"
#include "ns3/offload-clock.h"
#include "ns3/offload-draw.h"

#include <algorithm>
#include <stdexcept>
#include <vector>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmChatClient");

void
LlmChatClient::StartApplication()
{
    NS_LOG_FUNCTION(this);
    CheckRemote();
    m_isRunning = true;
    m_start = Simulator::Now();
    AskDue();
    if (m_turns)
    {
        BeginConversation();
    }
}

void
LlmChatClient::StopApplication()
{
    NS_LOG_FUNCTION(this);
    m_isRunning = false;
    m_nextEvent.Cancel();
    m_questionEvent.Cancel();
    EndAll(LlmChatEnd::CANCELLED);
    Disconnect();
}

void
LlmChatClient::BeginConversation()
{
    ++m_conversation.number;
    m_conversation.turnsLeft = DrawCount("LlmChatClient: Turns", m_turns);
    m_conversation.historyTokens = 0;
    m_conversation.latestTurn = 0;
    AskNext();
}

void
LlmChatClient::AskNext()
{
    --m_conversation.turnsLeft;
    LlmChatQuestion question;
    question.historyTokens = m_conversation.historyTokens;
    question.promptTokens =
        m_conversation.historyTokens + DrawCount("LlmChatClient: PromptTokens", m_promptTokens);
    question.answerTokens = DrawCount("LlmChatClient: AnswerTokens", m_answerTokens);
    question.prefixTurn = m_conversation.latestTurn;
    CheckChatQuestion(question, m_promptTokenBytes);
    m_conversation.latestTurn = Open(question, m_conversation.number);
}

void
LlmChatClient::GoOn(const LlmChatTurn& turn)
{
    if (turn.end == LlmChatEnd::FAILED || m_conversation.turnsLeft == 0)
    {
        EndConversation();
        return;
    }
    // Of a cancelled answer the next prompt carries what has come.
    m_conversation.historyTokens = turn.promptTokens + turn.receivedTokens;
    const double thinkS =
        DrawWithin("LlmChatClient: ThinkTime", m_thinkTime, SHORTEST_DRAW_S, LONGEST_DRAW_S);
    m_nextEvent = Simulator::Schedule(DelayOf(thinkS), &LlmChatClient::AskNext, this);
}

void
LlmChatClient::EndConversation()
{
    // Questions from outside may still use the connection.
    if (m_open.empty() && m_nextQuestion == m_questions.size() && m_transport &&
        m_transport->HasConnection())
    {
        Disconnect();
    }
    if (m_gap)
    {
        const double gapS =
            DrawWithin("LlmChatClient: ConversationGap", m_gap, SHORTEST_DRAW_S, LONGEST_DRAW_S);
        m_nextEvent = Simulator::Schedule(DelayOf(gapS), &LlmChatClient::BeginConversation, this);
    }
}

void
LlmChatClient::SetQuestions(const std::vector<LlmChatQuestion>& questions)
{
    NS_LOG_FUNCTION(this << questions.size());
    CheckChatQuestions(questions, m_promptTokenBytes);
    m_questions = questions;
    m_nextQuestion = 0;
    if (m_isRunning)
    {
        m_questionEvent.Cancel();
        AskDue();
    }
}

void
LlmChatClient::AskDue()
{
    while (m_nextQuestion < m_questions.size())
    {
        const LlmChatQuestion& question = m_questions[m_nextQuestion];
        const Time due = m_start + DelayOf(question.askS);
        if (due > Simulator::Now())
        {
            m_questionEvent =
                Simulator::Schedule(due - Simulator::Now(), &LlmChatClient::AskDue, this);
            return;
        }
        ++m_nextQuestion;
        Open(question, 0);
    }
}

uint32_t
LlmChatClient::Ask(const LlmChatQuestion& question)
{
    CheckChatQuestion(question, m_promptTokenBytes);
    if (!m_isRunning)
    {
        throw std::invalid_argument("LlmChatClient: a question was asked while the application "
                                    "does not run, expected a time between its start and its stop");
    }
    return Open(question, 0);
}

uint32_t
LlmChatClient::Open(const LlmChatQuestion& question, uint32_t conversation)
{
    NS_LOG_FUNCTION(this << question.promptTokens << question.answerTokens << conversation);
    const uint32_t id = ++m_turnsAsked;
    ++m_counts.asked;
    LlmChatTurn turn;
    turn.id = id;
    turn.conversation = conversation;
    turn.askedS = NowS();
    turn.promptTokens = question.promptTokens;
    turn.historyTokens = question.historyTokens;
    turn.answerTokens = question.answerTokens;
    turn.tokenBytes = m_answerTokenBytes;
    const OpenTurn fresh{LlmChatReception(turn), 0, Simulator::Now(), EventId(), EventId()};
    OpenTurn& open = m_open.emplace(id, fresh).first->second;
    open.timeout = Simulator::Schedule(m_timeout, &LlmChatClient::CheckTimeout, this, id);
    if (m_patience)
    {
        const double patienceS =
            DrawWithin("LlmChatClient: Patience", m_patience, SHORTEST_DRAW_S, LONGEST_DRAW_S);
        open.patience = Simulator::Schedule(DelayOf(patienceS),
                                            &LlmChatClient::End,
                                            this,
                                            id,
                                            LlmChatEnd::CANCELLED);
    }
    if (m_readTokens)
    {
        open.readTokens = DrawCount("LlmChatClient: ReadTokens", m_readTokens);
    }
    LlmChatHeader prompt;
    prompt.type = LlmChatHeader::PROMPT;
    prompt.tokenBytes = m_answerTokenBytes;
    prompt.turn = id;
    prompt.first = question.historyTokens;
    prompt.tokens = question.promptTokens;
    prompt.answerTokens = question.answerTokens;
    prompt.prefixTurn = question.prefixTurn;
    prompt.bodyBytes = question.promptTokens * m_promptTokenBytes;
    Connect();
    m_transport->Send(prompt);
    m_startedTrace(turn);
    return id;
}

bool
LlmChatClient::Cancel(uint32_t turn)
{
    NS_LOG_FUNCTION(this << turn);
    const bool isOpen = m_open.count(turn) > 0;
    End(turn, LlmChatEnd::CANCELLED);
    return isOpen;
}

void
LlmChatClient::Connect()
{
    if (m_transport)
    {
        return;
    }
    const bool isIpv6 = Inet6SocketAddress::IsMatchingType(m_remote);
    Ptr<Socket> socket = MakeSocket(isIpv6 ? Address(Inet6SocketAddress(Ipv6Address::GetAny(), 0))
                                           : Address(InetSocketAddress(Ipv4Address::GetAny(), 0)));
    LlmChatTransport::Callbacks callbacks = MakeTraceCallbacks(socket, m_remote);
    callbacks.arrived = [this](const LlmChatHeader& header, uint32_t begin, uint32_t end) {
        NoteArrived(header, begin, end);
    };
    callbacks.ready = [] {};
    callbacks.closed = [this] { NoteClosed(); };
    if (!IsStream(socket))
    {
        CheckTokenBytes();
        const LlmChatDatagramTransport::Settings settings{GetPacketBytes(), m_pacing};
        auto datagrams = Create<LlmChatDatagramTransport>(socket, m_remote, settings, callbacks);
        datagrams->OwnSocket();
        m_transport = datagrams;
        return;
    }
    m_transport = Create<LlmChatStreamTransport>(socket, callbacks);
    if (socket->Connect(m_remote) != 0)
    {
        // Told a little later, as other failures are.
        m_unreachable = Simulator::ScheduleNow(&LlmChatClient::NoteClosed, this);
    }
}

void
LlmChatClient::Disconnect()
{
    NS_LOG_FUNCTION(this);
    m_unreachable.Cancel();
    if (m_transport)
    {
        m_transport->Close();
        m_transport = nullptr;
    }
}

void
LlmChatClient::NoteArrived(const LlmChatHeader& header, uint32_t begin, uint32_t end)
{
    if (header.type == LlmChatHeader::REFUSE)
    {
        End(header.turn, LlmChatEnd::FAILED);
    }
    else if (header.type == LlmChatHeader::TOKENS)
    {
        // A token is there when its last byte is.
        const uint32_t first = header.first + begin / header.tokenBytes;
        const uint32_t after = header.first + end / header.tokenBytes;
        const auto found = m_open.find(header.turn);
        if (found == m_open.end())
        {
            m_counts.lateTokens += after - first;
            return;
        }
        found->second.heard = Simulator::Now();
        if (after > first)
        {
            NoteTokens(header.turn, {first, after});
        }
    }
}

void
LlmChatClient::NoteTokens(uint32_t id, const MecByteRanges::Range& range)
{
    OpenTurn& open = m_open.at(id);
    const auto progress = open.reception.Add(range, NowS(), m_stallTime.GetSeconds());
    m_counts.receivedTokens += progress.tokens;
    if (progress.tokens == 0)
    {
        return;
    }
    // Copies, since who is told may end the turn.
    const LlmChatTurn turn = open.reception.GetTurn();
    const bool isComplete = open.reception.IsComplete();
    const bool hasRead = open.readTokens > 0 && turn.receivedTokens >= open.readTokens;
    open.patience.Cancel();
    if (progress.hasEnd && !isComplete)
    {
        open.timeout.Cancel();
        open.timeout = Simulator::Schedule(m_reorderTimeout,
                                           &LlmChatClient::End,
                                           this,
                                           id,
                                           LlmChatEnd::FAILED);
    }
    if (progress.isFirst)
    {
        m_ttftTrace(Seconds(*turn.GetTtftS()));
    }
    if (progress.stallS > 0)
    {
        m_stallTrace(Seconds(progress.stallS));
    }
    m_tokensTrace(turn, static_cast<uint32_t>(range.begin), progress.tokens);
    if (isComplete || hasRead)
    {
        End(id, isComplete ? LlmChatEnd::COMPLETED : LlmChatEnd::CANCELLED);
    }
}

void
LlmChatClient::NoteClosed()
{
    NS_LOG_FUNCTION(this);
    Disconnect();
    EndAll(LlmChatEnd::FAILED);
}

void
LlmChatClient::EndAll(LlmChatEnd end)
{
    std::vector<uint32_t> turns;
    for (const auto& [id, open] : m_open)
    {
        turns.push_back(id);
    }
    std::sort(turns.begin(), turns.end()); // one order on all machines
    for (const uint32_t id : turns)
    {
        End(id, end);
    }
}

void
LlmChatClient::CheckTimeout(uint32_t id)
{
    OpenTurn& open = m_open.at(id);
    const Time due = open.heard + m_timeout;
    if (due > Simulator::Now())
    {
        open.timeout =
            Simulator::Schedule(due - Simulator::Now(), &LlmChatClient::CheckTimeout, this, id);
        return;
    }
    End(id, LlmChatEnd::FAILED);
}

void
LlmChatClient::End(uint32_t id, LlmChatEnd end)
{
    const auto found = m_open.find(id);
    if (found == m_open.end())
    {
        return;
    }
    NS_LOG_FUNCTION(this << id << static_cast<int>(end));
    found->second.timeout.Cancel();
    found->second.patience.Cancel();
    LlmChatTurn turn = found->second.reception.GetTurn();
    m_open.erase(found);
    turn.end = end;
    turn.endS = NowS();
    m_counts.completed += end == LlmChatEnd::COMPLETED;
    m_counts.cancelled += end == LlmChatEnd::CANCELLED;
    m_counts.failed += end == LlmChatEnd::FAILED;
    if (end != LlmChatEnd::COMPLETED && m_transport)
    {
        LlmChatHeader cancel;
        cancel.type = LlmChatHeader::CANCEL;
        cancel.turn = id;
        m_transport->Send(cancel);
    }
    if (m_isRunning && turn.conversation > 0)
    {
        GoOn(turn);
    }
    if (const auto tpotS = turn.GetTpotS())
    {
        m_tpotTrace(Seconds(*tpotS));
    }
    m_endedTrace(turn);
}

const LlmChatClientCounts&
LlmChatClient::GetCounts() const
{
    return m_counts;
}

std::size_t
LlmChatClient::GetOpen() const
{
    return m_open.size();
}

void
LlmChatClient::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_isRunning = false;
    m_nextEvent.Cancel();
    m_questionEvent.Cancel();
    for (auto& [id, open] : m_open)
    {
        open.timeout.Cancel();
        open.patience.Cancel();
    }
    m_open.clear();
    m_unreachable.Cancel();
    m_transport = nullptr; // not closed: the stack below may be gone
    LlmChatApplication::DoDispose();
}

} // namespace llmmec
} // namespace ns3
