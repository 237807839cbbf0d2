/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "association-instances.h"
#include "llm-mec-tests.h"

#include "ns3/association-bound.h"
#include "ns3/association-exact.h"
#include "ns3/association-search.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace ns3;
using namespace ns3::llmmec;

namespace
{

/// @return eight devices and three servers, of which another program (Python) found the best
AssociationProblem
MakeKnownProblem()
{
    AssociationProblem problem = MakeEvenAssociationProblem(8, 3);
    problem.servers.bandwidthHz.setConstant(10e6 / 3);
    problem.servers.flopPerS << 10674e9, 24774e9, 3021e9;
    problem.servers.waitS << 1, 1, 0;
    AssociationDevices& of = problem.devices;
    of.draftEnergyJ.setZero();
    // clang-format off
    of.draftS << 3.4886248881352735, 2.0258727768664273, 5.601563508322284, 2.537672215232683, 2.431047332239713, 7.797223235832438, 6.168138317341132, 3.9210944558255987;
    of.uploadBits << 1071901.1323442135, 622461.6842280113, 873363.0723577079, 779715.162348772, 746954.0210736135, 1825328.8212276094, 1895197.867016226, 611354.1506503955;
    of.serverFlop << 1599637896735.905, 928922705006.9364, 1303352171200.4875, 1163597914692.8994, 1114707246008.3237, 2724006037809.0186, 2828274211505.0576, 912346519840.3413;
    Eigen::ArrayXXd snr(8, 3);
    snr << 0.045220131664279524, 1.717899517244966, 56.54753811229337,
           708.2651915204679, 15.40851136617913, 0.28836500023128137,
           0.5442188053675866, 3.551589688677059, 2.5891098337641165,
           153.85170380252904, 15.528023735802213, 7124.8957585807275,
           25.492141872581385, 9.337742374940966, 142.90908492081837,
           0.9923543530834519, 27.370833833939816, 2.8471978079352196,
           0.07644747887609023, 15.014151852833939, 1.6039819829774724,
           245.006678734581, 13.989347236444605, 120.3427132393667;
    Eigen::ArrayXd price(8);
    price << 154.04163353648383, 45.677460144787716, 41.28540057227611, 44.491435530946525, 254.5797294579123, 16.649288885089007, 7.995911450664417, 8.276170180885817;
    SetSnrAndPrice(problem, snr, price);
    // clang-format on
    return problem;
}

/// @param problem all that holds @param group devices of a server @param server index
/// @return who may leave and who may enter, one or none of each
std::vector<std::pair<Eigen::Index, Eigen::Index>>
ListChanges(const AssociationProblem& problem,
            const std::vector<Eigen::Index>& group,
            std::size_t server)
{
    std::vector<Eigen::Index> leaving = group;
    leaving.push_back(NO_DEVICE);
    std::vector<Eigen::Index> entering{NO_DEVICE};
    for (Eigen::Index i = 0; i < problem.GetM(); ++i)
    {
        if (std::find(group.begin(), group.end(), i) == group.end() &&
            problem.HasLink(i, static_cast<Eigen::Index>(server)))
        {
            entering.push_back(i);
        }
    }
    std::vector<std::pair<Eigen::Index, Eigen::Index>> changes;
    for (const Eigen::Index from : leaving)
    {
        for (const Eigen::Index to : entering)
        {
            changes.emplace_back(from, to);
        }
    }
    return changes;
}

} // namespace

/**
 * @ingroup llm-mec-tests
 * @brief Search for an association, its exact optimum and its bound.
 */
class AssociationSearchTestCase : public TestCase
{
  public:
    using Check = void (AssociationSearchTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    AssociationSearchTestCase(const std::string& name, Check check)
        : TestCase("association search: " + name),
          m_check(check)
    {
    }

    /// What another program found for eight devices.
    void CheckKnown()
    {
        const AssociationProblem problem = MakeKnownProblem();
        const AssociationPaperCost cost(problem);
        const AssociationSearchResult exact =
            ExactAssociation(AssociationExactCost(problem, PAPER_OBJECTIVE, OPTIMAL_SHARES));
        NS_TEST_EXPECT_MSG_EQ_TOL(exact.cost, 11.39916515792633, 1e-8, "exact");
        const std::vector<int> best{1, 0, 1, 0, 2, 1, 1, 2};
        NS_TEST_EXPECT_MSG_EQ((exact.server == best), true, "exact association");

        const AssociationSearchResult swapped =
            ImproveAssociation(cost, AssociateByGain(problem), {false, true});
        NS_TEST_EXPECT_MSG_EQ_TOL(swapped.cost, 11.788551175838677, 1e-6, "swaps alone");
        const AssociationSearchResult moved =
            ImproveAssociation(cost, AssociateByGain(problem), {true, true});
        NS_TEST_EXPECT_MSG_EQ_TOL(moved.cost, 11.39916515792633, 1e-6, "moves and swaps");
        NS_TEST_EXPECT_MSG_EQ((MoveAndSwap(cost).server == best), true, "from both starts");

        const double bound =
            BoundPaperObjective(cost, moved.server) - GetConstantCost(problem, PAPER_OBJECTIVE);
        NS_TEST_EXPECT_MSG_EQ((bound >= 11.376650), true, "as good as the other: " << bound);
        NS_TEST_EXPECT_MSG_EQ((bound <= exact.cost), true, "a bound: " << bound);

        // The decision's objective is what the search says.
        const AssociationOutcome outcome =
            EvaluateAssociation(problem,
                                DivideServers(problem, PAPER_OBJECTIVE, OPTIMAL_SHARES, best));
        NS_TEST_EXPECT_MSG_EQ_TOL(outcome.paper - problem.devices.draftS.sum(),
                                  exact.cost,
                                  1e-9,
                                  "objective");
    }

    /// Moves and swaps against dynamic programming, on both objectives; and the bound.
    void CheckExact()
    {
        for (uint64_t seed = 0; seed < 12; ++seed)
        {
            AssociationInstance settings;
            settings.devices = 9;
            settings.servers = 3;
            settings.seed = seed;
            settings.bitsPerDraft = std::vector<double>{16, 2048, 804112}[seed % 3];
            settings.mostQueued = seed % 2;
            settings.missingLinks = seed % 4 == 3 ? .2 : 0;
            const AssociationProblem problem = MakeAssociationProblem(settings);
            const std::string name = "seed " + std::to_string(seed);
            for (const auto objective : {PAPER_OBJECTIVE, SPECULATIVE_OBJECTIVE})
            {
                const AssociationExactCost exactCost(problem, objective, OPTIMAL_SHARES);
                const AssociationSearchResult exact = ExactAssociation(exactCost);
                NS_TEST_EXPECT_MSG_EQ_TOL(exactCost.GetTotal(exact.server),
                                          exact.cost,
                                          1e-9 * exact.cost,
                                          "association of the cost: " << name);
                const auto cost = MakeAssociationCost(problem, objective, OPTIMAL_SHARES);
                const AssociationSearchResult found = MoveAndSwap(*cost);
                const double real = exactCost.GetTotal(found.server);
                NS_TEST_EXPECT_MSG_EQ((real >= exact.cost * (1 - 1e-9)), true, name);
                NS_TEST_EXPECT_MSG_EQ((real <= exact.cost * 1.003),
                                      true,
                                      name << ": " << real / exact.cost - 1);
                NS_TEST_EXPECT_MSG_EQ_TOL(found.cost, real, 2e-2 * real, "table: " << name);
                if (objective == PAPER_OBJECTIVE)
                {
                    const double bound =
                        BoundPaperObjective(AssociationPaperCost(problem), found.server) -
                        GetConstantCost(problem, objective);
                    NS_TEST_EXPECT_MSG_EQ((bound <= exact.cost * (1 + 1e-9)), true, name);
                }
            }
        }
    }

    /// On ids the bound proves that the search is good.
    void CheckBound()
    {
        for (const auto& [m, e] : std::vector<std::pair<int, int>>{{30, 4}, {90, 10}, {180, 20}})
        {
            AssociationInstance settings;
            settings.devices = m;
            settings.servers = e;
            settings.seed = static_cast<uint64_t>(m);
            const AssociationProblem problem = MakeAssociationProblem(settings);
            const AssociationPaperCost cost(problem);
            const AssociationSearchResult found = MoveAndSwap(cost);
            const double objective =
                EvaluateAssociation(
                    problem,
                    DivideServers(problem, PAPER_OBJECTIVE, OPTIMAL_SHARES, found.server))
                    .paper;
            const double bound = BoundPaperObjective(cost, found.server);
            NS_TEST_EXPECT_MSG_EQ((bound >= .998 * objective && bound <= objective),
                                  true,
                                  m << ": " << bound / objective);
        }
    }

    /// No step makes it worse, each device has one server that hears it, and order is of no matter.
    void CheckProperties()
    {
        std::mt19937 engine(5);
        for (uint64_t seed = 0; seed < 24; ++seed)
        {
            AssociationInstance settings;
            settings.devices = 1 + engine() % 25;
            settings.servers = 1 + engine() % 5;
            settings.seed = seed;
            settings.bitsPerDraft = std::vector<double>{16, 2048, 804112}[seed % 3];
            settings.mostQueued = 2;
            settings.missingLinks = seed % 2 == 0 ? 0 : .3;
            const AssociationProblem problem = MakeAssociationProblem(settings);
            const std::string name = "seed " + std::to_string(seed);
            for (const auto objective : {PAPER_OBJECTIVE, SPECULATIVE_OBJECTIVE})
            {
                for (const auto rule : {UNIFORM_SHARES, OPTIMAL_SHARES, FULL_BAND_SHARES})
                {
                    const auto cost = MakeAssociationCost(problem, objective, rule);
                    const AssociationSearchResult found =
                        ImproveAssociation(*cost, AssociateByGain(problem));
                    NS_TEST_EXPECT_MSG_EQ(
                        std::is_sorted(found.costBySteps.rbegin(), found.costBySteps.rend()),
                        true,
                        "falls: " << name);
                    NS_TEST_EXPECT_MSG_EQ_TOL(cost->GetTotal(found.server),
                                              found.cost,
                                              1e-9 * found.cost,
                                              "cost: " << name);
                    ExpectServers(problem, found.server, name);
                }
                const AssociationExactCost exact(problem, objective, OPTIMAL_SHARES);
                const double cost = exact.GetTotal(
                    MoveAndSwap(*MakeAssociationCost(problem, objective, OPTIMAL_SHARES)).server);
                std::vector<Eigen::Index> order(static_cast<std::size_t>(settings.devices));
                std::iota(order.begin(), order.end(), 0);
                std::shuffle(order.begin(), order.end(), engine);
                const AssociationProblem permuted = Permute(problem, order);
                const double again =
                    AssociationExactCost(permuted, objective, OPTIMAL_SHARES)
                        .GetTotal(
                            MoveAndSwap(*MakeAssociationCost(permuted, objective, OPTIMAL_SHARES))
                                .server);
                NS_TEST_EXPECT_MSG_EQ_TOL(again, cost, 1e-7 * cost, "order: " << name);
            }
        }
    }

    /// Bounds of costs at token level are none too high and near, and a search leaves no step.
    void CheckLowerCosts()
    {
        double sum = 0;
        int sets = 0;
        for (uint64_t seed = 0; seed < 12; ++seed)
        {
            AssociationInstance settings;
            settings.devices = 24;
            settings.servers = 3;
            settings.seed = seed;
            settings.bitsPerDraft = std::vector<double>{16, 2048, 804112}[seed % 3];
            settings.mostQueued = seed % 2;
            settings.missingLinks = seed % 4 == 3 ? .2 : 0;
            AssociationProblem problem = MakeAssociationProblem(settings);
            problem.decoding.mode =
                std::vector<SpeculativeMode>{SpeculativeMode::EVENT,
                                             SpeculativeMode::LOCK_STEP,
                                             SpeculativeMode::CONVENTIONAL,
                                             SpeculativeMode::STREAMING}[seed / 3 % 4];
            problem.devices.tokens[5] = 0;
            const AssociationTokenCost cost(problem);
            const std::vector<int> server = MoveAndSwap(cost).server;
            const auto groups = GroupByServer(server, problem.GetE());
            std::vector<std::unique_ptr<AssociationLoad>> loads;
            for (std::size_t j = 0; j < groups.size(); ++j)
            {
                loads.push_back(cost.MakeLoad(static_cast<Eigen::Index>(j), groups[j]));
                const auto& load = *loads.back();
                for (const auto& [leaving, entering] : ListChanges(problem, groups[j], j))
                {
                    const double exact = load.GetCost(leaving, entering);
                    const double low = load.GetLowerCost(leaving, entering);
                    NS_TEST_EXPECT_MSG_EQ((low <= exact * (1 + 1e-12)),
                                          true,
                                          "seed " << seed << ": " << low << ", " << exact);
                    sum += exact > 0 ? 1 - low / exact : 0;
                    ++sets;
                }
            }
            ExpectNoStep(problem, server, loads, "seed " + std::to_string(seed));
        }
        NS_TEST_EXPECT_MSG_LT(sum / sets, 0.01, "mean gap over " << sets << " sets");
    }

    /// One server, one device, no link.
    void CheckSmall()
    {
        for (const auto objective : {PAPER_OBJECTIVE, SPECULATIVE_OBJECTIVE})
        {
            const AssociationProblem one = MakeEvenAssociationProblem(5, 1);
            const auto cost = MakeAssociationCost(one, objective, OPTIMAL_SHARES);
            NS_TEST_EXPECT_MSG_EQ((MoveAndSwap(*cost).server == std::vector<int>(5, 0)),
                                  true,
                                  "one server");
            AssociationProblem faster = MakeEvenAssociationProblem(1, 3);
            faster.servers.flopPerS[1] *= 2;
            faster.servers.verifyS[1] /= 2;
            const auto lone = MakeAssociationCost(faster, objective, OPTIMAL_SHARES);
            NS_TEST_EXPECT_MSG_EQ(MoveAndSwap(*lone).server[0], 1, "one device");
            NS_TEST_EXPECT_MSG_EQ(ExactAssociation(*lone).server[0], 1, "one device, exact");

            AssociationProblem deaf = MakeEvenAssociationProblem(4, 2);
            deaf.gain.row(2).setZero();
            const auto linked = MakeAssociationCost(deaf, objective, OPTIMAL_SHARES);
            const AssociationSearchResult found = MoveAndSwap(*linked);
            NS_TEST_EXPECT_MSG_EQ(found.server[2], NO_SERVER, "no link");
            NS_TEST_EXPECT_MSG_EQ(ExactAssociation(*linked).server[2], NO_SERVER, "exact, no link");
            const AssociationOutcome outcome =
                EvaluateAssociation(deaf,
                                    DivideServers(deaf, objective, OPTIMAL_SHARES, found.server));
            NS_TEST_EXPECT_MSG_EQ(outcome.unserved, 1, "unserved");
            NS_TEST_EXPECT_MSG_EQ(std::isfinite(outcome.paper), true, "P1");
            NS_TEST_EXPECT_MSG_EQ(std::isfinite(outcome.speculative), true, "tokens");
        }
        const AssociationProblem deaf = MakeAssociationProblem({3, 2, 1, 16, 0, 20, 1});
        const AssociationPaperCost cost(deaf);
        const AssociationSearchResult none = MoveAndSwap(cost);
        NS_TEST_EXPECT_MSG_EQ((none.server == std::vector<int>(3, NO_SERVER)), true, "no links");
        NS_TEST_EXPECT_MSG_EQ_TOL(BoundPaperObjective(cost, none.server),
                                  0,
                                  1e-12,
                                  "bound without links");
    }

    /// What is no problem is refused.
    void CheckBadInput()
    {
        const AssociationProblem good = MakeEvenAssociationProblem(3, 2);
        CheckAssociationProblem(good);
        AssociationProblem bad = good;
        bad.devices.battery[1] = 1.5;
        ExpectRefused(bad, "devices.battery is 1.5, expected at least 0 and at most 1");
        bad = good;
        bad.servers.flopPerS[0] = 0;
        ExpectRefused(bad, "servers.flopPerS is 0, expected more than 0 and finite");
        bad = good;
        bad.gain(2, 1) = std::nan("");
        ExpectRefused(bad, "gain is nan, expected at least 0");
        bad = good;
        bad.devices.tokens.resize(2);
        ExpectRefused(bad, "devices.tokens is 2 x 1, expected 3 x 1");
        bad = good;
        bad.distanceM.setZero(2, 2);
        ExpectRefused(bad, "distanceM is 2 x 2, expected 3 x 2");
        bad = good;
        bad.synchronisationWeightPerS = 0;
        ExpectRefused(bad, "synchronisationWeightPerS is 0, expected more than 0");
        bad = good;
        bad.gain.resize(0, 0);
        ExpectRefused(bad, "gain is empty, expected a device and a server at least");
        const AssociationProblem many = MakeEvenAssociationProblem(MOST_EXACT_DEVICES + 1, 2);
        try
        {
            ExactAssociation(AssociationPaperCost(many));
            NS_TEST_EXPECT_MSG_EQ(true, false, "too many devices");
        }
        catch (const std::invalid_argument& error)
        {
            NS_TEST_EXPECT_MSG_EQ(std::string(error.what()),
                                  "exact association: 15 devices, expected at most 14",
                                  "too many devices");
        }
    }

  private:
    void DoRun() override
    {
        (this->*m_check)();
    }

    /// Each device has one server that hears it, if one does. @param problem with links
    /// @param server of each device @param name of the case
    void ExpectServers(const AssociationProblem& problem,
                       const std::vector<int>& server,
                       const std::string& name)
    {
        for (Eigen::Index i = 0; i < problem.GetM(); ++i)
        {
            const int j = server[static_cast<std::size_t>(i)];
            const bool isRight = j == NO_SERVER ? !problem.HasAnyLink(i) : problem.HasLink(i, j);
            NS_TEST_EXPECT_MSG_EQ(isRight, true, "a server that hears it: " << name);
        }
    }

    /// Neither a move nor a swap lowers the cost. @param problem all that holds @param server of
    /// each device @param loads of the servers @param name of the case
    void ExpectNoStep(const AssociationProblem& problem,
                      const std::vector<int>& server,
                      const std::vector<std::unique_ptr<AssociationLoad>>& loads,
                      const std::string& name)
    {
        const auto serverOf = [&](Eigen::Index i) { return server[static_cast<std::size_t>(i)]; };
        const auto change = [&](int j, Eigen::Index leaving, Eigen::Index entering) {
            const AssociationLoad& load = *loads[static_cast<std::size_t>(j)];
            return load.GetCost(leaving, entering) - load.GetCost(NO_DEVICE, NO_DEVICE);
        };
        double best = 0;
        for (Eigen::Index i = 0; i < problem.GetM(); ++i)
        {
            for (int j = 0; j < problem.GetE() && serverOf(i) != NO_SERVER; ++j)
            {
                if (j == serverOf(i) || !problem.HasLink(i, j))
                {
                    continue;
                }
                best = std::min(best, change(serverOf(i), i, NO_DEVICE) + change(j, NO_DEVICE, i));
                for (Eigen::Index l = 0; l < problem.GetM(); ++l)
                {
                    if (serverOf(l) == j && problem.HasLink(l, serverOf(i)))
                    {
                        best = std::min(best, change(serverOf(i), i, l) + change(j, l, i));
                    }
                }
            }
        }
        NS_TEST_EXPECT_MSG_GT(best, -1e-9, "a step is left: " << name);
    }

    /// @param problem that should be refused @param part of the message
    void ExpectRefused(const AssociationProblem& problem, const std::string& part)
    {
        try
        {
            CheckAssociationProblem(problem);
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
AddAssociationSearchTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name, AssociationSearchTestCase::Check check) {
        suite.Add(new AssociationSearchTestCase(name, check));
    };
    add("as another program has it", &AssociationSearchTestCase::CheckKnown);
    add("exact", &AssociationSearchTestCase::CheckExact);
    add("bound", &AssociationSearchTestCase::CheckBound);
    add("properties", &AssociationSearchTestCase::CheckProperties);
    add("lower costs", &AssociationSearchTestCase::CheckLowerCosts);
    add("one and none", &AssociationSearchTestCase::CheckSmall);
    add("bad input", &AssociationSearchTestCase::CheckBadInput);
}

static const LlmMecTests g_associationSearchTests(&AddAssociationSearchTests); //!< adds them
