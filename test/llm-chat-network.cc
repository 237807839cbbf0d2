/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-chat-network.h"

#include "ns3/data-rate.h"
#include "ns3/error-model.h"
#include "ns3/inet-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/ipv4-header.h"
#include "ns3/ipv4-l3-protocol.h"
#include "ns3/pointer.h"
#include "ns3/simple-net-device-helper.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/udp-header.h"
#include "ns3/udp-l4-protocol.h"

using namespace ns3;
using namespace ns3::llmmec;

namespace
{

constexpr uint16_t PORT = 8000; //!< of the server

/// @param packet of UDP @return tokens that it carries
uint64_t
CountTokens(Ptr<const Packet> packet)
{
    Ptr<Packet> rest = packet->Copy();
    UdpHeader udp;
    LlmChatHeader header;
    rest->RemoveHeader(udp);
    if (rest->GetSize() < LlmChatHeader::BYTES)
    {
        return 0;
    }
    rest->RemoveHeader(header);
    return header.IsValid() && header.type == LlmChatHeader::TOKENS ? header.tokens : 0;
}

/// A packet is lost. @param tokens counts those of UDP @param packet it
void
NoteDropped(LlmChatNetwork::Tokens* tokens, Ptr<const Packet> packet)
{
    Ptr<Packet> rest = packet->Copy();
    Ipv4Header ip;
    rest->RemoveHeader(ip);
    tokens->dropped += ip.GetProtocol() == UdpL4Protocol::PROT_NUMBER ? CountTokens(rest) : 0;
}

/// A packet has come to a node. @param tokens counts those of UDP @param ip its header
/// @param packet it
void
NoteDelivered(LlmChatNetwork::Tokens* tokens,
              const Ipv4Header& ip,
              Ptr<const Packet> packet,
              uint32_t /* interface */)
{
    tokens->delivered += ip.GetProtocol() == UdpL4Protocol::PROT_NUMBER ? CountTokens(packet) : 0;
}

/// A turn has ended. @param turns gets it @param turn it
void
NoteTurn(std::vector<LlmChatTurn>* turns, const LlmChatTurn& turn)
{
    turns->push_back(turn);
}

/// Tokens are here. @param timesS gets the time of each @param tokens how many
void
NoteArrived(std::vector<double>* timesS,
            const LlmChatTurn& /* turn */,
            uint32_t /* first */,
            uint32_t tokens)
{
    timesS->insert(timesS->end(), tokens, Simulator::Now().GetSeconds());
}

/// A token is made. @param timesS gets the time
void
NoteMade(std::vector<double>* timesS, uint64_t /* job */, uint32_t /* number */)
{
    timesS->push_back(Simulator::Now().GetSeconds());
}

/// Bytes were sent or received. @param streams gets them @param packet the bytes
/// @param to the client
void
NoteBytes(std::map<Address, std::string>* streams,
          Ptr<const Packet> packet,
          const Address& /* from */,
          const Address& to)
{
    std::vector<uint8_t> bytes(packet->GetSize());
    packet->CopyData(bytes.data(), packet->GetSize());
    (*streams)[to].append(bytes.begin(), bytes.end());
}

} // namespace

LlmChatNetwork::LlmChatNetwork(const Links& links)
    : m_server(CreateObject<Node>())
{
    m_users.Create(links.users);
    InternetStackHelper internet;
    internet.Install(m_server);
    internet.Install(m_users);
    for (uint32_t n = 0; n < links.users; ++n)
    {
        Connect(m_users.Get(n), links, n);
    }
}

LlmChatNetwork::~LlmChatNetwork()
{
    Simulator::Destroy();
}

void
LlmChatNetwork::Connect(Ptr<Node> user, const Links& links, uint32_t n)
{
    SimpleNetDeviceHelper link;
    link.SetNetDevicePointToPointMode(true);
    link.DisableFlowControl();
    link.SetQueue("ns3::DropTailQueue<Packet>", "MaxSize", StringValue("1000000p"));
    link.SetChannelAttribute("Delay", TimeValue(links.delay));
    if (!links.rate.empty())
    {
        link.SetDeviceAttribute("DataRate", StringValue(links.rate));
    }
    const NetDeviceContainer devices = link.Install(NodeContainer(user, m_server));
    for (uint32_t end = 0; end < devices.GetN(); ++end)
    {
        auto losses = CreateObject<RateErrorModel>();
        losses->SetUnit(RateErrorModel::ERROR_UNIT_PACKET);
        losses->SetRate(links.loss);
        losses->AssignStreams(links.lossStream + 2 * n + end);
        devices.Get(end)->SetAttribute("ReceiveErrorModel", PointerValue(losses));
        devices.Get(end)->TraceConnectWithoutContext("PhyRxDrop",
                                                     MakeBoundCallback(&NoteDropped, &m_tokens));
    }
    Ipv4AddressHelper addresses(Ipv4Address(0x0a000000 + (n << 8)), "255.255.255.0");
    m_remotes.push_back(InetSocketAddress(addresses.Assign(devices).GetAddress(1), PORT));
    user->GetObject<Ipv4L3Protocol>()->TraceConnectWithoutContext(
        "LocalDeliver",
        MakeBoundCallback(&NoteDelivered, &m_tokens));
}

void
LlmChatNetwork::Install(LlmChatHelper& chat)
{
    m_serverApp = DynamicCast<LlmChatServer>(chat.InstallServer(m_server).Get(0));
    m_serverApp->TraceConnectWithoutContext("TxWithAddresses",
                                            MakeBoundCallback(&NoteBytes, &m_sent));
    m_serverApp->TraceConnectWithoutContext("Token", MakeBoundCallback(&NoteMade, &m_madeS));
    const ApplicationContainer clients = chat.InstallClients(m_users, m_remotes[0]);
    for (uint32_t n = 0; n < clients.GetN(); ++n)
    {
        const auto client = DynamicCast<LlmChatClient>(clients.Get(n));
        client->SetAttribute("Remote", AddressValue(m_remotes[n]));
        client->TraceConnectWithoutContext("TurnEnded", MakeBoundCallback(&NoteTurn, &m_turns));
        client->TraceConnectWithoutContext("Tokens", MakeBoundCallback(&NoteArrived, &m_arrivalsS));
        client->TraceConnectWithoutContext("RxWithAddresses",
                                           MakeBoundCallback(&NoteBytes, &m_received));
        m_clients.push_back(client);
    }
}

Ptr<LlmChatServer>
LlmChatNetwork::GetServer() const
{
    return m_serverApp;
}

Ptr<LlmChatClient>
LlmChatNetwork::GetClient(uint32_t n) const
{
    return m_clients.at(n);
}

uint32_t
LlmChatNetwork::GetUsers() const
{
    return static_cast<uint32_t>(m_clients.size());
}

const std::vector<LlmChatTurn>&
LlmChatNetwork::GetTurns() const
{
    return m_turns;
}

const std::vector<double>&
LlmChatNetwork::GetArrivalsS() const
{
    return m_arrivalsS;
}

const std::vector<double>&
LlmChatNetwork::GetMadeS() const
{
    return m_madeS;
}

const std::map<Address, std::string>&
LlmChatNetwork::GetSent() const
{
    return m_sent;
}

const std::map<Address, std::string>&
LlmChatNetwork::GetReceived() const
{
    return m_received;
}

const LlmChatNetwork::Tokens&
LlmChatNetwork::GetTokens() const
{
    return m_tokens;
}

LlmChatClientCounts
LlmChatNetwork::GetCounts() const
{
    LlmChatClientCounts sum;
    for (const auto& client : m_clients)
    {
        const LlmChatClientCounts& counts = client->GetCounts();
        sum.asked += counts.asked;
        sum.completed += counts.completed;
        sum.cancelled += counts.cancelled;
        sum.failed += counts.failed;
        sum.receivedTokens += counts.receivedTokens;
        sum.lateTokens += counts.lateTokens;
    }
    return sum;
}
