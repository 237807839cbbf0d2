/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

/*
 * An ordinary ns-3 study of wifi, with Rician fading plugged in.
 *
 * A sender broadcasts UDP packets over 802.11a in ad hoc mode; stations stand at several distances
 * and count what arrives. Broadcasts are neither acknowledged nor sent again, so that the delivery
 * shows the channel and nothing else. With ns-3's log-distance path loss alone, delivery falls off
 * a cliff; with fading behind it, far stations are reached now and then, and near ones are not
 * always. Apart from the marked lines, nothing here knows of llm-mec.
 *
 * Run it with an installed ns-3:
 *
 *     ./llm-mec run plug-into-wifi
 *
 * or inside an ns-3 tree:
 *
 *     ./ns3 run plug-into-wifi
 *
 * Things to try:
 *
 *     --kFactor=0                     Rayleigh fading
 *     --distances=10,20,30,40,50,60   other stations, in m
 *     --coherenceTime=1ms             a fade shorter than many a packet pause
 *     --RngRun=2                      the same laws, other draws
 */

#include "base/program.h"

#include "ns3/command-line.h"
#include "ns3/constant-position-mobility-model.h"
#include "ns3/data-rate.h"
#include "ns3/double.h"
#include "ns3/inet-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/node-container.h"
#include "ns3/on-off-helper.h"
#include "ns3/packet-sink-helper.h"
#include "ns3/packet-sink.h"
#include "ns3/propagation-delay-model.h"
#include "ns3/propagation-loss-model.h"
#include "ns3/rician-propagation-loss-model.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/yans-wifi-channel.h"
#include "ns3/yans-wifi-helper.h"

#include <cmath>
#include <iomanip>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

using namespace ns3;

namespace
{

/// What a user may set.
struct Settings
{
    std::vector<double> distances;        ///< of the stations from the sender, m, > 0
    double kFactor{8};                    ///< line of sight over scatter, linear, >= 0
    double correlation{0};                ///< of the scatter, block to block, [0, 1]
    Time coherenceTime{MilliSeconds(20)}; ///< how long a fade lasts, > 0
    Time duration{Seconds(30)};           ///< how long the sender sends, > 0
    Time interval{MilliSeconds(10)};      ///< from one packet to the next, > 0
    uint32_t packetSize{500};             ///< payload of a packet, bytes, 1 to 1400
};

/**
 * @brief Make a channel with or without fading.
 * @param settings the settings
 * @param rician whether to put Rician fading behind the path loss
 * @return the channel
 */
Ptr<YansWifiChannel>
MakeChannel(const Settings& settings, bool rician)
{
    auto pathLoss = CreateObject<LogDistancePropagationLossModel>();

    // ---- Plug in Rician fading, with #include "ns3/rician-propagation-loss-model.h" -------------
    if (rician)
    {
        auto fading = CreateObject<llmmec::RicianPropagationLossModel>();
        fading->SetAttribute("KFactor", DoubleValue(settings.kFactor));
        fading->SetAttribute("CoherenceTime", TimeValue(settings.coherenceTime));
        fading->SetAttribute("Correlation", DoubleValue(settings.correlation));
        pathLoss->SetNext(fading);
    }
    // ---------------------------------------------------------------------------------------------

    auto channel = CreateObject<YansWifiChannel>();
    channel->SetPropagationLossModel(pathLoss);
    channel->SetPropagationDelayModel(CreateObject<ConstantSpeedPropagationDelayModel>());
    channel->AssignStreams(0);
    return channel;
}

/// Count a packet. @param count the count
void
CountPacket(uint64_t* count, Ptr<const Packet> /* packet */)
{
    ++*count;
}

/**
 * @brief Run the network once.
 * @param settings the settings
 * @param rician whether there is fading
 * @return the share of packets that arrived, one a station
 */
std::vector<double>
Simulate(const Settings& settings, bool rician)
{
    NodeContainer nodes;
    nodes.Create(static_cast<uint32_t>(settings.distances.size()) + 1);
    for (uint32_t n = 0; n < nodes.GetN(); ++n)
    {
        auto mobility = CreateObject<ConstantPositionMobilityModel>();
        // All around the sender.
        const double angle = 2.4 * n;
        const double distance = n == 0 ? 0 : settings.distances[n - 1];
        mobility->SetPosition(Vector(distance * std::cos(angle), distance * std::sin(angle), 1.5));
        nodes.Get(n)->AggregateObject(mobility);
    }

    YansWifiPhyHelper phy;
    phy.SetChannel(MakeChannel(settings, rician));
    WifiMacHelper mac;
    mac.SetType("ns3::AdhocWifiMac");
    WifiHelper wifi;
    wifi.SetStandard(WIFI_STANDARD_80211a);
    const StringValue mode("OfdmRate6Mbps");
    wifi.SetRemoteStationManager("ns3::ConstantRateWifiManager",
                                 "DataMode",
                                 mode,
                                 "NonUnicastMode",
                                 mode);
    const auto devices = wifi.Install(phy, mac, nodes);
    wifi.AssignStreams(devices, 100);

    InternetStackHelper internet;
    internet.Install(nodes);
    Ipv4AddressHelper addresses;
    addresses.SetBase("10.1.0.0", "255.255.0.0");
    addresses.Assign(devices);

    const uint16_t port = 9;
    const std::string udp = "ns3::UdpSocketFactory";
    OnOffHelper source(udp, InetSocketAddress(Ipv4Address("255.255.255.255"), port));
    const double rate = 8 * settings.packetSize / settings.interval.GetSeconds();
    source.SetConstantRate(DataRate(static_cast<uint64_t>(rate)), settings.packetSize);
    auto sender = source.Install(nodes.Get(0));
    sender.Start(Seconds(1));
    sender.Stop(Seconds(1) + settings.duration);
    uint64_t sent = 0;
    sender.Get(0)->TraceConnectWithoutContext("Tx", MakeBoundCallback(&CountPacket, &sent));

    PacketSinkHelper sink(udp, InetSocketAddress(Ipv4Address::GetAny(), port));
    ApplicationContainer sinks;
    for (uint32_t n = 1; n < nodes.GetN(); ++n)
    {
        sinks.Add(sink.Install(nodes.Get(n)));
    }

    Simulator::Stop(Seconds(2) + settings.duration);
    Simulator::Run();
    std::vector<double> delivered;
    for (uint32_t n = 0; n < sinks.GetN(); ++n)
    {
        const auto bytes = static_cast<double>(DynamicCast<PacketSink>(sinks.Get(n))->GetTotalRx());
        delivered.push_back(bytes / settings.packetSize / static_cast<double>(sent));
    }
    Simulator::Destroy();
    return delivered;
}

/// Complain about a setting. @param isGood whether it is good @param complaint what to say if not
void
Check(bool isGood, const std::string& complaint)
{
    if (!isGood)
    {
        throw std::invalid_argument(complaint);
    }
}

/// Read numbers. @param text numbers with commas in between @return the numbers
std::vector<double>
ReadDistances(const std::string& text)
{
    std::vector<double> distances;
    std::istringstream words(text);
    for (std::string word; std::getline(words, word, ',');)
    {
        std::istringstream number(word);
        double distance = 0;
        Check(number >> distance && number.eof() && distance > 0,
              "distances must be numbers > 0 with commas in between");
        distances.push_back(distance);
    }
    Check(!distances.empty() && distances.size() <= 100, "distances must be 1 to 100 numbers");
    return distances;
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
    std::string distances = "30,45,50,55,70";

    CommandLine cmd(__FILE__);
    cmd.Usage("Delivery of wifi broadcasts with and without Rician fading.");
    cmd.AddValue("distances", "Of the stations from the sender, m, 1,2,3", distances);
    cmd.AddValue("kFactor", "Line of sight over scatter, a linear ratio, >= 0", settings.kFactor);
    cmd.AddValue("correlation", "Of the scatter, block to block, [0, 1]", settings.correlation);
    cmd.AddValue("coherenceTime", "How long a fade lasts", settings.coherenceTime);
    cmd.AddValue("duration", "How long the sender sends", settings.duration);
    cmd.AddValue("interval", "From one packet to the next", settings.interval);
    cmd.AddValue("packetSize", "Payload of a packet, bytes, 1 to 1400", settings.packetSize);
    cmd.Parse(argc, argv);

    settings.distances = ReadDistances(distances);
    Check(settings.kFactor >= 0, "kFactor must be >= 0");
    Check(settings.correlation >= 0 && settings.correlation <= 1, "correlation must be in [0, 1]");
    Check(settings.coherenceTime >= NanoSeconds(1), "coherenceTime must be at least 1ns");
    Check(settings.interval >= MilliSeconds(4), "interval must be at least 4ms");
    Check(settings.duration >= settings.interval, "duration must be at least one interval");
    Check(settings.packetSize >= 1 && settings.packetSize <= 1400, "packetSize must be 1 to 1400");

    const auto without = Simulate(settings, false);
    const auto with = Simulate(settings, true);
    const double kbps = 8 * settings.packetSize / settings.interval.GetSeconds() / 1000;
    std::cout << "             path loss alone       with Rician fading, K = " << settings.kFactor
              << "\n distance  delivered      kbit/s  delivered      kbit/s\n"
              << std::fixed << std::setprecision(1);
    for (std::size_t n = 0; n < without.size(); ++n)
    {
        std::cout << std::setw(7) << settings.distances[n] << " m";
        for (double share : {without[n], with[n]})
        {
            std::cout << std::setw(9) << 100 * share << " %" << std::setw(12) << share * kbps;
        }
        std::cout << "\n";
    }
}

} // namespace

int
main(int argc, char* argv[])
{
    return base::RunProgram("plug-into-wifi", argc, argv, [&]() { Run(argc, argv); });
}
