/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "agents/agent.h"
#include "agents/policy-network.h"
#include "llm-mec-test-cell.h"
#include "llm-mec-tests.h"

#include "ns3/boolean.h"
#include "ns3/learning-offload-policy.h"
#include "ns3/llm-mec-training.h"
#include "ns3/string.h"
#include "ns3/trained-offload-policy.h"
#include "ns3/uinteger.h"

#include <cmath>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace ns3;
using namespace ns3::llmmec;

namespace
{

/// @param features of an observation @param biases of the outputs
/// @return a policy that always does the logistic function of the biases
agents::PolicyNetwork
MakeConstant(Eigen::Index features, const std::vector<float>& biases)
{
    const auto n = static_cast<Eigen::Index>(biases.size());
    agents::DenseLayer layer{Eigen::MatrixXf::Zero(n, features), Eigen::VectorXf(n)};
    layer.bias = Eigen::Map<const Eigen::VectorXf>(biases.data(), n);
    return agents::PolicyNetwork({layer}, agents::Activation::RELU, n);
}

/**
 * An agent that learns nothing and notes what it is told. In even steps it offloads tasks whole at
 * full power, in odd ones it keeps them local; a steady one does what its policy does.
 */
class RecordingAgent : public agents::Agent
{
  public:
    /// @param mlus K @param features of an observation
    RecordingAgent(Eigen::Index mlus, Eigen::Index features)
        : m_policy(MakeConstant(features, std::vector<float>(2 * mlus, 0)))
    {
    }

    uint64_t Explore(uint32_t stream,
                     const Eigen::Ref<const Eigen::VectorXf>& observation,
                     Eigen::Ref<Eigen::VectorXf> action) override
    {
        const uint64_t step = m_streams.size();
        m_streams.push_back(stream);
        m_observations.emplace_back(observation);
        action.setConstant(m_isSteady ? 0.5f : step % 2 == 0 ? 1.0f : 0.0f);
        m_order += 'e';
        return step + FIRST_STEP;
    }

    void Reward(uint64_t step, double reward) override
    {
        m_rewards[step - FIRST_STEP] = reward;
        m_order += 'r';
    }

    void EndEpisode() override
    {
        m_order += '|';
    }

    const agents::PolicyNetwork& GetPolicy() const override
    {
        return m_policy;
    }

    std::map<std::string, double> GetMetrics() const override
    {
        return {};
    }

    void Save(agents::Archive& archive) const override
    {
        std::ostringstream policy;
        m_policy.Write(policy);
        archive.Put("policy", policy.str());
    }

    void Load(const agents::Archive&) override
    {
    }

    static constexpr uint64_t FIRST_STEP = 1000; //!< steps are not slots

    bool m_isSteady{false};                      //!< explores nothing
    std::vector<uint32_t> m_streams;             //!< by step
    std::vector<Eigen::VectorXf> m_observations; //!< by step
    std::map<uint64_t, double> m_rewards;        //!< by step
    std::string m_order;                         //!< e explore, r reward, | end of an episode

  private:
    agents::PolicyNetwork m_policy; //!< always half of everything
};

} // namespace

/**
 * @ingroup llm-mec-tests
 * @brief Cases of TrainedOffloadPolicy, LearningOffloadPolicy and LlmMecTraining; each runs one of
 * the checks below.
 */
class AgentPolicyTestCase : public TestCase
{
  public:
    using Check = void (AgentPolicyTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    AgentPolicyTestCase(const std::string& name, Check check)
        : TestCase("Agent policy: " + name),
          m_check(check)
    {
    }

    /// Several cells share one agent: each is a stream, each reward finds its step.
    void CheckShared()
    {
        LlmMecHelper mec;
        mec.SetController("ns3::llmmec::OffloadController", "Slots", UintegerValue(5));
        mec.SetPolicy("ppo");
        std::vector<LlmMecCell> cells;
        auto agent = std::make_shared<RecordingAgent>(2, 4);
        std::vector<std::vector<double>> rewards(3);
        for (uint32_t c = 0; c < 3; ++c)
        {
            cells.push_back(mec.InstallCell(2));
            DynamicCast<LearningOffloadPolicy>(cells[c].controller->GetPolicy())
                ->SetAgent(agent, c);
            cells[c].controller->TraceConnectWithoutContext(
                "SlotEnded",
                Callback<void, const SlotObservation&, const SlotDecision&, const SlotOutcome&>(
                    [&rewards,
                     c](const SlotObservation&, const SlotDecision&, const SlotOutcome& outcome) {
                        rewards[c].push_back(outcome.reward);
                    }));
        }
        RunCells(cells);
        NS_TEST_ASSERT_MSG_EQ(agent->m_streams.size(), 15, "one step a slot and cell");
        NS_TEST_ASSERT_MSG_EQ(agent->m_rewards.size(), 15, "one reward a step");
        std::vector<std::size_t> slot(3, 0);
        for (std::size_t step = 0; step < 15; ++step)
        {
            const uint32_t c = agent->m_streams[step];
            NS_TEST_EXPECT_MSG_EQ(agent->m_rewards[step], rewards[c][slot[c]], "step " << step);
            ++slot[c];
        }
        NS_TEST_EXPECT_MSG_EQ(agent->m_order.find('|'), std::string::npos, "others cut episodes");
        Simulator::Destroy();
    }

    /// Without barrier, a slot can end before the one that began before it.
    void CheckOutOfOrder()
    {
        LlmMecHelper mec;
        mec.SetController("ns3::llmmec::OffloadController", "Slots", UintegerValue(4));
        mec.SetController("ns3::llmmec::OffloadController", "SlotBarrier", BooleanValue(false));
        mec.SetPolicy("td3", "State", StringValue("paper"));
        // 1.8 s a task; 0.45 s local
        mec.SetServerCompute("ns3::llmmec::CycleComputeModel", "FrequencyHz", DoubleValue(0.5e9));
        LlmMecCell cell = MakeQuietCell(mec, {0});
        auto agent = std::make_shared<RecordingAgent>(1, 7);
        DynamicCast<LearningOffloadPolicy>(cell.controller->GetPolicy())->SetAgent(agent, 0);
        const auto slots = RunCell(cell);
        NS_TEST_ASSERT_MSG_EQ(slots.size(), 4, "slots");
        // Slots start at 0, 1, 2, 3 s; 0 ends soon after 1.8, 1 at 1.45, 2 soon after 3.8, 3 at
        // 3.45.
        const std::vector<uint64_t> order = {1, 0, 3, 2};
        for (std::size_t i = 0; i < 4; ++i)
        {
            NS_TEST_EXPECT_MSG_EQ(slots[i].observation.slot, order[i], "order of ends");
            NS_TEST_EXPECT_MSG_EQ(agent->m_rewards.at(order[i]),
                                  slots[i].outcome.reward,
                                  "reward of slot " << order[i]);
        }
        // 0.6 - 0.5905 is missing in accuracy.
        NS_TEST_EXPECT_MSG_EQ_TOL(agent->m_rewards.at(1), 1 / (0.45 + 0.0095), 1e-6, "(47)");
        NS_TEST_EXPECT_MSG_EQ(agent->m_order, "eerreerr", "rewards as they come");
        // Slot 2 sees the last slot that ended, 0, and slot 3 still does.
        for (const std::size_t step : {2, 3})
        {
            const Eigen::VectorXf& seen = agent->m_observations[step];
            NS_TEST_EXPECT_MSG_EQ(seen[0], 1, "ratio of slot 0");
            NS_TEST_EXPECT_MSG_EQ_TOL(seen[4], std::log(2.8), 2e-3, "its latency");
        }
        Simulator::Destroy();
    }

    /// A policy that was saved decides the same from its file.
    void CheckCheckpoint()
    {
        const std::string path = CreateTempDirFilename("checkpoint");
        {
            LlmMecHelper mec;
            mec.SetController("ns3::llmmec::OffloadController", "Slots", UintegerValue(1));
            mec.SetPolicy("sac", "PowerRangeDb", DoubleValue(40));
            LlmMecCell cell = MakeQuietCell(mec, {0, 5});
            auto policy = DynamicCast<LearningOffloadPolicy>(cell.controller->GetPolicy());
            policy->SetAgent(std::make_shared<RecordingAgent>(2, 4), 0);
            RunCell(cell);
            policy->Save(path);
            Simulator::Destroy();
        }
        LlmMecHelper mec;
        mec.SetController("ns3::llmmec::OffloadController", "Slots", UintegerValue(3));
        mec.SetPolicy("agent", "Checkpoint", StringValue(path));
        const auto slots = RunCell(MakeQuietCell(mec, {0, 5}));
        for (const SlotRecord& slot : slots)
        {
            NS_TEST_EXPECT_MSG_EQ_TOL(slot.decision.offloadRatio.minCoeff(), 0.5, 1e-6, "half");
            NS_TEST_EXPECT_MSG_EQ_TOL(slot.decision.offloadRatio.maxCoeff(), 0.5, 1e-6, "half");
            // 20 of 40 dB below 33 dBm
            NS_TEST_EXPECT_MSG_EQ_TOL(slot.decision.powerW[1], std::pow(10, -1.7), 1e-6, "power");
        }
        Simulator::Destroy();
        ExpectRefusal(path, {0, 5, 10}, "trained for 2 MLUs, but the cell has 3");
    }

    /// Files that are no checkpoint of a policy, each in one line that names the file.
    void CheckBadCheckpoints()
    {
        const std::string path = CreateTempDirFilename("checkpoint");
        ExpectRefusal("", {0}, "Checkpoint");
        ExpectRefusal(path + "-missing", {0}, path);
        std::ofstream(path) << "something else";
        ExpectRefusal(path, {0}, path);
        OffloadStateLayout layout;
        layout.mlus = 1;
        agents::Archive archive;
        archive.Write(path);
        ExpectRefusal(path, {0}, "'offload'");
        archive.Put("offload", "{}");
        archive.Write(path);
        ExpectRefusal(path, {0}, "/state");
        archive.Put("offload", layout.ToJson());
        archive.Write(path);
        ExpectRefusal(path, {0}, "'policy'");
        archive.Put("policy", "abc");
        archive.Write(path);
        ExpectRefusal(path, {0}, "'policy'");
        std::ostringstream policy;
        MakeConstant(9, {0, 0}).Write(policy); // 7 features are needed
        archive.Put("policy", policy.str());
        archive.Write(path);
        ExpectRefusal(path, {0}, "9 features and 2 actions, expected 7 and 2");
    }

    /// An agent that was made for another kind of cell is refused.
    void CheckForeignAgent()
    {
        LlmMecHelper mec;
        mec.SetPolicy("ppo");
        LlmMecCell cell = MakeQuietCell(mec, {0, 5});
        DynamicCast<LearningOffloadPolicy>(cell.controller->GetPolicy())
            ->SetAgent(std::make_shared<RecordingAgent>(3, 6), 0);
        const std::string error = ErrorOf(cell);
        NS_TEST_EXPECT_MSG_NE(error.find("6 features and 6 actions, expected 4 and 4"),
                              std::string::npos,
                              error);
        Simulator::Destroy();
    }

    /// The five algorithms are policies that a user finds by name.
    void CheckNames()
    {
        for (const char* name : {"agent",
                                 "trained-offload",
                                 "learning-offload",
                                 "ppo",
                                 "world-model-ppo",
                                 "td3",
                                 "ddpg",
                                 "sac"})
        {
            NS_TEST_EXPECT_MSG_EQ(OffloadPolicy::GetShortName(OffloadPolicy::Find(name)),
                                  name,
                                  "short name");
        }
    }

    /// No two episodes meet the same draws, whatever the seed, nor does any meet the held-out
    /// cells'; the same episode of the same seed always does.
    void CheckDraws()
    {
        std::set<float> gains; // of the first slot: positions and fading in one number
        std::size_t episodes = 0;
        const auto first = [](bool isTuning, uint64_t seed, uint64_t episode) {
            LlmMecTraining training = MakeTraining(isTuning, seed);
            auto agent = std::make_shared<RecordingAgent>(2, 14);
            training.RunEpisode(agent, episode);
            return agent->m_observations[0][12];
        };
        for (const bool isTuning : {false, true})
        {
            for (const uint64_t seed : {uint64_t{1}, uint64_t{2}, LlmMecTrainingSettings::MAX_SEED})
            {
                for (const uint64_t episode :
                     {uint64_t{1}, uint64_t{2}, LlmMecTrainingSettings::MAX_EPISODES})
                {
                    gains.insert(first(isTuning, seed, episode));
                    ++episodes;
                }
            }
        }
        NS_TEST_EXPECT_MSG_EQ(gains.size(), episodes, "all differ");
        NS_TEST_EXPECT_MSG_EQ(first(false, 2, 2), first(false, 2, 2), "the same again");

        const auto evaluate = [](bool isTuning, uint64_t seed) {
            return MakeTraining(isTuning, seed).Evaluate("optimal").front().second.mean;
        };
        const double heldOut = evaluate(false, 1);
        NS_TEST_EXPECT_MSG_EQ(evaluate(false, 7), heldOut, "the same for all seeds");
        NS_TEST_EXPECT_MSG_NE(evaluate(true, 1), heldOut, "others for tuning");
    }

    /// The held-out cells' draws are nobody's to learn from. With the same policy and as many slots
    /// and cells, the same draws would cost the same energy.
    void CheckHeldOutDraws()
    {
        std::set<double> energies; // of sending, by each gain
        std::size_t simulations = 0;
        const auto note = [&](const LlmMecTraining::Means& means) {
            for (const auto& [name, interval] : means)
            {
                if (name == "meanEnergyJ")
                {
                    energies.insert(interval.mean);
                }
            }
            ++simulations;
        };
        for (const bool isTuning : {false, true})
        {
            for (const uint64_t seed : {uint64_t{1},
                                        LlmMecTrainingSettings::MAX_SEED - 1,
                                        LlmMecTrainingSettings::MAX_SEED})
            {
                LlmMecTraining training = MakeTraining(isTuning, seed, true);
                auto agent = std::make_shared<RecordingAgent>(2, 14);
                agent->m_isSteady = true;
                for (const uint64_t episode : {uint64_t{1},
                                               uint64_t{2},
                                               LlmMecTrainingSettings::MAX_EPISODES - 1,
                                               LlmMecTrainingSettings::MAX_EPISODES})
                {
                    note(training.RunEpisode(agent, episode));
                }
            }
            auto agent = std::make_shared<RecordingAgent>(2, 14);
            LlmMecTraining training = MakeTraining(isTuning, 1, true);
            note(training.Evaluate(agent->GetPolicy().Clone()));
        }
        NS_TEST_EXPECT_MSG_EQ(energies.size(), simulations, "all differ");
    }

    /// An agent whose results count has no seed that settings were chosen with.
    void CheckAgentSeeds()
    {
        std::set<uint64_t> seeds;
        for (const bool isTuning : {false, true})
        {
            for (const uint64_t seed : {uint64_t{1},
                                        uint64_t{2},
                                        LlmMecTrainingSettings::MAX_SEED / 2,
                                        LlmMecTrainingSettings::MAX_SEED})
            {
                seeds.insert(MakeTraining(isTuning, seed).GetAgentSeed());
            }
        }
        NS_TEST_EXPECT_MSG_EQ(seeds.size(), 8, "all differ");
        NS_TEST_EXPECT_MSG_EQ(MakeTraining(false, 5).GetAgentSeed(), 5, "what the user typed");
        NS_TEST_EXPECT_MSG_GT(MakeTraining(true, 1).GetAgentSeed(),
                              LlmMecTrainingSettings::MAX_SEED,
                              "above all seeds of results");
    }

    /// Held-out cells have another number of slots only where slots are independent.
    void CheckEvaluationSlots()
    {
        const auto errorOf = [](uint64_t evaluationSlots, auto change) {
            LlmMecScenario scenario;
            scenario.slots = 100;
            LlmMecTrainingSettings settings;
            settings.layout.state = OffloadStateLayout::CURRENT;
            settings.evaluationSlots = evaluationSlots;
            change(scenario, settings);
            try
            {
                LlmMecTraining training(scenario, settings);
            }
            catch (const std::invalid_argument& error)
            {
                return std::string(error.what());
            }
            return std::string();
        };
        using Change = void (*)(LlmMecScenario&, LlmMecTrainingSettings&);
        const std::pair<std::string, Change> dependent[] = {
            {"--batteryJ", [](LlmMecScenario& s, LlmMecTrainingSettings&) { s.batteryJ = 8; }},
            {"--slotBarrier",
             [](LlmMecScenario& s, LlmMecTrainingSettings&) { s.slotBarrier = false; }},
            {"--fadingCorrelation",
             [](LlmMecScenario& s, LlmMecTrainingSettings&) { s.fadingCorrelation = 0.9; }},
            {"--speedMps", [](LlmMecScenario& s, LlmMecTrainingSettings&) { s.speedMps = 1; }},
            {"--state=extended", [](LlmMecScenario&, LlmMecTrainingSettings& t) {
                 t.layout.state = OffloadStateLayout::EXTENDED;
             }}};
        for (const auto& [part, change] : dependent)
        {
            NS_TEST_EXPECT_MSG_EQ(errorOf(100, change), "", part << ": as many as in an episode");
            for (const uint64_t slots : {20, 101})
            {
                const std::string error = errorOf(slots, change);
                NS_TEST_EXPECT_MSG_NE(error.find(part), std::string::npos, part << ": " << error);
                NS_TEST_EXPECT_MSG_EQ(error.find("--evaluationSlots=" + std::to_string(slots)),
                                      0,
                                      error);
                NS_TEST_EXPECT_MSG_EQ(error.find('\n'), std::string::npos, error);
            }
        }
        for (const auto state : {OffloadStateLayout::CURRENT, OffloadStateLayout::PAPER})
        {
            const auto independent = [state](LlmMecScenario&, LlmMecTrainingSettings& t) {
                t.layout.state = state;
            };
            NS_TEST_EXPECT_MSG_EQ(errorOf(20, independent), "", "independent slots");
        }
    }

    /// An episode cuts once, after all its slots; evaluating learns nothing.
    void CheckTraining()
    {
        LlmMecTraining training = MakeTraining(false, 1);
        auto agent = std::make_shared<RecordingAgent>(2, 14);
        int slots = 0;
        training.SetWatch([&slots]() { ++slots; });
        training.RunEpisode(agent, 1);
        NS_TEST_EXPECT_MSG_EQ(slots, 8, "4 slots in 2 cells");
        NS_TEST_EXPECT_MSG_EQ(agent->m_order.size(), 17, "8 steps, 8 rewards, 1 end");
        NS_TEST_EXPECT_MSG_EQ(agent->m_order.find('|'), 16, "at the end");
        const auto means = training.Evaluate(agent->GetPolicy().Clone());
        NS_TEST_EXPECT_MSG_EQ(agent->m_order.size(), 17, "nobody asked the agent");
        NS_TEST_EXPECT_MSG_EQ(slots, 8 + 15, "5 slots in 3 cells more");
        // Half of each task: 0.5 (0.5905 + 0.703), whatever the channel.
        for (const auto& [name, interval] : means)
        {
            if (name == "meanAccuracy")
            {
                NS_TEST_EXPECT_MSG_EQ_TOL(interval.mean, 0.64675, 1e-9, "its policy was run");
            }
        }
    }

  private:
    void DoRun() override
    {
        (this->*m_check)();
    }

    /// @param isTuning which draws @param seed of them @param isAlike whether the held-out cells
    /// are as many and as long as those of an episode @return episodes of 4 slots in 2 cells
    static LlmMecTraining MakeTraining(bool isTuning, uint64_t seed, bool isAlike = false)
    {
        LlmMecScenario scenario;
        scenario.cells = 2;
        scenario.slots = 4;
        LlmMecTrainingSettings settings;
        settings.algorithm = "ppo";
        settings.isTuning = isTuning;
        settings.seed = seed;
        settings.evaluationCells = isAlike ? scenario.cells : 3;
        settings.evaluationSlots = isAlike ? scenario.slots : 5;
        return LlmMecTraining(scenario, settings);
    }

    /// @param cell a cell @return the error that its run ends with
    static std::string ErrorOf(const LlmMecCell& cell)
    {
        try
        {
            RunCell(cell);
        }
        catch (const std::runtime_error& error)
        {
            return error.what();
        }
        return "(no error)";
    }

    /// @param checkpoint a file @param distancesM of the MLUs @param part what the message has to
    /// hold
    void ExpectRefusal(const std::string& checkpoint,
                       const std::vector<double>& distancesM,
                       const std::string& part)
    {
        LlmMecHelper mec;
        mec.SetPolicy("agent", "Checkpoint", StringValue(checkpoint));
        const std::string error = ErrorOf(MakeQuietCell(mec, distancesM));
        NS_TEST_EXPECT_MSG_NE(error.find(part), std::string::npos, error << " has no " << part);
        NS_TEST_EXPECT_MSG_EQ(error.find('\n'), std::string::npos, "one line");
        Simulator::Destroy();
    }

    Check m_check; //!< what this case does
};

/// Add the cases of this file. @param suite the suite
static void
AddAgentPolicyTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name, AgentPolicyTestCase::Check check) {
        suite.Add(new AgentPolicyTestCase(name, check));
    };
    add("shared agent", &AgentPolicyTestCase::CheckShared);
    add("slots out of order", &AgentPolicyTestCase::CheckOutOfOrder);
    add("checkpoint", &AgentPolicyTestCase::CheckCheckpoint);
    add("bad checkpoints", &AgentPolicyTestCase::CheckBadCheckpoints);
    add("foreign agent", &AgentPolicyTestCase::CheckForeignAgent);
    add("names", &AgentPolicyTestCase::CheckNames);
    add("draws", &AgentPolicyTestCase::CheckDraws);
    add("held-out draws", &AgentPolicyTestCase::CheckHeldOutDraws);
    add("agent seeds", &AgentPolicyTestCase::CheckAgentSeeds);
    add("evaluation slots", &AgentPolicyTestCase::CheckEvaluationSlots);
    add("training", &AgentPolicyTestCase::CheckTraining);
}

static const LlmMecTests g_agentPolicyTests(
    &AddAgentPolicyTests); //!< registers the cases of this file
