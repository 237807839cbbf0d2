/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-chat-helper.h"

#include "llm-mec-attribute-default.h"

#include "ns3/log.h"
#include "ns3/mec-batching-token-engine.h"
#include "ns3/mec-device-token-engine.h"
#include "ns3/pointer.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <stdexcept>
#include <unordered_map>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmChatHelper");

LlmChatHelper::LlmChatHelper()
    : m_client(LlmChatClient::GetTypeId(), "ns3::llmmec::LlmChatClient"),
      m_server(LlmChatServer::GetTypeId(), "ns3::llmmec::LlmChatServer"),
      m_engine(TokenEngine::GetTypeId(), "ns3::llmmec::BatchingTokenEngine"),
      m_statistics(Create<LlmChatStatistics>())
{
}

void
LlmChatHelper::SetServing(Ptr<StepTimeModel> model)
{
    m_serving = model;
}

void
LlmChatHelper::SetTrace(const std::string& path)
{
    m_trace = path;
}

void
LlmChatHelper::TuneTcp(LlmMecFactory& factory)
{
    const auto tune =
        [&factory](const std::string& type, const std::string& name, const AttributeValue& value) {
            if (!LlmMecAttributeDefault::GetSet(type + "::" + name))
            {
                factory.SetDefault(name, value);
            }
        };
    // What an MTU of 1500 leaves without the headers of IPv4 and TCP, 40 bytes, and timestamps, 12.
    tune("ns3::TcpSocket", "SegmentSize", UintegerValue(1448));
    // Linux's TCP_RTO_MIN, TCP_DELACK_MIN and TCP_TIMEOUT_INIT.
    tune("ns3::TcpSocketBase", "MinRto", TimeValue(MilliSeconds(200)));
    tune("ns3::TcpSocket", "DelAckTimeout", TimeValue(MilliSeconds(40)));
    tune("ns3::TcpSocket", "ConnTimeout", TimeValue(Seconds(1)));
}

Ptr<TokenEngine>
LlmChatHelper::MakeEngine() const
{
    auto engine = m_engine.Create<TokenEngine>();
    const auto batching = DynamicCast<BatchingTokenEngine>(engine);
    const auto device = DynamicCast<DeviceTokenEngine>(engine);
    if (batching && !m_engine.HasSet("Engine"))
    {
        const auto serving = m_serving ? m_serving : MakeStepTimeModel("rtx4090-llama-3.1-8b");
        batching->GetEngine()->SetAttribute("StepTimeModel", PointerValue(serving));
    }
    else if (device && !m_engine.HasSet("StepTimeModel"))
    {
        const auto serving =
            m_serving ? m_serving : MakeStepTimeModel("roofline:phone:llama-3.1-8b");
        device->SetAttribute("StepTimeModel", PointerValue(serving));
    }
    else if (m_serving)
    {
        throw std::invalid_argument("LlmChatHelper: SetServing was called, but the engine is " +
                                    m_engine.GetTypeId().GetName() +
                                    ", or has step times of its own, expected one or the other");
    }
    return engine;
}

ApplicationContainer
LlmChatHelper::InstallServer(Ptr<Node> node)
{
    NS_LOG_FUNCTION(this << node);
    if (m_server.HasSet("Engine"))
    {
        throw std::invalid_argument("LlmChatHelper: the server's Engine was set by SetServer, "
                                    "expected SetEngine");
    }
    TuneTcp(m_server);
    auto server = m_server.Create<LlmChatServer>();
    server->SetAttribute("Engine", PointerValue(MakeEngine()));
    node->AddApplication(server);
    m_servers.push_back(server);
    return ApplicationContainer(server);
}

ApplicationContainer
LlmChatHelper::InstallClients(const NodeContainer& nodes, const Address& server)
{
    NS_LOG_FUNCTION(this << server);
    TuneTcp(m_client);
    LlmMecFactory factory = m_client;
    std::vector<std::vector<LlmChatQuestion>> questions;
    if (!m_trace.empty())
    {
        questions = MakeQuestions(nodes.GetN());
        if (!m_client.HasSet("Turns"))
        {
            factory.Set(factory.GetTypeId().GetName(), "Turns", PointerValue());
        }
    }
    ApplicationContainer clients;
    for (uint32_t n = 0; n < nodes.GetN(); ++n)
    {
        auto client = factory.Create<LlmChatClient>();
        client->SetAttribute("Remote", AddressValue(server));
        if (!questions.empty())
        {
            client->SetQuestions(questions[n]);
        }
        nodes.Get(n)->AddApplication(client);
        m_statistics->Watch(client);
        m_clients.push_back(client);
        clients.Add(client);
    }
    return clients;
}

std::vector<std::vector<LlmChatQuestion>>
LlmChatHelper::MakeQuestions(uint32_t clients) const
{
    std::vector<std::vector<LlmChatQuestion>> questions(clients);
    std::unordered_map<uint32_t, std::pair<uint32_t, uint32_t>> places; // client and turn by id
    uint32_t next = 0;
    for (const LlmMecTracedRequest& request : ReadRequestTrace(m_trace, clients))
    {
        const uint32_t client = request.mlu.value_or(next);
        next = (next + 1) % clients;
        LlmChatQuestion question;
        question.askS = request.arrivalS;
        question.promptTokens = request.promptTokens;
        question.answerTokens = request.answerTokens;
        if (request.prefixOf)
        {
            const auto [owner, turn] = places.at(*request.prefixOf);
            // A prompt has something new, be it one token.
            question.historyTokens = std::min(request.prefixTokens, request.promptTokens - 1);
            question.prefixTurn = owner == client ? turn : 0;
        }
        questions[client].push_back(question);
        places[request.id] = {client, static_cast<uint32_t>(questions[client].size())};
    }
    return questions;
}

int64_t
LlmChatHelper::AssignStreams(int64_t stream)
{
    const int64_t first = stream;
    for (const auto& server : m_servers)
    {
        stream += server->AssignStreams(stream);
    }
    for (const auto& client : m_clients)
    {
        stream += client->AssignStreams(stream);
    }
    return stream - first;
}

Ptr<LlmChatStatistics>
LlmChatHelper::GetStatistics() const
{
    return m_statistics;
}

} // namespace llmmec
} // namespace ns3
