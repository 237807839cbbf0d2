/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

/*
 * An ordinary ns-3 study of a point-to-point link, with LLM users added.
 *
 * Users sit behind a router, and all of them share its link to a server. They chat with an LLM on
 * that server: prompts go up, and the tokens of the answers are streamed down. Apart from the
 * marked lines, nothing here knows of llm-mec.
 *
 * Run it with an installed ns-3:
 *
 *     ./llm-mec run chat-over-point-to-point
 *
 * or inside an ns-3 tree:
 *
 *     ./ns3 run chat-over-point-to-point
 *
 * Things to try:
 *
 *     --rate=200kbps                              a link too slow for the users
 *     --loss=0.05                                 packets are lost on the shared link
 *     --engine=delay                              tokens at fixed times, whatever the load
 *     --engine=device                             one phone answers all users
 *     --netAnim=chat.xml                          a file for NetAnim
 *     --ns3::llmmec::LlmChatApplication::Protocol=ns3::UdpSocketFactory --loss=0.001
 *                                                 what is lost stays lost: such turns fail
 *     --ns3::llmmec::LlmChatServer::CoalesceTime=100ms   tokens are sent ten times a second
 *     --ns3::llmmec::LlmChatClient::AnswerBytesPerToken=4  plain text in place of JSON
 */

#include "base/program.h"

#include "ns3/animation-interface.h"
#include "ns3/command-line.h"
#include "ns3/error-model.h"
#include "ns3/inet-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/ipv4-global-routing-helper.h"
#include "ns3/llm-chat-helper.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/pointer.h"
#include "ns3/simulator.h"
#include "ns3/string.h"

#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>

using namespace ns3;

namespace
{

/// @param engine what a user types @return name of a TypeId
std::string
FindEngine(const std::string& engine)
{
    for (const auto& [name, type] : {std::pair<std::string, std::string>("batching", "Batching"),
                                     {"delay", "Delay"},
                                     {"device", "Device"}})
    {
        if (engine == name)
        {
            return "ns3::llmmec::" + type + "TokenEngine";
        }
    }
    throw std::invalid_argument("engine is '" + engine + "', expected batching, delay or device");
}

/**
 * @brief The study.
 * @param argc number of arguments
 * @param argv the arguments
 */
void
Run(int argc, char* argv[])
{
    uint32_t users = 8;
    std::string rate = "10Mbps";
    Time delay = MilliSeconds(10);
    double loss = 0;
    Time duration = Seconds(60);
    std::string engine = "batching";
    std::string animation;

    CommandLine cmd(__FILE__);
    cmd.Usage("LLM users behind a shared point-to-point link.");
    cmd.AddValue("users", "Number of users, 1 to 200", users);
    cmd.AddValue("rate", "Rate of the shared link", rate);
    cmd.AddValue("delay", "Delay of the shared link", delay);
    cmd.AddValue("loss", "Share of packets that the shared link loses, each way, [0, 1]", loss);
    cmd.AddValue("duration", "How long users chat", duration);
    cmd.AddValue("engine", "What makes the tokens: batching, delay or device", engine);
    cmd.AddValue("netAnim", "File for NetAnim, none when empty", animation);
    cmd.Parse(argc, argv);
    if (users < 1 || users > 200)
    {
        throw std::invalid_argument("users must be 1 to 200");
    }
    if (!(loss >= 0 && loss <= 1))
    {
        throw std::invalid_argument("loss must be in [0, 1]");
    }

    NodeContainer stations;
    stations.Create(users);
    NodeContainer shared;
    shared.Create(2); // router and server
    InternetStackHelper internet;
    internet.Install(stations);
    internet.Install(shared);

    PointToPointHelper link;
    Ipv4AddressHelper addresses;
    addresses.SetBase("10.1.0.0", "255.255.255.252");
    link.SetDeviceAttribute("DataRate", StringValue("1Gbps"));
    link.SetChannelAttribute("Delay", StringValue("1ms"));
    for (uint32_t n = 0; n < users; ++n)
    {
        addresses.Assign(link.Install(stations.Get(n), shared.Get(0)));
        addresses.NewNetwork();
    }
    link.SetDeviceAttribute("DataRate", StringValue(rate));
    link.SetChannelAttribute("Delay", TimeValue(delay));
    const auto devices = link.Install(shared);
    const Ipv4Address serverAddress = addresses.Assign(devices).GetAddress(1);
    for (uint32_t n = 0; n < devices.GetN(); ++n)
    {
        auto losses = CreateObject<RateErrorModel>();
        losses->SetUnit(RateErrorModel::ERROR_UNIT_PACKET);
        losses->SetRate(loss);
        losses->AssignStreams(n);
        devices.Get(n)->SetAttribute("ReceiveErrorModel", PointerValue(losses));
    }
    Ipv4GlobalRoutingHelper::PopulateRoutingTables();

    // ---- Add LLM users, with #include "ns3/llm-chat-helper.h" -----------------------------------
    llmmec::LlmChatHelper chat;
    chat.SetEngine(FindEngine(engine));
    chat.InstallServer(shared.Get(1)).Start(Seconds(0));
    auto chatting = chat.InstallClients(stations, InetSocketAddress(serverAddress, 8000));
    chatting.Start(Seconds(1));
    chatting.Stop(Seconds(1) + duration);
    chat.AssignStreams(100);
    // ---------------------------------------------------------------------------------------------

    std::unique_ptr<AnimationInterface> drawing;
    if (!animation.empty())
    {
        for (uint32_t n = 0; n < users; ++n)
        {
            AnimationInterface::SetConstantPosition(stations.Get(n), 0, 10.0 * n);
        }
        AnimationInterface::SetConstantPosition(shared.Get(0), 40, 5.0 * (users - 1));
        AnimationInterface::SetConstantPosition(shared.Get(1), 80, 5.0 * (users - 1));
        drawing = std::make_unique<AnimationInterface>(animation);
        drawing->UpdateNodeDescription(shared.Get(1), "LLM");
    }
    Simulator::Stop(Seconds(3) + duration);
    Simulator::Run();
    chat.GetStatistics()->Print(std::cout);
    Simulator::Destroy();
}

} // namespace

int
main(int argc, char* argv[])
{
    return base::RunProgram("chat-over-point-to-point", argc, argv, [&]() { Run(argc, argv); });
}
