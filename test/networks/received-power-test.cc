/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// What a decision's power is at the server's radio, over wifi and over LTE.

#include "../llm-mec-test-cell.h"
#include "../llm-mec-tests.h"

#include "ns3/lte-enb-net-device.h"
#include "ns3/lte-enb-phy.h"
#include "ns3/node-list.h"
#include "ns3/uinteger.h"
#include "ns3/wifi-net-device.h"
#include "ns3/wifi-phy.h"

#include <cmath>
#include <string>

using namespace ns3;
using namespace ns3::llmmec;

namespace
{

constexpr double TOLERANCE_DB = 0.01; //!< of a received power

} // namespace

/**
 * @ingroup llm-mec-tests
 * @brief A lone MLU with another power in each slot.
 */
class ReceivedPowerTestCase : public TestCase
{
  public:
    /// @param link name of a TypeId
    explicit ReceivedPowerTestCase(const std::string& link)
        : TestCase("Received power: " + link),
          m_link(link)
    {
    }

  private:
    void DoRun() override
    {
        LlmMecHelper mec;
        mec.SetStream(0);
        mec.SetLink(m_link);
        mec.SetController("ns3::llmmec::OffloadController", "Slots", UintegerValue(8));
        const LlmMecCell cell = mec.InstallCell(1);
        auto policy = CreateObject<ScriptedPolicy>([this](const SlotObservation& observation) {
            const double powerW = 0.01 * std::pow(2, m_slots++);
            m_expectedDbm = 10 * std::log10(powerW * observation.gain(0, 0) / 1e-3);
            m_sinceS = Simulator::Now().GetSeconds();
            SlotDecision decision;
            decision.offloadRatio = Eigen::ArrayXd::Ones(1);
            decision.powerW = Eigen::ArrayXd::Constant(1, powerW);
            return decision;
        });
        cell.controller->SetAttribute("Policy", PointerValue(policy));
        Listen();
        RunCell(cell);
        NS_TEST_EXPECT_MSG_EQ(m_slots, 8, "slots");
        NS_TEST_EXPECT_MSG_GT(m_received, 8, "something was received");
        Simulator::Destroy();
    }

    /// Hear what the server's radio receives.
    void Listen()
    {
        for (uint32_t n = 0; n < NodeList::GetNNodes(); ++n)
        {
            const Ptr<Node> node = NodeList::GetNode(n);
            for (uint32_t d = 0; d < node->GetNDevices(); ++d)
            {
                if (const auto lte = DynamicCast<LteEnbNetDevice>(node->GetDevice(d)))
                {
                    lte->GetPhy()->TraceConnectWithoutContext(
                        "ReportUeSinr",
                        MakeCallback(&ReceivedPowerTestCase::NoteSinr, this));
                }
            }
        }
        // The access point is the first node.
        if (const auto wifi = DynamicCast<WifiNetDevice>(NodeList::GetNode(0)->GetDevice(0)))
        {
            wifi->GetPhy()->TraceConnectWithoutContext(
                "MonitorSnifferRx",
                MakeCallback(&ReceivedPowerTestCase::NoteFrame, this));
        }
    }

    /// @param received a frame's power
    void NoteFrame(Ptr<const Packet>,
                   uint16_t,
                   WifiTxVector,
                   MpduInfo,
                   SignalNoiseDbm received,
                   uint16_t)
    {
        if (m_slots > 0)
        {
            Compare(received.signal);
        }
    }

    /// @param sinr of a sounding reference signal, over all resource blocks
    void NoteSinr(uint16_t, uint16_t, double sinr, uint8_t)
    {
        constexpr double periodS = 0.04;          // of the signals
        constexpr double noiseDbmPerHz = -174;    // of ns-3's LTE
        constexpr double noiseFigureDb = 5;       // of its base station
        constexpr double bandwidthHz = 50 * 18e4; // 50 resource blocks
        // The signal of the slot before may be the last one.
        if (m_slots > 0 && Simulator::Now().GetSeconds() > m_sinceS + periodS)
        {
            const double noiseDbm = noiseDbmPerHz + noiseFigureDb + 10 * std::log10(bandwidthHz);
            Compare(10 * std::log10(sinr) + noiseDbm);
        }
    }

    /// @param receivedDbm what was received, dBm
    void Compare(double receivedDbm)
    {
        ++m_received;
        NS_TEST_EXPECT_MSG_EQ_TOL(receivedDbm, m_expectedDbm, TOLERANCE_DB, "received power");
    }

    std::string m_link;      //!< name of a TypeId
    uint32_t m_slots{0};     //!< that have begun
    double m_expectedDbm{0}; //!< in this slot, dBm
    double m_sinceS{0};      //!< when this slot began, s
    uint32_t m_received{0};  //!< frames or signals that were compared
};

/// Add the cases of this file. @param suite the suite
static void
AddReceivedPowerTests(LlmMecTestSuite& suite)
{
    suite.Add(new ReceivedPowerTestCase("ns3::llmmec::MecWifiLink"));
    suite.Add(new ReceivedPowerTestCase("ns3::llmmec::MecLteLink"));
}

static const LlmMecTests g_receivedPowerTests(
    &AddReceivedPowerTests); //!< registers the cases of this file
