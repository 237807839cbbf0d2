/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

/*
 * MLUs that always have packets to send, over one band: what they carry, against the rates (19) and
 * a closed form, and what simulating it costs.
 *
 * Run it with an installed ns-3:
 *
 *     ./llm-mec run packet-uplink --mlus=10 --train=8
 *
 * or inside an ns-3 tree:
 *
 *     ./ns3 run "packet-uplink --mlus=10 --train=8"
 *
 * Things to try:
 *
 *     --train=1 --window=1         one packet a burst, stop and wait: headers and waiting show
 *     --packetBytes=8900           jumbo frames
 *     --rate=active                rates after what is on the air: faster, and bursts are lost
 *     --traffic=udp                datagrams over UDP and IPv4 instead of bare frames
 *     --mlus=50 --nearFarDb=60     one MLU 60 dB above another
 *     --pcap=uplink                a pcap file for each device, for Wireshark
 */

#include "base/program.h"

#include "ns3/constant-position-mobility-model.h"
#include "ns3/inet-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/llm-mec-settings.h"
#include "ns3/mec-uplink-helper.h"
#include "ns3/mec-uplink-rate.h"
#include "ns3/neighbor-cache-helper.h"
#include "ns3/pointer.h"
#include "ns3/simulator.h"
#include "ns3/socket.h"
#include "ns3/udp-socket-factory.h"
#include "ns3/uinteger.h"

#include <cmath>
#include <ctime>
#include <iomanip>
#include <iostream>
#include <string>
#include <vector>

using namespace ns3;

namespace
{

constexpr double NEAREST_M = 5;       ///< ground distance of the nearest MLU
constexpr double FARTHEST_M = 20;     ///< of the farthest, unless --nearFarDb says otherwise
constexpr double ANTENNA_M = 10;      ///< height of the server's antenna
constexpr uint16_t PROTOCOL = 0x88b5; ///< EtherType for experiments
constexpr uint16_t PORT = 9;          ///< of UDP
constexpr double HEADER_BYTES = 16;   ///< of a burst
constexpr double FRAME_BYTES = 18;    ///< of a frame: Ethernet, and place in the burst
constexpr double UDP_BYTES = 28;      ///< of UDP and IPv4
constexpr double PREAMBLE_S = 40e-6;  ///< of a burst
constexpr double ACK_S = 48e-6;       ///< from a burst's end to its acknowledgement

/// What the command line says.
struct Settings
{
    uint64_t mlus{10};          ///< K
    uint64_t train{8};          ///< packets of a burst
    uint64_t window{2};         ///< unacknowledged bursts
    uint64_t packetBytes{1400}; ///< payload of a packet
    uint64_t packets{100000};   ///< packets to receive
    double nearFarDb{0};        ///< from the strongest to the weakest MLU
    std::string rate{"slot"};   ///< rate model
    std::string traffic{"raw"}; ///< what is sent
    std::string pcap;           ///< prefix of pcap files
};

/// What was decoded of an MLU.
struct Decoded
{
    uint64_t bursts{0}; ///< how many
    double firstS{0};   ///< when the first ended, s
    double lastS{0};    ///< when the last ended, s
};

/// @param settings the study's @param k index of an MLU @return its ground distance, m
double
GetDistanceM(const Settings& settings, uint64_t k)
{
    const double share = settings.mlus == 1 ? 0 : static_cast<double>(k) / (settings.mlus - 1);
    if (settings.nearFarDb == 0)
    {
        return NEAREST_M + share * (FARTHEST_M - NEAREST_M);
    }
    // Received power falls with the square of the distance to the antenna.
    const double nearest = std::pow(NEAREST_M, 2) + std::pow(ANTENNA_M, 2);
    const double square = nearest * std::pow(10, settings.nearFarDb * share / 10);
    return std::sqrt(square - std::pow(ANTENNA_M, 2));
}

/**
 * @brief MLUs that always have packets to send.
 */
class Study
{
  public:
    /// @param settings the study's
    explicit Study(const Settings& settings)
        : m_settings(settings),
          m_decoded(settings.mlus)
    {
        m_server.Create(1);
        m_mlus.Create(static_cast<uint32_t>(settings.mlus));
        Place(m_server.Get(0), Vector(0, 0, ANTENNA_M));
        for (uint32_t k = 0; k < m_mlus.GetN(); ++k)
        {
            Place(m_mlus.Get(k), Vector(GetDistanceM(settings, k), 0, 0));
        }
        InstallBand();
        if (settings.traffic == "udp")
        {
            InstallUdp();
        }
        FillQueues();
    }

    /// Run until enough packets are received. @return CPU time, s
    double Run()
    {
        const std::clock_t start = std::clock();
        Simulator::Run();
        return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    }

    /// Print what was seen. @param cpuS CPU time, s
    void Print(double cpuS) const
    {
        const double payloadBits = 8.0 * m_settings.train * m_settings.packetBytes;
        const double extraBytes = m_settings.traffic == "udp" ? UDP_BYTES : 0;
        const double airBits =
            8 *
            (m_settings.train * (m_settings.packetBytes + FRAME_BYTES + extraBytes) + HEADER_BYTES);
        const Eigen::ArrayXd rateBps = GetRatesBps();
        double goodputBps = 0;
        double closedFormBps = 0;
        double slotBps = 0;
        for (uint32_t k = 0; k < m_decoded.size(); ++k)
        {
            if (m_decoded[k].bursts < 2)
            {
                continue; // too slow to be seen here
            }
            goodputBps += static_cast<double>(m_decoded[k].bursts - 1) * payloadBits /
                          (m_decoded[k].lastS - m_decoded[k].firstS);
            closedFormBps += payloadBits / (airBits / rateBps[k] + PREAMBLE_S +
                                            (m_settings.window == 1 ? ACK_S : 0));
            slotBps += rateBps[k];
        }
        std::cout << m_settings.mlus << " MLUs, " << m_settings.train << " packets of "
                  << m_settings.packetBytes << " bytes a burst, window " << m_settings.window
                  << ", " << m_settings.traffic << "\n\n"
                  << std::setprecision(9) << "goodput, bit/s        " << goodputBps << "\n"
                  << "share of (19)         " << goodputBps / slotBps << "\n"
                  << "over the closed form  " << goodputBps / closedFormBps << "\n"
                  << "simulated time, s     " << Simulator::Now().GetSeconds() << "\n"
                  << "packets               " << m_packets << "\n"
                  << "bursts decoded        " << m_bursts << "\n"
                  << "bursts not decoded    " << m_failed << "\n"
                  << std::setprecision(3) << "packets a CPU second  "
                  << static_cast<double>(m_packets) / cpuS << "\n";
    }

  private:
    /// @param node a node @param position its place, m
    static void Place(Ptr<Node> node, const Vector& position)
    {
        auto mobility = CreateObject<ConstantPositionMobilityModel>();
        mobility->SetPosition(position);
        node->AggregateObject(mobility);
    }

    /// Put the devices on their nodes.
    void InstallBand()
    {
        llmmec::MecUplinkHelper helper;
        if (m_settings.rate == "active")
        {
            helper.SetBand("RateModel", PointerValue(CreateObject<llmmec::MecActiveRateModel>()));
        }
        const auto mtu = static_cast<uint64_t>(m_settings.packetBytes + UDP_BYTES);
        helper.SetMluDevice("Mtu", UintegerValue(mtu));
        helper.SetServerDevice("Mtu", UintegerValue(mtu));
        helper.SetMac("MaxBurstPackets",
                      UintegerValue(m_settings.train),
                      "MaxBurstDuration",
                      TimeValue(Seconds(1e6)),
                      "Window",
                      UintegerValue(m_settings.window));
        m_devices = helper.Install(m_server.Get(0), m_mlus);
        m_band = DynamicCast<llmmec::MecUplinkBand>(m_devices.Get(0)->GetChannel());
        if (!m_settings.pcap.empty())
        {
            helper.EnablePcap(m_settings.pcap, m_devices);
        }
        const auto server = m_band->GetServer();
        server->GetPhy()->TraceConnectWithoutContext("Burst",
                                                     MakeCallback(&Study::NoteBurst, this));
        server->TraceConnectWithoutContext("MacRx", MakeCallback(&Study::NotePacket, this));
    }

    /// Give each node an IP stack, and each MLU a socket.
    void InstallUdp()
    {
        InternetStackHelper stack;
        stack.Install(m_server);
        stack.Install(m_mlus);
        Ipv4AddressHelper addresses("10.0.0.0", "255.255.0.0");
        const Ipv4InterfaceContainer interfaces = addresses.Assign(m_devices);
        NeighborCacheHelper().PopulateNeighborCache(m_band);
        m_sink = Socket::CreateSocket(m_server.Get(0), UdpSocketFactory::GetTypeId());
        m_sink->Bind(InetSocketAddress(Ipv4Address::GetAny(), PORT));
        for (uint32_t k = 0; k < m_mlus.GetN(); ++k)
        {
            m_sockets.push_back(Socket::CreateSocket(m_mlus.Get(k), UdpSocketFactory::GetTypeId()));
            m_sockets.back()->Connect(InetSocketAddress(interfaces.GetAddress(0), PORT));
        }
    }

    /// Have each MLU send a packet for each that leaves its queue.
    void FillQueues()
    {
        for (uint32_t k = 0; k < m_mlus.GetN(); ++k)
        {
            for (uint64_t i = 0; i < 2 * m_settings.train; ++i)
            {
                Send(k);
            }
            m_band->GetMlu(k)->GetQueue()->TraceConnectWithoutContext(
                "Dequeue",
                Callback<void, Ptr<const Packet>>([this, k](Ptr<const Packet>) { Send(k); }));
        }
    }

    /// @param k index of the MLU that sends a packet
    void Send(uint32_t k)
    {
        auto packet = Create<Packet>(static_cast<uint32_t>(m_settings.packetBytes));
        if (m_sockets.empty())
        {
            m_band->GetMlu(k)->Send(packet, m_devices.Get(0)->GetAddress(), PROTOCOL);
        }
        else
        {
            m_sockets[k]->Send(packet);
        }
    }

    /// @param burst a burst has ended at the server
    void NoteBurst(const llmmec::MecBurstReception& burst)
    {
        if (burst.result != llmmec::MecBurstReception::DECODED)
        {
            ++m_failed;
            return;
        }
        ++m_bursts;
        Decoded& decoded = m_decoded[burst.mlu];
        decoded.lastS = Simulator::Now().GetSeconds();
        decoded.firstS = decoded.bursts++ == 0 ? decoded.lastS : decoded.firstS;
    }

    /// A packet has arrived.
    void NotePacket(Ptr<const Packet>)
    {
        if (++m_packets == m_settings.packets)
        {
            Simulator::Stop();
        }
    }

    /// @return rates (19) of all MLUs, bit/s
    Eigen::ArrayXd GetRatesBps() const
    {
        Eigen::ArrayXd receivedW = m_band->MeasureGains().col(0);
        for (uint32_t k = 0; k < m_band->GetMlus(); ++k)
        {
            receivedW[k] *= m_band->GetMlu(k)->GetPhy()->GetPowerW();
        }
        return llmmec::UplinkRatesBps(receivedW, m_band->GetBandwidthHz(), m_band->GetNoiseW());
    }

    Settings m_settings;                ///< the study's
    NodeContainer m_server;             ///< one node
    NodeContainer m_mlus;               ///< nodes of the MLUs
    NetDeviceContainer m_devices;       ///< server first
    Ptr<llmmec::MecUplinkBand> m_band;  ///< their band
    Ptr<Socket> m_sink;                 ///< of the server, with UDP
    std::vector<Ptr<Socket>> m_sockets; ///< of the MLUs, with UDP
    std::vector<Decoded> m_decoded;     ///< of each MLU
    uint64_t m_packets{0};              ///< received
    uint64_t m_bursts{0};               ///< decoded
    uint64_t m_failed{0};               ///< not decoded
};

/**
 * @brief The study.
 * @param argc number of arguments
 * @param argv the arguments
 */
void
Run(int argc, char* argv[])
{
    Settings values;
    llmmec::LlmMecSettings settings;
    settings.AddCount("mlus", "Number of MLUs K", values.mlus, 1, 10000);
    settings.AddCount("train", "Packets of a burst", values.train, 1, 400);
    settings.AddCount("window", "Unacknowledged bursts of an MLU", values.window, 1, 1024);
    settings.AddCount("packetBytes", "Payload of a packet, bytes", values.packetBytes, 1, 65000);
    settings.AddCount("packets", "Packets to receive", values.packets, 1, 1000000000);
    settings.AddNumber("nearFarDb",
                       "From the strongest MLU to the weakest, dB; 0 for 5 to 20 m",
                       values.nearFarDb,
                       0,
                       100);
    settings.AddText("rate", "Rates of bursts", values.rate, {"slot", "active"});
    settings.AddText("traffic", "What is sent", values.traffic, {"raw", "udp"});
    settings.AddText("pcap", "Prefix of pcap files, one a device; empty for none", values.pcap);
    settings.Parse(argc, argv, __FILE__, "MLUs that always have packets to send.");
    {
        Study study(values);
        study.Print(study.Run());
    }
    Simulator::Destroy();
}

} // namespace

int
main(int argc, char* argv[])
{
    return base::RunProgram("packet-uplink", argc, argv, [&]() { Run(argc, argv); });
}
