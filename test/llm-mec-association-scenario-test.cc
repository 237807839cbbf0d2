/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-tests.h"

#include "ns3/association-share-policy.h"
#include "ns3/double.h"
#include "ns3/llm-mec-association-cells.h"
#include "ns3/llm-mec-association-scenario.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <cmath>
#include <stdexcept>
#include <string>

using namespace ns3;
using namespace ns3::llmmec;

/**
 * @ingroup llm-mec-tests
 * @brief Phones and servers on a square.
 */
class LlmMecAssociationScenarioTestCase : public TestCase
{
  public:
    using Check = void (LlmMecAssociationScenarioTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    LlmMecAssociationScenarioTestCase(const std::string& name, Check check)
        : TestCase("association scenario: " + name),
          m_check(check)
    {
    }

    /// Values follow from attributes and device files.
    void CheckValues()
    {
        auto scenario = CreateObject<LlmMecAssociationScenario>();
        scenario->SetAttribute("Devices", UintegerValue(50));
        scenario->SetAttribute("Servers", UintegerValue(6));
        scenario->SetAttribute("DeviceFiles", StringValue("galaxy-s23"));
        scenario->SetAttribute("AnswerTokens",
                               StringValue("ns3::ConstantRandomVariable[Constant=100]"));
        for (const char* task : {"AcceptanceCode", "AcceptanceSummary", "AcceptanceChat"})
        {
            scenario->SetAttribute(task, DoubleValue(.8));
        }
        scenario->AssignStreams(10);
        const AssociationProblem problem = scenario->Draw();
        NS_TEST_EXPECT_MSG_EQ(problem.GetM(), 50, "devices");
        NS_TEST_EXPECT_MSG_EQ(problem.GetE(), 6, "servers");
        NS_TEST_EXPECT_MSG_EQ_TOL(problem.servers.bandwidthHz[5], 10e6 / 6, 1e-6, "W / E");
        // 2 * 137e6 / (.6 * 67.2e9), C = 2.5494 at a = .8 and g = 8.
        NS_TEST_EXPECT_MSG_EQ_TOL(problem.devices.draftTokenS[7], 6.7956e-3, 1e-7, "t_d");
        const double cycles = 100 / 2.5493617361654612;
        NS_TEST_EXPECT_MSG_EQ_TOL(problem.devices.draftS[7], 6.79563e-3 * 8 * cycles, 1e-5, "D");
        NS_TEST_EXPECT_MSG_EQ_TOL(problem.devices.uploadBits[7], 448 * cycles, 1e-6, "d");
        NS_TEST_EXPECT_MSG_EQ_TOL(problem.devices.serverFlop[7], 3.116e9 * 8 * cycles, 1, "f");
        // Two servers of each kind.
        double sum = 0;
        for (Eigen::Index j = 0; j < 6; ++j)
        {
            sum += problem.servers.flopPerS[j];
        }
        NS_TEST_EXPECT_MSG_EQ_TOL(sum, 2 * .3 * (10.07e12 + 35.58e12 + 82.58e12), 1e6, "F");
        NS_TEST_EXPECT_MSG_EQ_TOL(problem.servers.verifyS.minCoeff(),
                                  2 * 1.558e9 / (.7 * 1008e9),
                                  1e-9,
                                  "reading the weights of GPT2-XL");
        Simulator::Destroy();
    }

    /// The same streams draw the same slots, one after the other, and each differs.
    void CheckDraws()
    {
        auto one = CreateObject<LlmMecAssociationScenario>();
        auto other = CreateObject<LlmMecAssociationScenario>();
        NS_TEST_EXPECT_MSG_EQ(one->AssignStreams(20), other->AssignStreams(20), "streams");
        const AssociationProblem first = one->Draw();
        NS_TEST_EXPECT_MSG_EQ((first.gain == other->Draw().gain).all(), true, "first slot");
        const AssociationProblem second = one->Draw();
        NS_TEST_EXPECT_MSG_EQ((second.gain == other->Draw().gain).all(), true, "second slot");
        NS_TEST_EXPECT_MSG_EQ((second.gain == first.gain).any(), false, "another slot");
        NS_TEST_EXPECT_MSG_EQ((second.distanceM == first.distanceM).any(), false, "elsewhere");
        Simulator::Destroy();
    }

    /// Gains are those of the path loss that was asked for.
    void CheckGains()
    {
        auto scenario = CreateObject<LlmMecAssociationScenario>();
        scenario->GetMap()->SetAttribute("PathLoss",
                                         StringValue("ns3::LogDistancePropagationLossModel"));
        const AssociationProblem problem = scenario->Draw();
        for (Eigen::Index i = 0; i < problem.gain.size(); ++i)
        {
            const double lossDb = 46.6777 + 30 * std::log10(problem.distanceM.data()[i]);
            NS_TEST_EXPECT_MSG_EQ_TOL(10 * std::log10(problem.gain.data()[i]),
                                      -lossDb,
                                      1e-6,
                                      "gain, dB");
        }
        scenario->GetMap()->SetAttribute("PathLoss", StringValue("ns3::Node"));
        try
        {
            scenario->Draw();
            NS_TEST_EXPECT_MSG_EQ(true, false, "no path loss");
        }
        catch (const std::invalid_argument& error)
        {
            NS_TEST_EXPECT_MSG_EQ(std::string(error.what()),
                                  "path loss \"ns3::Node\" is unknown, expected the TypeId of a "
                                  "PropagationLossModel",
                                  "no path loss");
        }
        Simulator::Destroy();
    }

    /// Token by token, a device without a link is left out, and a queue's wait counts.
    void CheckCells()
    {
        auto scenario = CreateObject<LlmMecAssociationScenario>();
        scenario->SetAttribute("Devices", UintegerValue(5));
        scenario->SetAttribute("Servers", UintegerValue(2));
        scenario->AssignStreams(1);
        AssociationProblem problem = scenario->Draw();
        problem.gain.row(2) = 0;
        const auto shares = CreateObject<FullBandAssociationSharePolicy>();
        const AssociationDecision decision = shares->Divide(problem, {0, 1, NO_SERVER, 0, 0});
        for (const std::string& discipline : LlmMecAssociationCells::GetDisciplines())
        {
            LlmMecAssociationCells cells(discipline,
                                         "fixed",
                                         scenario->GetTargetFlopPerToken(),
                                         16);
            const auto run = [&]() {
                return cells.Run(problem,
                                 decision,
                                 SpeculativeClient::EVENT,
                                 LlmMecAssociationCells::STREAMS);
            };
            problem.servers.waitS.setZero();
            const Eigen::ArrayXd latencyS = run();
            NS_TEST_EXPECT_MSG_EQ(latencyS[2], 0, "no link");
            problem.servers.waitS[1] = 3;
            const Eigen::ArrayXd waitingS = run();
            for (Eigen::Index i = 0; i < problem.GetM(); ++i)
            {
                NS_TEST_EXPECT_MSG_EQ((latencyS[i] > 0), (i != 2), "served");
                NS_TEST_EXPECT_MSG_EQ_TOL(waitingS[i],
                                          latencyS[i] + (i == 1 ? 3 : 0),
                                          1e-9,
                                          "with the wait of server 1");
            }
        }
    }

  private:
    void DoRun() override
    {
        (this->*m_check)();
    }

    Check m_check; //!< what this case does
};

/// Add the cases of this file. @param suite the suite
static void
AddLlmMecAssociationScenarioTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name,
                              LlmMecAssociationScenarioTestCase::Check check) {
        suite.Add(new LlmMecAssociationScenarioTestCase(name, check));
    };
    add("values", &LlmMecAssociationScenarioTestCase::CheckValues);
    add("draws", &LlmMecAssociationScenarioTestCase::CheckDraws);
    add("cells", &LlmMecAssociationScenarioTestCase::CheckCells);
    add("gains", &LlmMecAssociationScenarioTestCase::CheckGains);
}

static const LlmMecTests g_llmMecAssociationScenarioTests(
    &AddLlmMecAssociationScenarioTests); //!< adds them
