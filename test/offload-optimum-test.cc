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
            const auto optimum = EqualReceivedPowerOptimum(mlus[i], 1e6, 900, 2e9, 10e9, 10e6);
            NS_TEST_ASSERT_MSG_EQ_TOL(optimum.reward, rewards[i], 1e-3, "reward");
            NS_TEST_ASSERT_MSG_EQ_TOL(optimum.offloadRatio, ratios[i], 1e-3, "ratio");
            NS_TEST_ASSERT_MSG_EQ_TOL(optimum.latencyS, latencies[i], 5e-4, "latency");
        }
    }

    /// Slack limits: within 0.5 % of the closed form for K = 2..6, X of 0.5 to 2.5 Mbit.
    void CheckAgainstClosedForm()
    {
        std::mt19937 rng(1);
        for (uint32_t n = 2; n <= 6; ++n)
        {
            for (double bits = 0.5e6; bits <= 2.5e6; bits += 0.5e6)
            {
                const auto closed = EqualReceivedPowerOptimum(n, bits, 900, 2e9, 10e9, 10e6);
                for (int i = 0; i < 10; ++i)
                {
                    OffloadScenario s = MakePaperScenario(n, bits);
                    DrawGains(rng, s);
                    const SlotDecision decision = OptimalDecision(s.problem, s.tasks, s.gain);
                    const double reward = EvaluateSlot(s.problem, s.tasks, s.gain, decision).reward;
                    NS_TEST_ASSERT_MSG_EQ_TOL(reward / closed.reward,
                                              1,
                                              0.005,
                                              "K = " << n << ", X = " << bits);
                }
            }
        }
    }

    /// Binding limits (the Qwen3 profile): the mean reward of the spec at K = 2, and a dense grid.
    void CheckBindingLimits()
    {
        std::mt19937 rng(2);
        double sum = 0;
        const int slots = 12;
        for (int i = 0; i < slots; ++i)
        {
            OffloadScenario s = MakeQwenScenario(2);
            DrawGains(rng, s);
            const SlotDecision decision = OptimalDecision(s.problem, s.tasks, s.gain);
            const double reward = EvaluateSlot(s.problem, s.tasks, s.gain, decision).reward;
            sum += reward / slots;
            if (i == 0) // far above the noise, gains only scale the powers: one says it all
            {
                const double grid = SearchGrid(s);
                NS_TEST_ASSERT_MSG_GT_OR_EQ(reward,
                                            grid * (1 - 1e-6),
                                            "found " << reward << ", a grid " << grid);
                // The grid is dense: it cannot be far below either.
                NS_TEST_ASSERT_MSG_EQ_TOL(reward / grid, 1, 0.01, "against a grid");
            }
        }
        NS_TEST_ASSERT_MSG_EQ_TOL(sum, 2.77, 0.01, "mean reward, K = 2, Qwen3");
    }

    /// Random instances: a differential evolution of our own test must not find more.
    void CheckAgainstEvolution()
    {
        std::mt19937 rng(3);
        for (int i = 0; i < 12; ++i)
        {
            const Eigen::Index n = 1 + i % 4;
            OffloadScenario s = i % 2 ? MakeQwenScenario(n) : MakeRandomScenario(rng, n);
            if (i % 2)
            {
                DrawGains(rng, s);
            }
            const SlotDecision decision = OptimalDecision(s.problem, s.tasks, s.gain);
            const double reward = EvaluateSlot(s.problem, s.tasks, s.gain, decision).reward;
            const double evolved = Evolve(rng, s);
            NS_TEST_ASSERT_MSG_GT_OR_EQ(reward,
                                        evolved * (1 - 0.005),
                                        "instance " << i << ", K = " << n << ": found " << reward
                                                    << ", evolution " << evolved);
        }
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

    /// Differential evolution, rand/1/bin, over ratios and powers in dB.
    /// @param rng source of randomness @param s scenario @return best reward found
    static double Evolve(std::mt19937& rng, const OffloadScenario& s)
    {
        const Eigen::Index n = s.gain.size();
        const int population = 60;
        const int generations = 600;
        std::uniform_real_distribution<double> uniform(0, 1);
        std::uniform_int_distribution<int> pick(0, population - 1);
        const auto rewardOf = [&s, n](const Eigen::ArrayXd& x) {
            SlotDecision decision{x.head(n),
                                  s.problem.maxPowerW * Eigen::pow(10.0, -6 * x.tail(n))};
            return EvaluateSlot(s.problem, s.tasks, s.gain, decision).reward;
        };
        std::vector<Eigen::ArrayXd> points(population, Eigen::ArrayXd(2 * n));
        std::vector<double> rewards(population);
        for (int i = 0; i < population; ++i)
        {
            for (double& value : points[i])
            {
                value = uniform(rng);
            }
            rewards[i] = rewardOf(points[i]);
        }
        for (int g = 0; g < generations; ++g)
        {
            for (int i = 0; i < population; ++i)
            {
                const double weight = 0.4 + 0.5 * uniform(rng);
                const Eigen::ArrayXd mutant =
                    points[pick(rng)] + weight * (points[pick(rng)] - points[pick(rng)]);
                Eigen::ArrayXd trial = points[i];
                const auto sure = static_cast<Eigen::Index>(uniform(rng) * 2 * n);
                for (Eigen::Index j = 0; j < 2 * n; ++j)
                {
                    if (j == sure || uniform(rng) < 0.8)
                    {
                        trial[j] = std::clamp(mutant[j], 0.0, 1.0);
                    }
                }
                const double reward = rewardOf(trial);
                if (reward >= rewards[i])
                {
                    points[i] = trial;
                    rewards[i] = reward;
                }
            }
        }
        return *std::max_element(rewards.begin(), rewards.end());
    }

    Check m_check; ///< what to do
};

void
AddOffloadOptimumTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name, OffloadOptimumTestCase::Check check) {
        suite.Add(new OffloadOptimumTestCase(name, check));
    };
    add("closed form", &OffloadOptimumTestCase::CheckClosedForm);
    add("against the closed form", &OffloadOptimumTestCase::CheckAgainstClosedForm);
    add("binding limits", &OffloadOptimumTestCase::CheckBindingLimits);
    add("against an evolution", &OffloadOptimumTestCase::CheckAgainstEvolution);
    add("laws", &OffloadOptimumTestCase::CheckLaws);
}
