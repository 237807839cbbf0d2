/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-chat-server.h"

#include "llm-chat-stream-transport.h"

#include "ns3/inet-socket-address.h"
#include "ns3/log.h"
#include "ns3/mec-socket-callbacks.h"
#include "ns3/node.h"
#include "ns3/pointer.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <stdexcept>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmChatServer");

NS_OBJECT_ENSURE_REGISTERED(LlmChatServer);

namespace
{

constexpr int TURN_BITS = 32; //!< of a request's number at the engine; the others are the session's

/// @param session number of a session @param turn number of a turn @return number at the engine
uint64_t
GetJobId(uint32_t session, uint32_t turn)
{
    return (uint64_t{session} << TURN_BITS) | turn;
}

} // namespace

TypeId
LlmChatServer::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::LlmChatServer")
            .SetParent<LlmChatApplication>()
            .SetGroupName("LlmMec")
            .AddConstructor<LlmChatServer>()
            .AddAttribute("Port",
                          "Port to listen on at any IPv4 address, where Local has nothing; the "
                          "default is vLLM's.",
                          UintegerValue(8000),
                          MakeUintegerAccessor(&LlmChatServer::m_port),
                          MakeUintegerChecker<uint16_t>(1))
            .AddAttribute("Engine",
                          "What makes the tokens, and when.",
                          StringValue("ns3::llmmec::DelayTokenEngine"),
                          MakePointerAccessor(&LlmChatServer::m_engine),
                          MakePointerChecker<TokenEngine>())
            .AddAttribute("CoalesceTime",
                          "How long a token waits for others of its answer, to be sent in one "
                          "message, >= 0; the last one does not wait.",
                          TimeValue(Seconds(0)),
                          MakeTimeAccessor(&LlmChatServer::m_coalesce),
                          MakeTimeChecker(Seconds(0)))
            .AddTraceSource("Prompt",
                            "A prompt has arrived whole.",
                            MakeTraceSourceAccessor(&LlmChatServer::m_promptTrace),
                            "ns3::llmmec::LlmChatServer::PromptTracedCallback")
            .AddTraceSource("Token",
                            "A token is made.",
                            MakeTraceSourceAccessor(&LlmChatServer::m_tokenTrace),
                            "ns3::llmmec::LlmChatServer::TokenTracedCallback");
    return tid;
}

void
LlmChatServer::StartApplication()
{
    NS_LOG_FUNCTION(this);
    if (!m_engine)
    {
        throw std::runtime_error("LlmChatServer of node " + std::to_string(GetNode()->GetId()) +
                                 ": Engine has nothing, expected a TokenEngine");
    }
    m_engine->SetTokenCallback(MakeCallback(&LlmChatServer::NoteToken, this));
    m_socket = MakeSocket(InetSocketAddress(Ipv4Address::GetAny(), m_port));
    if (IsStream(m_socket))
    {
        m_socket->Listen();
        m_socket->SetAcceptCallback(MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
                                    MakeCallback(&LlmChatServer::Accept, this));
    }
    else
    {
        m_socket->SetRecvCallback(MakeCallback(&LlmChatServer::ReadDatagrams, this));
    }
}

void
LlmChatServer::StopApplication()
{
    NS_LOG_FUNCTION(this);
    while (!m_clients.empty())
    {
        EndSession(m_clients.begin()->first);
    }
    m_datagrams.clear();
    if (m_socket)
    {
        ClearSocketCallbacks(m_socket);
        m_socket->Close();
    }
}

void
LlmChatServer::Accept(Ptr<Socket> socket, const Address& from)
{
    NS_LOG_FUNCTION(this << socket << from);
    const uint32_t number = ++m_sessions;
    auto transport = Create<LlmChatStreamTransport>(socket, MakeCallbacks(number, socket, from));
    m_clients[number] = {Create<LlmChatSession>(transport, m_coalesce, m_counts), from};
}

void
LlmChatServer::ReadDatagrams(Ptr<Socket> socket)
{
    Address from;
    while (Ptr<Packet> packet = socket->RecvFrom(from))
    {
        Ptr<LlmChatDatagramTransport>& transport = m_datagrams[from];
        if (!transport)
        {
            const uint32_t number = ++m_sessions;
            transport = Create<LlmChatDatagramTransport>(
                socket,
                from,
                LlmChatDatagramTransport::Settings{GetPacketBytes(), DataRate(0)},
                MakeCallbacks(number, socket, from));
            m_clients[number] = {Create<LlmChatSession>(transport, m_coalesce, m_counts), from};
        }
        transport->Receive(packet);
    }
}

LlmChatTransport::Callbacks
LlmChatServer::MakeCallbacks(uint32_t number, Ptr<Socket> socket, const Address& from)
{
    LlmChatTransport::Callbacks callbacks = MakeTraceCallbacks(socket, from);
    callbacks.arrived = [this, number](const LlmChatHeader& header, uint32_t begin, uint32_t end) {
        NoteArrived(number, header, begin, end);
    };
    callbacks.ready = [this, number] { m_clients.at(number).session->Send(); };
    callbacks.closed = [this, number] { EndSession(number); };
    return callbacks;
}

void
LlmChatServer::NoteArrived(uint32_t number,
                           const LlmChatHeader& header,
                           uint32_t begin,
                           uint32_t end)
{
    LlmChatSession& session = *m_clients.at(number).session;
    if (header.type == LlmChatHeader::CANCEL)
    {
        if (session.Cancel(header.turn))
        {
            m_engine->Cancel(GetJobId(number, header.turn));
        }
    }
    else if (header.type == LlmChatHeader::PROMPT && session.AddPrompt(header, begin, end))
    {
        Serve(number, header);
    }
}

void
LlmChatServer::Serve(uint32_t number, const LlmChatHeader& prompt)
{
    NS_LOG_FUNCTION(this << number << prompt);
    const Client client = m_clients.at(number);
    m_promptTrace(prompt, client.address);
    const bool isStream = IsStream(m_socket);
    if (!isStream && prompt.tokenBytes > client.session->GetTransport()->GetRoom())
    {
        NS_LOG_WARN("a token of " << prompt.tokenBytes << " bytes is longer than a datagram");
        client.session->Refuse(prompt.turn);
        return;
    }
    TokenJob job;
    job.id = GetJobId(number, prompt.turn);
    job.promptTokens = prompt.tokens;
    job.outputTokens = prompt.answerTokens;
    if (prompt.prefixTurn > 0)
    {
        job.prefixOf = GetJobId(number, prompt.prefixTurn);
        job.prefixTokens = prompt.first;
    }
    try
    {
        m_engine->Submit(job);
    }
    catch (const std::invalid_argument& error)
    {
        NS_LOG_WARN(error.what());
        client.session->Refuse(prompt.turn);
    }
}

void
LlmChatServer::NoteToken(uint64_t job, uint32_t number)
{
    m_tokenTrace(job, number);
    const auto session = static_cast<uint32_t>(job >> TURN_BITS);
    const Ptr<LlmChatSession> kept = m_clients.at(session).session;
    kept->AddToken(static_cast<uint32_t>(job));
}

void
LlmChatServer::EndSession(uint32_t number)
{
    NS_LOG_FUNCTION(this << number);
    const Ptr<LlmChatSession> session = m_clients.at(number).session;
    for (const uint32_t turn : session->GetTurns())
    {
        session->Cancel(turn);
        m_engine->Cancel(GetJobId(number, turn));
    }
    session->Close();
    m_clients.erase(number);
}

int64_t
LlmChatServer::AssignStreams(int64_t stream)
{
    return m_engine->AssignStreams(stream);
}

Ptr<TokenEngine>
LlmChatServer::GetEngine() const
{
    return m_engine;
}

const LlmChatServerCounts&
LlmChatServer::GetCounts() const
{
    return m_counts;
}

std::size_t
LlmChatServer::GetSessions() const
{
    return m_clients.size();
}

void
LlmChatServer::DoDispose()
{
    NS_LOG_FUNCTION(this);
    if (m_engine)
    {
        m_engine->Dispose();
    }
    m_engine = nullptr;
    m_clients.clear();
    m_datagrams.clear();
    if (m_socket)
    {
        ClearSocketCallbacks(m_socket);
    }
    m_socket = nullptr;
    LlmChatApplication::DoDispose();
}

} // namespace llmmec
} // namespace ns3
