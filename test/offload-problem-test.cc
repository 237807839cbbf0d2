/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-tests.h"
#include "offload-scenarios.h"

#include "ns3/llm-compute-model.h"
#include "ns3/mec-uplink-rate.h"
#include "ns3/offload-equations.h"
#include "ns3/offload-metrics.h"
#include "ns3/offload-problem.h"
#include "ns3/rician-propagation-loss-model.h"

#include <cmath>
#include <functional>
#include <limits>
#include <random>
#include <stdexcept>
#include <string>

using namespace ns3;
using namespace ns3::llmmec;

/**
 * @ingroup llm-mec-tests
 * @brief The equations against numbers worked out by hand and against their own laws.
 */
class OffloadProblemTestCase : public TestCase
{
  public:
    using Check = void (OffloadProblemTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    OffloadProblemTestCase(const std::string& name, Check check)
        : TestCase("Problem: " + name),
          m_check(check)
    {
    }

    /// One task of 1 Mbit in the paper's setting, by hand.
    void CheckByHand()
    {
        const ComputeCost cost = CreateObject<CycleComputeModel>()->GetCost({0.25e6, 900, 0, 0});
        Close(cost.latencyS, 0.1125, "(14)");
        Close(cost.energyJ, 0.09, "(15)");
        using Rician = RicianPropagationLossModel;
        Close(Rician::GetPowerGain(8, 0), 8.0 / 9, "(18) without scatter");
        // sqrt(8/9) + sqrt(1/9) * 1 = (2 sqrt 2 + 1) / 3, and 2 / 3 beside it
        Close(Rician::GetPowerGain(8, {1, 2}),
              std::pow((2 * std::sqrt(2.0) + 1) / 3, 2) + 4.0 / 9,
              "(18)");
        Close(UplinkRateBps(3e-6, 0.9e-6, 10e6, 0.1e-6), 20e6, "(19): log2(1 + 3) = 2");
        Close(UplinkLatencyS(0.75e6, 20e6, 10), 0.0375, "(20)");
        Close(UplinkEnergyJ(2, 0.0375), 0.075, "(21)");
        Close(EffectiveQuality(0.75, 0.703, 0.5905), 0.674875, "(28)");
        Close(TaskLatencyS(0.1125, 0.0375, 0.0675), 0.1125, "(29), local share last");
        Close(TaskLatencyS(0.1, 0.0375, 0.0675), 0.105, "(29), offloaded share last");
    }

    /// Two MLUs, one slot, by hand: (47) and (48) with every term of the penalty.
    void CheckSlotByHand()
    {
        OffloadScenario s = MakePaperScenario(2, 1e6);
        s.problem.noiseW = 1e-7;
        s.problem.penaltyWeight = 2;
        s.problem.minAccuracy = 0.7;
        s.problem.maxHallucination = 0.7;
        s.problem.energyBudgetJ.setConstant(0.1);
        s.decision.offloadRatio << 0.5, 1;
        s.decision.powerW << 0.3, 0.9;
        const SlotOutcome outcome = EvaluateSlot(s.problem, s.tasks, s.gain, s.decision);
        // Received 0.3 and 0.9 uW over 0.1 uW of noise: SINR 0.3 and 2.25.
        const double rate0 = 10e6 * std::log2(1.3);
        const double rate1 = 10e6 * std::log2(3.25);
        Close(outcome.uplinkBps[0], rate0, "rate 0");
        Close(outcome.uplinkBps[1], rate1, "rate 1");
        const double latency0 = std::max(0.225, 0.5e6 / rate0 + 0.045);
        const double latency1 = 1e6 / rate1 + 0.09;
        Close(outcome.latencyS[0], latency0, "latency 0");
        Close(outcome.latencyS[1], latency1, "latency 1");
        Close(outcome.localEnergyJ[0], 0.18, "local energy 0");
        Close(outcome.localEnergyJ[1], 0, "local energy 1");
        const double accuracy = 0.64675 + 0.703;
        const double hallucination = 0.71 + 0.77;
        const double energyJ = 0.18 + 0.3 * 0.5e6 / rate0 + 0.9 * 1e6 / rate1;
        const double penalty = 1.4 - accuracy + hallucination - 1.4 + energyJ - 0.2;
        Close(outcome.penalty, penalty, "(48)");
        Close(outcome.reward, 1 / (latency0 + latency1 + 2 * penalty), "(47)");
        const auto breaks = BreaksLimits(s.problem, outcome);
        NS_TEST_ASSERT_MSG_EQ(breaks[0], true, "MLU 0 is below the accuracy limit");
        NS_TEST_ASSERT_MSG_EQ(breaks[1], true, "MLU 1 is above the hallucination limit");
        const SlotMetrics metrics = MetricsOf(s.problem, outcome);
        Close(metrics.latencyS, (latency0 + latency1) / 2, "(30a)");
        Close(metrics.accuracy, accuracy / 2, "mean accuracy");
        Close(metrics.hallucination, hallucination / 2, "mean hallucination");
        Close(metrics.energyJ, energyJ / 2, "mean energy");
        Close(metrics.violationRate, 1, "both broke a limit");
    }

    /// Each MLU's limit by itself: met to the digit it holds, missed by little it does not.
    void CheckLimits()
    {
        const OffloadScenario s = MakePaperScenario(3, 1e6); // 0.6, 0.78, 2 J
        SlotOutcome met;
        met.Resize(3);
        met.accuracy.setConstant(0.6);
        met.hallucination.setConstant(0.78);
        met.localEnergyJ.setConstant(1.25);
        met.uplinkEnergyJ.setConstant(0.75);
        NS_TEST_ASSERT_MSG_EQ(BreaksLimits(s.problem, met).any(), false, "just met");
        Close(PenaltyOf(s.problem, met), 0, "no penalty");
        const auto expectOnly = [&](Eigen::ArrayXd SlotOutcome::*field, double change) {
            for (Eigen::Index k = 0; k < 3; ++k)
            {
                SlotOutcome missed = met;
                (missed.*field)[k] += change;
                const auto breaks = BreaksLimits(s.problem, missed);
                NS_TEST_ASSERT_MSG_EQ(breaks[k], true, "missed by MLU " << k);
                NS_TEST_ASSERT_MSG_EQ(breaks.count(), 1, "by nobody else");
                NS_TEST_ASSERT_MSG_EQ_TOL(PenaltyOf(s.problem, missed),
                                          std::abs(change),
                                          1e-12,
                                          "penalty");
                missed = met;
                (missed.*field)[k] -= change;
                NS_TEST_ASSERT_MSG_EQ(BreaksLimits(s.problem, missed).any(), false, "on its side");
            }
        };
        expectOnly(&SlotOutcome::accuracy, -1e-5);
        expectOnly(&SlotOutcome::hallucination, 1e-5);
        expectOnly(&SlotOutcome::localEnergyJ, 1e-5);
        expectOnly(&SlotOutcome::uplinkEnergyJ, 1e-5);
    }

    /// Random slots: what must hold whatever the numbers.
    void CheckLaws()
    {
        std::mt19937 rng(1);
        for (int i = 0; i < 2000; ++i)
        {
            const Eigen::Index n = std::uniform_int_distribution<int>(1, 12)(rng);
            const OffloadScenario s = MakeRandomScenario(rng, n);
            const SlotOutcome o = EvaluateSlot(s.problem, s.tasks, s.gain, s.decision);
            NS_TEST_ASSERT_MSG_EQ(o.latencyS.allFinite() && std::isfinite(o.reward),
                                  true,
                                  "finite");
            for (Eigen::Index k = 0; k < n; ++k)
            {
                // Nobody is faster than without interference, nobody is slower than the cap.
                const double alone =
                    s.problem.bandwidthHz *
                    std::log2(1 + s.decision.powerW[k] * s.gain[k] / s.problem.noiseW);
                NS_TEST_ASSERT_MSG_LT_OR_EQ(o.uplinkBps[k], alone * (1 + 1e-12), "rate");
                NS_TEST_ASSERT_MSG_LT_OR_EQ(o.uplinkLatencyS[k], 10, "cap");
                const bool isSilent = s.decision.powerW[k] == 0 && s.decision.offloadRatio[k] > 0;
                NS_TEST_ASSERT_MSG_EQ((!isSilent || o.uplinkCapped[k]), true, "cap flag");
                // The split conserves cycles.
                const double cycles =
                    o.localLatencyS[k] * s.localHz[k] + o.mecLatencyS[k] * s.mecHz;
                Close(cycles, s.tasks.bits[k] * s.tasks.cyclesPerBit[k], "cycles");
            }
            Close(1 / o.reward, o.latencyS.sum() + s.problem.penaltyWeight * o.penalty, "reward");
            NS_TEST_ASSERT_MSG_GT_OR_EQ(o.penalty, 0, "penalty");

            // Common scale: powers and noise times c change no rate; so does bandwidth in units.
            OffloadScenario scaled = s;
            scaled.decision.powerW *= 7;
            scaled.problem.noiseW *= 7;
            const Eigen::ArrayXd rates =
                EvaluateSlot(scaled.problem, s.tasks, s.gain, scaled.decision).uplinkBps;
            for (Eigen::Index k = 0; k < n; ++k)
            {
                Close(rates[k], o.uplinkBps[k], "scaled rate");
            }
        }
    }

    /// The O(K) sum keeps its digits where the total less one's own has none left.
    void CheckRatesKeepDigits()
    {
        Eigen::ArrayXd receivedW(3);
        receivedW << 1, 1e-20, 3e-20;
        const Eigen::ArrayXd rates = UplinkRatesBps(receivedW, 1, 1e-20);
        Close(rates[0], std::log2(1 + 1 / 5e-20), "loud one");
        Close(rates[1], 1e-20 / std::log(2.0), "quiet one");
        Close(rates[2], 3e-20 / std::log(2.0), "other quiet one");

        std::mt19937 rng(2);
        for (int i = 0; i < 500; ++i)
        {
            const Eigen::Index n = std::uniform_int_distribution<int>(1, 60)(rng);
            Eigen::ArrayXd random(n);
            for (double& value : random)
            {
                value = std::pow(10, std::uniform_real_distribution<double>(-16, 0)(rng));
            }
            const Eigen::ArrayXd fast = UplinkRatesBps(random, 10e6, 4e-14);
            for (Eigen::Index k = 0; k < n; ++k)
            {
                long double interference = 4e-14L;
                for (Eigen::Index l = 0; l < n; ++l)
                {
                    interference += l == k ? 0 : static_cast<long double>(random[l]);
                }
                Close(fast[k],
                      static_cast<double>(10e6L * std::log1p(random[k] / interference) /
                                          std::log(2.0L)),
                      "rate against a sum over the others");
            }
        }
    }

    /// Nothing offloaded, nothing to do, no rate.
    void CheckEdges()
    {
        OffloadScenario s = MakePaperScenario(2, 0);
        const SlotOutcome idle = EvaluateSlot(s.problem, s.tasks, s.gain, s.decision);
        NS_TEST_ASSERT_MSG_EQ(std::isfinite(idle.reward), true, "reward of an idle slot");
        Close(UplinkLatencyS(0, 0, 10), 0, "nothing to send");
        Close(UplinkLatencyS(1, 0, 10), 10, "no rate");
        Close(UplinkLatencyS(1, 1e-300, 10), 10, "hardly a rate");
        Close(UplinkLatencyS(1e6, std::numeric_limits<double>::max(), 10),
              0,
              "more rate than time");
    }

    /// Every field refuses what cannot be.
    void CheckRefusals()
    {
        const double nan = std::numeric_limits<double>::quiet_NaN();
        const double inf = std::numeric_limits<double>::infinity();
        const OffloadScenario good = MakePaperScenario(3, 1e6);
        CheckProblem(good.problem);
        Refuses([](OffloadProblem& p) { p = OffloadProblem(); }, "number of MLUs is 0");
        Refuses([](OffloadProblem& p) { p.maxPowerW[1] = 0; }, "maxPowerW[1] is 0");
        Refuses([](OffloadProblem& p) { p.maxPowerW[2] = -1; }, "maxPowerW[2] is -1");
        Refuses([nan](OffloadProblem& p) { p.maxPowerW[0] = nan; }, "maxPowerW[0] is nan");
        Refuses([inf](OffloadProblem& p) { p.bandwidthHz = inf; }, "bandwidthHz is inf");
        Refuses([](OffloadProblem& p) { p.servers = 0; }, "servers is 0");
        Refuses([](OffloadProblem& p) { p.bandwidthHz = 0; }, "bandwidthHz is 0");
        Refuses([nan](OffloadProblem& p) { p.noiseW = nan; }, "noiseW is nan");
        Refuses([](OffloadProblem& p) { p.noiseW = 0; }, "noiseW is 0");
        Refuses([](OffloadProblem& p) { p.minAccuracy = 1.5; }, "minAccuracy is 1.5");
        Refuses([nan](OffloadProblem& p) { p.maxHallucination = nan; }, "maxHallucination is nan");
        Refuses([](OffloadProblem& p) { p.penaltyWeight = -1; }, "penaltyWeight is -1");
        Refuses([](OffloadProblem& p) { p.maxUplinkLatencyS = 0; }, "maxUplinkLatencyS is 0");
        Refuses([](OffloadProblem& p) { p.energyBudgetJ.resize(2); }, "size of energyBudgetJ is 2");
    }

  private:
    void DoRun() override
    {
        (this->*m_check)();
    }

    /// Compare to twelve digits. @param actual value @param expected value @param what its name
    void Close(double actual, double expected, const std::string& what)
    {
        NS_TEST_ASSERT_MSG_EQ_TOL(actual, expected, 1e-12 * std::abs(expected) + 1e-300, what);
    }

    /// A broken problem is refused in one line. @param breakIt how @param expected part of the line
    void Refuses(const std::function<void(OffloadProblem&)>& breakIt, const std::string& expected)
    {
        OffloadProblem problem = MakePaperScenario(3, 1e6).problem;
        breakIt(problem);
        std::string line;
        try
        {
            CheckProblem(problem);
        }
        catch (const std::invalid_argument& error)
        {
            line = error.what();
        }
        NS_TEST_ASSERT_MSG_NE(line.find(expected), std::string::npos, expected << " in: " << line);
        NS_TEST_ASSERT_MSG_EQ(line.find('\n'), std::string::npos, "one line: " << line);
    }

    Check m_check; ///< what to do
};

/// Add the cases of this file. @param suite the suite
static void
AddOffloadProblemTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name, OffloadProblemTestCase::Check check) {
        suite.Add(new OffloadProblemTestCase(name, check));
    };
    add("each equation by hand", &OffloadProblemTestCase::CheckByHand);
    add("a slot by hand", &OffloadProblemTestCase::CheckSlotByHand);
    add("limits", &OffloadProblemTestCase::CheckLimits);
    add("laws of random slots", &OffloadProblemTestCase::CheckLaws);
    add("rates keep their digits", &OffloadProblemTestCase::CheckRatesKeepDigits);
    add("edges", &OffloadProblemTestCase::CheckEdges);
    add("refusals", &OffloadProblemTestCase::CheckRefusals);
}

static const LlmMecTests g_offloadProblemTests(
    &AddOffloadProblemTests); //!< registers the cases of this file
