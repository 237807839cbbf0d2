/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "association-instances.h"
#include "llm-mec-tests.h"

#include "ns3/association-search.h"
#include "ns3/association-weights.h"

#include <cmath>
#include <random>
#include <vector>

using namespace ns3;
using namespace ns3::llmmec;

/**
 * @ingroup llm-mec-tests
 * @brief Shares by weights, against EvaluateAssociation, closed forms and differences.
 */
class AssociationWeightsTestCase : public TestCase
{
  public:
    using Check = void (AssociationWeightsTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    AssociationWeightsTestCase(const std::string& name, Check check)
        : TestCase("association weights: " + name),
          m_check(check)
    {
    }

    /// Weights become shares as the description says.
    void CheckShares()
    {
        AssociationWeights weights{Eigen::ArrayXXd(3, 1), Eigen::ArrayXXd(3, 1), false};
        weights.band << .2, .6, .9;
        weights.compute << 1, 3, 7;
        ExpectShares(weights, {0, 1}, {.2, .6}, {.25, .75});
        ExpectShares(weights, {1, 2}, {.4, .6}, {.3, .7}); // of 1.5 and 10
        weights.fillsBand = true;
        ExpectShares(weights, {0, 1}, {.25, .75}, {.25, .75});
        const AssociationDecision decision = DivideServersByWeights(weights, {0, NO_SERVER, 0});
        NS_TEST_EXPECT_MSG_EQ_TOL(decision.bandwidthShare[2], .9 / 1.1, 1e-15, "share");
        NS_TEST_EXPECT_MSG_EQ(decision.computeShare[1], 0, "no server");
    }

    /// Costs are those of EvaluateAssociation, also of changed sets.
    void CheckCosts()
    {
        for (uint64_t seed = 0; seed < 8; ++seed)
        {
            const AssociationProblem problem = MakeAssociationProblem({12, 3, seed});
            const std::vector<int> server = AssociateByGain(problem);
            for (const auto objective : {PAPER_OBJECTIVE, SPECULATIVE_OBJECTIVE})
            {
                // Half of the instances have more than a band's worth of weights.
                const AssociationWeights weights =
                    Draw(problem, seed, seed % 2 == 0, seed % 4 < 2 ? 1 : .02);
                const AssociationWeightedCost cost(problem, objective, weights);
                ExpectCost(cost, objective, weights, server);
                std::vector<int> moved = server;
                moved[5] = (server[5] + 1) % 3;
                const double saved = GetChange(cost, server, moved, 5);
                NS_TEST_EXPECT_MSG_EQ_TOL(saved,
                                          cost.GetTotal(moved) - cost.GetTotal(server),
                                          1e-9 * std::abs(cost.GetTotal(server)),
                                          "move");
            }
        }
    }

    /// With the weights of a rule the shares are those of the rule.
    void CheckRules()
    {
        const AssociationProblem problem = MakeAssociationProblem({12, 3, 4});
        const std::vector<int> server = AssociateByGain(problem);
        const Eigen::ArrayXXd even = Eigen::ArrayXXd::Ones(12, 3);
        const AssociationDecision uniform = DivideServersByWeights({even, even, true}, server);
        const AssociationDecision rule =
            DivideServers(problem, PAPER_OBJECTIVE, UNIFORM_SHARES, server);
        NS_TEST_EXPECT_MSG_EQ(uniform.bandwidthShare.isApprox(rule.bandwidthShare, 1e-14),
                              true,
                              "uniform");
        const AssociationDecision best =
            DivideServers(problem, PAPER_OBJECTIVE, OPTIMAL_SHARES, server);
        const Eigen::ArrayXXd root = problem.devices.serverFlop.sqrt().replicate(1, problem.GetE());
        const AssociationWeights weights{best.bandwidthShare.replicate(1, 3), root, false};
        const double cost =
            AssociationWeightedCost(problem, PAPER_OBJECTIVE, weights).GetTotal(server);
        const double least =
            AssociationExactCost(problem, PAPER_OBJECTIVE, OPTIMAL_SHARES).GetTotal(server);
        NS_TEST_EXPECT_MSG_EQ_TOL(cost, least, 1e-9 * least, "optimal");
    }

    /// A small change of a device's weights changes its marginal cost by as much as the sum.
    void CheckMarginalCosts()
    {
        constexpr double step = 1e-6;
        for (uint64_t seed = 0; seed < 6; ++seed)
        {
            const AssociationProblem problem = MakeAssociationProblem({9, 2, seed});
            const std::vector<int> server = AssociateByGain(problem);
            const AssociationWeights weights = Draw(problem, seed, seed % 2 == 0, .5);
            for (Eigen::Index i = 0; i < problem.GetM(); ++i)
            {
                for (const bool isBand : {false, true})
                {
                    const auto change = [&](double factor) {
                        AssociationWeights other = weights;
                        (isBand ? other.band
                                : other.compute)(i, server[static_cast<std::size_t>(i)]) *= factor;
                        const AssociationWeightedCost cost(problem, PAPER_OBJECTIVE, other);
                        return std::make_pair(cost.GetTotal(server),
                                              GetMarginalCosts(cost, server)[i]);
                    };
                    const auto [highTotal, highOwn] = change(1 + step);
                    const auto [lowTotal, lowOwn] = change(1 - step);
                    NS_TEST_EXPECT_MSG_EQ_TOL(highOwn - lowOwn,
                                              highTotal - lowTotal,
                                              1e-5 * std::abs(highTotal - lowTotal) +
                                                  1e-11 * highTotal,
                                              "device " << i);
                }
            }
        }
        const AssociationProblem problem = MakeAssociationProblem({2, 1, 1});
        const AssociationWeightedCost cost(problem, PAPER_OBJECTIVE, Draw(problem, 1, true, 1));
        NS_TEST_EXPECT_MSG_EQ_TOL(GetMarginalCosts(cost, {NO_SERVER, 0})[1],
                                  cost.GetTotal({NO_SERVER, 0}),
                                  1e-12,
                                  "alone");
        NS_TEST_EXPECT_MSG_EQ(GetMarginalCosts(cost, {NO_SERVER, 0})[0], 0, "no server");
    }

  private:
    void DoRun() override
    {
        (this->*m_check)();
    }

    /// @param problem for its sizes @param seed of weights @param fillsBand of them @param most
    /// weight of the band @return weights at random
    static AssociationWeights Draw(const AssociationProblem& problem,
                                   uint64_t seed,
                                   bool fillsBand,
                                   double most)
    {
        std::mt19937_64 random(seed);
        const auto draw = [&](double scale) {
            return Eigen::ArrayXXd(
                Eigen::ArrayXXd::NullaryExpr(problem.GetM(), problem.GetE(), [&] {
                    return scale * std::uniform_real_distribution<double>(.05, 1)(random);
                }));
        };
        return {draw(most), draw(1), fillsBand};
    }

    /// @param weights of one server @param devices of it @param band shares @param compute shares
    void ExpectShares(const AssociationWeights& weights,
                      const std::vector<Eigen::Index>& devices,
                      const std::vector<double>& band,
                      const std::vector<double>& compute)
    {
        const AssociationServerShares shares = DivideServerByWeights(weights, 0, devices);
        NS_TEST_EXPECT_MSG_EQ(shares.bandwidth.isApprox(ToArray(band), 1e-14), true, "band");
        NS_TEST_EXPECT_MSG_EQ(shares.compute.isApprox(ToArray(compute), 1e-14), true, "compute");
    }

    /// @param cost by weights @param objective of it @param weights of it @param server of devices
    void ExpectCost(const AssociationWeightedCost& cost,
                    AssociationObjective objective,
                    const AssociationWeights& weights,
                    const std::vector<int>& server)
    {
        const AssociationProblem& problem = cost.GetProblem();
        const AssociationOutcome outcome =
            EvaluateAssociation(problem, DivideServersByWeights(weights, server));
        const double expected = objective == PAPER_OBJECTIVE ? outcome.paper : outcome.speculative;
        NS_TEST_EXPECT_MSG_EQ_TOL(cost.GetTotal(server) + GetConstantCost(problem, objective),
                                  expected,
                                  1e-9 * expected,
                                  "cost");
    }

    /// @param cost by weights @param before servers @param after the same, but of one device
    /// @param device it @return what loads say of the change, s
    static double GetChange(const AssociationCost& cost,
                            const std::vector<int>& before,
                            const std::vector<int>& after,
                            Eigen::Index device)
    {
        const auto groups = GroupByServer(before, cost.GetProblem().GetE());
        const auto at = static_cast<std::size_t>(device);
        const auto change = [&](int server, Eigen::Index leaving, Eigen::Index entering) {
            const auto load = cost.MakeLoad(server, groups[static_cast<std::size_t>(server)]);
            return load->GetCost(leaving, entering) - load->GetCost(NO_DEVICE, NO_DEVICE);
        };
        return change(before[at], device, NO_DEVICE) + change(after[at], NO_DEVICE, device);
    }

    Check m_check; //!< what this case does
};

/// Add the cases of this file. @param suite the suite
static void
AddAssociationWeightsTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name, AssociationWeightsTestCase::Check check) {
        suite.Add(new AssociationWeightsTestCase(name, check));
    };
    add("shares", &AssociationWeightsTestCase::CheckShares);
    add("costs", &AssociationWeightsTestCase::CheckCosts);
    add("rules", &AssociationWeightsTestCase::CheckRules);
    add("marginal costs", &AssociationWeightsTestCase::CheckMarginalCosts);
}

static const LlmMecTests g_associationWeightsTests(&AddAssociationWeightsTests); //!< adds them
