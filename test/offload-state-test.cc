/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-test-cell.h"
#include "llm-mec-tests.h"
#include "offload-scenarios.h"

#include "ns3/boolean.h"
#include "ns3/offload-problem.h"
#include "ns3/offload-state.h"
#include "ns3/uinteger.h"

#include <cmath>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::llmmec;

/**
 * @ingroup llm-mec-tests
 * @brief Cases of OffloadStateLayout; each runs one of the checks below.
 */
class OffloadStateTestCase : public TestCase
{
  public:
    using Check = void (OffloadStateTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    OffloadStateTestCase(const std::string& name, Check check)
        : TestCase("Offload state: " + name),
          m_check(check)
    {
    }

    /// Every feature by hand.
    void CheckFeatures()
    {
        OffloadProblem problem = MakeProblem();
        const SlotObservation observation = MakeObservation();
        // Ratios; 0 and 12.5 dB below the maximum, of a range of 25; qualities; log(1 + 0.25 / 0.5)
        // and log(1 + 1 / 0.5); half of a battery and none; Mbit; -55 dB and -60 dB; slot 25 of
        // 100.
        const std::vector<double> last =
            {0.3, 1, 1, 0.5, 0.6, 0.7, 0.8, 0.9, std::log(1.5), std::log(3)};
        const std::vector<double> now = {1.5, 0.25, 0, -1};
        ExpectFeatures(OffloadStateLayout::CURRENT, problem, observation, {now});
        ExpectFeatures(OffloadStateLayout::PAPER, problem, observation, {last, now});
        ExpectFeatures(OffloadStateLayout::EXTENDED, problem, observation, {{0.5, 1}, now, {0.25}});
        problem.slots = 0;
        problem.batteryJ.resize(0);
        ExpectFeatures(OffloadStateLayout::EXTENDED, problem, observation, {now});
        // Slots of 0.5 s that overlap: 1 s and 0 left to compute, 0 and 3 Mbit to send, 0.25 s.
        problem.slotBarrier = false;
        SlotObservation behind = observation;
        behind.cpuBacklogS = Eigen::Array2d(1, 0);
        behind.uploadBacklogBits = Eigen::Array2d(0, 3e6);
        behind.mecBacklogS = 0.25;
        ExpectFeatures(OffloadStateLayout::EXTENDED,
                       problem,
                       behind,
                       {{std::log(3), 0, 0, std::log(4), std::log(1.5)}, now});
    }

    /// What no action can change: gains and time, and tasks where no battery can be empty.
    void CheckExogenous()
    {
        OffloadProblem problem = MakeProblem();
        problem.batteryJ.resize(0);
        for (const auto state :
             {OffloadStateLayout::PAPER, OffloadStateLayout::CURRENT, OffloadStateLayout::EXTENDED})
        {
            const int time = state == OffloadStateLayout::EXTENDED ? 1 : 0;
            OffloadStateLayout layout;
            layout.state = state;
            problem.slots = 10;
            layout.Describe(problem);
            NS_TEST_EXPECT_MSG_EQ(layout.exogenous, 4 + time, "tasks and gains of two MLUs");
            OffloadProblem withBattery = problem;
            withBattery.batteryJ = Eigen::Array2d(5, 0);
            layout.Describe(withBattery);
            NS_TEST_EXPECT_MSG_EQ(layout.exogenous, 2 + time, "gains");
            problem.slots = 0;
            layout.Describe(problem);
            NS_TEST_EXPECT_MSG_EQ(layout.exogenous, 4, "no end, no time");
        }
    }

    /// Before the first slot has ended, its features are zero.
    void CheckFirstSlot()
    {
        SlotObservation observation = MakeObservation();
        observation.lastDecision = SlotDecision();
        observation.lastOutcome = SlotOutcome();
        observation.slot = 0;
        const std::vector<double> zeros(10, 0.0);
        ExpectFeatures(OffloadStateLayout::PAPER,
                       MakeProblem(),
                       observation,
                       {zeros, {1.5, 0.25, 0, -1}});
    }

    /// Powers at both ends of the range and in the middle, in dB and in W.
    void CheckActions()
    {
        const OffloadProblem problem = MakeProblem();
        OffloadStateLayout layout;
        layout.Describe(problem);
        Eigen::VectorXf action(4);
        action << 0.25f, 1, 1, 0;
        const SlotDecision ends = layout.Decide(problem, action);
        NS_TEST_EXPECT_MSG_EQ(ends.offloadRatio[0], 0.25, "ratio");
        NS_TEST_EXPECT_MSG_EQ(ends.offloadRatio[1], 1, "ratio");
        NS_TEST_EXPECT_MSG_EQ_TOL(ends.powerW[0], 2, 1e-12, "largest");
        NS_TEST_EXPECT_MSG_EQ_TOL(ends.powerW[1], 4 / std::pow(10, 2.5), 1e-12, "25 dB below");
        action << 0, 0, 0.6f, 0.2f;
        layout.powerRangeDb = 50; // 20 dB and 40 dB below
        const SlotDecision middle = layout.Decide(problem, action);
        NS_TEST_EXPECT_MSG_EQ_TOL(middle.powerW[0], 0.02, 1e-8, "20 dB below");
        NS_TEST_EXPECT_MSG_EQ_TOL(middle.powerW[1], 0.0004, 1e-9, "40 dB below");
        layout.powerScale = OffloadStateLayout::LINEAR;
        const SlotDecision linear = layout.Decide(problem, action);
        NS_TEST_EXPECT_MSG_EQ_TOL(linear.powerW[0], 1.2, 1e-6, "0.6 of 2 W");
        NS_TEST_EXPECT_MSG_EQ_TOL(linear.powerW[1], 0.8, 1e-6, "0.2 of 4 W");
    }

    /// The power feature is the action that gave the power, and no power is its floor.
    void CheckInverse()
    {
        std::mt19937 rng(1);
        std::uniform_real_distribution<float> share(0, 1);
        for (int i = 0; i < 1000; ++i)
        {
            const Eigen::Index n = 1 + i % 7;
            const OffloadScenario scenario = MakeRandomScenario(rng, n);
            OffloadStateLayout layout;
            layout.powerRangeDb = 1 + 60 * share(rng);
            layout.Describe(scenario.problem);
            Eigen::VectorXf action(2 * n);
            for (float& entry : action)
            {
                entry = share(rng);
            }
            SlotObservation observation;
            observation.tasks = scenario.tasks;
            observation.gain = scenario.gain;
            observation.lastDecision = layout.Decide(scenario.problem, action);
            observation.lastOutcome = EvaluateSlot(scenario.problem,
                                                   scenario.tasks,
                                                   scenario.gain,
                                                   observation.lastDecision);
            Eigen::VectorXf features(layout.GetObservations());
            layout.Observe(scenario.problem, observation, features);
            NS_TEST_EXPECT_MSG_LT((features.head(2 * n) - action).cwiseAbs().maxCoeff(),
                                  1e-5,
                                  "features of the action");
            observation.lastDecision.powerW.setZero();
            layout.Observe(scenario.problem, observation, features);
            NS_TEST_EXPECT_MSG_EQ(features.segment(n, n).sum(), 0, "no power is the floor");
        }
    }

    /// Features stay finite, and decisions such that anybody can carry them out, whatever happens.
    void CheckBounds()
    {
        std::mt19937 rng(2);
        std::uniform_real_distribution<float> share(0, 1);
        for (int i = 0; i < 1000; ++i)
        {
            const Eigen::Index n = 1 + i % 5;
            const OffloadScenario scenario = MakeRandomScenario(rng, n);
            OffloadStateLayout layout;
            layout.state = OffloadStateLayout::EXTENDED;
            layout.powerScale = i % 2 ? OffloadStateLayout::DB : OffloadStateLayout::LINEAR;
            layout.Describe(scenario.problem);
            SlotObservation observation;
            observation.tasks = scenario.tasks;
            observation.gain = scenario.gain * (i % 3 ? 1.0 : 1e-300);
            observation.lastDecision = scenario.decision;
            observation.lastOutcome =
                EvaluateSlot(scenario.problem, scenario.tasks, scenario.gain, scenario.decision);
            Eigen::VectorXf features(layout.GetObservations());
            layout.Observe(scenario.problem, observation, features);
            NS_TEST_EXPECT_MSG_EQ(features.allFinite(), true, "features are finite");
            Eigen::VectorXf action(2 * n);
            for (float& entry : action)
            {
                entry = share(rng) < 0.3f ? std::round(share(rng)) : share(rng);
            }
            const SlotDecision decision = layout.Decide(scenario.problem, action);
            const bool isPossible =
                (decision.offloadRatio >= 0 && decision.offloadRatio <= 1 && decision.powerW >= 0 &&
                 decision.powerW <= scenario.problem.maxPowerW)
                    .all();
            NS_TEST_EXPECT_MSG_EQ(isPossible, true, "decision is possible");
        }
    }

    /// What a checkpoint keeps, and what it refuses.
    void CheckJson()
    {
        OffloadStateLayout layout;
        layout.state = OffloadStateLayout::EXTENDED;
        layout.powerScale = OffloadStateLayout::LINEAR;
        layout.powerRangeDb = 33.3;
        layout.Describe(MakeProblem());
        const OffloadStateLayout read = OffloadStateLayout::FromJson(layout.ToJson(), "file");
        NS_TEST_EXPECT_MSG_EQ(read.ToJson(), layout.ToJson(), "there and back");
        NS_TEST_EXPECT_MSG_EQ(read.GetObservations(), layout.GetObservations(), "features");
        read.CheckFits(MakeProblem(), "file");

        const std::string good = layout.ToJson();
        ExpectRefusal("", "file: section 'offload'");
        ExpectRefusal("[1]", "file: section 'offload'");
        ExpectRefusal("{}", "/state");
        ExpectRefusal(Replace(good, "extended", "all"), "/state");
        ExpectRefusal(Replace(good, "\"extended\"", "3"), "/state");
        ExpectRefusal(Replace(good, "linear", "mW"), "/powerScale");
        ExpectRefusal(Replace(good, "33.3", "0"), "/powerRangeDb");
        ExpectRefusal(Replace(good, "33.3", "1e9"), "/powerRangeDb");
        ExpectRefusal(Replace(good, "\"mlus\":2", "\"mlus\":0"), "/mlus");
        ExpectRefusal(Replace(good, "\"mlus\":2", "\"mlus\":\"two\""), "/mlus");
        ExpectRefusal(Replace(good, "\"mlus\":2", "\"mlus\":999999999"), "/mlus");
        ExpectRefusal(Replace(good, "hasEnd", "has"), "/hasEnd");
        ExpectRefusal(Replace(good, "hasBacklogs", "has"), "/hasBacklogs");

        // Of any number of MLUs: it fits cells of another, and powers are chosen in dB.
        layout.state = OffloadStateLayout::ENTITIES;
        layout.powerScale = OffloadStateLayout::DB;
        layout.reference = OffloadReference::RATIO_POWER;
        layout.Describe(MakeProblem());
        const std::string any = layout.ToJson();
        OffloadStateLayout entities = OffloadStateLayout::FromJson(any, "file");
        NS_TEST_EXPECT_MSG_EQ(entities.ToJson(), any, "there and back");
        entities.mlus = 7;
        entities.CheckFits(MakeProblem(), "file");
        ExpectRefusal(Replace(any, "ratio-power", "power"), "/reference");
        ExpectRefusal(Replace(any, "\"db\"", "\"linear\""), "/powerScale");
    }

    /// A policy for another kind of cell.
    void CheckFit()
    {
        OffloadStateLayout layout;
        layout.state = OffloadStateLayout::EXTENDED;
        layout.Describe(MakeProblem());
        OffloadProblem other = MakeProblem();
        other.maxPowerW.setConstant(3, 1);
        ExpectMisfit(layout, other, "trained for 2 MLUs, but the cell has 3");
        other = MakeProblem();
        other.batteryJ.resize(0);
        ExpectMisfit(layout, other, "batteries");
        other = MakeProblem();
        other.slots = 0;
        ExpectMisfit(layout, other, "a number of slots");
        other = MakeProblem();
        other.slotBarrier = false;
        ExpectMisfit(layout, other, "slots that overlap");
        layout.state = OffloadStateLayout::PAPER; // which looks at neither
        layout.Describe(MakeProblem());
        layout.CheckFits(other, "file");
    }

    /// What the controller tells of batteries and slots.
    void CheckBatteries()
    {
        LlmMecHelper mec;
        mec.SetController("ns3::llmmec::OffloadController", "Slots", UintegerValue(3));
        mec.SetController("ns3::llmmec::OffloadController", "SlotDuration", TimeValue(Seconds(2)));
        LlmMecCell cell = mec.CreateCell();
        mec.AddMlus(cell, NodeContainer(MakeNodeAt(0))); // without a battery
        mec.SetBatteryJ(5);
        mec.AddMlus(cell, NodeContainer(MakeNodeAt(5)));
        RemoveFading(cell);
        const auto slots = RunCell(cell);
        const OffloadProblem& problem = cell.controller->GetProblem();
        NS_TEST_EXPECT_MSG_EQ(problem.slots, 3, "slots");
        NS_TEST_EXPECT_MSG_EQ(problem.slotDurationS, 2, "tau");
        NS_TEST_ASSERT_MSG_EQ(problem.batteryJ.size(), 2, "one an MLU");
        NS_TEST_EXPECT_MSG_EQ(problem.batteryJ[0], 0, "none");
        NS_TEST_EXPECT_MSG_EQ_TOL(problem.batteryJ[1], 5, 1e-9, "capacity");
        for (std::size_t t = 0; t < slots.size(); ++t)
        {
            // 1 Mbit, all local: 0.36 J a slot.
            const Eigen::ArrayXd& leftJ = slots[t].observation.batteryJ;
            NS_TEST_ASSERT_MSG_EQ(leftJ.size(), 2, "one an MLU");
            NS_TEST_EXPECT_MSG_EQ(leftJ[0], 0, "none");
            NS_TEST_EXPECT_MSG_EQ_TOL(leftJ[1], 5 - 0.36 * static_cast<double>(t), 1e-6, "left");
        }
        Simulator::Destroy();

        LlmMecHelper without;
        without.SetController("ns3::llmmec::OffloadController", "Slots", UintegerValue(1));
        const LlmMecCell plain = MakeQuietCell(without, {0});
        NS_TEST_EXPECT_MSG_EQ(RunCell(plain)[0].observation.batteryJ.size(), 0, "nobody has one");
        Simulator::Destroy();
    }

  private:
    void DoRun() override
    {
        (this->*m_check)();
    }

    /// @return two MLUs, the first with a battery of 8 J; 100 slots of 0.5 s
    static OffloadProblem MakeProblem()
    {
        OffloadProblem problem;
        problem.maxPowerW.resize(2);
        problem.maxPowerW << 2, 4;
        problem.batteryJ.resize(2);
        problem.batteryJ << 8, 0;
        problem.slotDurationS = 0.5;
        problem.slots = 100;
        return problem;
    }

    /// @return slot 25 of those MLUs
    static SlotObservation MakeObservation()
    {
        const auto pair = [](double first, double second) {
            Eigen::ArrayXd values(2);
            values << first, second;
            return values;
        };
        SlotObservation observation;
        observation.slot = 25;
        observation.tasks.bits = pair(1.5e6, 0.25e6);
        observation.gain = pair(std::pow(10, -5.5), 1e-6);
        observation.batteryJ = pair(4, 0);
        observation.lastDecision.offloadRatio = pair(0.3, 1);
        observation.lastDecision.powerW = pair(2, 4 / std::pow(10, 1.25));
        observation.lastOutcome.Resize(2);
        observation.lastOutcome.accuracy = pair(0.6, 0.7);
        observation.lastOutcome.hallucination = pair(0.8, 0.9);
        observation.lastOutcome.latencyS = pair(0.25, 1);
        return observation;
    }

    /// @param state which features @param problem the cell @param observation the slot
    /// @param groups expected features
    void ExpectFeatures(OffloadStateLayout::State state,
                        const OffloadProblem& problem,
                        const SlotObservation& observation,
                        const std::vector<std::vector<double>>& groups)
    {
        std::vector<double> expected;
        for (const auto& group : groups)
        {
            expected.insert(expected.end(), group.begin(), group.end());
        }
        OffloadStateLayout layout;
        layout.state = state;
        layout.Describe(problem);
        NS_TEST_ASSERT_MSG_EQ(layout.GetObservations(), Eigen::Index(expected.size()), "features");
        NS_TEST_EXPECT_MSG_EQ(layout.GetActions(), 4, "actions");
        Eigen::VectorXf features(layout.GetObservations());
        features.setConstant(NAN); // all are written
        layout.Observe(problem, observation, features);
        for (std::size_t i = 0; i < expected.size(); ++i)
        {
            NS_TEST_EXPECT_MSG_EQ_TOL(features[static_cast<Eigen::Index>(i)],
                                      expected[i],
                                      1e-5,
                                      "feature " << i << " of state " << state);
        }
    }

    /// @param text a text @param from a part of it @param to its replacement @return the new text
    static std::string Replace(std::string text, const std::string& from, const std::string& to)
    {
        return text.replace(text.find(from), from.size(), to);
    }

    /// @param json what a file holds @param part what the message has to hold
    void ExpectRefusal(const std::string& json, const std::string& part)
    {
        ExpectError([&json]() { OffloadStateLayout::FromJson(json, "file"); }, part);
    }

    /// @param layout a policy's @param problem the cell @param part what the message has to hold
    void ExpectMisfit(const OffloadStateLayout& layout,
                      const OffloadProblem& problem,
                      const std::string& part)
    {
        ExpectError([&]() { layout.CheckFits(problem, "file"); }, part);
    }

    /// @param act what to do @param part what the message of its error has to hold
    template <typename Act>
    void ExpectError(Act act, const std::string& part)
    {
        std::string error = "(no error)";
        try
        {
            act();
        }
        catch (const std::runtime_error& thrown)
        {
            error = thrown.what();
        }
        NS_TEST_EXPECT_MSG_EQ(error.find("file: "), 0, error);
        NS_TEST_EXPECT_MSG_NE(error.find(part), std::string::npos, error << " has no " << part);
        NS_TEST_EXPECT_MSG_EQ(error.find('\n'), std::string::npos, "one line");
    }

    Check m_check; //!< what this case does
};

/// Add the cases of this file. @param suite the suite
static void
AddOffloadStateTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name, OffloadStateTestCase::Check check) {
        suite.Add(new OffloadStateTestCase(name, check));
    };
    add("features", &OffloadStateTestCase::CheckFeatures);
    add("exogenous", &OffloadStateTestCase::CheckExogenous);
    add("first slot", &OffloadStateTestCase::CheckFirstSlot);
    add("actions", &OffloadStateTestCase::CheckActions);
    add("inverse", &OffloadStateTestCase::CheckInverse);
    add("bounds", &OffloadStateTestCase::CheckBounds);
    add("JSON", &OffloadStateTestCase::CheckJson);
    add("fit", &OffloadStateTestCase::CheckFit);
    add("batteries", &OffloadStateTestCase::CheckBatteries);
}

static const LlmMecTests g_offloadStateTests(
    &AddOffloadStateTests); //!< registers the cases of this file
