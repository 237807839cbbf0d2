/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

/*
 * An ordinary ns-3 study of a wifi cell, with LLM users in it.
 *
 * Stations around an access point chat with an LLM that runs beside the access point. FlowMonitor
 * counts what the network sees of it. Apart from the marked lines, nothing here knows of llm-mec.
 *
 * Run it with an installed ns-3:
 *
 *     ./llm-mec run chat-over-wifi
 *
 * or inside an ns-3 tree:
 *
 *     ./ns3 run chat-over-wifi
 *
 * Things to try:
 *
 *     --users=20 --radius=45       more stations, farther away
 *     --serving=rtxpro6000-llama-3.1-8b   another GPU
 *     --flows=flows.xml            FlowMonitor's file
 *     --ns3::llmmec::LlmChatServer::CoalesceTime=50ms   fewer and longer frames
 *     --RngRun=2                   the same laws, other draws
 */

#include "base/program.h"

#include "ns3/command-line.h"
#include "ns3/constant-position-mobility-model.h"
#include "ns3/flow-monitor-helper.h"
#include "ns3/inet-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/llm-chat-helper.h"
#include "ns3/simulator.h"
#include "ns3/ssid.h"
#include "ns3/string.h"
#include "ns3/yans-wifi-helper.h"

#include <cmath>
#include <iomanip>
#include <iostream>
#include <stdexcept>
#include <string>

using namespace ns3;

namespace
{

/// Place a node. @param node the node @param x place, m @param y place, m
void
Place(Ptr<Node> node, double x, double y)
{
    auto mobility = CreateObject<ConstantPositionMobilityModel>();
    mobility->SetPosition(Vector(x, y, 1.5));
    node->AggregateObject(mobility);
}

/// @param stations nodes @param accessPoint node @return their devices, that of the access point
/// last
NetDeviceContainer
MakeWifi(const NodeContainer& stations, Ptr<Node> accessPoint)
{
    YansWifiChannelHelper channel = YansWifiChannelHelper::Default();
    YansWifiPhyHelper phy;
    phy.SetChannel(channel.Create());
    WifiHelper wifi;
    wifi.SetStandard(WIFI_STANDARD_80211a);
    wifi.SetRemoteStationManager("ns3::AarfWifiManager");
    WifiMacHelper mac;
    const Ssid ssid("chat");
    mac.SetType("ns3::StaWifiMac", "Ssid", SsidValue(ssid));
    NetDeviceContainer devices = wifi.Install(phy, mac, stations);
    mac.SetType("ns3::ApWifiMac", "Ssid", SsidValue(ssid));
    devices.Add(wifi.Install(phy, mac, accessPoint));
    wifi.AssignStreams(devices, 1);
    return devices;
}

/// Print what FlowMonitor has seen. @param monitor it
void
PrintFlows(Ptr<FlowMonitor> monitor)
{
    monitor->CheckForLostPackets();
    uint64_t sent = 0;
    uint64_t received = 0;
    double delayS = 0;
    for (const auto& [id, flow] : monitor->GetFlowStats())
    {
        sent += flow.txPackets;
        received += flow.rxPackets;
        delayS += flow.delaySum.GetSeconds();
    }
    std::cout << "packets sent " << sent << ", received " << received << ", mean delay "
              << std::fixed << std::setprecision(3)
              << (received > 0 ? 1000 * delayS / static_cast<double>(received) : 0) << " ms\n";
}

/**
 * @brief The study.
 * @param argc number of arguments
 * @param argv the arguments
 */
void
Run(int argc, char* argv[])
{
    uint32_t users = 6;
    double radiusM = 20;
    Time duration = Seconds(30);
    std::string serving = "rtx4090-llama-3.1-8b";
    std::string flows;

    CommandLine cmd(__FILE__);
    cmd.Usage("LLM users in a wifi cell.");
    cmd.AddValue("users", "Number of users, 1 to 100", users);
    cmd.AddValue("radius", "Of the circle that they sit on, m, > 0", radiusM);
    cmd.AddValue("duration", "How long users chat", duration);
    cmd.AddValue("serving", "GPU and model, a file in data/serving or roofline:GPU:MODEL", serving);
    cmd.AddValue("flows", "File of FlowMonitor, none when empty", flows);
    cmd.Parse(argc, argv);
    if (users < 1 || users > 100)
    {
        throw std::invalid_argument("users must be 1 to 100");
    }
    if (!(radiusM > 0))
    {
        throw std::invalid_argument("radius must be > 0");
    }

    NodeContainer stations;
    stations.Create(users);
    NodeContainer nodes(stations);
    nodes.Create(1);
    const Ptr<Node> accessPoint = nodes.Get(users);
    Place(accessPoint, 0, 0);
    for (uint32_t n = 0; n < users; ++n)
    {
        const double angle = 2 * M_PI * n / users;
        Place(stations.Get(n), radiusM * std::cos(angle), radiusM * std::sin(angle));
    }
    const auto devices = MakeWifi(stations, accessPoint);
    InternetStackHelper internet;
    internet.Install(nodes);
    Ipv4AddressHelper addresses;
    addresses.SetBase("10.1.0.0", "255.255.0.0");
    const Ipv4Address serverAddress = addresses.Assign(devices).GetAddress(users);

    // ---- Add LLM users, with #include "ns3/llm-chat-helper.h" -----------------------------------
    llmmec::LlmChatHelper chat;
    chat.SetServing(llmmec::MakeStepTimeModel(serving));
    chat.InstallServer(accessPoint).Start(Seconds(0));
    auto chatting = chat.InstallClients(stations, InetSocketAddress(serverAddress, 8000));
    chatting.Start(Seconds(1)); // stations are associated by then
    chatting.Stop(Seconds(1) + duration);
    chat.AssignStreams(1000);
    // ---------------------------------------------------------------------------------------------

    FlowMonitorHelper flowMonitor;
    const auto monitor = flowMonitor.InstallAll();
    Simulator::Stop(Seconds(3) + duration);
    Simulator::Run();
    chat.GetStatistics()->Print(std::cout);
    PrintFlows(monitor);
    if (!flows.empty())
    {
        monitor->SerializeToXmlFile(flows, true, true);
    }
    Simulator::Destroy();
}

} // namespace

int
main(int argc, char* argv[])
{
    return base::RunProgram("chat-over-wifi", argc, argv, [&]() { Run(argc, argv); });
}
