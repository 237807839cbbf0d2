/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "association-instances.h"
#include "llm-mec-tests.h"

#include "ns3/association-shares.h"
#include "ns3/association-token-shares.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::llmmec;

namespace
{

/// Shares of P1 for five devices that another program (Python) gave.
struct PaperRow
{
    std::vector<double> snr;        ///< over the whole band
    std::vector<double> draftS;     ///< D
    std::vector<double> uploadBits; ///< d
    std::vector<double> serverFlop; ///< f
    std::vector<double> price;      ///< of the band
    std::vector<double> y;          ///< best shares of the band
    std::vector<double> z;          ///< best shares of computing
    double multiplier;              ///< of the band
    double syncEnergy;              ///< cost of the band
    double compute;                 ///< cost of computing
};

/// @return them: ids, top-64 with and without energy, whole distributions
std::vector<PaperRow>
GetPaperRows()
{
    return {
        // clang-format off
        {{0.45374228683489376, 0.13632280270166347, 336.85304617199625, 8.4573540903818, 1.8859855294801304}, {11.315158286811013, 8.151719386704357, 11.39276444406874, 5.670707807878137, 5.673319287461716}, {47315.531966045935, 34087.27738872403, 47640.050326409495, 35603.76662791576, 23723.585061321664}, {2632771385824.985, 1896713506129.7158, 2650828514590.928, 1981095300224.741, 1320048054483.5413}, {226.08216126824152, 165.59562411628983, 1569.4042065804983, 64.5650708007703, 325.6333583323807}, {3.0031265617452916e-05, 3.487058573306775e-05, 1.706969754038217e-05, 3.497486658730082e-05, 2.5496733580724633e-05}, {0.22584860635630602, 0.19169540762600595, 0.22662178564147564, 0.19591312146743503, 0.15992107890877738}, 0.0, 0.050161539830770555, 17.085496111093878},
        {{1.0479999229275434, 0.40135880062422, 76.54611421029216, 1.0763850007598728, 0.4866814067493498}, {12.04336154289291, 6.6406973013309765, 8.682423437899539, 8.580676288236655, 5.881641683738398}, {1877730.605569072, 1554586.26879672, 1353712.7621544471, 2008735.0664227281, 917031.2259755933}, {2802207168081.048, 2319966864736.8677, 2020195865360.7556, 2997709993761.121, 1368519779760.5117}, {478.47599637624984, 212.90243237847662, 135.91427476390098, 36.613473008619486, 979.6891325604764}, {0.001335863879100465, 0.002147136254056841, 0.000879403526465604, 0.002500523129934275, 0.0009334152529157093}, {0.2226129371021044, 0.20255416178590688, 0.18901532561968634, 0.2302475871247142, 0.15556998836758815}, 0.0, 2.633041655214228, 18.71753763691229},
        {{1.0479999229275434, 0.40135880062422, 76.54611421029216, 1.0763850007598728, 0.4866814067493498}, {12.04336154289291, 6.6406973013309765, 8.682423437899539, 8.580676288236655, 5.881641683738398}, {1877730.605569072, 1554586.26879672, 1353712.7621544471, 2008735.0664227281, 917031.2259755933}, {2802207168081.048, 2319966864736.8677, 2020195865360.7556, 2997709993761.121, 1368519779760.5117}, {0.0, 0.0, 0.0, 0.0, 0.0}, {0.0016785725654992706, 0.0033937213517490194, 0.000957290239713821, 0.0027103982029108398, 0.0019579051683993997}, {0.2226129371021044, 0.20255416178590688, 0.18901532561968634, 0.2302475871247142, 0.15556998836758815}, 0.0, 1.1675141397270975e-30, 18.71753763691229},
        {{0.28849764344108586, 66.1836640952262, 10.558967896365736, 0.26767354355817824, 0.06664221218580574}, {6.639884795695934, 11.595236462227128, 6.721876209986741, 5.681773452487882, 5.317916039274372}, {398706905.1757469, 696262207.3853317, 403630265.15091693, 512262669.3080799, 479457670.7809614}, {1544945130432.589, 2697938994385.0093, 1564022605440.585, 1984961148593.7695, 1857845410013.8728}, {705.3975199116921, 304.26236174408314, 491.9326065883943, 439.7546328751985, 27.848553912363716}, {0.15110812723636002, 0.09088456134294996, 0.07211947841674612, 0.21605517898815602, 0.4698326540157879}, {0.17992968318141897, 0.23777289630515291, 0.1810371892570991, 0.2039493336594708, 0.1973108975968582}, 732.9915188030185, 3827.0111916555916, 15.796348407076108},
        // clang-format on
    };
}

} // namespace

/**
 * @ingroup llm-mec-tests
 * @brief Shares of a server's band and computing.
 */
class AssociationSharesTestCase : public TestCase
{
  public:
    using Check = void (AssociationSharesTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    AssociationSharesTestCase(const std::string& name, Check check)
        : TestCase("association shares: " + name),
          m_check(check)
    {
    }

    /// Shares of P1 against those of another program.
    void CheckPaperRows()
    {
        for (const PaperRow& row : GetPaperRows())
        {
            AssociationProblem problem = MakeEvenAssociationProblem(5, 1);
            problem.devices.draftS = ToArray(row.draftS);
            problem.devices.uploadBits = ToArray(row.uploadBits);
            problem.devices.serverFlop = ToArray(row.serverFlop);
            problem.servers.flopPerS[0] = 3021e9;
            SetSnrAndPrice(problem, ToArray(row.snr), ToArray(row.price));
            CheckAssociationProblem(problem);
            const auto all = CountUp(5);
            const AssociationServerShares shares =
                DivideServer(problem, PAPER_OBJECTIVE, OPTIMAL_SHARES, 0, all);
            std::vector<AssociationDemand> demands;
            double syncEnergy = 0;
            for (Eigen::Index i = 0; i < 5; ++i)
            {
                const auto at = static_cast<std::size_t>(i);
                ExpectNear(shares.bandwidth[i], row.y[at], 1e-6, "y");
                ExpectNear(shares.compute[i], row.z[at], 1e-9, "z");
                demands.push_back(GetPaperDemand(problem, i, 0));
                syncEnergy += demands.back().GetCost(shares.bandwidth[i]);
            }
            const double multiplier = AllocateBand(demands).multiplier;
            NS_TEST_EXPECT_MSG_EQ_TOL(multiplier, row.multiplier, 1e-6 * row.multiplier, "mu");
            NS_TEST_EXPECT_MSG_EQ_TOL(syncEnergy,
                                      row.syncEnergy,
                                      1e-9 * row.syncEnergy + 1e-12,
                                      "cost of the band");
            const double cost =
                GetServerCost(problem, PAPER_OBJECTIVE, 0, all, shares.bandwidth, shares.compute);
            ExpectNear(cost - syncEnergy, row.compute, 1e-9, "cost of computing");
        }
    }

    /// On random servers nothing that is close by is better, sums are at most 1, order is of no
    /// matter.
    void CheckProperties()
    {
        std::mt19937 engine(11);
        std::uniform_real_distribution<double> uniform(0, 1);
        for (uint64_t seed = 0; seed < 60; ++seed)
        {
            AssociationInstance settings;
            settings.devices = 1 + engine() % 12;
            settings.servers = 1;
            settings.seed = seed;
            settings.bitsPerDraft = std::vector<double>{16, 2048, 804112}[seed % 3];
            settings.energyWeight = seed % 4 == 0 ? 0 : 20;
            const AssociationProblem problem = MakeAssociationProblem(settings);
            const auto all = CountUp(settings.devices);
            for (const auto& [objective, rule] : GetRules())
            {
                const AssociationServerShares shares =
                    DivideServer(problem, objective, rule, 0, all);
                const std::string name = std::to_string(objective) + ' ' + std::to_string(rule) +
                                         ", seed " + std::to_string(seed);
                ExpectShares(shares, name);
                if (rule != OPTIMAL_SHARES)
                {
                    continue;
                }
                const double cost = CostOf(problem, objective, shares);
                for (int trial = 0; trial < 20; ++trial)
                {
                    AssociationServerShares other = shares;
                    for (Eigen::ArrayXd* share : {&other.bandwidth, &other.compute})
                    {
                        const double sum = share->sum();
                        const double width = std::pow(10, -1 - 4 * uniform(engine));
                        for (double& one : *share)
                        {
                            one *= 1 + width * (2 * uniform(engine) - 1);
                        }
                        *share *= sum / share->sum();
                    }
                    const double changed = CostOf(problem, objective, other);
                    NS_TEST_EXPECT_MSG_EQ((changed >= cost * (1 - 1e-8)), true, "best: " << name);
                }
                std::vector<Eigen::Index> order = all;
                std::shuffle(order.begin(), order.end(), engine);
                const AssociationServerShares permuted =
                    DivideServer(Permute(problem, order), objective, rule, 0, all);
                for (std::size_t i = 0; i < order.size(); ++i)
                {
                    const auto at = static_cast<Eigen::Index>(i);
                    ExpectNear(permuted.bandwidth[at], shares.bandwidth[order[i]], 1e-5, name);
                    ExpectNear(permuted.compute[at], shares.compute[order[i]], 1e-5, name);
                }
            }
        }
    }

    /// No share is ever not a number, whatever the inputs.
    void CheckExtremes()
    {
        std::mt19937 engine(13);
        std::uniform_real_distribution<double> uniform(0, 1);
        const auto wide = [&engine, &uniform](double low, double high) {
            return std::pow(10, low + (high - low) * uniform(engine));
        };
        for (int round = 0; round < 400; ++round)
        {
            const auto n = static_cast<Eigen::Index>(1 + engine() % 8);
            AssociationProblem problem = MakeEvenAssociationProblem(n, 1);
            AssociationDevices& of = problem.devices;
            Eigen::ArrayXd snr(n);
            for (Eigen::Index i = 0; i < n; ++i)
            {
                snr[i] = wide(-12, 12);
                of.draftTokenS[i] = wide(-6, 2);
                of.draftS[i] = uniform(engine) < .1 ? 0 : wide(-4, 4);
                of.uploadBits[i] = uniform(engine) < .1 ? 0 : wide(0, 10);
                of.serverFlop[i] = uniform(engine) < .1 ? 0 : wide(3, 18);
                of.tokens[i] = uniform(engine) < .1 ? 0 : wide(0, 5);
                of.acceptance[i] = std::vector<double>{0, .5, .99, 1}[engine() % 4];
                of.battery[i] = uniform(engine) < .2 ? 0 : uniform(engine);
            }
            problem.gain = snr.colwise() * Eigen::ArrayXd::Constant(n, 1e-10);
            problem.noiseWPerHz = wide(-20, -18);
            problem.energyWeight = uniform(engine) < .2 ? 0 : wide(-3, 5);
            problem.synchronisationWeightPerS = wide(-8, 4);
            problem.servers.verifyS[0] = wide(-5, 2);
            problem.servers.preVerifyS[0] = uniform(engine) < .2 ? 0 : wide(-5, 2);
            problem.decoding.windowBits = wide(1, 7);
            problem.decoding.mode =
                std::vector<SpeculativeMode>{SpeculativeMode::CONVENTIONAL,
                                             SpeculativeMode::LOCK_STEP,
                                             SpeculativeMode::EVENT,
                                             SpeculativeMode::STREAMING}[engine() % 4];
            CheckAssociationProblem(problem);
            for (const auto& [objective, rule] : GetRules())
            {
                const AssociationServerShares shares =
                    DivideServer(problem, objective, rule, 0, CountUp(n));
                const std::string name = std::to_string(objective) + ' ' + std::to_string(rule) +
                                         ", round " + std::to_string(round);
                ExpectShares(shares, name);
                const double cost = CostOf(problem, objective, shares);
                NS_TEST_EXPECT_MSG_EQ(std::isnan(cost), false, name);
                if (rule == OPTIMAL_SHARES && objective == SPECULATIVE_OBJECTIVE)
                {
                    const double bound = BoundTokens(problem, 0, CountUp(n), shares);
                    NS_TEST_EXPECT_MSG_EQ_TOL(cost, bound, 1e-4 * cost, "bound: " << name);
                    NS_TEST_EXPECT_MSG_EQ((bound <= cost * (1 + 1e-12)),
                                          true,
                                          "below: " << name << ", " << bound / cost - 1);
                }
            }
        }
    }

    /// One device has all that it asks for, and a server without devices costs nothing.
    void CheckSmall()
    {
        const AssociationProblem one = MakeEvenAssociationProblem(1, 1);
        for (const auto& [objective, rule] : GetRules())
        {
            const AssociationServerShares shares = DivideServer(one, objective, rule, 0, {0});
            NS_TEST_EXPECT_MSG_EQ_TOL(shares.compute[0], 1, 1e-12, "all of the computing");
            if (objective == SPECULATIVE_OBJECTIVE)
            {
                NS_TEST_EXPECT_MSG_EQ_TOL(shares.bandwidth[0], 1, 1e-12, "all of the band");
            }
            const AssociationServerShares none = DivideServer(one, objective, rule, 0, {});
            NS_TEST_EXPECT_MSG_EQ(none.bandwidth.size(), 0, "no device");
        }
        // Without a price of energy P1's one device sends for as long as it drafts.
        AssociationProblem free = one;
        free.energyWeight = 0;
        const AssociationDecision decision =
            DivideServers(free, PAPER_OBJECTIVE, OPTIMAL_SHARES, {0});
        const AssociationOutcome outcome = EvaluateAssociation(free, decision);
        ExpectNear(outcome.uploadS[0], free.devices.draftS[0], 1e-9, "synchronous");
        // An empty battery counts as the least one.
        AssociationProblem empty = one;
        empty.devices.battery[0] = 0;
        AssociationProblem least = one;
        least.devices.battery[0] = least.emptyBattery;
        ExpectNear(DivideServers(empty, PAPER_OBJECTIVE, OPTIMAL_SHARES, {0}).bandwidthShare[0],
                   DivideServers(least, PAPER_OBJECTIVE, OPTIMAL_SHARES, {0}).bandwidthShare[0],
                   0,
                   "empty battery");
    }

  private:
    void DoRun() override
    {
        (this->*m_check)();
    }

    /// @return all rules, with both objectives
    static std::vector<std::pair<AssociationObjective, AssociationShareRule>> GetRules()
    {
        return {{PAPER_OBJECTIVE, OPTIMAL_SHARES},
                {SPECULATIVE_OBJECTIVE, OPTIMAL_SHARES},
                {SPECULATIVE_OBJECTIVE, UNIFORM_SHARES},
                {SPECULATIVE_OBJECTIVE, FULL_BAND_SHARES}};
    }

    /// @param problem with one server @param objective which @param shares of all devices
    /// @return cost
    static double CostOf(const AssociationProblem& problem,
                         AssociationObjective objective,
                         const AssociationServerShares& shares)
    {
        return GetServerCost(problem,
                             objective,
                             0,
                             CountUp(problem.GetM()),
                             shares.bandwidth,
                             shares.compute);
    }

    /// @param got value @param expected value @param tolerance of it, absolute @param what it is
    void ExpectNear(double got, double expected, double tolerance, const std::string& what)
    {
        NS_TEST_EXPECT_MSG_EQ_TOL(got, expected, tolerance, what);
    }

    /// Each is a share, and sums are at most 1. @param shares to check @param name of the case
    void ExpectShares(const AssociationServerShares& shares, const std::string& name)
    {
        for (const Eigen::ArrayXd* share : {&shares.bandwidth, &shares.compute})
        {
            NS_TEST_EXPECT_MSG_EQ((*share >= 0 && *share <= 1).all(), true, "range: " << name);
            NS_TEST_EXPECT_MSG_EQ((share->sum() <= 1 + 1e-12), true, "sum: " << name);
        }
    }

    Check m_check; //!< what this case does
};

/// Add the cases of this file. @param suite the suite
static void
AddAssociationSharesTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name, AssociationSharesTestCase::Check check) {
        suite.Add(new AssociationSharesTestCase(name, check));
    };
    add("P1 as another program has it", &AssociationSharesTestCase::CheckPaperRows);
    add("properties", &AssociationSharesTestCase::CheckProperties);
    add("extremes", &AssociationSharesTestCase::CheckExtremes);
    add("one and none", &AssociationSharesTestCase::CheckSmall);
}

static const LlmMecTests g_associationSharesTests(&AddAssociationSharesTests); //!< adds them
