/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-test-cell.h"
#include "llm-mec-tests.h"

#include "ns3/mec-network-library.h"
#include "ns3/mec-network-link.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <stdexcept>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::llmmec;

/**
 * @ingroup llm-mec-tests
 * @brief Cells over packets, wifi, LTE and CSMA, with UDP and TCP, beside the same cells over the
 * fluid link. A link whose ns-3 module is not there is left out.
 */
class MecNetworkLinkTestCase : public TestCase
{
  public:
    /// @param link name of a TypeId @param protocol name of the TypeId of a socket factory
    MecNetworkLinkTestCase(const std::string& link, const std::string& protocol)
        : TestCase("Network link: " + link + " with " + protocol),
          m_link(link),
          m_protocol(protocol)
    {
    }

  private:
    static constexpr const char* FLUID = "ns3::llmmec::MecUplinkChannel"; //!< to compare with

    static constexpr uint32_t MLUS = 3;  //!< in a cell
    static constexpr uint32_t SLOTS = 4; //!< of a cell

    void DoRun() override
    {
        try
        {
            MecNetworkLibrary::Load(m_link);
        }
        catch (const std::runtime_error&)
        {
            return; // built without that module of ns-3
        }
        const auto fluid = RunSlots(FLUID);
        const auto network = RunSlots(m_link);
        NS_TEST_ASSERT_MSG_EQ(network.size(), SLOTS, "slots");
        for (std::size_t s = 0; s < SLOTS; ++s)
        {
            NS_TEST_EXPECT_MSG_EQ((network[s].observation.gain == fluid[s].observation.gain).all(),
                                  true,
                                  "gains of the same seed");
            // A datagram that is dropped is asked for after 1 s. Our devices are as slow as (19).
            const bool isOurs = m_link == "ns3::llmmec::MecPacketLink";
            CheckSlot(network[s], isOurs ? 1.2 * fluid[s].outcome.uplinkLatencyS.maxCoeff() : 0.9);
        }
    }

    /// @param slot a slot over the network @param mostS longest upload, s
    void CheckSlot(const SlotRecord& slot, double mostS)
    {
        NS_TEST_EXPECT_MSG_EQ(slot.outcome.unserved.any(), false, "served");
        NS_TEST_EXPECT_MSG_EQ(slot.outcome.uplinkCapped.any(), false, "not capped");
        for (Eigen::Index k = 0; k < MLUS; ++k)
        {
            NS_TEST_EXPECT_MSG_GT(slot.outcome.uplinkLatencyS[k], 0, "it takes time");
            NS_TEST_EXPECT_MSG_LT(slot.outcome.uplinkLatencyS[k], mostS, "nothing is dropped");
        }
    }

    /// @param link name of a TypeId @return slots over it, with tasks of 2.5 Mbit
    std::vector<SlotRecord> RunSlots(const std::string& link)
    {
        LlmMecHelper mec;
        mec.SetStream(0);
        mec.SetLink(link);
        if (link != FLUID)
        {
            const std::string protocol = "[Protocol=" + m_protocol + "]";
            mec.SetLink(link,
                        "Sender",
                        StringValue("ns3::llmmec::OffloadSender" + protocol),
                        "Receiver",
                        StringValue("ns3::llmmec::OffloadReceiver" + protocol));
        }
        mec.SetPolicy("always-offload");
        mec.SetMlu("ns3::llmmec::MluApplication",
                   "TaskBits",
                   StringValue("ns3::ConstantRandomVariable[Constant=2.5e6]"));
        mec.SetController("ns3::llmmec::OffloadController", "Slots", UintegerValue(SLOTS));
        const LlmMecCell cell = mec.InstallCell(MLUS);
        cell.link->TraceConnectWithoutContext(
            "Delivered",
            MakeCallback(&MecNetworkLinkTestCase::NoteDelivery, this));
        const auto slots = RunCell(cell);
        Simulator::Destroy();
        return slots;
    }

    /// An upload has arrived. @param delivery how
    void NoteDelivery(const OffloadRequest&, const LinkDelivery& delivery)
    {
        constexpr double maxPowerW = 1.9952623149688795; // 33 dBm
        NS_TEST_EXPECT_MSG_GT(delivery.airTimeS, 0, "it was on the air");
        NS_TEST_EXPECT_MSG_LT(delivery.airTimeS, delivery.latencyS + 1e-12, "and waited");
        NS_TEST_EXPECT_MSG_EQ_TOL(delivery.energyJ,
                                  maxPowerW * delivery.airTimeS,
                                  1e-9,
                                  "power times time on the air");
    }

    std::string m_link;     //!< name of a TypeId
    std::string m_protocol; //!< name of the TypeId of a socket factory
};

/// Add the cases of this file. @param suite the suite
static void
AddMecNetworkLinkTests(LlmMecTestSuite& suite)
{
    for (const char* link : {"ns3::llmmec::MecPacketLink",
                             "ns3::llmmec::MecWifiLink",
                             "ns3::llmmec::MecLteLink",
                             "ns3::llmmec::MecCsmaLink"})
    {
        for (const char* protocol : {"ns3::UdpSocketFactory", "ns3::TcpSocketFactory"})
        {
            suite.Add(new MecNetworkLinkTestCase(link, protocol));
        }
    }
}

static const LlmMecTests g_mecNetworkLinkTests(
    &AddMecNetworkLinkTests); //!< registers the cases of this file
