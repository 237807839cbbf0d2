/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-test-cell.h"
#include "llm-mec-tests.h"

#include "ns3/boolean.h"
#include "ns3/uinteger.h"

#include <vector>

using namespace ns3;
using namespace ns3::llmmec;

/**
 * @ingroup llm-mec-tests
 * @brief What a controller sees of an MLU whose battery runs empty while its CPU and its radio have
 * much to do: nothing is left of both.
 */
class MluBatteryTestCase : public TestCase
{
  public:
    MluBatteryTestCase()
        : TestCase("MLU: an empty battery leaves nothing to do")
    {
    }

  private:
    void DoRun() override
    {
        constexpr double batteryJ = 0.5;
        LlmMecHelper mec;
        mec.SetBatteryJ(batteryJ);
        mec.SetController("ns3::llmmec::OffloadController", "Slots", UintegerValue(30));
        mec.SetController("ns3::llmmec::OffloadController",
                          "SlotDuration",
                          TimeValue(MilliSeconds(50)));
        mec.SetController("ns3::llmmec::OffloadController", "SlotBarrier", BooleanValue(false));
        const LlmMecCell cell = MakeQuietCell(mec, {5, 15});
        // Half of 1 Mbit takes a CPU of 0.8 W 0.225 s. With 1 pW and 2 pW, uploads take 10 s.
        Decide(cell, {0.5, 0.5}, {1e-12, 2e-12});
        const std::vector<SlotRecord> slots = RunCell(cell);
        Simulator::Destroy();
        NS_TEST_ASSERT_MSG_EQ(slots.size(), 30, "slots");

        int empty = 0;
        for (const SlotRecord& slot : slots)
        {
            const SlotObservation& seen = slot.observation;
            for (Eigen::Index k = 0; k < 2; ++k)
            {
                // The CPU never rests: empty after 0.5 J / 0.8 W.
                const double leftJ = batteryJ - 0.8 * seen.startS;
                const bool isEmpty = leftJ < 0;
                empty += isEmpty ? 1 : 0;
                NS_TEST_EXPECT_MSG_EQ((seen.tasks.bits[k] == 0), isEmpty, "takes no task");
                if (isEmpty)
                {
                    NS_TEST_EXPECT_MSG_EQ(seen.batteryJ[k], 0, "not a joule");
                    NS_TEST_EXPECT_MSG_EQ(seen.cpuBacklogS[k], 0, "CPU");
                    NS_TEST_EXPECT_MSG_EQ(seen.uploadBacklogBits[k], 0, "radio");
                    continue;
                }
                const auto before = static_cast<double>(seen.slot);
                NS_TEST_EXPECT_MSG_EQ_TOL(seen.batteryJ[k], leftJ, 1e-6, "battery");
                NS_TEST_EXPECT_MSG_EQ_TOL(seen.cpuBacklogS[k],
                                          0.225 * before - seen.startS,
                                          1e-8,
                                          "CPU of slot " << seen.slot);
                NS_TEST_EXPECT_MSG_EQ_TOL(seen.uploadBacklogBits[k], 0.5e6 * before, 1e-6, "radio");
            }
        }
        NS_TEST_EXPECT_MSG_EQ(empty, 34, "from slot 13 on, 0.65 s"); // 17 slots of two MLUs
    }
};

/// Add the cases of this file. @param suite the suite
static void
AddMluBatteryTests(LlmMecTestSuite& suite)
{
    suite.Add(new MluBatteryTestCase);
}

static const LlmMecTests g_mluBatteryTests(
    &AddMluBatteryTests); //!< registers the cases of this file
