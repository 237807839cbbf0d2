/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "association-instances.h"
#include "llm-mec-tests.h"

#include "ns3/association-policy.h"
#include "ns3/association-search-policy.h"
#include "ns3/association-share-policy.h"
#include "ns3/object-factory.h"
#include "ns3/string.h"

#include <algorithm>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::llmmec;

/**
 * @ingroup llm-mec-tests
 * @brief Policies of association and shares, by name.
 */
class AssociationPolicyTestCase : public TestCase
{
  public:
    using Check = void (AssociationPolicyTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    AssociationPolicyTestCase(const std::string& name, Check check)
        : TestCase("association policy: " + name),
          m_check(check)
    {
    }

    /// All are found by name, and no other is.
    void CheckNames()
    {
        const std::vector<std::string> names{"greedy",
                                             "max-compute",
                                             "max-sinr",
                                             "move-swap",
                                             "nearest",
                                             "random",
                                             "tma",
                                             "tma-masac",
                                             "tma-move"};
        NS_TEST_EXPECT_MSG_EQ((AssociationPolicy::GetNames() == names), true, "associations");
        const std::vector<std::string> shares{"full-band", "learned", "optimal", "uniform"};
        NS_TEST_EXPECT_MSG_EQ((AssociationSharePolicy::GetNames() == shares), true, "shares");
        ExpectUnknown([] { AssociationPolicy::Find("best"); }, "expected one of: greedy, max-comp");
        ExpectUnknown([] { AssociationSharePolicy::Find("best"); },
                      "full-band, learned, optimal, uniform");
    }

    /// What each does with three devices and three servers.
    void CheckBaselines()
    {
        AssociationProblem problem = MakeEvenAssociationProblem(3, 3);
        problem.gain << 3, 2, 1, 1, 3, 2, 2, 1, 3;
        problem.gain *= 1e-10;
        problem.servers.flopPerS << 1e12, 4e12, 4e12;
        Expect(problem, "max-sinr", {0, 1, 2});
        Expect(problem, "max-compute", {1, 1, 2});
        Expect(problem, "max-compute[Reading=server]", {1, 1, 1});
        // 4 / 1, 4 / 1, then 4 / 2.
        Expect(problem, "greedy", {1, 2, 1});
        ExpectUnknown([&problem] { Make("nearest")->Associate(problem); }, "has no distanceM");
        problem.distanceM.resize(3, 3);
        problem.distanceM << 5, 1, 5, 1, 5, 5, 5, 5, 1;
        Expect(problem, "nearest", {1, 0, 2});
        // Without a link to the best, the next; without any, none.
        problem.gain(0, 1) = 0;
        problem.gain.row(2).setZero();
        Expect(problem, "nearest", {0, 0, NO_SERVER});
        Expect(problem, "max-compute[Reading=server]", {2, 1, NO_SERVER});
        Expect(problem, "greedy", {2, 1, NO_SERVER});
    }

    /// All servers are drawn, and the same stream draws the same.
    void CheckRandom()
    {
        const AssociationProblem problem = MakeEvenAssociationProblem(300, 3);
        const Ptr<AssociationPolicy> policy = Make("random");
        NS_TEST_EXPECT_MSG_EQ(policy->AssignStreams(3), 1, "streams");
        const std::vector<int> drawn = policy->Associate(problem);
        for (int j = 0; j < 3; ++j)
        {
            const auto n = std::count(drawn.begin(), drawn.end(), j);
            NS_TEST_EXPECT_MSG_EQ((n > 70 && n < 130), true, n);
        }
        const Ptr<AssociationPolicy> other = Make("random");
        other->AssignStreams(3);
        NS_TEST_EXPECT_MSG_EQ((other->Associate(problem) == drawn), true, "same stream");
    }

    /// Searches keep what they promise.
    void CheckSearches()
    {
        for (uint64_t seed = 0; seed < 6; ++seed)
        {
            const AssociationProblem problem = MakeAssociationProblem({20, 4, seed});
            for (const std::string objective : {"paper", "speculative"})
            {
                const std::string of = "Objective=" + objective;
                const std::vector<int> gain = AssociateByGain(problem);
                const std::vector<int> tma = Make("tma[" + of + "]")->Associate(problem);
                for (int j = 0; j < 4; ++j)
                {
                    NS_TEST_EXPECT_MSG_EQ(std::count(tma.begin(), tma.end(), j),
                                          std::count(gain.begin(), gain.end(), j),
                                          "swaps keep numbers");
                }
                const double swap = GetCost(problem, objective, tma);
                const double move =
                    GetCost(problem, objective, Make("tma-move[" + of + "]")->Associate(problem));
                const double both =
                    GetCost(problem, objective, Make("move-swap[" + of + "]")->Associate(problem));
                constexpr double near = 1.003; // the search's own cost is from tables
                NS_TEST_EXPECT_MSG_EQ((swap <= GetCost(problem, objective, gain) * near),
                                      true,
                                      "swaps");
                NS_TEST_EXPECT_MSG_EQ((move <= swap * near), true, "moves");
                NS_TEST_EXPECT_MSG_EQ((both <= move * near), true, "both starts");
                const std::vector<int> even =
                    Make("move-swap[" + of + "|Shares=uniform]")->Associate(problem);
                NS_TEST_EXPECT_MSG_EQ((both <= GetCost(problem, objective, even) * near),
                                      true,
                                      "uniform");
            }
        }
    }

    /// Shares by name are those of the rules.
    void CheckShares()
    {
        const AssociationProblem problem = MakeAssociationProblem({12, 3, 4});
        const std::vector<int> server = AssociateByGain(problem);
        ExpectShares(problem, server, "uniform", UNIFORM_SHARES, PAPER_OBJECTIVE);
        ExpectShares(problem, server, "full-band", FULL_BAND_SHARES, PAPER_OBJECTIVE);
        ExpectShares(problem, server, "optimal", OPTIMAL_SHARES, PAPER_OBJECTIVE);
        ExpectShares(problem,
                     server,
                     "optimal[Objective=speculative]",
                     OPTIMAL_SHARES,
                     SPECULATIVE_OBJECTIVE);
    }

    /// The least P1 leaves most of the band unused and is slow at token level.
    void CheckMisleading()
    {
        double paper = 0;
        double uniform = 0;
        double band = 0;
        for (uint64_t seed = 0; seed < 5; ++seed)
        {
            const AssociationProblem problem = MakeAssociationProblem({30, 4, seed});
            const std::vector<int> server = Make("greedy")->Associate(problem);
            const AssociationDecision best = MakeShares("optimal")->Divide(problem, server);
            const AssociationDecision even = MakeShares("uniform")->Divide(problem, server);
            const AssociationOutcome bestOutcome = EvaluateAssociation(problem, best);
            const AssociationOutcome evenOutcome = EvaluateAssociation(problem, even);
            NS_TEST_EXPECT_MSG_EQ((bestOutcome.paper < evenOutcome.paper), true, "P1");
            paper += bestOutcome.speculative;
            uniform += evenOutcome.speculative;
            band += best.bandwidthShare.sum() / 4 / 5;
        }
        NS_TEST_EXPECT_MSG_EQ((paper > 1.3 * uniform), true, "slower: " << paper / uniform);
        NS_TEST_EXPECT_MSG_EQ((band < .01), true, "band: " << band);
    }

  private:
    void DoRun() override
    {
        (this->*m_check)();
    }

    /// @param name of a policy, with attributes in brackets @param find of policies by name
    /// @return the factory
    static ObjectFactory Parse(const std::string& name, TypeId (*find)(const std::string&))
    {
        std::istringstream text(name);
        std::string part;
        std::getline(text, part, '[');
        ObjectFactory factory;
        factory.SetTypeId(find(part));
        while (std::getline(text, part, '|'))
        {
            const std::size_t equals = part.find('=');
            const std::size_t end = part.find(']');
            factory.Set(part.substr(0, equals),
                        StringValue(part.substr(equals + 1, end - equals - 1)));
        }
        return factory;
    }

    /// @param name with attributes @return the policy
    static Ptr<AssociationPolicy> Make(const std::string& name)
    {
        return Parse(name, &AssociationPolicy::Find).Create<AssociationPolicy>();
    }

    /// @param name with attributes @return the policy
    static Ptr<AssociationSharePolicy> MakeShares(const std::string& name)
    {
        return Parse(name, &AssociationSharePolicy::Find).Create<AssociationSharePolicy>();
    }

    /// @param problem all that holds @param objective paper or speculative @param server of devices
    /// @return cost with optimal shares
    static double GetCost(const AssociationProblem& problem,
                          const std::string& objective,
                          const std::vector<int>& server)
    {
        const auto which = objective == "paper" ? PAPER_OBJECTIVE : SPECULATIVE_OBJECTIVE;
        return AssociationExactCost(problem, which, OPTIMAL_SHARES).GetTotal(server);
    }

    /// @param problem all that holds @param name with attributes @param expected server of devices
    void Expect(const AssociationProblem& problem,
                const std::string& name,
                const std::vector<int>& expected)
    {
        NS_TEST_EXPECT_MSG_EQ((Make(name)->Associate(problem) == expected), true, name);
    }

    /// @param problem all that holds @param server of devices @param name of a share policy
    /// @param rule that it has @param objective that it has
    void ExpectShares(const AssociationProblem& problem,
                      const std::vector<int>& server,
                      const std::string& name,
                      AssociationShareRule rule,
                      AssociationObjective objective)
    {
        const AssociationDecision got = MakeShares(name)->Divide(problem, server);
        const AssociationDecision expected = DivideServers(problem, objective, rule, server);
        NS_TEST_EXPECT_MSG_EQ((got.server == expected.server), true, name);
        NS_TEST_EXPECT_MSG_EQ((got.bandwidthShare == expected.bandwidthShare).all(), true, name);
        NS_TEST_EXPECT_MSG_EQ((got.computeShare == expected.computeShare).all(), true, name);
    }

    /// @param call what should be refused @param part of the message
    template <typename Call>
    void ExpectUnknown(const Call& call, const std::string& part)
    {
        try
        {
            call();
            NS_TEST_EXPECT_MSG_EQ(true, false, "refused: " << part);
        }
        catch (const std::invalid_argument& error)
        {
            const std::string text = error.what();
            NS_TEST_EXPECT_MSG_EQ((text.find(part) != std::string::npos), true, text);
        }
    }

    Check m_check; //!< what this case does
};

/// Add the cases of this file. @param suite the suite
static void
AddAssociationPolicyTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name, AssociationPolicyTestCase::Check check) {
        suite.Add(new AssociationPolicyTestCase(name, check));
    };
    add("names", &AssociationPolicyTestCase::CheckNames);
    add("baselines", &AssociationPolicyTestCase::CheckBaselines);
    add("random", &AssociationPolicyTestCase::CheckRandom);
    add("searches", &AssociationPolicyTestCase::CheckSearches);
    add("shares", &AssociationPolicyTestCase::CheckShares);
    add("what P1 misleads about", &AssociationPolicyTestCase::CheckMisleading);
}

static const LlmMecTests g_associationPolicyTests(&AddAssociationPolicyTests); //!< adds them
