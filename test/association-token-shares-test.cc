/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "association-instances.h"
#include "association-judge.h"
#include "llm-mec-tests.h"

#include "ns3/association-shares.h"
#include "ns3/association-token-shares.h"

#include <cmath>
#include <random>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::llmmec;

namespace
{

/// @param mode lock-step or event @return top-64 on one server, whose verdicts are all there is
AssociationProblem
MakeTokenProblem(SpeculativeMode mode)
{
    AssociationProblem problem = MakeEvenAssociationProblem(5, 1);
    AssociationDevices& of = problem.devices;
    of.draftTokenS = ToArray({0.006795634920634921,
                              0.008919270833333333,
                              0.006795634920634921,
                              0.013391984359726295,
                              0.008919270833333333});
    of.acceptance = ToArray({.7, .7, .7, .75, .8});
    of.tokens = ToArray({217, 96, 156, 187, 120});
    problem.decoding = {mode, 8, 16704, 2e-3};
    problem.servers.verifyS[0] = 0.009936224489795918;
    problem.servers.preVerifyS[0] = 0;
    SetSnrAndPrice(problem,
                   ToArray({10.927031241625858,
                            4.4176136269488815,
                            0.8746689786272718,
                            23.872602410259276,
                            0.6055790184000772}),
                   Eigen::ArrayXd::Zero(5));
    return problem;
}

} // namespace

/**
 * @ingroup llm-mec-tests
 * @brief Shares of least latency at token level.
 */
class AssociationTokenSharesTestCase : public TestCase
{
  public:
    using Check = void (AssociationTokenSharesTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    AssociationTokenSharesTestCase(const std::string& name, Check check)
        : TestCase("association token shares: " + name),
          m_check(check)
    {
    }

    /// Shares for tokens against another program, NLopt and their own bound.
    void CheckTokens()
    {
        for (const auto mode : {SpeculativeMode::LOCK_STEP, SpeculativeMode::EVENT})
        {
            AssociationProblem problem = MakeTokenProblem(mode);
            double constant = 0; // the other program's cost has no pre-verification
            if (mode == SpeculativeMode::EVENT)
            {
                for (Eigen::Index i = 0; i < 5; ++i)
                {
                    const double a = problem.devices.acceptance[i];
                    constant += problem.devices.tokens[i] * (1 - a) * (1 - a + 8 * a) *
                                problem.devices.draftTokenS[i];
                }
            }
            const double published =
                mode == SpeculativeMode::EVENT ? 9.06897799553979 : 26.72552047997483;
            NS_TEST_EXPECT_MSG_EQ_TOL(ExpectJudged(problem) - constant,
                                      published,
                                      1e-5,
                                      "other program");
        }
        std::mt19937 engine(7);
        for (uint64_t seed = 0; seed < 12; ++seed)
        {
            AssociationInstance settings;
            settings.devices = 2 + engine() % 6;
            settings.servers = 1;
            settings.seed = seed;
            settings.bitsPerDraft = seed % 3 == 0 ? 16 : 2048;
            AssociationProblem problem = MakeAssociationProblem(settings);
            // Some so slow that the maxima matter, some with a queue or a device that has nothing.
            problem.servers.verifyS *= seed % 2 == 0 ? 1 : .1;
            problem.servers.preVerifyS *= seed % 4 < 2 ? 1 : .1;
            problem.decoding.mode =
                seed % 2 == 0 ? SpeculativeMode::EVENT : SpeculativeMode::LOCK_STEP;
            ExpectJudged(problem);
        }
    }

    /// Latencies at token level are those of the closed forms.
    void CheckTerms()
    {
        AssociationProblem problem = MakeAssociationProblem({6, 2, 5, 2048, 0, 20, 0});
        for (const auto mode : {SpeculativeMode::CONVENTIONAL,
                                SpeculativeMode::LOCK_STEP,
                                SpeculativeMode::EVENT,
                                SpeculativeMode::STREAMING})
        {
            problem.decoding.mode = mode;
            problem.devices.acceptance[0] = 0;
            problem.devices.acceptance[1] = 1;
            const std::vector<int> server{0, 1, 0, 1, 0, 1};
            const AssociationDecision decision =
                DivideServers(problem, PAPER_OBJECTIVE, UNIFORM_SHARES, server);
            const AssociationOutcome outcome = EvaluateAssociation(problem, decision);
            for (Eigen::Index i = 0; i < 6; ++i)
            {
                const Eigen::Index j = server[static_cast<std::size_t>(i)];
                SpeculativeTimes times;
                times.draftTokenS = problem.devices.draftTokenS[i];
                const double y = decision.bandwidthShare[i];
                times.uplinkS =
                    problem.decoding.windowBits /
                    (y * problem.servers.bandwidthHz[j] * std::log2(1 + problem.GetSnr(i, j) / y));
                times.verifyS = problem.servers.verifyS[j] / decision.computeShare[i];
                times.preVerifyS = problem.servers.preVerifyS[j] / decision.computeShare[i];
                times.downlinkS = problem.decoding.downlinkS;
                const double rate =
                    SpeculativeRatePerS(mode, problem.devices.acceptance[i], 8, times);
                NS_TEST_EXPECT_MSG_EQ_TOL(outcome.decodingS[i] * rate / problem.devices.tokens[i],
                                          1,
                                          1e-12,
                                          "closed form");
            }
        }
    }

  private:
    void DoRun() override
    {
        (this->*m_check)();
    }

    /// Compare optimal shares for tokens with NLopt's and with their bound. @param problem with one
    /// server @return cost
    double ExpectJudged(const AssociationProblem& problem)
    {
        const auto all = CountUp(problem.GetM());
        const AssociationServerShares shares =
            DivideServer(problem, SPECULATIVE_OBJECTIVE, OPTIMAL_SHARES, 0, all);
        const double cost =
            GetServerCost(problem, SPECULATIVE_OBJECTIVE, 0, all, shares.bandwidth, shares.compute);
        const AssociationServerShares even =
            DivideServer(problem, SPECULATIVE_OBJECTIVE, UNIFORM_SHARES, 0, all);
        const double judged = JudgeTokenShares(problem, even);
        NS_TEST_EXPECT_MSG_EQ((cost <= judged * (1 + 1e-9)),
                              true,
                              "no worse than NLopt: " << cost / judged - 1);
        NS_TEST_EXPECT_MSG_EQ_TOL(cost, judged, 1e-5 * judged, "NLopt");
        NS_TEST_EXPECT_MSG_EQ_TOL(cost, BoundTokens(problem, 0, all, shares), 1e-6 * cost, "bound");
        return cost;
    }

    Check m_check; //!< what this case does
};

/// Add the cases of this file. @param suite the suite
static void
AddAssociationTokenSharesTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name,
                              AssociationTokenSharesTestCase::Check check) {
        suite.Add(new AssociationTokenSharesTestCase(name, check));
    };
    add("as others have them", &AssociationTokenSharesTestCase::CheckTokens);
    add("closed forms", &AssociationTokenSharesTestCase::CheckTerms);
}

static const LlmMecTests g_associationTokenSharesTests(&AddAssociationTokenSharesTests); //!< adds
