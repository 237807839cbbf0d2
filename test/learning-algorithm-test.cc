/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "agents/agent.h"
#include "agents/make-agent.h"
#include "agents/test/hill-climber.h"
#include "llm-mec-test-cell.h"
#include "llm-mec-tests.h"

#include "ns3/learning-offload-policy.h"
#include "ns3/llm-mec-training.h"
#include "ns3/offload-policy.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>

using namespace ns3;
using namespace ns3::llmmec;

/**
 * @ingroup llm-mec-tests
 * @brief An algorithm that agents/test/hill-climber.h adds, and nothing else knows, controls cells
 * by the attribute Algorithm.
 */
class LearningAlgorithmTestCase : public TestCase
{
  public:
    LearningAlgorithmTestCase()
        : TestCase("agent: an added algorithm by attribute Algorithm")
    {
    }

  private:
    void DoRun() override
    {
        CheckNames();
        CheckCell();
        CheckTraining();
        CheckRefusals();
    }

    /// The policies that are named after an algorithm are those of that algorithm.
    void CheckNames()
    {
        const TypeId learning = OffloadPolicy::Find("learning-offload");
        NS_TEST_EXPECT_MSG_EQ(learning, LearningOffloadPolicy::GetTypeId(), "one for all");
        for (const char* name : {"ppo", "world-model-ppo", "td3", "ddpg", "sac"})
        {
            NS_TEST_EXPECT_MSG_EQ(OffloadPolicy::Find(name).IsChildOf(learning), true, name);
        }
        TypeId::AttributeInformation algorithm;
        NS_TEST_ASSERT_MSG_EQ(learning.LookupAttributeByName("Algorithm", &algorithm),
                              true,
                              "attribute");
        for (const char* name : {"ddpg", "ppo", "sac", "td3", "world-model-ppo"})
        {
            NS_TEST_EXPECT_MSG_NE(algorithm.help.find(name), std::string::npos, algorithm.help);
        }
    }

    /// @param mec a helper that gets the policy @param algorithm of it
    static void SetAlgorithm(LlmMecHelper& mec, const std::string& algorithm)
    {
        mec.SetPolicy("learning-offload", "Algorithm", StringValue(algorithm));
    }

    /// It learns while it controls a cell, and what it has learned runs from its checkpoint.
    void CheckCell()
    {
        const std::string path = CreateTempDirFilename("checkpoint");
        LlmMecHelper mec;
        mec.SetController("ns3::llmmec::OffloadController", "Slots", UintegerValue(61));
        SetAlgorithm(mec, agents::HillClimber::NAME);
        mec.SetPolicy("learning-offload", "EpisodeSlots", UintegerValue(20));
        const LlmMecCell cell = MakeQuietCell(mec, {0, 5});
        RunCell(cell);
        const auto policy = DynamicCast<LearningOffloadPolicy>(cell.controller->GetPolicy());
        // Three episodes have ended, and the best of them gave a reward.
        NS_TEST_EXPECT_MSG_GT(policy->GetAgent()->GetMetrics().at("bestReward"), 0, "learned");
        policy->Save(path);
        Simulator::Destroy();

        LlmMecHelper trained;
        trained.SetController("ns3::llmmec::OffloadController", "Slots", UintegerValue(2));
        trained.SetPolicy("agent", "Checkpoint", StringValue(path));
        NS_TEST_EXPECT_MSG_EQ(RunCell(MakeQuietCell(trained, {0, 5})).size(), 2, "slots");
        Simulator::Destroy();
    }

    /// Its training as mec-train does it gets better.
    void CheckTraining()
    {
        LlmMecScenario scenario;
        scenario.mlus = 2;
        scenario.slots = 20;
        LlmMecTrainingSettings settings;
        settings.algorithm = agents::HillClimber::NAME;
        settings.layout.state = OffloadStateLayout::CURRENT;
        settings.evaluationCells = 4;
        settings.evaluationSlots = 20;
        LlmMecTraining training(scenario, settings);
        const OffloadStateLayout& layout = training.GetLayout();
        const std::shared_ptr<agents::Agent> agent =
            agents::MakeAgent(settings.algorithm,
                              agents::GetSettings(settings.algorithm, "paper"),
                              {layout.GetObservations(), layout.GetActions(), layout.exogenous},
                              training.GetAgentSeed());
        const auto evaluate = [&] {
            const auto policy = agent->GetPolicy().Clone();
            for (const auto& [name, interval] : training.Evaluate(policy))
            {
                if (name == "meanReward")
                {
                    return interval.mean;
                }
            }
            return 0.0;
        };
        const double before = evaluate();
        for (uint64_t episode = 1; episode <= 40; ++episode)
        {
            training.RunEpisode(agent, episode);
        }
        NS_TEST_EXPECT_MSG_GT(evaluate(), before, "it learns");
    }

    /// An algorithm that is none, or not the one that the policy is named after, in one line.
    void CheckRefusals()
    {
        NS_TEST_EXPECT_MSG_NE(
            ErrorOf("learning-offload", "a2c").find("algorithm 'a2c', expected one of ddpg, "),
            std::string::npos,
            "unknown");
        NS_TEST_EXPECT_MSG_EQ(ErrorOf("ppo", agents::HillClimber::NAME),
                              "policy ppo: attribute Algorithm is \"hill-climber\", expected "
                              "\"ppo\", or policy learning-offload, which takes any",
                              "another than the name's");
    }

    /// @param policy name of a policy @param algorithm its attribute @return what a run ends with
    static std::string ErrorOf(const std::string& policy, const std::string& algorithm)
    {
        LlmMecHelper mec;
        mec.SetPolicy(policy, "Algorithm", StringValue(algorithm));
        const LlmMecCell cell = MakeQuietCell(mec, {0});
        std::string error;
        try
        {
            RunCell(cell);
        }
        catch (const std::exception& refusal)
        {
            error = refusal.what();
        }
        Simulator::Destroy();
        return error;
    }
};

/// Add the cases of this file. @param suite the suite
static void
AddLearningAlgorithmTests(LlmMecTestSuite& suite)
{
    suite.Add(new LearningAlgorithmTestCase);
}

static const LlmMecTests g_learningAlgorithmTests(
    &AddLearningAlgorithmTests); //!< registers the cases of this file
