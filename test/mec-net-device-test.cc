/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-tests.h"
#include "mec-packet-cell.h"

#include "ns3/double.h"
#include "ns3/ethernet-header.h"
#include "ns3/pcap-file.h"
#include "ns3/pointer.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <cmath>
#include <cstdint>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::llmmec;

/**
 * @ingroup llm-mec-tests
 * @brief The devices of a band as NetDevices.
 */
class MecNetDeviceTestCase : public TestCase
{
  public:
    using Check = void (MecNetDeviceTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    MecNetDeviceTestCase(const std::string& name, Check check)
        : TestCase("Band device: " + name),
          m_check(check)
    {
    }

    /// Each packet is dropped for its own reason.
    void CheckDropReasons()
    {
        MecUplinkHelper helper;
        helper.SetQueue("ns3::DropTailQueue<Packet>", "MaxSize", StringValue("5p"));
        MecPacketCell cell(helper, {10});
        CountDrops(cell);
        NS_TEST_EXPECT_MSG_EQ(cell.Send(0, 1501), false, "longer than the MTU");
        for (int i = 0; i < 10; ++i)
        {
            // One is on the air at once, five wait.
            NS_TEST_EXPECT_MSG_EQ(cell.Send(0, 1500), (i < 6), "packet " << i);
        }
        cell.GetServer()->Send(Create<Packet>(100), Mac48Address("02:00:00:00:00:77"), 1);
        Simulator::Schedule(Seconds(1), [&cell] {
            cell.Send(0, 100);
            cell.GetMlu(0)->Stop();
            cell.Send(0, 100);
        });
        Simulator::Run();
        NS_TEST_EXPECT_MSG_EQ(m_drops[MecDropReason::TOO_LONG], 1, "too long");
        NS_TEST_EXPECT_MSG_EQ(m_drops[MecDropReason::QUEUE_FULL], 4, "queue full");
        NS_TEST_EXPECT_MSG_EQ(m_drops[MecDropReason::NO_DEVICE], 1, "no device");
        NS_TEST_EXPECT_MSG_EQ(m_drops[MecDropReason::CANCELLED], 1, "cancelled");
        NS_TEST_EXPECT_MSG_EQ(m_drops[MecDropReason::STOPPED], 1, "stopped");
        NS_TEST_EXPECT_MSG_EQ(m_received, 6, "received");
        Simulator::Destroy();
    }

    /// What is cancelled does not arrive, what is sent after it does.
    void CheckCancel()
    {
        MecUplinkHelper helper;
        MecPacketCell cell(helper, {10, 12});
        CountDrops(cell);
        for (int i = 0; i < 20; ++i)
        {
            cell.Send(0, 1400);
        }
        // Somewhere in a burst.
        Simulator::Schedule(MilliSeconds(9), [&cell] {
            cell.GetMlu(0)->CancelFrames();
            cell.Send(0, 1400);
        });
        Simulator::Run();
        NS_TEST_EXPECT_MSG_GT(m_received, 1, "before and after");
        NS_TEST_EXPECT_MSG_LT(m_received, 21, "not all");
        NS_TEST_EXPECT_MSG_EQ(m_received + m_drops[MecDropReason::CANCELLED], 21, "all");
        NS_TEST_EXPECT_MSG_EQ(cell.GetMlu(0)->GetPhy()->IsSending(), false, "the radio is free");
        Simulator::Destroy();
    }

    /// pcap files have every frame of both ends, byte for byte.
    void CheckPcap()
    {
        const std::string prefix = CreateTempDirFilename("band");
        std::map<std::string, std::vector<std::vector<uint8_t>>> sniffed;
        std::vector<std::string> names;
        {
            MecUplinkHelper helper;
            MecPacketCell cell(helper, {10, 15});
            helper.EnablePcap(prefix, cell.devices);
            for (uint32_t i = 0; i < cell.devices.GetN(); ++i)
            {
                const Ptr<NetDevice> device = cell.devices.Get(i);
                const std::string name = PcapHelper().GetFilenameFromDevice(prefix, device);
                names.push_back(name);
                device->TraceConnectWithoutContext(
                    "Sniffer",
                    Callback<void, Ptr<const Packet>>([&sniffed, name](Ptr<const Packet> frame) {
                        std::vector<uint8_t> bytes(frame->GetSize());
                        frame->CopyData(bytes.data(), frame->GetSize());
                        sniffed[name].push_back(bytes);
                    }));
            }
            for (uint32_t i = 0; i < 30; ++i)
            {
                cell.Send(i % 2, 50 + 40 * i, i);
            }
            cell.GetServer()->Send(Create<Packet>(77), cell.GetMlu(1)->GetAddress(), 0x0800);
            cell.GetServer()->Send(Create<Packet>(99), cell.GetMlu(1)->GetBroadcast(), 0x0806);
            Simulator::Run();
            Simulator::Destroy();
        }
        const std::vector<size_t> frames{32, 16, 17};
        for (size_t i = 0; i < names.size(); ++i)
        {
            NS_TEST_EXPECT_MSG_EQ(sniffed[names[i]].size(), frames[i], "frames of a device");
            CheckFile(names[i], sniffed[names[i]]);
        }
    }

    /// The ascii trace says what the queue took and gave, and what arrived.
    void CheckAscii()
    {
        const std::string name = CreateTempDirFilename("band.tr");
        MecUplinkHelper helper;
        helper.SetQueue("ns3::DropTailQueue<Packet>", "MaxSize", StringValue("2p"));
        MecPacketCell cell(helper, {10});
        helper.EnableAscii(AsciiTraceHelper().CreateFileStream(name), cell.devices);
        for (int i = 0; i < 5; ++i)
        {
            cell.Send(0, 1000);
        }
        Simulator::Run();
        Simulator::Destroy();
        std::map<char, int> lines;
        std::ifstream file(name);
        for (std::string line; std::getline(file, line);)
        {
            ++lines[line[0]];
        }
        NS_TEST_EXPECT_MSG_EQ(lines['+'], 3, "enqueued");
        NS_TEST_EXPECT_MSG_EQ(lines['-'], 3, "dequeued");
        NS_TEST_EXPECT_MSG_EQ(lines['d'], 2, "dropped");
        NS_TEST_EXPECT_MSG_EQ(lines['r'], 3, "received");
    }

    /// Without power only short frames go, over the control channel; power lets the others go.
    void CheckControlChannel()
    {
        MecUplinkHelper helper;
        MecPacketCell cell(helper, {10, 20});
        CountDrops(cell);
        cell.band->MeasureGains();
        cell.band->AnnounceSlot(Eigen::ArrayXd::Zero(2), Eigen::ArrayXi(), Eigen::ArrayXd());
        cell.Send(0, 100);
        cell.Send(1, 1000);
        Simulator::Stop(Seconds(10));
        Simulator::Run();
        NS_TEST_EXPECT_MSG_EQ(m_received, 1, "the short one");
        NS_TEST_EXPECT_MSG_EQ(cell.GetMlu(0)->GetPhy()->GetAirTimeS(), 0, "nothing in the band");
        Eigen::ArrayXd powerW(2);
        powerW << 0, 0.5;
        cell.band->AnnounceSlot(powerW, Eigen::ArrayXi::Zero(2), Eigen::ArrayXd());
        Simulator::Run();
        NS_TEST_EXPECT_MSG_EQ(m_received, 2, "both");
        const auto phy = cell.GetMlu(1)->GetPhy();
        NS_TEST_EXPECT_MSG_GT(phy->GetAirTimeS(), 0, "in the band");
        NS_TEST_EXPECT_MSG_EQ_TOL(phy->GetTransmitEnergyJ(),
                                  0.5 * phy->GetAirTimeS(),
                                  1e-15,
                                  "power times time on the air");
        Simulator::Destroy();
    }

    /// The received power of each MLU follows what is announced, and the trace follows bursts.
    void CheckPowers()
    {
        MecUplinkHelper helper;
        MecPacketCell cell(helper, {10, 20});
        cell.band->MeasureGains();
        for (const double powerW : {1e-3, 0.2, 2.0})
        {
            cell.band->AnnounceSlot(Eigen::ArrayXd::Constant(2, powerW),
                                    Eigen::ArrayXi(),
                                    Eigen::ArrayXd());
            cell.Send(1, 1000);
            Simulator::Schedule(MicroSeconds(10), [this, &cell, powerW] {
                const double receivedW = powerW * 1e-3 / 500; // 20 m away, 10 m up
                NS_TEST_EXPECT_MSG_EQ_TOL(cell.GetServer()->GetPhy()->GetReceivedW() / receivedW,
                                          1,
                                          1e-12,
                                          "received power");
            });
            Simulator::Run();
        }
        Simulator::Destroy();
    }

    /// Frames of the downlink follow one another, and reach whom they are for.
    void CheckDownlink()
    {
        MecUplinkHelper helper;
        helper.SetServerDevice("DownlinkRate",
                               StringValue("1Mb/s"),
                               "DownlinkDelay",
                               TimeValue(MilliSeconds(3)));
        MecPacketCell cell(helper, {10, 20});
        std::vector<double> arrivalS;
        for (uint32_t k = 0; k < 2; ++k)
        {
            cell.GetMlu(k)->TraceConnectWithoutContext(
                "MacRx",
                Callback<void, Ptr<const Packet>>([&arrivalS](Ptr<const Packet>) {
                    arrivalS.push_back(Simulator::Now().GetSeconds());
                }));
        }
        cell.GetServer()->Send(Create<Packet>(1111), cell.GetMlu(0)->GetAddress(), 1);
        cell.GetServer()->Send(Create<Packet>(1111), cell.GetMlu(1)->GetBroadcast(), 1);
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ(arrivalS.size(), 3, "one, and one for all");
        NS_TEST_EXPECT_MSG_EQ_TOL(arrivalS[0], 0.012, 1e-9, "9,000 bits and 3 ms");
        NS_TEST_EXPECT_MSG_EQ_TOL(arrivalS[1], 0.021, 1e-9, "9,000 bits later");
        NS_TEST_EXPECT_MSG_EQ_TOL(arrivalS[2], 0.021, 1e-9, "the same frame");
        Simulator::Destroy();
    }

    /// The channel lists all devices, and errors are one line.
    void CheckBand()
    {
        MecUplinkHelper helper;
        MecPacketCell cell(helper, {10, 20});
        NS_TEST_ASSERT_MSG_EQ(cell.band->GetNDevices(), 3, "devices");
        for (uint32_t i = 0; i < 3; ++i)
        {
            NS_TEST_EXPECT_MSG_EQ(cell.band->GetDevice(i), cell.devices.Get(i), "device " << i);
            NS_TEST_EXPECT_MSG_EQ(cell.devices.Get(i)->IsLinkUp(), true, "link of " << i);
        }
        const auto errorOf = [](auto act) {
            try
            {
                act();
            }
            catch (const std::exception& error)
            {
                return std::string(error.what());
            }
            return std::string("(no error)");
        };
        NS_TEST_EXPECT_MSG_EQ(
            errorOf([&] { helper.SetMac("NoSuch", UintegerValue(1)); }),
            "attribute 'NoSuch' of ns3::llmmec::MecUplinkMac, expected one that it has",
            "attribute");
        NS_TEST_EXPECT_MSG_EQ(errorOf([&] {
                                  cell.band->AnnounceSlot(Eigen::ArrayXd::Zero(3),
                                                          Eigen::ArrayXi(),
                                                          Eigen::ArrayXd());
                              }),
                              "MecUplinkBand: a slot has 3 powers, expected one for each of 2 MLUs",
                              "powers");
        MecUplinkHelper wide;
        wide.SetBand("CentreFrequencyHz", DoubleValue(1e6));
        NS_TEST_EXPECT_MSG_EQ(errorOf([&] { MecPacketCell(wide, {10}); }),
                              "MecUplinkBand: CentreFrequencyHz is 1e+06, expected at least half "
                              "of BandwidthHz, which is 1e+07",
                              "below 0 Hz");
        Simulator::Destroy();
    }

  private:
    void DoRun() override
    {
        (this->*m_check)();
    }

    /// Count what all devices drop and the server receives. @param cell the cell
    void CountDrops(const MecPacketCell& cell)
    {
        m_drops.clear();
        m_received = 0;
        for (uint32_t i = 0; i < cell.devices.GetN(); ++i)
        {
            cell.devices.Get(i)->TraceConnectWithoutContext(
                "Drop",
                Callback<void, Ptr<const Packet>, MecDropReason>(
                    [this](Ptr<const Packet>, MecDropReason reason) { ++m_drops[reason]; }));
        }
        cell.GetServer()->TraceConnectWithoutContext(
            "MacRx",
            Callback<void, Ptr<const Packet>>([this](Ptr<const Packet>) { ++m_received; }));
    }

    /// Read a pcap file back. @param name of the file @param frames what it should have
    void CheckFile(const std::string& name, const std::vector<std::vector<uint8_t>>& frames)
    {
        PcapFile file;
        file.Open(name, std::ios::in);
        NS_TEST_ASSERT_MSG_EQ(file.Fail(), false, "open " << name);
        NS_TEST_EXPECT_MSG_EQ(file.GetDataLinkType(), 1, "DLT_EN10MB");
        for (const std::vector<uint8_t>& frame : frames)
        {
            std::vector<uint8_t> bytes(2000);
            uint32_t seconds = 0;
            uint32_t microseconds = 0;
            uint32_t included = 0;
            uint32_t original = 0;
            uint32_t read = 0;
            file.Read(bytes.data(), 2000, seconds, microseconds, included, original, read);
            NS_TEST_ASSERT_MSG_EQ(file.Fail(), false, "a frame more in " << name);
            bytes.resize(read);
            NS_TEST_EXPECT_MSG_EQ((bytes == frame), true, "bytes of a frame");
            EthernetHeader header(false);
            Create<Packet>(bytes.data(), read)->PeekHeader(header);
            NS_TEST_EXPECT_MSG_EQ((header.GetSource() == header.GetDestination()),
                                  false,
                                  "addresses");
        }
        uint8_t end[4];
        uint32_t unused = 0;
        file.Read(end, 4, unused, unused, unused, unused, unused);
        NS_TEST_EXPECT_MSG_EQ(file.Eof(), true, "no frame more in " << name);
    }

    Check m_check;                             //!< what this case does
    std::map<MecDropReason, uint32_t> m_drops; //!< frames by reason
    uint32_t m_received{0};                    //!< frames at the server
};

/// Add the cases of this file. @param suite the suite
static void
AddMecNetDeviceTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name, MecNetDeviceTestCase::Check check) {
        suite.Add(new MecNetDeviceTestCase(name, check));
    };
    add("packets are dropped for a reason", &MecNetDeviceTestCase::CheckDropReasons);
    add("what is cancelled does not arrive", &MecNetDeviceTestCase::CheckCancel);
    add("pcap files are read back", &MecNetDeviceTestCase::CheckPcap);
    add("ascii traces have queue and arrivals", &MecNetDeviceTestCase::CheckAscii);
    add("short frames need no power", &MecNetDeviceTestCase::CheckControlChannel);
    add("received powers follow the slot", &MecNetDeviceTestCase::CheckPowers);
    add("the downlink is one frame after the other", &MecNetDeviceTestCase::CheckDownlink);
    add("the band lists its devices, errors are one line", &MecNetDeviceTestCase::CheckBand);
}

static const LlmMecTests g_mecNetDeviceTests(
    &AddMecNetDeviceTests); //!< registers the cases of this file
