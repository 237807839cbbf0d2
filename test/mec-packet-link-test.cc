/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-test-cell.h"
#include "llm-mec-tests.h"

#include "ns3/mec-packet-ledger.h"
#include "ns3/mec-packet-link.h"
#include "ns3/pointer.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::llmmec;

namespace
{

constexpr double PREAMBLE_S = 40e-6; //!< of a burst

/// What the bursts of a slot's upload took on the air.
struct AirUse
{
    double airS{0};    ///< of all bursts, s
    double energyJ{0}; ///< of all bursts, J
};

} // namespace

/**
 * @ingroup llm-mec-tests
 * @brief Cells whose bits are packets, beside the same cells over a fluid link.
 */
class MecPacketLinkTestCase : public TestCase
{
  public:
    using Check = void (MecPacketLinkTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    MecPacketLinkTestCase(const std::string& name, Check check)
        : TestCase("Packet link: " + name),
          m_check(check)
    {
    }

    /// Each upload takes as long as its bursts, and little longer than over a fluid link.
    void CheckLatencies()
    {
        for (const uint32_t mlus : {1, 2, 5})
        {
            const auto fluid = RunSlots("ns3::llmmec::MecUplinkChannel", mlus);
            const auto packets = RunSlots("ns3::llmmec::MecPacketLink", mlus);
            NS_TEST_ASSERT_MSG_EQ(packets.size(), fluid.size(), "slots");
            for (std::size_t slot = 0; slot < fluid.size(); ++slot)
            {
                for (Eigen::Index k = 0; k < mlus; ++k)
                {
                    CompareUploads(fluid[slot], packets[slot], k);
                }
            }
        }
    }

    /// A task that meets the cap is handed over, flagged, and its packets are cancelled.
    void CheckCap()
    {
        LlmMecHelper mec;
        mec.SetStream(0);
        mec.SetLink("ns3::llmmec::MecPacketLink", "MaxLatency", TimeValue(MilliSeconds(20)));
        mec.SetPolicy("always-offload");
        mec.SetController("ns3::llmmec::OffloadController", "Slots", UintegerValue(4));
        const LlmMecCell cell = mec.InstallCell(3);
        const MecPacketLedger ledger(DynamicCast<MecPacketLink>(cell.link)->GetBand());
        const auto slots = RunCell(cell);
        NS_TEST_ASSERT_MSG_EQ(slots.size(), 4, "slots");
        for (const SlotRecord& slot : slots)
        {
            NS_TEST_EXPECT_MSG_EQ(slot.outcome.uplinkCapped.all(), true, "capped");
            NS_TEST_EXPECT_MSG_EQ_TOL(slot.outcome.uplinkLatencyS[0], 0.02, 1e-9, "the cap");
        }
        ledger.Check();
        NS_TEST_EXPECT_MSG_GT(ledger.GetUplink().GetDropped(MecDropReason::CANCELLED),
                              100,
                              "cancelled");
        Simulator::Destroy();
    }

    /// Bursts that are lost at the radio cost time, and each task ends all the same.
    void CheckLosses()
    {
        LlmMecHelper mec;
        mec.SetStream(0);
        auto rates = CreateObject<MecActiveRateModel>();
        mec.SetLink("ns3::llmmec::MecPacketLink", "RateModel", PointerValue(rates));
        mec.SetPolicy("always-offload");
        mec.SetController("ns3::llmmec::OffloadController", "Slots", UintegerValue(30));
        const LlmMecCell cell = mec.InstallCell(5);
        const auto band = DynamicCast<MecPacketLink>(cell.link)->GetBand();
        const MecPacketLedger ledger(band);
        uint32_t failed = 0;
        band->GetServer()->GetPhy()->TraceConnectWithoutContext(
            "Burst",
            Callback<void, const MecBurstReception&>([&failed](const MecBurstReception& burst) {
                failed += burst.result == MecBurstReception::TOO_FAST ? 1 : 0;
            }));
        const auto slots = RunCell(cell);
        NS_TEST_EXPECT_MSG_EQ(slots.size(), 30, "slots");
        NS_TEST_EXPECT_MSG_GT(failed, 10, "bursts that are not decoded");
        for (const SlotRecord& slot : slots)
        {
            NS_TEST_EXPECT_MSG_EQ(slot.outcome.unserved.any(), false, "served");
        }
        ledger.Check();
        Simulator::Destroy();
    }

    /// A battery pays for what is computed and for time on the air, to the last digits.
    void CheckBattery()
    {
        LlmMecHelper mec;
        mec.SetStream(0);
        mec.SetLink("ns3::llmmec::MecPacketLink");
        mec.SetBatteryJ(1e6);
        mec.SetController("ns3::llmmec::OffloadController", "Slots", UintegerValue(20));
        const LlmMecCell cell = mec.InstallCell(3);
        Decide(cell, {0.2, 0.5, 0.9}, {0.3, 1, 1.9});
        const auto band = DynamicCast<MecPacketLink>(cell.link)->GetBand();
        const auto slots = RunCell(cell);
        NS_TEST_ASSERT_MSG_EQ(slots.size(), 20, "slots");
        for (uint32_t k = 0; k < 3; ++k)
        {
            double spentJ = band->GetMlu(k)->GetPhy()->GetTransmitEnergyJ();
            for (const SlotRecord& slot : slots)
            {
                spentJ += slot.outcome.localEnergyJ[k];
            }
            const auto energy = cell.mluApplications[k]->GetEnergyModel();
            NS_TEST_EXPECT_MSG_EQ_TOL(energy->GetTotalEnergyConsumption() / spentJ,
                                      1,
                                      1e-9,
                                      "battery of MLU " << k);
        }
        Simulator::Destroy();
    }

    /// A battery that runs empty while it sends stops its MLU, and every frame is accounted for.
    void CheckEmptyBattery()
    {
        LlmMecHelper mec;
        mec.SetStream(0);
        mec.SetLink("ns3::llmmec::MecPacketLink");
        mec.SetPolicy("always-offload");
        mec.SetBatteryJ(0.2);
        mec.SetController("ns3::llmmec::OffloadController", "Slots", UintegerValue(200));
        const LlmMecCell cell = mec.InstallCell(3);
        const MecPacketLedger ledger(DynamicCast<MecPacketLink>(cell.link)->GetBand());
        const auto slots = RunCell(cell);
        NS_TEST_ASSERT_MSG_EQ(slots.size(), 200, "slots");
        NS_TEST_EXPECT_MSG_EQ(slots.front().outcome.unserved.all(), false, "served at first");
        NS_TEST_EXPECT_MSG_EQ(slots.back().outcome.unserved.all(), true, "empty in the end");
        ledger.Check();
        NS_TEST_EXPECT_MSG_GT(ledger.GetUplink().GetDropped(MecDropReason::CANCELLED),
                              0,
                              "cancelled");
        Simulator::Destroy();
    }

  private:
    void DoRun() override
    {
        (this->*m_check)();
    }

    /// Run slots in which all is offloaded. @param link type of the link @param mlus K
    /// @return the slots; m_use gets what bursts took, by slot and MLU
    std::vector<SlotRecord> RunSlots(const std::string& link, uint32_t mlus)
    {
        constexpr uint32_t slots = 20;
        LlmMecHelper mec;
        mec.SetStream(0);
        mec.SetLink(link);
        if (link == "ns3::llmmec::MecPacketLink")
        {
            // No question on its way counts as part of an upload here.
            mec.SetLink(link,
                        "Sender",
                        StringValue("ns3::llmmec::OffloadSender[ReportTimeout=100s]"));
        }
        mec.SetPolicy("always-offload");
        mec.SetController("ns3::llmmec::OffloadController", "Slots", UintegerValue(slots));
        const LlmMecCell cell = mec.InstallCell(mlus);
        m_use.assign(slots, std::vector<AirUse>(mlus));
        std::size_t slot = 0;
        double startS = 0;
        std::vector<bool> isUploading(mlus);
        cell.mluApplications[0]->TraceConnectWithoutContext(
            "Task",
            Callback<void, const LlmTask&>([&](const LlmTask& task) {
                slot = task.slot;
                startS = Simulator::Now().GetSeconds();
                isUploading.assign(mlus, true);
            }));
        cell.link->TraceConnectWithoutContext(
            "Delivered",
            Callback<void, const OffloadRequest&, const LinkDelivery&>(
                [&](const OffloadRequest& request, const LinkDelivery&) {
                    isUploading[request.mlu] = false;
                }));
        const auto packets = DynamicCast<MecPacketLink>(cell.link);
        if (packets)
        {
            packets->GetBand()->GetServer()->GetPhy()->TraceConnectWithoutContext(
                "Burst",
                Callback<void, const MecBurstReception&>([&](const MecBurstReception& burst) {
                    if (!isUploading[burst.mlu])
                    {
                        return; // word of an answer
                    }
                    // One that began in the slot before holds an upload up by what is left of it.
                    const double nowS = Simulator::Now().GetSeconds();
                    const double beganS = nowS - burst.bits / burst.rateBps - PREAMBLE_S;
                    const double airS = nowS - std::max(beganS, startS);
                    const auto mlu = packets->GetBand()->GetMlu(burst.mlu);
                    m_use[slot][burst.mlu].airS += airS;
                    m_use[slot][burst.mlu].energyJ += airS * mlu->GetPhy()->GetPowerW();
                }));
        }
        const auto records = RunCell(cell);
        Simulator::Destroy();
        return records;
    }

    /// Compare an upload. @param fluid the slot over a fluid link @param packets over packets
    /// @param k index of the MLU
    void CompareUploads(const SlotRecord& fluid, const SlotRecord& packets, Eigen::Index k)
    {
        NS_TEST_EXPECT_MSG_EQ(fluid.observation.gain(k, 0),
                              packets.observation.gain(k, 0),
                              "the same gains");
        const double fluidS = fluid.outcome.uplinkLatencyS[k];
        const double packetS = packets.outcome.uplinkLatencyS[k];
        const AirUse& use = m_use[packets.observation.slot][k];
        NS_TEST_EXPECT_MSG_EQ_TOL(packetS / use.airS,
                                  1,
                                  1e-3, // a short burst may wait for its acknowledgement
                                  "nothing but bursts");
        NS_TEST_EXPECT_MSG_EQ_TOL(packets.outcome.uplinkEnergyJ[k] / use.energyJ,
                                  1,
                                  1e-5,
                                  "power times time on the air");
        NS_TEST_EXPECT_MSG_GT(packetS, fluidS, "headers and preambles");
        if (fluid.outcome.uplinkLatencyS.size() > 1) // alone, the preambles count for more
        {
            NS_TEST_EXPECT_MSG_LT(packetS, 1.05 * fluidS, "are not more than 5 %");
        }
        NS_TEST_EXPECT_MSG_EQ(fluid.outcome.mecLatencyS[k],
                              packets.outcome.mecLatencyS[k],
                              "time at the server");
        const double answerS = packets.outcome.downlinkLatencyS[k];
        NS_TEST_EXPECT_MSG_GT(answerS, 0, "an answer takes time");
        NS_TEST_EXPECT_MSG_LT(answerS, 0.1, "but not long");
    }

    Check m_check;                          //!< what this case does
    std::vector<std::vector<AirUse>> m_use; //!< by slot and MLU
};

/// Add the cases of this file. @param suite the suite
static void
AddMecPacketLinkTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name, MecPacketLinkTestCase::Check check) {
        suite.Add(new MecPacketLinkTestCase(name, check));
    };
    add("an upload is its bursts", &MecPacketLinkTestCase::CheckLatencies);
    add("the cap hands over and cancels", &MecPacketLinkTestCase::CheckCap);
    add("tasks end whatever bursts are lost", &MecPacketLinkTestCase::CheckLosses);
    add("batteries pay for time on the air", &MecPacketLinkTestCase::CheckBattery);
    add("an empty battery stops its MLU", &MecPacketLinkTestCase::CheckEmptyBattery);
}

static const LlmMecTests g_mecPacketLinkTests(
    &AddMecPacketLinkTests); //!< registers the cases of this file
