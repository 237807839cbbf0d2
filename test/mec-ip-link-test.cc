/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-test-cell.h"
#include "llm-mec-tests.h"

#include "ns3/error-model.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/mec-ip-link.h"
#include "ns3/simple-net-device-helper.h"
#include "ns3/simple-net-device.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <string>

using namespace ns3;
using namespace ns3::llmmec;

/// Which way packets are lost
enum class LossyWay
{
    UPLINK,  ///< at the server
    DOWNLINK ///< at the MLUs
};

/**
 * @ingroup llm-mec-tests
 * @brief A cell over devices of ns-3's own.
 */
class MecIpLinkTestCase : public TestCase
{
  public:
    /// @param loss share of packets that devices lose when they receive @param way which devices
    MecIpLinkTestCase(double loss, LossyWay way)
        : TestCase("IP link: tasks end with a loss of " + std::to_string(loss) +
                   (way == LossyWay::UPLINK ? " of uploads" : " of answers")),
          m_loss(loss),
          m_way(way)
    {
    }

  private:
    void DoRun() override
    {
        NodeContainer mlus;
        mlus.Create(2);
        auto server = CreateObject<Node>();
        InstallDevices(server, mlus);
        LlmMecHelper mec;
        mec.SetStream(0);
        mec.SetLink("ns3::llmmec::MecIpLink",
                    "MaxLatency",
                    TimeValue(Seconds(60)),
                    "Sender",
                    StringValue("ns3::llmmec::OffloadSender[PacingRate=1Mb/s]"));
        mec.SetPolicy("always-offload");
        mec.SetMlu("ns3::llmmec::MluApplication",
                   "TaskBits",
                   StringValue("ns3::ConstantRandomVariable[Constant=2.5e6]"));
        mec.SetController("ns3::llmmec::OffloadController", "Slots", UintegerValue(5));
        const LlmMecCell cell = mec.InstallCell(mlus, server);
        const auto slots = RunCell(cell);
        NS_TEST_ASSERT_MSG_EQ(slots.size(), 5, "slots");
        for (const SlotRecord& slot : slots)
        {
            if (m_loss == 1)
            {
                CheckUnserved(slot);
            }
            else
            {
                CheckServed(slot);
            }
        }
        Simulator::Destroy();
    }

    /// Nothing arrives, or no answer does. @param slot what has become of it
    void CheckUnserved(const SlotRecord& slot)
    {
        NS_TEST_EXPECT_MSG_EQ(slot.outcome.unserved.all(), true, "unserved");
        NS_TEST_EXPECT_MSG_EQ_TOL(slot.outcome.latencyS.minCoeff(), 10, 1e-9, "UnservedLatency");
        NS_TEST_EXPECT_MSG_EQ_TOL(slot.outcome.latencyS.maxCoeff(), 10, 1e-9, "UnservedLatency");
    }

    /// All tasks end with their answers. @param slot what has become of it
    void CheckServed(const SlotRecord& slot)
    {
        const double mostS = m_loss == 0 ? 2.55 : (m_loss < 0.5 ? 30 : 60.001);
        NS_TEST_EXPECT_MSG_EQ(slot.outcome.unserved.any(), false, "served");
        NS_TEST_EXPECT_MSG_EQ((slot.outcome.uplinkCapped.any() && m_loss < 0.5),
                              false,
                              "not capped");
        for (Eigen::Index k = 0; k < 2; ++k)
        {
            const double latencyS = slot.outcome.uplinkLatencyS[k];
            // Paced at 1 Mbit/s with 16 bytes of header per 1,456; losses take longer.
            NS_TEST_EXPECT_MSG_GT(latencyS, 2.5, "as paced");
            NS_TEST_EXPECT_MSG_LT(latencyS, mostS, "as paced");
            NS_TEST_EXPECT_MSG_EQ_TOL(slot.outcome.uplinkEnergyJ[k],
                                      slot.decision.powerW[k] * latencyS,
                                      1e-9,
                                      "power times latency");
        }
    }

    /// Give nodes devices of one channel, and addresses. @param server a node @param mlus others
    void InstallDevices(Ptr<Node> server, const NodeContainer& mlus)
    {
        SimpleNetDeviceHelper simple;
        simple.SetDeviceAttribute("DataRate", StringValue("10Mb/s"));
        simple.SetChannelAttribute("Delay", StringValue("1ms"));
        const NetDeviceContainer devices = simple.Install(NodeContainer(server, mlus));
        auto errors = CreateObject<RateErrorModel>();
        errors->SetUnit(RateErrorModel::ERROR_UNIT_PACKET);
        errors->SetRate(m_loss);
        errors->AssignStreams(7);
        if (m_loss == 1 && m_way == LossyWay::DOWNLINK)
        {
            // Addresses are resolved before, so that uploads arrive and nothing else does.
            errors->Disable();
            Simulator::Schedule(Seconds(1), &RateErrorModel::Enable, errors);
        }
        for (uint32_t i = 0; i < devices.GetN(); ++i)
        {
            if ((i == 0) == (m_way == LossyWay::UPLINK))
            {
                devices.Get(i)->SetAttribute("ReceiveErrorModel", PointerValue(errors));
            }
        }
        InternetStackHelper stack;
        stack.SetIpv6StackInstall(false);
        stack.Install(NodeContainer(server, mlus));
        Ipv4AddressHelper addresses("10.1.0.0", "255.255.255.0");
        addresses.Assign(devices);
    }

    double m_loss;  //!< share of packets that are lost
    LossyWay m_way; //!< which way
};

/// Add the cases of this file. @param suite the suite
static void
AddMecIpLinkTests(LlmMecTestSuite& suite)
{
    for (const double loss : {0.0, 0.01, 0.1, 0.5, 1.0})
    {
        suite.Add(new MecIpLinkTestCase(loss, LossyWay::UPLINK));
    }
    for (const double loss : {0.01, 0.1, 1.0})
    {
        suite.Add(new MecIpLinkTestCase(loss, LossyWay::DOWNLINK));
    }
}

static const LlmMecTests g_mecIpLinkTests(&AddMecIpLinkTests); //!< registers the cases of this file
