/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-test-cell.h"
#include "llm-mec-tests.h"

#include "ns3/boolean.h"
#include "ns3/mec-uplink-channel.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::llmmec;

namespace
{

const double NOISE_W = 3.981072e-14; //!< -104 dBm

/// @param receivedW p h, W @return rate of a lone sender in 10 MHz, bit/s
double
LoneRate(double receivedW)
{
    return 10e6 * std::log2(1 + receivedW / NOISE_W);
}

/// @param slots number of slots @param barrier whether a slot waits for its tasks @return a helper
LlmMecHelper
MakeHelper(uint64_t slots, bool barrier)
{
    LlmMecHelper mec;
    mec.SetController("ns3::llmmec::OffloadController", "Slots", UintegerValue(slots));
    mec.SetController("ns3::llmmec::OffloadController", "SlotBarrier", BooleanValue(barrier));
    return mec;
}

} // namespace

/**
 * @ingroup llm-mec-tests
 * @brief Cases of OffloadController; each runs one of the checks below.
 *
 * By hand throughout: 1 Mbit at 900 cycles a bit is 0.45 s and 0.36 J on a device of 2 GHz, and
 * 0.09 s on a server of 10 GHz.
 */
class OffloadControllerTestCase : public TestCase
{
  public:
    using Check = void (OffloadControllerTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    OffloadControllerTestCase(const std::string& name, Check check)
        : TestCase("Offload controller: " + name),
          m_check(check)
    {
    }

    /// With the barrier a slot starts when the last task has ended, and not before tau.
    void CheckBarrier()
    {
        LlmMecHelper mec = MakeHelper(6, true);
        mec.SetMlu("ns3::llmmec::MluApplication", "TaskBits", BitsInTurn({4e6, 1e6, 3e6}));
        LlmMecCell cell = MakeQuietCell(mec, {0});
        mec.SetMlu("ns3::llmmec::MluApplication", "TaskBits", BitsInTurn({1e6, 2e6}));
        mec.AddMlus(cell, NodeContainer(MakeNodeAt(5)));
        const auto slots = RunCell(cell);
        // The longer of (1.8, 0.45), (0.45, 0.9), (1.35, 0.45), (1.8, 0.9), (0.45, 0.45),
        // (1.35, 0.9), and 1 s at least.
        const std::vector<double> startsS = {0, 1.8, 2.8, 4.15, 5.95, 6.95};
        const std::vector<double> longestS = {1.8, 0.9, 1.35, 1.8, 0.45, 1.35};
        NS_TEST_ASSERT_MSG_EQ(slots.size(), startsS.size(), "slots");
        for (std::size_t t = 0; t < slots.size(); ++t)
        {
            const SlotObservation& observation = slots[t].observation;
            NS_TEST_EXPECT_MSG_EQ(observation.slot, t, "number");
            NS_TEST_EXPECT_MSG_EQ_TOL(observation.startS, startsS[t], 5e-9, "start of " << t);
            NS_TEST_EXPECT_MSG_EQ_TOL(slots[t].endedS, startsS[t] + longestS[t], 1e-8, "end");
            ExpectNear(slots[t].outcome.latencyS.maxCoeff(), longestS[t], "latency");
            NS_TEST_EXPECT_MSG_EQ(observation.cpuBacklogS.size(), 0, "nothing can be behind");
            // What a controller is told of the slot before.
            NS_TEST_EXPECT_MSG_EQ(observation.lastOutcome.latencyS.size(), (t > 0 ? 2 : 0), "last");
            if (t > 0)
            {
                NS_TEST_EXPECT_MSG_EQ(observation.lastOutcome.reward,
                                      slots[t - 1].outcome.reward,
                                      "last reward");
                NS_TEST_EXPECT_MSG_EQ(
                    (observation.lastOutcome.latencyS == slots[t - 1].outcome.latencyS).all(),
                    true,
                    "last latencies");
                NS_TEST_EXPECT_MSG_EQ(
                    (observation.lastDecision.powerW == slots[t - 1].decision.powerW).all(),
                    true,
                    "last powers");
            }
        }
        Simulator::Destroy();
    }

    /// Without the barrier slots start every tau, and the CPU falls behind by what tasks take more.
    void CheckCpuBacklog()
    {
        LlmMecHelper mec = MakeHelper(5, false);
        mec.SetMlu("ns3::llmmec::MluApplication", "TaskBits", BitsInTurn({4e6}));
        const auto slots = RunCell(MakeQuietCell(mec, {0}));
        NS_TEST_ASSERT_MSG_EQ(slots.size(), 5, "slots");
        for (std::size_t t = 0; t < slots.size(); ++t)
        {
            const auto n = static_cast<double>(t);
            NS_TEST_EXPECT_MSG_EQ(slots[t].observation.slot, t, "in order");
            NS_TEST_EXPECT_MSG_EQ(slots[t].observation.startS, n, "every second");
            ExpectNear(slots[t].observation.cpuBacklogS[0], 0.8 * n, "what the controller is told");
            ExpectNear(slots[t].outcome.localLatencyS[0], 1.8 + 0.8 * n, "local latency");
            ExpectNear(slots[t].outcome.latencyS[0], 1.8 + 0.8 * n, "latency");
            ExpectNear(slots[t].outcome.localEnergyJ[0], 1.44, "waiting takes no energy");
            ExpectNear(slots[t].endedS, 1.8 * (n + 1), "end");
        }
        Simulator::Destroy();
    }

    /// The radio serves uploads in order, each with the power of its own slot.
    void CheckRadioBacklog()
    {
        for (const char* interference : {"Slot", "Active"})
        {
            LlmMecHelper mec = MakeHelper(3, false);
            mec.SetLink("ns3::llmmec::MecUplinkChannel", "Interference", StringValue(interference));
            // At x = 0 the gain is 1e-5: 1 W is heard as 1e-5 W, 10 mW as 1e-7 W.
            const double strong = LoneRate(1e-5);
            const double weak = LoneRate(1e-7);
            const double bits = 2.5 * strong;
            mec.SetMlu("ns3::llmmec::MluApplication", "TaskBits", BitsInTurn({bits}));
            mec.SetMlu("ns3::llmmec::MluApplication", "CyclesPerBit", DoubleValue(1));
            LlmMecCell cell = MakeQuietCell(mec, {0});
            const Eigen::ArrayXd all = Eigen::ArrayXd::Ones(1);
            cell.controller->SetAttribute(
                "Policy",
                PointerValue(CreateObject<ScriptedPolicy>([all](const SlotObservation& o) {
                    return SlotDecision{all, o.slot == 1 ? 0.01 * all : all};
                })));
            const auto slots = RunCell(cell);
            NS_TEST_ASSERT_MSG_EQ(slots.size(), 3, "slots");
            // The second goes with the 10 mW of slot 1, although it begins in slot 2 with its 1 W.
            const double weakS = bits / weak;
            ExpectNear(slots[0].outcome.uplinkLatencyS[0], 2.5, "first");
            ExpectNear(slots[1].outcome.uplinkLatencyS[0], 1.5 + weakS, "second waited");
            ExpectNear(slots[1].outcome.uplinkBps[0], weak, "second, by its own power");
            ExpectNear(slots[1].outcome.uplinkEnergyJ[0], 0.01 * weakS, "and pays for that");
            ExpectNear(slots[2].outcome.uplinkLatencyS[0], weakS + 3, "third waited");
            ExpectNear(slots[2].outcome.mecLatencyS[0], bits / 10e9, "server");
            for (const SlotRecord& slot : slots) // the first share is on the radio for 2.5 s
            {
                ExpectNear(slot.observation.uploadBacklogBits[0],
                           static_cast<double>(slot.observation.slot) * bits,
                           "what the controller is told");
            }
            Simulator::Destroy();
        }
    }

    /// An overloaded server falls behind by what tasks take more than tau.
    void CheckServerBacklog()
    {
        LlmMecHelper mec = MakeHelper(5, false);
        // 1.8 s a Mbit
        mec.SetServerCompute("ns3::llmmec::CycleComputeModel", "FrequencyHz", DoubleValue(0.5e9));
        mec.SetServerDiscipline("ns3::llmmec::FirstComeFirstServedDiscipline");
        LlmMecCell cell = MakeQuietCell(mec, {0});
        Decide(cell, {1}, {1});
        const auto slots = RunCell(cell);
        NS_TEST_ASSERT_MSG_EQ(slots.size(), 5, "slots");
        const double uploadS = 1e6 / LoneRate(1e-5);
        for (std::size_t t = 0; t < slots.size(); ++t)
        {
            const double mecS = 1.8 + 0.8 * static_cast<double>(t);
            const double leftS = t > 0 ? uploadS + 0.8 * static_cast<double>(t) : 0;
            ExpectNear(slots[t].observation.mecBacklogS, leftS, "what the controller is told");
            ExpectNear(slots[t].outcome.uplinkLatencyS[0], uploadS, "upload");
            ExpectNear(slots[t].outcome.mecLatencyS[0], mecS, "at the server");
            ExpectNear(slots[t].outcome.latencyS[0], uploadS + mecS, "latency");
        }
        Simulator::Destroy();
    }

    /// Every trace source fires when it should, with values worked out by hand; Learn gets the
    /// same.
    void CheckTraces()
    {
        LlmMecHelper mec = MakeHelper(3, true);
        LlmMecCell cell = MakeQuietCell(mec, {0, 10});
        const auto policy = Decide(cell, {0.5, 0}, {1, 0});
        std::string order;
        int tasks = 0;
        std::vector<TaskOutcome> ended;
        cell.controller->TraceConnectWithoutContext(
            "SlotStarted",
            Callback<void, const SlotObservation&>([&](const SlotObservation&) { order += 's'; }));
        cell.controller->TraceConnectWithoutContext(
            "Decision",
            Callback<void, const SlotObservation&, const SlotDecision&>(
                [&](const SlotObservation&, const SlotDecision& decision) {
                    order += decision.offloadRatio[0] == 0.5 ? 'd' : '?';
                }));
        cell.controller->TraceConnectWithoutContext("AllEnded",
                                                    Callback<void>([&order] { order += 'A'; }));
        cell.link->TraceConnectWithoutContext(
            "Delivered",
            Callback<void, const OffloadRequest&, const LinkDelivery&>(
                [&](const OffloadRequest& request, const LinkDelivery&) {
                    order += request.mlu == 0 && request.work.bits == 5e5 ? 'u' : '?';
                }));
        cell.serverApplications[0]->TraceConnectWithoutContext(
            "Request",
            Callback<void, const OffloadRequest&, const LinkDelivery&>(
                [&](const OffloadRequest& request, const LinkDelivery&) {
                    order += request.work.cyclesPerBit == 900 ? 'q' : '?';
                }));
        cell.serverApplications[0]->TraceConnectWithoutContext(
            "Reply",
            Callback<void, const OffloadAnswer&>([&](const OffloadAnswer& reply) {
                order += std::abs(reply.mecLatencyS - 0.045) < 1e-12 ? 'r' : '?';
            }));
        for (const auto& mlu : cell.mluApplications)
        {
            mlu->TraceConnectWithoutContext(
                "Task",
                Callback<void, const LlmTask&>(
                    [&](const LlmTask& task) { tasks += task.work.bits == 1e6; }));
            mlu->TraceConnectWithoutContext(
                "TaskEnded",
                Callback<void, const TaskOutcome&>([&](const TaskOutcome& outcome) {
                    ended.push_back(outcome);
                    order += 'e';
                }));
        }
        cell.controller->TraceConnectWithoutContext(
            "SlotEnded",
            Callback<void, const SlotObservation&, const SlotDecision&, const SlotOutcome&>(
                [&](const SlotObservation&, const SlotDecision&, const SlotOutcome&) {
                    order += 'E';
                }));
        const auto slots = RunCell(cell);
        // Start, decision, upload through, request, reply, end of MLU 0 (0.225 s), of MLU 1
        // (0.45 s), end of the slot.
        NS_TEST_EXPECT_MSG_EQ(order, "sduqreeEsduqreeEsduqreeEA", "order of the traces");
        NS_TEST_EXPECT_MSG_EQ(tasks, 6, "tasks");
        NS_TEST_ASSERT_MSG_EQ(ended.size(), 6, "ends of tasks");
        NS_TEST_ASSERT_MSG_EQ(policy->m_learned.size(), 3, "once a slot");
        const double uploadS = 5e5 / LoneRate(1e-5);
        for (std::size_t t = 0; t < 3; ++t)
        {
            const TaskOutcome& half = ended[2 * t];
            NS_TEST_EXPECT_MSG_EQ(half.task.slot, t, "slot");
            ExpectNear(half.localLatencyS, 0.225, "(14)");
            ExpectNear(half.localEnergyJ, 0.18, "(15)");
            ExpectNear(half.uplinkLatencyS, uploadS, "(20)");
            ExpectNear(half.uplinkEnergyJ, uploadS, "(21) at 1 W");
            ExpectNear(half.mecLatencyS, 0.045, "(22)");
            ExpectNear(half.accuracy, 0.64675, "(28): 0.5 (0.703 + 0.5905)");
            ExpectNear(half.hallucination, 0.71, "(28): 0.5 (0.77 + 0.65)");
            ExpectNear(half.latencyS, 0.225, "(29)");
            const TaskOutcome& local = ended[2 * t + 1];
            ExpectNear(local.latencyS, 0.45, "MLU 1");
            ExpectNear(local.accuracy, 0.5905, "MLU 1");
            NS_TEST_EXPECT_MSG_EQ(local.uplinkBps, 0, "MLU 1 sends nothing");
            // 2 * 0.6 <= 0.64675 + 0.5905 and 0.71 + 0.65 <= 2 * 0.78: no penalty.
            ExpectNear(slots[t].outcome.reward, 1 / 0.675, "(47)");
            NS_TEST_EXPECT_MSG_EQ(slots[t].outcome.penalty, 0, "(48)");
            const SlotRecord& learned = policy->m_learned[t];
            NS_TEST_EXPECT_MSG_EQ(learned.observation.slot, t, "learnt");
            NS_TEST_EXPECT_MSG_EQ(learned.outcome.reward, slots[t].outcome.reward, "learnt");
            NS_TEST_EXPECT_MSG_EQ((learned.outcome.latencyS == slots[t].outcome.latencyS).all(),
                                  true,
                                  "learnt");
            NS_TEST_EXPECT_MSG_EQ((learned.decision.powerW == slots[t].decision.powerW).all(),
                                  true,
                                  "learnt");
        }
        Simulator::Destroy();
    }

    /// Decisions that nobody could carry out: one line that names the policy and the MLU.
    void CheckBadDecisions()
    {
        const double nan = std::nan("");
        ExpectRefusal({0.5, nan}, {1, 1}, "offloading ratio");
        ExpectRefusal({0.5, 1.1}, {1, 1}, "offloading ratio 1.1 for MLU 1");
        ExpectRefusal({0.5, -0.1}, {1, 1}, "offloading ratio -0.1 for MLU 1");
        ExpectRefusal({0.5, 1}, {1, nan}, "power");
        ExpectRefusal({0.5, 1},
                      {1, 2.5},
                      "power 2.5 W for MLU 1, expected a power in [0, 1.99526]");
        ExpectRefusal({0.5, 1}, {1, -1e-7}, "power -1e-07 W for MLU 1");
        ExpectRefusal({0.5, 1}, {1, INFINITY}, "power inf W for MLU 1");
        ExpectRefusal({0.5}, {1, 1}, "for 1 ratios and 2 powers, expected 2 of each");
        ExpectRefusal({}, {}, "for 0 ratios and 0 powers, expected 2 of each");
        // Rounding is forgiven, and gone.
        LlmMecHelper mec = MakeHelper(1, true);
        LlmMecCell cell = MakeQuietCell(mec, {0, 10});
        Decide(cell, {1 + 1e-12, -1e-12}, {std::pow(10, 0.3) * (1 + 1e-12), -1e-15});
        const auto slots = RunCell(cell);
        NS_TEST_EXPECT_MSG_EQ(slots.at(0).decision.offloadRatio[0], 1, "clamped");
        NS_TEST_EXPECT_MSG_EQ(slots.at(0).decision.offloadRatio[1], 0, "clamped");
        NS_TEST_EXPECT_MSG_EQ(slots.at(0).decision.powerW[1], 0, "clamped");
        Simulator::Destroy();
    }

    /// Slots without end go on until the application stops, and no longer.
    void CheckStop()
    {
        for (const bool barrier : {true, false})
        {
            LlmMecHelper mec = MakeHelper(0, barrier);
            LlmMecCell cell = MakeQuietCell(mec, {0});
            cell.controller->SetStopTime(Seconds(2.2)); // while slot 2 is under way
            Simulator::Stop(Seconds(10));
            const auto slots = RunCell(cell);
            NS_TEST_EXPECT_MSG_EQ(slots.size(), 3, "slots 0, 1, 2, barrier " << barrier);
            Simulator::Destroy();
        }
    }

    /// A slot in which nobody has anything to do.
    void CheckNothingToDo()
    {
        LlmMecHelper mec = MakeHelper(3, true);
        mec.SetMlu("ns3::llmmec::MluApplication", "TaskBits", BitsInTurn({0}));
        LlmMecCell cell = MakeQuietCell(mec, {0, 10});
        Decide(cell, {1, 0.5}, {1, 1});
        const auto slots = RunCell(cell);
        NS_TEST_ASSERT_MSG_EQ(slots.size(), 3, "slots");
        NS_TEST_EXPECT_MSG_EQ(slots[2].observation.startS, 2, "slots last tau all the same");
        NS_TEST_EXPECT_MSG_EQ(slots[2].outcome.latencyS.sum(), 0, "no latency");
        ExpectNear(slots[2].outcome.reward, 1e9, "documented and finite");
        Simulator::Destroy();
    }

    /// A task that takes longer than the simulator's clock lasts.
    void CheckEndOfTime()
    {
        LlmMecHelper mec = MakeHelper(2, true);
        mec.SetMlu("ns3::llmmec::MluApplication", "TaskBits", BitsInTurn({1e17})); // 4.5e10 s
        const LlmMecCell cell = MakeQuietCell(mec, {0});
        const std::string error = ErrorOf(cell);
        NS_TEST_EXPECT_MSG_NE(error.find("4.5e+10 s"), std::string::npos, error);
        Simulator::Destroy();
    }

  private:
    void DoRun() override
    {
        (this->*m_check)();
    }

    /// @param cell a cell @return the error that its run ends with
    static std::string ErrorOf(const LlmMecCell& cell)
    {
        try
        {
            RunCell(cell);
        }
        catch (const std::runtime_error& error)
        {
            return error.what();
        }
        return "(no error)";
    }

    /// @param ratios alpha_k @param powersW p_k, W @param part what the message has to hold
    void ExpectRefusal(const std::vector<double>& ratios,
                       const std::vector<double>& powersW,
                       const std::string& part)
    {
        LlmMecHelper mec = MakeHelper(2, true);
        const LlmMecCell cell = MakeQuietCell(mec, {0, 10});
        Decide(cell, ratios, powersW);
        const std::string error = ErrorOf(cell);
        NS_TEST_EXPECT_MSG_EQ(error.find("scripted policy decided "), 0, error);
        NS_TEST_EXPECT_MSG_NE(error.find(part), std::string::npos, error << " has no " << part);
        NS_TEST_EXPECT_MSG_EQ(error.find('\n'), std::string::npos, "one line");
        Simulator::Destroy();
    }

    /// @param is what there is @param expected what there should be, to 1e-7 @param what message
    void ExpectNear(double is, double expected, const std::string& what)
    {
        NS_TEST_EXPECT_MSG_EQ_TOL(is, expected, 1e-7 * std::abs(expected) + 1e-15, what);
    }

    Check m_check; //!< what this case does
};

/// Add the cases of this file. @param suite the suite
static void
AddOffloadControllerTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name, OffloadControllerTestCase::Check check) {
        suite.Add(new OffloadControllerTestCase(name, check));
    };
    add("barrier", &OffloadControllerTestCase::CheckBarrier);
    add("backlog of the CPU", &OffloadControllerTestCase::CheckCpuBacklog);
    add("backlog of the radio", &OffloadControllerTestCase::CheckRadioBacklog);
    add("backlog of the server", &OffloadControllerTestCase::CheckServerBacklog);
    add("traces", &OffloadControllerTestCase::CheckTraces);
    add("bad decisions", &OffloadControllerTestCase::CheckBadDecisions);
    add("stop", &OffloadControllerTestCase::CheckStop);
    add("nothing to do", &OffloadControllerTestCase::CheckNothingToDo);
    add("end of time", &OffloadControllerTestCase::CheckEndOfTime);
}

static const LlmMecTests g_offloadControllerTests(
    &AddOffloadControllerTests); //!< registers the cases of this file
