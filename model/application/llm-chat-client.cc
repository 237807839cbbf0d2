/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-chat-client.h"

#include "llm-chat-stream-transport.h"

#include "ns3/inet-socket-address.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/log.h"
#include "ns3/node.h"
#include "ns3/offload-clock.h"
#include "ns3/offload-draw.h"

#include <algorithm>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <string>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmChatClient");

void
LlmChatClient::StartApplication()
{
    NS_LOG_FUNCTION(this);
    CheckAttributes();
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
    while (!m_open.empty())
    {
        End(m_open.begin()->first, LlmChatEnd::CANCELLED);
    }
    Disconnect();
}

void
LlmChatClient::CheckAttributes() const
{
    const std::string where = "LlmChatClient of node " + std::to_string(GetNode()->GetId()) + ": ";
    if (m_remote.IsInvalid())
    {
        throw std::runtime_error(where + "Remote has nothing, expected address and port of an "
                                         "LlmChatServer");
    }
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
    CheckQuestion(question);
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
    // Datagrams have no connection, and questions from outside may still use one.
    if (m_open.empty() && m_nextQuestion == m_questions.size() && !m_datagrams)
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
    double earliestS = 0;
    for (const LlmChatQuestion& question : questions)
    {
        CheckQuestion(question);
        if (!(question.askS >= earliestS && question.askS <= LONGEST_DRAW_S))
        {
            std::ostringstream message;
            message << "LlmChatClient: a question is asked at " << question.askS
                    << " s, expected a time from that of the one before, " << earliestS << " s, to "
                    << LONGEST_DRAW_S << " s";
            throw std::invalid_argument(message.str());
        }
        earliestS = question.askS;
    }
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
    CheckQuestion(question);
    if (!m_isRunning)
    {
        throw std::invalid_argument("LlmChatClient: a question was asked while the application "
                                    "does not run, expected a time between its start and its stop");
    }
    return Open(question, 0);
}

void
LlmChatClient::CheckQuestion(const LlmChatQuestion& question) const
{
    const uint64_t promptBytes = uint64_t{question.promptTokens} * m_promptTokenBytes;
    // Header and body of a message together are counted in 32 bits.
    constexpr uint64_t mostBytes = std::numeric_limits<uint32_t>::max() - LlmChatHeader::BYTES;
    if (question.answerTokens == 0 || question.historyTokens >= question.promptTokens ||
        promptBytes > mostBytes)
    {
        throw std::invalid_argument(
            "LlmChatClient: a question of " + std::to_string(question.promptTokens) +
            " prompt tokens, " + std::to_string(question.historyTokens) + " of them history, and " +
            std::to_string(question.answerTokens) +
            " answer tokens, expected at least one answer token, one that is not history, and at "
            "most 4294967263 bytes");
    }
}

uint32_t
LlmChatClient::Open(const LlmChatQuestion& question, uint32_t conversation)
{
    NS_LOG_FUNCTION(this << question.promptTokens << question.answerTokens << conversation);
    const uint32_t id = ++m_turnsAsked;
    ++m_counts.asked;
    OpenTurn& open = m_open[id];
    LlmChatTurn& turn = open.turn;
    turn.id = id;
    turn.conversation = conversation;
    turn.askedS = NowS();
    turn.promptTokens = question.promptTokens;
    turn.historyTokens = question.historyTokens;
    turn.answerTokens = question.answerTokens;
    turn.tokenBytes = m_answerTokenBytes;
    open.heard = Simulator::Now();
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
    const LlmChatTurn seen = turn; // a copy, since who is told may end the turn
    Connect();
    m_transport->Send(prompt);
    m_startedTrace(seen);
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
    m_socket = MakeSocket(isIpv6 ? Address(Inet6SocketAddress(Ipv6Address::GetAny(), 0))
                                 : Address(InetSocketAddress(Ipv4Address::GetAny(), 0)));
    LlmChatTransport::Callbacks callbacks = MakeTraceCallbacks(m_socket, m_remote);
    callbacks.arrived = [this](const LlmChatHeader& header, uint32_t begin, uint32_t end) {
        NoteArrived(header, begin, end);
    };
    callbacks.ready = [] {};
    callbacks.closed = [this] { NoteClosed(); };
    if (IsStream(m_socket))
    {
        m_transport = Create<LlmChatStreamTransport>(m_socket, callbacks);
        if (m_socket->Connect(m_remote) != 0)
        {
            // Told as if a little later, since the turn is not there yet.
            m_unreachable = Simulator::ScheduleNow(&LlmChatClient::NoteClosed, this);
        }
        return;
    }
    m_datagrams = Create<LlmChatDatagramTransport>(
        m_socket,
        m_remote,
        LlmChatDatagramTransport::Settings{GetPacketBytes(), m_pacing},
        callbacks);
    m_transport = m_datagrams;
    m_socket->SetRecvCallback(MakeCallback(&LlmChatClient::ReadDatagrams, this));
}

void
LlmChatClient::Disconnect()
{
    m_unreachable.Cancel();
    if (!m_transport)
    {
        return;
    }
    NS_LOG_FUNCTION(this);
    m_transport->Close();
    if (m_datagrams)
    {
        m_socket->SetRecvCallback(MakeNullCallback<void, Ptr<Socket>>());
        m_socket->Close();
    }
    m_transport = nullptr;
    m_datagrams = nullptr;
    m_socket = nullptr;
}

void
LlmChatClient::ReadDatagrams(Ptr<Socket> socket)
{
    Address from;
    while (m_datagrams)
    {
        Ptr<Packet> packet = socket->RecvFrom(from);
        if (!packet)
        {
            break;
        }
        m_datagrams->Receive(packet);
    }
}

void
LlmChatClient::NoteArrived(const LlmChatHeader& header, uint32_t begin, uint32_t end)
{
    const auto found = m_open.find(header.turn);
    if (header.type == LlmChatHeader::REFUSE)
    {
        End(header.turn, LlmChatEnd::FAILED);
    }
    else if (header.type == LlmChatHeader::TOKENS)
    {
        // Tokens are there when their last byte is.
        const uint32_t firstToken = header.first + begin / header.tokenBytes;
        const uint32_t endToken = header.first + end / header.tokenBytes;
        if (found == m_open.end())
        {
            m_counts.lateTokens += endToken - firstToken;
            return;
        }
        found->second.heard = Simulator::Now();
        if (endToken > firstToken)
        {
            NoteTokens(found->second, {firstToken, endToken});
        }
    }
}

void
LlmChatClient::NoteTokens(OpenTurn& open, const MecByteRanges::Range& range)
{
    if (open.tokens.Has(range))
    {
        return; // a datagram that came twice
    }
    open.tokens.Add(range);
    const auto tokens = static_cast<uint32_t>(range.end - range.begin);
    m_counts.receivedTokens += tokens;
    LlmChatTurn& turn = open.turn;
    const double nowS = NowS();
    const double gapS = nowS - turn.lastTokenS;
    const bool isFirst = turn.receivedTokens == 0;
    const bool hasStalled = !isFirst && gapS > m_stallTime.GetSeconds();
    turn.lastTokenS = nowS;
    turn.receivedTokens += tokens;
    if (isFirst)
    {
        turn.firstTokenS = nowS;
        open.patience.Cancel();
    }
    if (hasStalled)
    {
        ++turn.stalls;
        turn.stalledS += gapS;
    }
    // A copy, since who is told may end the turn.
    const LlmChatTurn seen = turn;
    const bool hasRead = open.readTokens > 0 && turn.receivedTokens >= open.readTokens;
    if (isFirst)
    {
        m_ttftTrace(Seconds(nowS - seen.askedS));
    }
    if (hasStalled)
    {
        m_stallTrace(Seconds(gapS));
    }
    m_tokensTrace(seen, static_cast<uint32_t>(range.begin), tokens);
    if (seen.receivedTokens == seen.answerTokens)
    {
        End(seen.id, LlmChatEnd::COMPLETED);
    }
    else if (hasRead)
    {
        End(seen.id, LlmChatEnd::CANCELLED);
    }
}

void
LlmChatClient::NoteClosed()
{
    NS_LOG_FUNCTION(this);
    Disconnect();
    std::vector<uint32_t> turns;
    for (const auto& [id, open] : m_open)
    {
        turns.push_back(id);
    }
    std::sort(turns.begin(), turns.end()); // one order on all machines
    for (const uint32_t id : turns)
    {
        End(id, LlmChatEnd::FAILED);
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
    LlmChatTurn turn = found->second.turn;
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

int64_t
LlmChatClient::AssignStreams(int64_t stream)
{
    const int64_t first = stream;
    for (const auto& variable :
         {m_promptTokens, m_answerTokens, m_turns, m_thinkTime, m_gap, m_patience, m_readTokens})
    {
        if (variable)
        {
            variable->SetStream(stream);
        }
        ++stream;
    }
    return stream - first;
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
    // Nothing is closed: the stack below may be gone.
    if (m_datagrams)
    {
        m_socket->SetRecvCallback(MakeNullCallback<void, Ptr<Socket>>());
    }
    m_unreachable.Cancel();
    m_datagrams = nullptr;
    m_transport = nullptr;
    m_socket = nullptr;
    LlmChatApplication::DoDispose();
}

} // namespace llmmec
} // namespace ns3
