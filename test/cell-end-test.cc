/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-test-cell.h"
#include "llm-mec-tests.h"

#include "ns3/boolean.h"
#include "ns3/uinteger.h"

#include <functional>
#include <stdexcept>
#include <string>

using namespace ns3;
using namespace ns3::llmmec;

namespace
{

/// @param slots number of slots @return what builds cells whose slots of 1 s take less
LlmMecHelper
MakeHelper(uint32_t slots)
{
    LlmMecHelper mec;
    mec.SetStream(0);
    mec.SetController("ns3::llmmec::OffloadController", "Slots", UintegerValue(slots));
    return mec;
}

/// Run what was built, at most until 1000 s. @return when it stopped, s
double
RunUntilStopped()
{
    Simulator::Stop(Seconds(1000));
    Simulator::Run();
    const double endS = Simulator::Now().GetSeconds();
    Simulator::Destroy();
    return endS;
}

} // namespace

/**
 * @ingroup llm-mec-tests
 * @brief A simulation with batteries or movement stops when its cells have ended, and no other
 * simulation does. Always-local tasks of 1 Mbit take 0.45 s, so slot n ends at n + 0.45 s.
 */
class CellEndTestCase : public TestCase
{
  public:
    CellEndTestCase()
        : TestCase("cells with batteries or movement stop the simulation when all have ended")
    {
    }

  private:
    void DoRun() override
    {
        constexpr double ns = 2e-9;
        LlmMecHelper battery = MakeHelper(5);
        battery.SetBatteryJ(100);
        battery.InstallCell(2);
        NS_TEST_EXPECT_MSG_EQ_TOL(RunUntilStopped(), 4.45, ns, "batteries");

        LlmMecHelper walk = MakeHelper(5);
        LlmMecPlacement placement;
        placement.speedMps = 2;
        walk.SetPlacement(placement);
        walk.InstallCell(2);
        NS_TEST_EXPECT_MSG_EQ_TOL(RunUntilStopped(), 4.45, ns, "movement");

        LlmMecHelper longer = MakeHelper(9);
        battery.InstallCell(1);
        longer.InstallCell(1); // of another helper, without a battery
        NS_TEST_EXPECT_MSG_EQ_TOL(RunUntilStopped(), 8.45, ns, "the last cell of all");

        const LlmMecCell stopped = walk.InstallCell(1);
        stopped.controller->SetStopTime(Seconds(2.1));
        NS_TEST_EXPECT_MSG_EQ_TOL(RunUntilStopped(), 2.45, ns, "stopped within slot 2");
        const LlmMecCell between = walk.InstallCell(1);
        between.controller->SetStopTime(Seconds(2.5));
        NS_TEST_EXPECT_MSG_EQ_TOL(RunUntilStopped(), 2.5, ns, "stopped between slots");

        const LlmMecCell still = MakeHelper(5).InstallCell(1);
        Simulator::Schedule(Seconds(20), []() {});
        NS_TEST_EXPECT_MSG_EQ(RunUntilStopped(), 1000, "neither: what else there is goes on");

        const LlmMecCell own = walk.InstallCell(1);
        own.controller->SetAttribute("StopSimulation", BooleanValue(false));
        NS_TEST_EXPECT_MSG_EQ(RunUntilStopped(), 1000, "StopSimulation is off");

        const LlmMecCell late = walk.InstallCell(1);
        late.controller->SetStartTime(Seconds(30));
        battery.InstallCell(1);
        NS_TEST_EXPECT_MSG_EQ_TOL(RunUntilStopped(), 34.45, ns, "a cell that starts late");
    }
};

/**
 * @ingroup llm-mec-tests
 * @brief Walks at any speed end, or are refused in one line.
 */
class WalkTestCase : public TestCase
{
  public:
    WalkTestCase()
        : TestCase("MLUs walk at the speed that was set, or the speed is refused")
    {
    }

  private:
    void DoRun() override
    {
        for (const double speedMps : {1e-9, 4e-7, 2.0, 400.0})
        {
            LlmMecHelper mec = MakeHelper(5);
            LlmMecPlacement placement;
            placement.speedMps = speedMps;
            mec.SetPlacement(placement);
            const LlmMecCell cell = mec.InstallCell(1);
            Simulator::Schedule(Seconds(1), [&]() {
                const auto mobility = cell.mlus.Get(0)->GetObject<MobilityModel>();
                NS_TEST_EXPECT_MSG_EQ_TOL(mobility->GetVelocity().GetLength(),
                                          speedMps,
                                          1e-9 * speedMps,
                                          "speed");
            });
            NS_TEST_EXPECT_MSG_LT(RunUntilStopped(), 5, "ends");
        }
        ExpectRefusal(1e-10, 20, "speed 1e-10 m/s of MLUs: expected 0, or at least 1e-09 m/s");
        ExpectRefusal(-1, 20, "speed -1 m/s");
        ExpectRefusal(std::nan(""), 20, "speed nan m/s");
        ExpectRefusal(1000, 1e-6, "radius 1e-06 m: expected at least 0.1 s from side to side");
        ExpectRefusal(1e-9, 1e-8, "disc of radius 1e-08 m about (1e+09, 0)", 1e9);
    }

    /// @param speedMps speed, m/s @param radiusM of the disc, m @param part of the message
    /// @param serverM where the server stands, m
    void ExpectRefusal(double speedMps, double radiusM, const std::string& part, double serverM = 0)
    {
        LlmMecHelper mec = MakeHelper(5);
        LlmMecPlacement placement;
        placement.speedMps = speedMps;
        placement.radiusM = radiusM;
        mec.SetPlacement(placement);
        std::string message = "no error";
        try
        {
            mec.InstallCell(NodeContainer(1), MakeNodeAt(serverM));
        }
        catch (const std::invalid_argument& error)
        {
            message = error.what();
        }
        Simulator::Destroy();
        NS_TEST_EXPECT_MSG_NE(message.find(part), std::string::npos, message);
        NS_TEST_EXPECT_MSG_EQ(message.find('\n'), std::string::npos, "one line");
    }
};

/// Add the cases of this file. @param suite the suite
static void
AddCellEndTests(LlmMecTestSuite& suite)
{
    suite.Add(new CellEndTestCase);
    suite.Add(new WalkTestCase);
}

static const LlmMecTests g_cellEndTests(&AddCellEndTests); //!< registers the cases of this file
