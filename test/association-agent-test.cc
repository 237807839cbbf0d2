/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "agents/agent.h"
#include "agents/set-policy-network.h"
#include "association-instances.h"
#include "llm-mec-tests.h"

#include "ns3/association-agent-layout.h"
#include "ns3/association-policy.h"
#include "ns3/association-search.h"
#include "ns3/association-share-policy.h"
#include "ns3/llm-mec-association-training.h"
#include "ns3/object-factory.h"
#include "ns3/string.h"
#include "ns3/trained-association.h"

#include <cmath>
#include <functional>
#include <map>
#include <memory>
#include <numeric>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::llmmec;

namespace
{

using Layout = AssociationAgentLayout;

/// @param features of an entity @param scale of weights @return a policy at random of these sizes
std::shared_ptr<agents::SetPolicyNetwork>
MakeSetPolicy(Eigen::Index features, float scale)
{
    std::mt19937 random(5);
    const auto draw = [&] { return scale * std::normal_distribution<float>()(random); };
    agents::SetLayers layers;
    constexpr Eigen::Index units = 8;
    for (const auto& [outputs, inputs] :
         {std::make_pair(units, features), std::make_pair(Layout::ACTIONS, units)})
    {
        layers.head.push_back({Eigen::MatrixXf::NullaryExpr(outputs, inputs, draw),
                               Eigen::VectorXf::NullaryExpr(outputs, draw)});
    }
    const agents::SetShape shape{features, features, Layout::ACTIONS, false};
    return std::make_shared<agents::SetPolicyNetwork>(shape, layers);
}

/// An agent that explores as its policy says, and notes what it is told.
class NotingAgent : public agents::Agent
{
  public:
    uint64_t Explore(uint32_t,
                     const Eigen::Ref<const Eigen::VectorXf>& observation,
                     Eigen::Ref<Eigen::VectorXf> action) override
    {
        m_policy->Act(observation, action);
        sizes.push_back(observation.size() / Layout::FEATURES);
        return sizes.size() - 1;
    }

    void Reward(uint64_t, double) override
    {
        throw std::logic_error("a reward without outcomes");
    }

    void Reward(uint64_t step,
                double reward,
                const Eigen::Ref<const Eigen::VectorXf>& outcomes) override
    {
        steps.push_back(step);
        rewards.push_back(reward);
        own.emplace_back(outcomes);
    }

    void EndEpisode() override
    {
        ++episodes;
    }

    const agents::Policy& GetPolicy() const override
    {
        return *m_policy;
    }

    std::map<std::string, double> GetMetrics() const override
    {
        return {};
    }

    void Save(agents::Archive&) const override
    {
    }

    void Load(const agents::Archive&) override
    {
    }

    std::vector<Eigen::Index> sizes;  ///< devices of each step
    std::vector<uint64_t> steps;      ///< that were closed
    std::vector<double> rewards;      ///< of steps
    std::vector<Eigen::VectorXf> own; ///< of steps
    int episodes{0};                  ///< that ended

  private:
    std::shared_ptr<agents::SetPolicyNetwork> m_policy{MakeSetPolicy(Layout::FEATURES, 0)};
};

} // namespace

/**
 * @ingroup llm-mec-tests
 * @brief What an agent of associations sees, does and is told, and policies of what it has learned.
 */
class AssociationAgentTestCase : public TestCase
{
  public:
    using Check = void (AssociationAgentTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    AssociationAgentTestCase(const std::string& name, Check check)
        : TestCase("association agent: " + name),
          m_check(check)
    {
    }

    /// What is seen is finite and about 1 wide, and zero without a link.
    void CheckObservations()
    {
        const Layout layout;
        Eigen::ArrayXd sum = Eigen::ArrayXd::Zero(Layout::FEATURES);
        Eigen::ArrayXd squares = sum;
        double n = 0;
        for (uint64_t seed = 0; seed < 10; ++seed)
        {
            AssociationProblem problem = MakeAssociationProblem({20, 4, seed});
            for (Eigen::Index i = 0; i < problem.GetM(); ++i)
            {
                for (Eigen::Index j = 0; j < problem.GetE(); ++j)
                {
                    const Eigen::ArrayXd seen =
                        layout.Observe(problem, i, j).cast<double>().array();
                    sum += seen;
                    squares += seen.square();
                    ++n;
                }
            }
            problem.gain(3, 1) = 0;
            NS_TEST_EXPECT_MSG_EQ(layout.Observe(problem, 3, 1).isZero(), true, "no link");
            problem.devices.battery[3] = 0;
            problem.devices.uploadBits[3] = 0;
            problem.devices.serverFlop[3] = 0;
            problem.energyWeight = 0;
            NS_TEST_EXPECT_MSG_EQ(layout.Observe(problem, 3, 0).allFinite(), true, "nothing to do");
        }
        const Eigen::ArrayXd mean = sum / n;
        const Eigen::ArrayXd deviation = (squares / n - mean.square()).sqrt();
        NS_TEST_EXPECT_MSG_EQ((mean.abs() < 3).all(), true, mean.transpose());
        NS_TEST_EXPECT_MSG_EQ((deviation < 3).all(), true, deviation.transpose());
    }

    /// Actions become weights by both scales.
    void CheckScales()
    {
        Layout layout;
        AssociationProblem problem = MakeEvenAssociationProblem(1, 1);
        problem.servers.bandwidthHz << 2e6;
        AssociationWeights weights{Eigen::ArrayXXd(1, 1), Eigen::ArrayXXd(1, 1), false};
        const auto set = [&](float band, float compute) {
            Eigen::VectorXf action(2);
            action << band, compute;
            layout.SetWeights(problem, action, 0, 0, weights);
        };
        set(1, 0);
        NS_TEST_EXPECT_MSG_EQ_TOL(weights.band(0, 0), .5, 1e-12, "1 of 2 MHz");
        NS_TEST_EXPECT_MSG_EQ_TOL(weights.compute(0, 0), .01, 1e-12, "20 dB below");
        set(.5, .5);
        NS_TEST_EXPECT_MSG_EQ_TOL(weights.band(0, 0), 5e-4, 1e-12, "1 kHz of 2 MHz");
        NS_TEST_EXPECT_MSG_EQ_TOL(weights.compute(0, 0), .1, 1e-12, "10 dB below");
        layout.scale = Layout::LINEAR;
        set(.5, 0);
        NS_TEST_EXPECT_MSG_EQ_TOL(weights.band(0, 0), .5, 1e-12, "linear");
        NS_TEST_EXPECT_MSG_EQ_TOL(weights.compute(0, 0), 1e-6, 1e-12, "none is 0");
    }

    /// When devices change places, so do weights and servers.
    void CheckPermutations()
    {
        const Layout layout;
        const auto policy = MakeSetPolicy(Layout::FEATURES, .5F);
        const AssociationProblem problem = MakeAssociationProblem({15, 3, 2});
        std::vector<Eigen::Index> order(15);
        std::iota(order.begin(), order.end(), 0);
        std::shuffle(order.begin(), order.end(), std::mt19937(1));
        const AssociationProblem other = Permute(problem, order);
        const AssociationWeights weights = layout.Weigh(problem, *policy);
        const AssociationWeights permuted = layout.Weigh(other, *policy);
        const std::vector<int> server = layout.Match(problem, weights);
        const std::vector<int> match = layout.Match(other, permuted);
        for (Eigen::Index i = 0; i < 15; ++i)
        {
            const Eigen::Index from = order[static_cast<std::size_t>(i)];
            NS_TEST_EXPECT_MSG_EQ(permuted.band.row(i).isApprox(weights.band.row(from), 1e-5),
                                  true,
                                  "band");
            NS_TEST_EXPECT_MSG_EQ(permuted.compute.row(i).isApprox(weights.compute.row(from), 1e-5),
                                  true,
                                  "computing");
            NS_TEST_EXPECT_MSG_EQ(match[static_cast<std::size_t>(i)],
                                  server[static_cast<std::size_t>(from)],
                                  "server");
        }
    }

    /// The same device asks for the same band in Hz, whatever band a server has.
    void CheckBands()
    {
        const Layout layout;
        const auto policy = MakeSetPolicy(Layout::FEATURES, .5F);
        const AssociationProblem wide = MakeAssociationProblem({15, 3, 2});
        AssociationProblem narrow = wide;
        narrow.servers.bandwidthHz /= 4; // 0.6 MHz and more
        const AssociationWeights before = layout.Weigh(wide, *policy);
        const AssociationWeights after = layout.Weigh(narrow, *policy);
        const Eigen::ArrayXXd expected = (4 * before.band).min(1.0);
        NS_TEST_EXPECT_MSG_EQ(after.band.isApprox(expected, 1e-5), true, "band");
        NS_TEST_EXPECT_MSG_EQ(after.compute.isApprox(before.compute, 1e-5), true, "computing");
    }

    /// Matchings by weights are those of the searches.
    void CheckMatchings()
    {
        Layout layout;
        const AssociationProblem problem = MakeAssociationProblem({20, 4, 3});
        const AssociationWeights weights =
            layout.Weigh(problem, *MakeSetPolicy(Layout::FEATURES, .5F));
        const AssociationWeightedCost cost(problem, PAPER_OBJECTIVE, weights);
        const std::vector<int> gain = AssociateByGain(problem);
        NS_TEST_EXPECT_MSG_EQ((layout.Match(problem, weights) == MoveAndSwap(cost).server),
                              true,
                              "move-swap");
        layout.matching = Layout::TMA_MOVE;
        const double moved = cost.GetTotal(layout.Match(problem, weights));
        layout.matching = Layout::TMA;
        const std::vector<int> swapped = layout.Match(problem, weights);
        for (int j = 0; j < 4; ++j)
        {
            NS_TEST_EXPECT_MSG_EQ(std::count(swapped.begin(), swapped.end(), j),
                                  std::count(gain.begin(), gain.end(), j),
                                  "swaps keep numbers");
        }
        NS_TEST_EXPECT_MSG_EQ((cost.GetTotal(swapped) <= cost.GetTotal(gain)), true, "swaps");
        NS_TEST_EXPECT_MSG_EQ((moved <= cost.GetTotal(gain)), true, "moves");
    }

    /// A layout survives its file; others are refused in one line that names the file.
    void CheckLayout()
    {
        Layout layout;
        layout.objective = SPECULATIVE_OBJECTIVE;
        layout.scale = Layout::LINEAR;
        layout.matching = Layout::TMA_MOVE;
        layout.bandRangeDb = 33;
        const Layout again = Layout::FromJson(layout.ToJson(), "file");
        NS_TEST_EXPECT_MSG_EQ(again.ToJson(), layout.ToJson(), "layout");
        const std::string bad = R"({"objective": "least"})";
        ExpectRefusal([&] { Layout::FromJson(bad, "file"); }, "file: section 'association'");
        ExpectRefusal([&] { Layout::FromJson(bad, "file"); }, "objective");
        ExpectRefusal([] { Layout::FromJson("[", "file"); }, "file");
    }

    /// What was learned decides by name as the layout has it, and files that do not fit are
    /// refused.
    void CheckPolicies()
    {
        const Layout layout;
        const auto policy = MakeSetPolicy(Layout::FEATURES, .5F);
        const std::string path = CreateTempDirFilename("learned");
        const auto write = [&path](const agents::Policy& learned, const std::string& text) {
            agents::Archive archive;
            learned.Save(archive);
            archive.Put(Layout::SECTION, text);
            archive.Write(path);
        };
        write(*policy, layout.ToJson());
        const AssociationProblem problem = MakeAssociationProblem({20, 4, 3});
        const AssociationWeights weights = layout.Weigh(problem, *policy);
        const std::vector<int> server = Associate(path, problem);
        NS_TEST_EXPECT_MSG_EQ((server == layout.Match(problem, weights)), true, "servers");
        ObjectFactory factory;
        factory.SetTypeId(AssociationSharePolicy::Find("learned"));
        factory.Set("Checkpoint", StringValue(path));
        const AssociationDecision decision =
            factory.Create<AssociationSharePolicy>()->Divide(problem, server);
        const AssociationDecision expected = DivideServersByWeights(weights, server);
        NS_TEST_EXPECT_MSG_EQ((decision.bandwidthShare == expected.bandwidthShare).all(),
                              true,
                              "band");
        NS_TEST_EXPECT_MSG_EQ((decision.computeShare == expected.computeShare).all(),
                              true,
                              "computing");

        ExpectRefusal([&] { Associate("", problem); }, "no checkpoint");
        ExpectRefusal([&] { Associate(path + "-none", problem); }, path + "-none");
        write(*MakeSetPolicy(Layout::FEATURES + 1, .5F), layout.ToJson());
        ExpectRefusal([&] { Associate(path, problem); },
                      path + ": the policy has 13 features and 2 actions, expected 12 and 2");
        write(*policy, "{}");
        ExpectRefusal([&] { Associate(path, problem); }, path + ": section 'association'");
    }

    /// What an agent is told follows from the objective, and sizes go in turn.
    void CheckRewards()
    {
        LlmMecAssociationTrainingSettings settings;
        settings.slots = 3;
        settings.evaluationSlots = 4;
        settings.trainDevices = {7, 11};
        for (const auto reward : {LlmMecAssociationTrainingSettings::RATIO,
                                  LlmMecAssociationTrainingSettings::MARGINAL})
        {
            settings.reward = reward;
            LlmMecAssociationTraining training(settings);
            const auto agent = std::make_shared<NotingAgent>();
            training.RunEpisode(agent, 1);
            training.RunEpisode(agent, 2);
            NS_TEST_EXPECT_MSG_EQ((agent->sizes == std::vector<Eigen::Index>{7, 7, 7, 11, 11, 11}),
                                  true,
                                  "devices");
            NS_TEST_EXPECT_MSG_EQ((agent->steps == std::vector<uint64_t>{0, 1, 2, 3, 4, 5}),
                                  true,
                                  "steps");
            NS_TEST_EXPECT_MSG_EQ(agent->episodes, 2, "episodes");
            const bool isRatio = reward == LlmMecAssociationTrainingSettings::RATIO;
            for (std::size_t step = 0; step < agent->own.size(); ++step)
            {
                const Eigen::VectorXf& own = agent->own[step];
                NS_TEST_EXPECT_MSG_EQ_TOL(agent->rewards[step],
                                          own.cast<double>().mean(),
                                          1e-6,
                                          "all");
                NS_TEST_EXPECT_MSG_EQ(own.isConstant(own[0], 1e-6F), isRatio, "own");
                NS_TEST_EXPECT_MSG_EQ(own.allFinite(), true, "finite");
                // A band of 1 kHz each costs less than random association and uniform shares.
                NS_TEST_EXPECT_MSG_EQ((!isRatio || (own[0] < 0 && own[0] > -1)), true, own[0]);
            }
        }
    }

    /// Held-out slots do not depend on the seed, those of episodes do, and no policy beats the
    /// optimum.
    void CheckDraws()
    {
        LlmMecAssociationTrainingSettings settings;
        settings.evaluationSlots = 5;
        LlmMecAssociationTraining one(settings);
        settings.seed = 2;
        LlmMecAssociationTraining two(settings);
        const std::string aim = one.GetMeasures().aim;
        const auto get = [&aim](const LlmMecLearningTask::Means& means) {
            for (const auto& [name, mean] : means)
            {
                if (name == aim)
                {
                    return mean.mean;
                }
            }
            return 0.0;
        };
        const auto policy = MakeSetPolicy(Layout::FEATURES, .5F);
        NS_TEST_EXPECT_MSG_EQ(get(one.Evaluate(policy)), get(two.Evaluate(policy)), "held out");
        const auto agent = std::make_shared<NotingAgent>();
        const double first = get(one.RunEpisode(agent, 1));
        NS_TEST_EXPECT_MSG_EQ(get(one.RunEpisode(agent, 1)), first, "the same episode");
        NS_TEST_EXPECT_MSG_NE(get(one.RunEpisode(agent, 2)), first, "another episode");
        NS_TEST_EXPECT_MSG_NE(get(two.RunEpisode(agent, 1)), first, "another seed");
        const double best = get(one.Evaluate("optimal"));
        NS_TEST_EXPECT_MSG_EQ((get(one.Evaluate(policy)) > best), true, "optimum");
        for (const std::string& name : LlmMecAssociationTraining::GetReferences())
        {
            NS_TEST_EXPECT_MSG_EQ((get(one.Evaluate(name)) >= best * (1 - 1e-3)), true, name);
        }
    }

  private:
    void DoRun() override
    {
        (this->*m_check)();
    }

    /// @param path of a checkpoint @param problem of a slot @return servers by policy tma-masac
    static std::vector<int> Associate(const std::string& path, const AssociationProblem& problem)
    {
        ObjectFactory factory;
        factory.SetTypeId(AssociationPolicy::Find("tma-masac"));
        factory.Set("Checkpoint", StringValue(path));
        return factory.Create<AssociationPolicy>()->Associate(problem);
    }

    /// @param call what should be refused @param part of the message
    void ExpectRefusal(const std::function<void()>& call, const std::string& part)
    {
        try
        {
            call();
            NS_TEST_EXPECT_MSG_EQ(true, false, "refused: " << part);
        }
        catch (const std::runtime_error& error)
        {
            const std::string text = error.what();
            NS_TEST_EXPECT_MSG_EQ((text.find(part) != std::string::npos), true, text);
            NS_TEST_EXPECT_MSG_EQ((text.find('\n') == std::string::npos), true, text);
        }
    }

    Check m_check; //!< what this case does
};

/// Add the cases of this file. @param suite the suite
static void
AddAssociationAgentTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name, AssociationAgentTestCase::Check check) {
        suite.Add(new AssociationAgentTestCase(name, check));
    };
    add("observations", &AssociationAgentTestCase::CheckObservations);
    add("scales", &AssociationAgentTestCase::CheckScales);
    add("permutations", &AssociationAgentTestCase::CheckPermutations);
    add("bands", &AssociationAgentTestCase::CheckBands);
    add("matchings", &AssociationAgentTestCase::CheckMatchings);
    add("layout", &AssociationAgentTestCase::CheckLayout);
    add("policies", &AssociationAgentTestCase::CheckPolicies);
    add("rewards", &AssociationAgentTestCase::CheckRewards);
    add("draws", &AssociationAgentTestCase::CheckDraws);
}

static const LlmMecTests g_associationAgentTests(&AddAssociationAgentTests); //!< adds them
