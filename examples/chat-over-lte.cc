/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

/*
 * An ordinary ns-3 study of an LTE cell, with LLM users in it.
 *
 * Phones in a cell chat with an LLM on a server behind the packet gateway. Apart from the marked
 * lines, nothing here knows of llm-mec.
 *
 * Run it with an installed ns-3:
 *
 *     ./llm-mec run chat-over-lte
 *
 * or inside an ns-3 tree:
 *
 *     ./ns3 run chat-over-lte
 *
 * Things to try:
 *
 *     --users=10 --distance=2000   more phones, farther from the base station
 *     --ns3::llmmec::LlmChatApplication::Protocol=ns3::UdpSocketFactory   UDP
 *     --ns3::LteRlcUm::MaxTxBufferSize=1000000   room for a burst of long prompts
 *     --ns3::llmmec::LlmChatClient::PromptTokens=ns3::ConstantRandomVariable[Constant=8000]
 */

#include "base/program.h"

#include "ns3/command-line.h"
#include "ns3/config.h"
#include "ns3/constant-position-mobility-model.h"
#include "ns3/inet-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/ipv4-static-routing-helper.h"
#include "ns3/llm-chat-helper.h"
#include "ns3/lte-helper.h"
#include "ns3/point-to-point-epc-helper.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/simulator.h"
#include "ns3/string.h"

#include <iostream>
#include <stdexcept>
#include <string>

using namespace ns3;

namespace
{

/// Place a node. @param node the node @param x place, m @param z height, m
void
Place(Ptr<Node> node, double x, double z)
{
    auto mobility = CreateObject<ConstantPositionMobilityModel>();
    mobility->SetPosition(Vector(x, 0, z));
    node->AggregateObject(mobility);
}

/// Connect a server to the packet gateway. @param epc the core network @param server its node
/// @return address of the server
Ipv4Address
ConnectServer(Ptr<PointToPointEpcHelper> epc, Ptr<Node> server)
{
    InternetStackHelper internet;
    internet.Install(server);
    PointToPointHelper link;
    link.SetDeviceAttribute("DataRate", StringValue("1Gbps"));
    link.SetChannelAttribute("Delay", StringValue("5ms"));
    const auto devices = link.Install(epc->GetPgwNode(), server);
    Ipv4AddressHelper addresses;
    addresses.SetBase("1.0.0.0", "255.0.0.0");
    const auto interfaces = addresses.Assign(devices);
    Ipv4StaticRoutingHelper routing;
    routing.GetStaticRouting(server->GetObject<Ipv4>())
        ->AddNetworkRouteTo(Ipv4Address("7.0.0.0"), Ipv4Mask("255.0.0.0"), 1);
    return interfaces.GetAddress(1);
}

/**
 * @brief The study.
 * @param argc number of arguments
 * @param argv the arguments
 */
void
Run(int argc, char* argv[])
{
    uint32_t users = 4;
    double distanceM = 300;
    Time duration = Seconds(10);

    // Before the command line, which may say otherwise: phones do not chat for long here.
    Config::SetDefault("ns3::llmmec::LlmChatClient::ThinkTime",
                       StringValue("ns3::ExponentialRandomVariable[Mean=2]"));
    CommandLine cmd(__FILE__);
    cmd.Usage("LLM users in an LTE cell.");
    cmd.AddValue("users", "Number of users, 1 to 50", users);
    cmd.AddValue("distance", "Of the farthest from the base station, m, > 0", distanceM);
    cmd.AddValue("duration", "How long users chat", duration);
    cmd.Parse(argc, argv);
    if (users < 1 || users > 50)
    {
        throw std::invalid_argument("users must be 1 to 50");
    }
    if (!(distanceM > 0))
    {
        throw std::invalid_argument("distance must be > 0");
    }

    auto lte = CreateObject<LteHelper>();
    auto epc = CreateObject<PointToPointEpcHelper>();
    lte->SetEpcHelper(epc);
    NodeContainer server(1);
    const Ipv4Address serverAddress = ConnectServer(epc, server.Get(0));
    NodeContainer baseStation(1);
    NodeContainer phones;
    phones.Create(users);
    Place(baseStation.Get(0), 0, 30);
    for (uint32_t n = 0; n < users; ++n)
    {
        Place(phones.Get(n), distanceM * (n + 1) / users, 1.5);
    }
    const auto baseDevices = lte->InstallEnbDevice(baseStation);
    const auto phoneDevices = lte->InstallUeDevice(phones);
    lte->AssignStreams(baseDevices, 1);
    InternetStackHelper internet;
    internet.Install(phones);
    epc->AssignUeIpv4Address(phoneDevices);
    Ipv4StaticRoutingHelper routing;
    for (uint32_t n = 0; n < users; ++n)
    {
        routing.GetStaticRouting(phones.Get(n)->GetObject<Ipv4>())
            ->SetDefaultRoute(epc->GetUeDefaultGatewayAddress(), 1);
    }
    lte->Attach(phoneDevices, baseDevices.Get(0));

    // ---- Add LLM users, with #include "ns3/llm-chat-helper.h" -----------------------------------
    llmmec::LlmChatHelper chat;
    chat.InstallServer(server.Get(0)).Start(Seconds(0));
    auto chatting = chat.InstallClients(phones, InetSocketAddress(serverAddress, 8000));
    chatting.Start(MilliSeconds(500));
    chatting.Stop(MilliSeconds(500) + duration);
    chat.AssignStreams(10000);
    // ---------------------------------------------------------------------------------------------

    Simulator::Stop(Seconds(1) + duration);
    Simulator::Run();
    chat.GetStatistics()->Print(std::cout);
    Simulator::Destroy();
}

} // namespace

int
main(int argc, char* argv[])
{
    return base::RunProgram("chat-over-lte", argc, argv, [&]() { Run(argc, argv); });
}
