/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

/*
 * An ordinary ns-3 study of an Ethernet, with LLM users on it.
 *
 * Users share a CSMA channel with a server. Each also sends background traffic to the server, so
 * that the streams of tokens meet other packets. Apart from the marked lines, nothing here knows of
 * llm-mec.
 *
 * Run it with an installed ns-3:
 *
 *     ./llm-mec run chat-over-csma
 *
 * or inside an ns-3 tree:
 *
 *     ./ns3 run chat-over-csma
 *
 * Things to try:
 *
 *     --background=0.95            the channel is nearly full
 *     --rate=3Mbps --users=20      a slower channel, with more users
 *     --patience=1                 users who leave when no token has come within a second
 *     --trace=FILE                 requests of a file in place of conversations, see mec-serve
 */

#include "base/program.h"

#include "ns3/command-line.h"
#include "ns3/csma-helper.h"
#include "ns3/data-rate.h"
#include "ns3/inet-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/llm-chat-helper.h"
#include "ns3/on-off-helper.h"
#include "ns3/packet-sink-helper.h"
#include "ns3/simulator.h"
#include "ns3/string.h"

#include <iostream>
#include <stdexcept>
#include <string>

using namespace ns3;

namespace
{

/// What a user may set.
struct Settings
{
    uint32_t users{8};          ///< number of users, 1 to 200
    std::string rate{"10Mbps"}; ///< of the channel
    double background{0.5};     ///< share of the rate that background traffic offers, [0, 2]
    Time duration{Seconds(60)}; ///< how long users chat
    double patienceS{0};        ///< mean wait for a first token, s; 0 for ever
    std::string trace;          ///< file of requests, or empty
};

/// Check settings. @param settings the settings @throw std::invalid_argument in one line
void
Check(const Settings& settings)
{
    if (settings.users < 1 || settings.users > 200)
    {
        throw std::invalid_argument("users must be 1 to 200");
    }
    if (!(settings.background >= 0 && settings.background <= 2))
    {
        throw std::invalid_argument("background must be in [0, 2]");
    }
    if (!(settings.patienceS >= 0))
    {
        throw std::invalid_argument("patience must be >= 0");
    }
}

/// Let users send other traffic. @param settings the settings @param users nodes @param server node
/// @param address of the server
void
AddBackground(const Settings& settings,
              const NodeContainer& users,
              Ptr<Node> server,
              const Ipv4Address& address)
{
    if (settings.background == 0)
    {
        return;
    }
    const uint16_t port = 9;
    const std::string udp = "ns3::UdpSocketFactory";
    const double rateBps = static_cast<double>(DataRate(settings.rate).GetBitRate());
    OnOffHelper source(udp, InetSocketAddress(address, port));
    source.SetAttribute("OnTime", StringValue("ns3::ExponentialRandomVariable[Mean=0.5]"));
    source.SetAttribute("OffTime", StringValue("ns3::ExponentialRandomVariable[Mean=0.5]"));
    source.SetAttribute("PacketSize", UintegerValue(1000));
    // A source sends half of the time.
    const auto sourceBps = static_cast<uint64_t>(2 * settings.background * rateBps / users.GetN());
    source.SetAttribute("DataRate", DataRateValue(DataRate(sourceBps)));
    auto sources = source.Install(users);
    sources.Start(Seconds(0.5));
    sources.Stop(Seconds(1) + settings.duration);
    source.AssignStreams(users, 5000);
    PacketSinkHelper sink(udp, InetSocketAddress(Ipv4Address::GetAny(), port));
    sink.Install(server).Start(Seconds(0));
}

/**
 * @brief The study.
 * @param argc number of arguments
 * @param argv the arguments
 */
void
Run(int argc, char* argv[])
{
    Settings settings;
    CommandLine cmd(__FILE__);
    cmd.Usage("LLM users on an Ethernet with other traffic.");
    cmd.AddValue("users", "Number of users, 1 to 200", settings.users);
    cmd.AddValue("rate", "Rate of the channel", settings.rate);
    cmd.AddValue("background", "Share of the rate that other traffic offers", settings.background);
    cmd.AddValue("duration", "How long users chat", settings.duration);
    cmd.AddValue("patience", "Mean wait for a first token, s; 0 for ever", settings.patienceS);
    cmd.AddValue("trace", "File of requests, none when empty", settings.trace);
    cmd.Parse(argc, argv);
    Check(settings);

    NodeContainer users;
    users.Create(settings.users);
    NodeContainer nodes(users);
    nodes.Create(1);
    const Ptr<Node> server = nodes.Get(settings.users);
    CsmaHelper csma;
    csma.SetChannelAttribute("DataRate", StringValue(settings.rate));
    csma.SetChannelAttribute("Delay", StringValue("6560ns"));
    const auto devices = csma.Install(nodes);
    csma.AssignStreams(devices, 1);
    InternetStackHelper internet;
    internet.Install(nodes);
    Ipv4AddressHelper addresses;
    addresses.SetBase("10.1.0.0", "255.255.0.0");
    const Ipv4Address serverAddress = addresses.Assign(devices).GetAddress(settings.users);
    AddBackground(settings, users, server, serverAddress);

    // ---- Add LLM users, with #include "ns3/llm-chat-helper.h" -----------------------------------
    llmmec::LlmChatHelper chat;
    if (settings.patienceS > 0)
    {
        const std::string mean = std::to_string(settings.patienceS);
        const StringValue patience("ns3::ExponentialRandomVariable[Mean=" + mean + "]");
        chat.SetClient("ns3::llmmec::LlmChatClient", "Patience", patience);
    }
    chat.SetTrace(settings.trace);
    chat.InstallServer(server).Start(Seconds(0));
    auto chatting = chat.InstallClients(users, InetSocketAddress(serverAddress, 8000));
    chatting.Start(Seconds(1));
    chatting.Stop(Seconds(1) + settings.duration);
    chat.AssignStreams(100);
    // ---------------------------------------------------------------------------------------------

    Simulator::Stop(Seconds(3) + settings.duration);
    Simulator::Run();
    chat.GetStatistics()->Print(std::cout);
    Simulator::Destroy();
}

} // namespace

int
main(int argc, char* argv[])
{
    return base::RunProgram("chat-over-csma", argc, argv, [&]() { Run(argc, argv); });
}
