/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-tests.h"
#include "offload-scenarios.h"

#include "ns3/offload-optimum.h"
#include "ns3/offload-problem.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <utility>
#include <vector>

using namespace ns3;
using namespace ns3::llmmec;

/**
 * @ingroup llm-mec-tests
 * @brief The numerical optimum against its closed form and against searches of another kind.
 */
class OffloadOptimumTestCase : public TestCase
{
  public:
    using Check = void (OffloadOptimumTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    OffloadOptimumTestCase(const std::string& name, Check check)
        : TestCase("Optimum: " + name),
          m_check(check)
    {
    }

    /// The closed form itself against the numbers of a differential evolution in another language.
    void CheckClosedForm()
    {
        const double rewards[] = {3.743, 2.018, 0.943};
        const double ratios[] = {0.703, 0.633, 0.530};
        const double latencies[] = {0.1337, 0.165, 0.212};
        const uint32_t mlus[] = {2, 3, 5};
        for (int i = 0; i < 3; ++i)
        {
            const auto optimum = EqualReceivedPowerOptimum(mlus[i], 1e6, 0.45, 0.09, 10e6);
            NS_TEST_ASSERT_MSG_EQ_TOL(optimum.reward, rewards[i], 1e-3, "reward");
            NS_TEST_ASSERT_MSG_EQ_TOL(optimum.offloadRatio, ratios[i], 1e-3, "ratio");
            NS_TEST_ASSERT_MSG_EQ_TOL(optimum.latencyS, latencies[i], 5e-4, "latency");
        }
    }

    /// Slack limits: the closed form for K = 2..6, X of 0.5 to 2.5 Mbit.
    void CheckAgainstClosedForm()
    {
        std::mt19937 rng(1);
        for (uint32_t n = 2; n <= 6; ++n)
        {
            for (double bits = 0.5e6; bits <= 2.5e6; bits += 0.5e6)
            {
                const auto closed =
                    EqualReceivedPowerOptimum(n, bits, bits * 0.45e-6, bits * 0.09e-6, 10e6);
                for (int i = 0; i < 10; ++i)
                {
                    OffloadScenario s = MakePaperScenario(n, bits);
                    DrawGains(rng, s);
                    const SlotDecision decision = OptimalDecision(s.problem, s.tasks, s.gain);
                    const double reward = EvaluateSlot(s.problem, s.tasks, s.gain, decision).reward;
                    NS_TEST_ASSERT_MSG_EQ_TOL(reward / closed.reward,
                                              1,
                                              TOLERANCE,
                                              "K = " << n << ", X = " << bits);
                }
            }
        }
    }

    /// Binding limits (the Qwen3 profile): the numbers that a search of another kind in another
    /// language found, for any gains, as gains far above the noise only scale the powers.
    void CheckBindingLimits()
    {
        const double rewards[2][4] = {{2.7716, 1.4304, 0.8828, 0.6019},
                                      {2.7716, 1.3462, 0.7967, 0.5269}};
        const double weights[2] = {1, 10};
        std::mt19937 rng(2);
        for (int i = 0; i < 2; ++i)
        {
            for (Eigen::Index n = 2; n <= 5; ++n)
            {
                for (int draw = 0; draw < 3; ++draw)
                {
                    OffloadScenario s = MakeQwenScenario(n);
                    s.problem.penaltyWeight = weights[i];
                    DrawGains(rng, s);
                    NS_TEST_ASSERT_MSG_EQ_TOL(Optimise(s) / rewards[i][n - 2],
                                              1,
                                              TOLERANCE,
                                              "K = " << n << ", omega = " << weights[i]);
                }
            }
        }
    }

    /// Two MLUs, Qwen3: a dense grid finds no more, and not much less.
    void CheckAgainstGrid()
    {
        std::mt19937 rng(3);
        OffloadScenario s = MakeQwenScenario(2);
        DrawGains(rng, s);
        const double reward = Optimise(s);
        const double grid = SearchGrid(s);
        NS_TEST_ASSERT_MSG_GT_OR_EQ(reward, grid * (1 - 1e-6), "against a grid");
        NS_TEST_ASSERT_MSG_EQ_TOL(reward / grid, 1, 0.01, "the grid is dense");
    }

    /// The paper's two profiles, slack and binding limits: a search that asks for values alone,
    /// from many starts, ends at the same reward.
    void CheckAgainstSimplex()
    {
        std::mt19937 rng(4);
        for (Eigen::Index n = 2; n <= 5; ++n)
        {
            for (const double weight : {0.0, 1.0, 10.0}) // 0: the Llama profile, nothing binds
            {
                OffloadScenario s = weight > 0 ? MakeQwenScenario(n) : MakePaperScenario(n, 1e6);
                s.problem.penaltyWeight = std::max(weight, 1.0);
                DrawGains(rng, s);
                NS_TEST_ASSERT_MSG_EQ_TOL(Optimise(s) / SearchBySimplex(rng, s, 12),
                                          1,
                                          TOLERANCE,
                                          "K = " << n << ", omega = " << weight);
            }
        }
    }

    /// One MLU whose best ratio is where its energy is just enough: more to the server costs
    /// hallucination, less costs energy, and the power is next to nothing. In closed form.
    void CheckCorner()
    {
        OffloadScenario s = MakePaperScenario(1, 1e6);
        s.problem.penaltyWeight = 3;
        s.problem.energyBudgetJ << 0.2;
        s.problem.maxHallucination = 0.6;
        s.problem.minAccuracy = 0;
        s.tasks.localHallucination << 0.5;
        s.tasks.mecHallucination << 0.9;
        const double localS = 0.45;                    // 900 * 1e6 / 2e9
        const double localJ = 0.36;                    // 1e-28 * 2e9^2 * 900 * 1e6
        const double ratio = 1 - 0.2 / localJ;         // of local energy alone
        const double excess = 0.4 * ratio + 0.5 - 0.6; // hallucination beyond its limit
        const double reward = 1 / ((1 - ratio) * localS + 3 * excess);
        for (const double gainDb : {-70, -60, -50})
        {
            s.gain << std::pow(10, gainDb / 10);
            NS_TEST_ASSERT_MSG_EQ_TOL(Optimise(s) / reward, 1, TOLERANCE, gainDb << " dB");
        }
    }

    /// Links so weak that the energy of sending decides: each power counts in everybody's energy.
    void CheckEnergyLimit()
    {
        std::mt19937 rng(6);
        for (const double budgetJ : {0.02, 0.1})
        {
            for (Eigen::Index n = 2; n <= 4; ++n)
            {
                OffloadScenario s = MakePaperScenario(n, 1e6);
                DrawGains(rng, s);
                s.gain *= 1e-7;
                s.problem.energyBudgetJ.setConstant(budgetJ);
                s.problem.penaltyWeight = 10;
                NS_TEST_ASSERT_MSG_EQ_TOL(Optimise(s) / SearchBySimplex(rng, s, 12),
                                          1,
                                          TOLERANCE,
                                          "K = " << n << ", " << budgetJ << " J");
            }
        }
    }

    /// No MLU sends with less than the range of powers allows, unless silent.
    void CheckPowerRange()
    {
        std::mt19937 rng(7);
        OptimumSettings settings;
        settings.powerRangeDb = 3;
        for (int i = 0; i < 20; ++i)
        {
            OffloadScenario s = MakeQwenScenario(3);
            DrawGains(rng, s);
            const Eigen::ArrayXd share =
                OptimalDecision(s.problem, s.tasks, s.gain, settings).powerW / s.problem.maxPowerW;
            NS_TEST_ASSERT_MSG_EQ((share == 0 || share >= std::pow(10, -0.3) * (1 - 1e-9)).all(),
                                  true,
                                  share.transpose());
        }
    }

    /// MLUs, limits and links that have nothing in common: that search seldom finds more. Nobody
    /// promises a global optimum here, but one run in a hundred is the most that may be missed.
    void CheckUnlikeMlus()
    {
        std::mt19937 rng(5);
        const int instances = 100;
        int missed = 0;
        for (int i = 0; i < instances; ++i)
        {
            const OffloadScenario s = MakeRandomScenario(rng, 1 + i % 5);
            missed += Optimise(s) < SearchBySimplex(rng, s, 4) * (1 - TOLERANCE) ? 1 : 0;
        }
        NS_TEST_ASSERT_MSG_LT_OR_EQ(missed, instances / 100, "of " << instances);
    }

    /// Whatever the instance: possible, finite, and no worse than what anybody can think of.
    void CheckLaws()
    {
        std::mt19937 rng(4);
        for (int i = 0; i < 300; ++i)
        {
            const Eigen::Index n = std::uniform_int_distribution<int>(1, 8)(rng);
            const OffloadScenario s = MakeRandomScenario(rng, n);
            const SlotDecision decision = OptimalDecision(s.problem, s.tasks, s.gain);
            NS_TEST_ASSERT_MSG_EQ(
                (decision.offloadRatio >= 0).all() && (decision.offloadRatio <= 1).all() &&
                    (decision.powerW >= 0).all() && (decision.powerW <= s.problem.maxPowerW).all(),
                true,
                "possible");
            const double reward = EvaluateSlot(s.problem, s.tasks, s.gain, decision).reward;
            const SlotDecision local{Eigen::ArrayXd::Zero(n), Eigen::ArrayXd::Zero(n)};
            const SlotDecision offload{Eigen::ArrayXd::Ones(n), s.problem.maxPowerW};
            for (const SlotDecision& other : {local, offload, s.decision})
            {
                const double otherReward = EvaluateSlot(s.problem, s.tasks, s.gain, other).reward;
                NS_TEST_ASSERT_MSG_GT_OR_EQ(reward,
                                            otherReward * (1 - 1e-9),
                                            "instance " << i << ": " << reward << " below "
                                                        << otherReward);
            }
        }
    }

  private:
    void DoRun() override
    {
        (this->*m_check)();
    }

    /// Gains of MLUs dropped on the paper's disc, with a fading of up to 10 dB either way.
    /// @param rng source of randomness @param s scenario to fill
    static void DrawGains(std::mt19937& rng, OffloadScenario& s)
    {
        std::uniform_real_distribution<double> uniform(0, 1);
        for (double& gain : s.gain)
        {
            const double squareM = 400 * uniform(rng) + 100;
            gain = 1e-3 / squareM * std::pow(10, 2 * uniform(rng) - 1);
        }
    }

    /// @param n K @return the paper's setting with the Qwen3 profile, whose limits bind
    static OffloadScenario MakeQwenScenario(Eigen::Index n)
    {
        OffloadScenario s = MakePaperScenario(n, 1e6);
        s.tasks.localAccuracy.setConstant(0.3635);
        s.tasks.localHallucination.setConstant(0.97);
        s.tasks.mecAccuracy.setConstant(0.6821);
        s.tasks.mecHallucination.setConstant(0.77);
        return s;
    }

    /// @param s a scenario of two MLUs @return best reward on a grid of ratios and power ratios
    static double SearchGrid(const OffloadScenario& s)
    {
        double best = 0;
        // One of the two sends as loud as it can, the other up to 20 dB less at the receiver.
        for (int loud = 0; loud < 2; ++loud)
        {
            const double receivedW = (s.problem.maxPowerW * s.gain).minCoeff();
            for (double quietDb = 0; quietDb <= 20; quietDb += 0.25)
            {
                SlotDecision decision{Eigen::ArrayXd(2), receivedW / s.gain};
                decision.powerW[1 - loud] *= std::pow(10, -quietDb / 10);
                for (int i = 0; i <= 100; ++i)
                {
                    for (int j = 0; j <= 100; ++j)
                    {
                        decision.offloadRatio << i / 100.0, j / 100.0;
                        best = std::max(best,
                                        EvaluateSlot(s.problem, s.tasks, s.gain, decision).reward);
                    }
                }
            }
        }
        return best;
    }

    /// @param s scenario @return reward of its optimum
    static double Optimise(const OffloadScenario& s)
    {
        const SlotDecision decision = OptimalDecision(s.problem, s.tasks, s.gain);
        return EvaluateSlot(s.problem, s.tasks, s.gain, decision).reward;
    }

    /// J. Nelder and R. Mead, "A simplex method for function minimization", 1965, over ratios and
    /// powers in units of 10 dB below P_max, from starts at random; each goes on once from where
    /// it ended, with a new simplex.
    /// @param rng source of randomness @param s scenario @param starts how many
    /// @return best reward found
    static double SearchBySimplex(std::mt19937& rng, const OffloadScenario& s, int starts)
    {
        const Eigen::Index n = s.gain.size();
        std::uniform_real_distribution<double> uniform(0, 1);
        const Eigen::ArrayXd fullW = s.problem.maxPowerW * s.gain;
        const Eigen::ArrayXd equal = (fullW.minCoeff() / fullW).log10();
        double best = 0;
        for (int i = 0; i < starts; ++i)
        {
            constexpr double ranges[] = {0, 0.3, 1.5, 3};
            Eigen::ArrayXd x(2 * n);
            for (Eigen::Index k = 0; k < n; ++k)
            {
                x[k] = uniform(rng);
                x[n + k] = equal[k] - ranges[i % 4] * uniform(rng);
            }
            for (int again = 0; again < 2; ++again)
            {
                best = std::max(best, ClimbBySimplex(s, x));
            }
        }
        return best;
    }

    /// @param s scenario @param x where to start, and where it ended @return reward there
    static double ClimbBySimplex(const OffloadScenario& s, Eigen::ArrayXd& x)
    {
        const Eigen::Index n = x.size();
        const auto costOf = [&s, n](const Eigen::ArrayXd& at) {
            const SlotDecision decision{at.head(n / 2).max(0.0).min(1.0),
                                        s.problem.maxPowerW *
                                            Eigen::pow(10.0, at.tail(n / 2).max(-6.0).min(0.0))};
            return 1 / EvaluateSlot(s.problem, s.tasks, s.gain, decision).reward;
        };
        using Point = std::pair<double, Eigen::ArrayXd>; // cost and place
        std::vector<Point> simplex{{costOf(x), x}};
        for (Eigen::Index i = 0; i < n; ++i)
        {
            Eigen::ArrayXd corner = x;
            corner[i] += i < n / 2 ? (x[i] < 0.5 ? 0.2 : -0.2) : -0.4;
            simplex.emplace_back(costOf(corner), corner);
        }
        const auto less = [](const Point& a, const Point& b) { return a.first < b.first; };
        const auto size = static_cast<double>(n); // steps of many dimensions are smaller
        for (int step = 0; step < 3000; ++step)
        {
            std::sort(simplex.begin(), simplex.end(), less);
            Point& worst = simplex.back();
            if (worst.first - simplex.front().first < 1e-9 * worst.first)
            {
                break;
            }
            Eigen::ArrayXd centre = Eigen::ArrayXd::Zero(n);
            for (Eigen::Index i = 0; i < n; ++i)
            {
                centre += simplex[i].second / size;
            }
            const auto tryAt = [&](double along) {
                const Eigen::ArrayXd place = centre + along * (centre - worst.second);
                return Point(costOf(place), place);
            };
            const Point reflected = tryAt(1);
            if (reflected.first < simplex.front().first)
            {
                worst = std::min(reflected, tryAt(1 + 2 / size), less);
                continue;
            }
            if (reflected.first < simplex[n - 1].first)
            {
                worst = reflected;
                continue;
            }
            const double inside = 0.75 - 0.5 / size;
            const Point contracted = tryAt(reflected.first < worst.first ? inside : -inside);
            if (contracted.first < std::min(reflected.first, worst.first))
            {
                worst = contracted;
                continue;
            }
            for (Point& corner : simplex)
            {
                corner.second =
                    simplex.front().second +
                    (1 - 1 / std::max(size, 2.0)) * (corner.second - simplex.front().second);
                corner.first = costOf(corner.second);
            }
        }
        x = std::min_element(simplex.begin(), simplex.end(), less)->second;
        return 1 / costOf(x);
    }

    static constexpr double TOLERANCE = 2e-4; ///< learners are compared by more than this

    Check m_check; ///< what to do
};

/// Add the cases of this file. @param suite the suite
static void
AddOffloadOptimumTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name, OffloadOptimumTestCase::Check check) {
        suite.Add(new OffloadOptimumTestCase(name, check));
    };
    add("closed form", &OffloadOptimumTestCase::CheckClosedForm);
    add("against the closed form", &OffloadOptimumTestCase::CheckAgainstClosedForm);
    add("binding limits", &OffloadOptimumTestCase::CheckBindingLimits);
    add("against a grid", &OffloadOptimumTestCase::CheckAgainstGrid);
    add("against a simplex", &OffloadOptimumTestCase::CheckAgainstSimplex);
    add("corner", &OffloadOptimumTestCase::CheckCorner);
    add("energy limit", &OffloadOptimumTestCase::CheckEnergyLimit);
    add("power range", &OffloadOptimumTestCase::CheckPowerRange);
    add("unlike MLUs", &OffloadOptimumTestCase::CheckUnlikeMlus);
    add("laws", &OffloadOptimumTestCase::CheckLaws);
}

static const LlmMecTests g_offloadOptimumTests(
    &AddOffloadOptimumTests); //!< registers the cases of this file
