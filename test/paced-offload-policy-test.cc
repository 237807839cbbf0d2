/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-tests.h"

#include "ns3/llm-mec-scenario.h"
#include "ns3/mlu-energy-model.h"
#include "ns3/offload-controller.h"
#include "ns3/simulator.h"
#include "ns3/string.h"

#include <algorithm>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::llmmec;

/**
 * @ingroup llm-mec-tests
 * @brief Policy paced spends a battery evenly until the last slot.
 */
class PacedPolicyTestCase : public TestCase
{
  public:
    PacedPolicyTestCase()
        : TestCase("Paced policy: a battery lasts until the last slot, and is used up")
    {
    }

  private:
    /// What happened in a cell.
    struct Run
    {
        std::vector<double> ratios; ///< of the first MLU, slot by slot
        std::vector<double> leftJ;  ///< of each battery
        Eigen::Index unserved{0};   ///< tasks without answer
        double meanReward{0};       ///< (47), 1/s
    };

    /// @param policy its name @param batteryJ of each MLU @return what happened
    /// @param mode of policy paced, empty for others
    static Run Simulate(const std::string& policy, double batteryJ, const std::string& mode = "")
    {
        LlmMecScenario scenario;
        scenario.mlus = 3;
        scenario.slots = 50;
        scenario.fadingCorrelation = 0.9;
        scenario.taskBits = "ns3::UniformRandomVariable[Min=0.5e6|Max=1.5e6]";
        scenario.batteryJ = batteryJ;
        LlmMecHelper mec = scenario.MakeHelper();
        if (mode.empty())
        {
            mec.SetPolicy(policy);
        }
        else
        {
            mec.SetPolicy(policy, "Mode", StringValue(mode));
        }
        const LlmMecCell cell = scenario.BuildCells(mec).front();
        Run run;
        cell.controller->TraceConnectWithoutContext(
            "SlotEnded",
            Callback<void, const SlotObservation&, const SlotDecision&, const SlotOutcome&>(
                [&](const SlotObservation&,
                    const SlotDecision& decision,
                    const SlotOutcome& outcome) {
                    run.ratios.push_back(decision.offloadRatio[0]);
                    run.unserved += outcome.unserved.count();
                }));
        OffloadController::StopWhenAllEnded({cell.controller});
        Simulator::Run();
        for (const auto& mlu : cell.mluApplications)
        {
            if (const auto battery = mlu->GetEnergyModel())
            {
                run.leftJ.push_back(battery->GetRemainingJ());
            }
        }
        run.meanReward = cell.controller->GetMeans().reward;
        Simulator::Destroy();
        return run;
    }

    void DoRun() override
    {
        constexpr double batteryJ = 4;
        const Run paced = Simulate("paced", batteryJ);
        NS_TEST_ASSERT_MSG_EQ(paced.unserved, 0, "all tasks have an answer");
        NS_TEST_ASSERT_MSG_EQ(paced.leftJ.size(), 3, "batteries");
        for (const double left : paced.leftJ)
        {
            NS_TEST_ASSERT_MSG_LT(left, batteryJ / 50, "less is left than a slot's share");
        }
        const Run switching = Simulate("paced", batteryJ, "Switch");
        NS_TEST_ASSERT_MSG_EQ(switching.unserved, 0, "all tasks have an answer");
        NS_TEST_ASSERT_MSG_EQ(switching.ratios.front(), 1, "spares at first");
        NS_TEST_ASSERT_MSG_LT(switching.ratios.back(), 0.9, "is balanced in the end");
        const Run balanced = Simulate("balanced", batteryJ);
        NS_TEST_ASSERT_MSG_GT(balanced.unserved, 0, "without pacing the battery runs empty");
        NS_TEST_ASSERT_MSG_GT(paced.meanReward, balanced.meanReward, "pacing pays");
        NS_TEST_ASSERT_MSG_GT(switching.meanReward, balanced.meanReward, "so does switching");
        for (const double enough : {0.0, 1e3})
        {
            NS_TEST_ASSERT_MSG_EQ(
                (Simulate("paced", enough).ratios == Simulate("balanced", enough).ratios),
                true,
                "nothing to spare with " << enough << " J");
        }
    }
};

/// Add the cases of this file. @param suite the suite
static void
AddPacedPolicyTests(LlmMecTestSuite& suite)
{
    suite.Add(new PacedPolicyTestCase);
}

static const LlmMecTests g_pacedPolicyTests(
    &AddPacedPolicyTests); //!< registers the cases of this file
