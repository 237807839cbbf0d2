/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "agents/policy-network.h"
#include "llm-mec-test-cell.h"
#include "llm-mec-tests.h"

#include "ns3/offload-state.h"
#include "ns3/trained-offload-policy.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::llmmec;

/**
 * @ingroup llm-mec-tests
 * @brief An agent that runs with another profile than it was trained with gives one warning.
 */
class AgentProfileTestCase : public TestCase
{
  public:
    AgentProfileTestCase()
        : TestCase("agent: a warning about another profile than that of training")
    {
    }

  private:
    void DoRun() override
    {
        const std::string llama = "llama-3.1-8b-ecld + llama-3.1-8b-original";
        const std::string qwen = "qwen3-8b-ecld + qwen3-8b-original";
        NS_TEST_EXPECT_MSG_EQ(WarningsOf({llama, llama}), "", "the same");
        NS_TEST_EXPECT_MSG_EQ(WarningsOf({}), "", "not known");
        NS_TEST_EXPECT_MSG_EQ(WarningsOf({"", ""}), "", "not known of these MLUs");
        NS_TEST_EXPECT_MSG_EQ(WarningsOf({llama, qwen}),
                              "warning: the agent: trained with profiles " + qwen +
                                  ", but MLU 1 has " + llama + "\n",
                              "one line for both cells");
    }

    /// Run two cells of two Llama MLUs. @param profiles of training @return what was printed
    std::string WarningsOf(const std::vector<std::string>& profiles)
    {
        OffloadStateLayout trained;
        trained.state = OffloadStateLayout::CURRENT;
        trained.mlus = 2;
        trained.profiles = profiles;
        // As from a file.
        const auto layout = OffloadStateLayout::FromJson(trained.ToJson(), "file");
        const agents::DenseLayer layer{Eigen::MatrixXf::Zero(4, 4), Eigen::VectorXf::Zero(4)};
        const auto policy = std::make_shared<const agents::PolicyNetwork>(
            agents::PolicyNetwork({layer}, agents::Activation::RELU, 4));

        std::ostringstream printed;
        std::streambuf* const cerr = std::cerr.rdbuf(printed.rdbuf());
        LlmMecHelper mec;
        mec.SetPolicy("agent");
        mec.SetController("ns3::llmmec::OffloadController", "Slots", UintegerValue(2));
        const std::vector<LlmMecCell> cells = {mec.InstallCell(2), mec.InstallCell(2)};
        for (const LlmMecCell& cell : cells)
        {
            DynamicCast<TrainedOffloadPolicy>(cell.controller->GetPolicy())
                ->SetTrained(policy, layout, "the agent");
        }
        RunCells(cells);
        Simulator::Destroy();
        std::cerr.rdbuf(cerr);
        return printed.str();
    }
};

/// Add the cases of this file. @param suite the suite
static void
AddAgentProfileTests(LlmMecTestSuite& suite)
{
    suite.Add(new AgentProfileTestCase);
}

static const LlmMecTests g_agentProfileTests(
    &AddAgentProfileTests); //!< registers the cases of this file
