/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-test-cell.h"
#include "llm-mec-tests.h"

#include "ns3/enum.h"
#include "ns3/llm-mec-data-folder.h"
#include "ns3/llm-mec-scenario.h"
#include "ns3/mec-uplink-channel.h"
#include "ns3/mobility-model.h"
#include "ns3/offload-problem.h"
#include "ns3/rician-propagation-loss-model.h"
#include "ns3/string.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::llmmec;

/**
 * @ingroup llm-mec-tests
 * @brief Every setting of a scenario gets to the cells that it is about. No value is a default.
 */
class LlmMecScenarioTestCase : public TestCase
{
  public:
    using Check = void (LlmMecScenarioTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    LlmMecScenarioTestCase(const std::string& name, Check check)
        : TestCase("Scenario: " + name),
          m_check(check)
    {
    }

    /// Settings that end in the problem or in what is observed of a slot.
    void CheckProblem()
    {
        LlmMecScenario s = MakeScenario();
        LlmMecHelper mec = s.MakeHelper();
        const std::vector<LlmMecCell> cells = s.BuildCells(mec);
        NS_TEST_ASSERT_MSG_EQ(cells.size(), 2, "cells");
        const std::vector<SlotRecord> slots = RunCells(cells);
        NS_TEST_ASSERT_MSG_EQ(slots.size(), 7, "slots");
        for (const LlmMecCell& cell : cells)
        {
            const OffloadProblem& problem = cell.controller->GetProblem();
            NS_TEST_ASSERT_MSG_EQ(problem.GetN(), 4, "MLUs");
            for (Eigen::Index k = 0; k < 4; ++k)
            {
                Close(problem.maxPowerW[k], 0.1, "maxPowerDbm");
                Close(problem.energyBudgetJ[k], 1.5, "energyBudgetJ");
                Close(problem.batteryJ[k], 60, "batteryJ");
            }
            Close(problem.bandwidthHz, 5e6, "bandwidthHz");
            Close(problem.noiseW, 1e-12, "noiseDbm");
            Close(problem.maxUplinkLatencyS, 4, "maxUplinkLatencyS");
            Close(problem.minAccuracy, 0.25, "minAccuracy");
            Close(problem.maxHallucination, 0.5, "maxHallucination");
            Close(problem.penaltyWeight, 3, "penaltyWeight");
            Close(problem.slotDurationS, 0.5, "slotS");
            NS_TEST_EXPECT_MSG_EQ(problem.slots, 7, "slots");
            NS_TEST_EXPECT_MSG_EQ(problem.slotBarrier, false, "slotBarrier");
        }
        const SlotTasks& tasks = slots.front().observation.tasks;
        for (Eigen::Index k = 0; k < 4; ++k)
        {
            Close(tasks.bits[k], 2e6, "taskBits");
            Close(tasks.cyclesPerBit[k], 500, "cyclesPerBit");
            Close(tasks.localLatencyS[k], 2e6 * 500 / 3e9, "localHz");
            Close(tasks.localEnergyJ[k], 2e-28 * 9e18 * 2e6 * 500, "energyCoefficient");
            Close(tasks.mecLatencyS(k, 0), 2e6 * 500 / 20e9, "serverHz");
            // Profiles are dealt out in turn; the server's is one for all.
            Close(tasks.localAccuracy[k], k % 2 == 0 ? 0.5905 : 0.3635, "profile");
        }
        const LlmProfile server =
            ReadLlmProfile(LlmMecDataFolder::GetPath() + "/profiles/mistral-12b-original.json");
        Close(tasks.mecAccuracy[0], server.accuracy, "serverProfile");
        Close(tasks.mecAccuracy[1], server.accuracy, "serverProfile");
        Close(tasks.mecHallucination[1], server.hallucination, "serverProfile");
        Simulator::Destroy();
    }

    /// Settings that are types, or attributes of channel and fading; and where the nodes are.
    void CheckCell()
    {
        LlmMecScenario s = MakeScenario();
        s.ricianK = 1e9; // next to no fading
        LlmMecHelper mec = s.MakeHelper();
        const std::vector<LlmMecCell> cells = s.BuildCells(mec);
        double farthestM = 0;
        for (const LlmMecCell& cell : cells)
        {
            const std::string discipline =
                cell.serverApplications[0]->GetDiscipline()->GetInstanceTypeId().GetName();
            NS_TEST_EXPECT_MSG_EQ(discipline, "ns3::llmmec::ProcessorSharingDiscipline", "type");
            StringValue interference;
            cell.link->GetAttribute("Interference", interference);
            NS_TEST_EXPECT_MSG_EQ(interference.Get(), "Active", "interference");
            PointerValue loss;
            cell.link->GetAttribute("PropagationLossModel", loss);
            const auto fading = loss.Get<PropagationLossModel>()->GetNext();
            DoubleValue correlation;
            fading->GetAttribute("Correlation", correlation);
            Close(correlation.Get(), 0.75, "fadingCorrelation");
            TimeValue coherence;
            fading->GetAttribute("CoherenceTime", coherence);
            NS_TEST_EXPECT_MSG_EQ(coherence.Get(), MilliSeconds(500), "one draw a slot");

            const Vector antenna = cell.servers.Get(0)->GetObject<MobilityModel>()->GetPosition();
            Close(antenna.z, 30, "serverHeightM");
            const Eigen::ArrayXd gains = cell.link->GetMeasurement().MeasureGains();
            for (uint32_t k = 0; k < 4; ++k)
            {
                const Vector at = cell.mlus.Get(k)->GetObject<MobilityModel>()->GetPosition();
                const double groundM = std::hypot(at.x - antenna.x, at.y - antenna.y);
                farthestM = std::max(farthestM, groundM);
                NS_TEST_EXPECT_MSG_EQ_TOL(gains[k] * (groundM * groundM + 900),
                                          1e-4,
                                          1e-7,
                                          "referenceGainDb and distance");
            }
        }
        NS_TEST_EXPECT_MSG_LT_OR_EQ(farthestM, 200, "radiusM");
        NS_TEST_EXPECT_MSG_GT(farthestM, 100, "radiusM, all eight within half of it");
        Simulator::Destroy();
    }

    /// The Rician factor by what it does: the fading of K = 0 has a variance of 1, of 8 of 0.21.
    void CheckFading()
    {
        for (const double ricianK : {0.0, 8.0})
        {
            LlmMecScenario s;
            s.mlus = 2000;
            s.ricianK = ricianK;
            LlmMecHelper mec = s.MakeHelper();
            const LlmMecCell cell = s.BuildCells(mec).front();
            const Eigen::ArrayXd gains = cell.link->GetMeasurement().MeasureGains();
            Eigen::ArrayXd fading(gains.size());
            for (uint32_t k = 0; k < s.mlus; ++k)
            {
                const Vector at = cell.mlus.Get(k)->GetObject<MobilityModel>()->GetPosition();
                fading[k] = gains[k] * (at.x * at.x + at.y * at.y + 100) / 1e-3;
            }
            const double variance = (fading - fading.mean()).square().mean();
            const double expected = (2 * ricianK + 1) / std::pow(ricianK + 1, 2);
            NS_TEST_EXPECT_MSG_EQ_TOL(variance / expected, 1, 0.25, "K = " << ricianK);
            Simulator::Destroy();
        }
    }

    /// A device has its own clock, coefficient and power.
    void CheckDevice()
    {
        const std::string path = CreateTempDirFilename("device.json");
        std::ofstream(path) << R"({"version": 1, "name": "odd", "frequencyHz": 4e9,
            "energyCoefficient": 5e-29, "maxPowerDbm": 10, "memoryBytes": 1, "memoryBytesPerS": 1,
            "peakFlops": 1, "weightBits": 4, "batteryJ": 1, "source": "test"})";
        LlmMecScenario s;
        s.slots = 1;
        s.device = path + ",phone";
        LlmMecHelper mec = s.MakeHelper();
        const std::vector<LlmMecCell> cells = s.BuildCells(mec);
        const std::vector<SlotRecord> slots = RunCells(cells);
        NS_TEST_ASSERT_MSG_EQ(slots.size(), 1, "slots");
        const SlotTasks& tasks = slots.front().observation.tasks;
        const OffloadProblem& problem = cells.front().controller->GetProblem();
        Close(tasks.localLatencyS[0], 1e6 * 900 / 4e9, "clock");
        Close(tasks.localEnergyJ[0], 5e-29 * 16e18 * 1e6 * 900, "coefficient");
        Close(problem.maxPowerW[0], 0.01, "power");
        Close(tasks.localLatencyS[1], 1e6 * 900 / 2e9, "clock of the next");
        Close(tasks.localEnergyJ[1], 1e-28 * 4e18 * 1e6 * 900, "coefficient of the next");
        Close(problem.maxPowerW[1], std::pow(10, 0.3), "power of the next");
        Simulator::Destroy();
    }

    /// MLUs that walk get to all sides of the antenna, and stay around it.
    void CheckWalk()
    {
        LlmMecScenario s;
        s.speedMps = 10;
        s.slots = 2000;
        LlmMecHelper mec = s.MakeHelper();
        const LlmMecCell cell = s.BuildCells(mec).front();
        double least[2] = {0, 0};
        double most[2] = {0, 0};
        cell.controller->TraceConnectWithoutContext(
            "SlotStarted",
            Callback<void, const SlotObservation&>([&](const SlotObservation&) {
                for (uint32_t k = 0; k < 2; ++k)
                {
                    const Vector at = cell.mlus.Get(k)->GetObject<MobilityModel>()->GetPosition();
                    least[0] = std::min(least[0], at.x);
                    least[1] = std::min(least[1], at.y);
                    most[0] = std::max(most[0], at.x);
                    most[1] = std::max(most[1], at.y);
                }
            }));
        RunCell(cell);
        Simulator::Destroy();
        for (int axis = 0; axis < 2; ++axis)
        {
            NS_TEST_EXPECT_MSG_LT(least[axis], -10, "axis " << axis);
            NS_TEST_EXPECT_MSG_GT_OR_EQ(least[axis], -20, "axis " << axis);
            NS_TEST_EXPECT_MSG_GT(most[axis], 10, "axis " << axis);
            NS_TEST_EXPECT_MSG_LT_OR_EQ(most[axis], 20, "axis " << axis);
        }
    }

  private:
    void DoRun() override
    {
        (this->*m_check)();
    }

    /// @return a scenario in which hardly anything is a default
    static LlmMecScenario MakeScenario()
    {
        LlmMecScenario s;
        s.mlus = 4;
        s.cells = 2;
        s.slots = 7;
        s.profile = "llama-3.1-8b-ecld,qwen3-8b-ecld";
        s.serverProfile = "mistral-12b-original";
        s.taskBits = "2e6";
        s.radiusM = 200;
        s.serverHeightM = 30;
        s.referenceGainDb = -40;
        s.maxPowerDbm = 20;
        s.noiseDbm = -90;
        s.bandwidthHz = 5e6;
        s.fadingCorrelation = 0.75;
        s.interference = "Active";
        s.maxUplinkLatencyS = 4;
        s.localHz = 3e9;
        s.serverHz = 20e9;
        s.serverDiscipline = "ProcessorSharing";
        s.cyclesPerBit = 500;
        s.energyCoefficient = 2e-28;
        s.energyBudgetJ = 1.5;
        s.batteryJ = 60;
        s.minAccuracy = 0.25;
        s.maxHallucination = 0.5;
        s.penaltyWeight = 3;
        s.slotS = 0.5;
        s.slotBarrier = false;
        return s;
    }

    /// @param actual value @param expected value @param what the setting
    void Close(double actual, double expected, const std::string& what)
    {
        NS_TEST_EXPECT_MSG_EQ_TOL(actual, expected, 1e-9 * std::abs(expected), what);
    }

    Check m_check; ///< what to do
};

/// Add the cases of this file. @param suite the suite
static void
AddLlmMecScenarioTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name, LlmMecScenarioTestCase::Check check) {
        suite.Add(new LlmMecScenarioTestCase(name, check));
    };
    add("problem", &LlmMecScenarioTestCase::CheckProblem);
    add("cell", &LlmMecScenarioTestCase::CheckCell);
    add("fading", &LlmMecScenarioTestCase::CheckFading);
    add("device", &LlmMecScenarioTestCase::CheckDevice);
    add("walk", &LlmMecScenarioTestCase::CheckWalk);
}

static const LlmMecTests g_llmMecScenarioTests(
    &AddLlmMecScenarioTests); //!< registers the cases of this file
