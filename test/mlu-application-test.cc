/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-test-cell.h"
#include "llm-mec-tests.h"

#include "ns3/boolean.h"
#include "ns3/constant-velocity-mobility-model.h"
#include "ns3/energy-source-container.h"
#include "ns3/offload-ns3-compat.h"
#include "ns3/rng-seed-manager.h"
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

/// @param slots number of slots @return a helper
LlmMecHelper
MakeHelper(uint64_t slots)
{
    LlmMecHelper mec;
    mec.SetController("ns3::llmmec::OffloadController", "Slots", UintegerValue(slots));
    return mec;
}

/// @param node a node with a battery @return what is left in it, J
double
GetRemainingJ(Ptr<Node> node)
{
    return node->GetObject<EnergySourceContainer>()->Get(0)->GetRemainingEnergy();
}

/// @param outcome a slot @return energy of each MLU, J
Eigen::ArrayXd
EnergyOf(const SlotOutcome& outcome)
{
    return outcome.localEnergyJ + outcome.uplinkEnergyJ;
}

} // namespace

/**
 * @ingroup llm-mec-tests
 * @brief Cases of MluApplication and its battery; each runs one of the checks below.
 *
 * By hand throughout: 1 Mbit at 900 cycles a bit is 0.45 s and 0.36 J (0.8 W) on a device of 2 GHz.
 */
class MluApplicationTestCase : public TestCase
{
  public:
    using Check = void (MluApplicationTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    MluApplicationTestCase(const std::string& name, Check check)
        : TestCase("MLU: " + name),
          m_check(check)
    {
    }

    /// Sizes that are no sizes.
    void CheckBadSizes()
    {
        for (const double bits : {-1.0, std::nan(""), double{INFINITY}})
        {
            LlmMecHelper mec = MakeHelper(3);
            mec.SetMlu("ns3::llmmec::MluApplication", "TaskBits", BitsInTurn({1e6, bits}));
            const LlmMecCell cell = MakeQuietCell(mec, {0});
            std::string error = "(no error)";
            try
            {
                RunCell(cell);
            }
            catch (const std::runtime_error& e)
            {
                error = e.what();
            }
            NS_TEST_EXPECT_MSG_NE(error.find("TaskBits of node 0 drew "), std::string::npos, error);
            NS_TEST_EXPECT_MSG_EQ(error.find('\n'), std::string::npos, "one line");
            NS_TEST_EXPECT_MSG_EQ(Simulator::Now(), Seconds(1), "in its slot");
            Simulator::Destroy();
        }
    }

    /// MLUs of two kinds in one cell: each has the numbers of its device, profile and tasks.
    void CheckKinds()
    {
        LlmMecHelper mec = MakeHelper(2);
        const std::string cycles = "ns3::llmmec::CycleComputeModel";
        mec.SetMluCompute(cycles,
                          "FrequencyHz",
                          DoubleValue(1e9),
                          "EnergyCoefficient",
                          DoubleValue(3e-28));
        mec.SetProfile("llama-3.1-8b-ecld");
        mec.SetMlu("ns3::llmmec::MluApplication", "TaskBits", BitsInTurn({1e6}));
        mec.SetMlu("ns3::llmmec::MluApplication", "MaxPowerDbm", DoubleValue(30));
        mec.SetMlu("ns3::llmmec::MluApplication", "EnergyBudgetJ", DoubleValue(0.2));
        LlmMecCell cell = MakeQuietCell(mec, {0});
        mec.SetMluCompute(cycles,
                          "FrequencyHz",
                          DoubleValue(4e9),
                          "EnergyCoefficient",
                          DoubleValue(1e-28));
        mec.SetProfile("qwen3-8b-ecld");
        mec.SetMlu("ns3::llmmec::MluApplication", "TaskBits", BitsInTurn({2e6, 3e6}));
        mec.SetMlu("ns3::llmmec::MluApplication", "CyclesPerBit", DoubleValue(1000));
        mec.SetMlu("ns3::llmmec::MluApplication", "MaxPowerDbm", DoubleValue(20));
        mec.SetMlu("ns3::llmmec::MluApplication", "EnergyBudgetJ", DoubleValue(5));
        mec.AddMlus(cell, NodeContainer(MakeNodeAt(10)));
        const auto policy = Decide(cell, {0.25, 0.5}, {1, 0.1});
        const auto slots = RunCell(cell);
        const OffloadProblem& problem = cell.controller->GetProblem();
        ExpectNear(problem.maxPowerW[0], 1, "30 dBm");
        ExpectNear(problem.maxPowerW[1], 0.1, "20 dBm");
        ExpectNear(problem.energyBudgetJ[0], 0.2, "budget");
        NS_TEST_ASSERT_MSG_EQ(slots.size(), 2, "slots");
        for (std::size_t t = 0; t < 2; ++t)
        {
            const SlotOutcome& outcome = slots[t].outcome;
            const double bits = t == 0 ? 2e6 : 3e6;
            ExpectNear(slots[t].observation.tasks.bits[0], 1e6, "size");
            ExpectNear(slots[t].observation.tasks.bits[1], bits, "size");
            ExpectNear(slots[t].observation.gain[0], 1e-5, "gain");
            ExpectNear(slots[t].observation.gain[1], 5e-6, "gain");
            ExpectNear(outcome.localLatencyS[0], 0.75 * 900 * 1e6 / 1e9, "(14)");
            ExpectNear(outcome.localLatencyS[1], 0.5 * 1000 * bits / 4e9, "(14)");
            ExpectNear(outcome.localEnergyJ[0], 3e-28 * 1e18 * 0.75 * 900 * 1e6, "(15)");
            ExpectNear(outcome.localEnergyJ[1], 1e-28 * 16e18 * 0.5 * 1000 * bits, "(15)");
            ExpectNear(outcome.mecLatencyS[0], 0.25 * 900 * 1e6 / 10e9, "(22)");
            ExpectNear(outcome.mecLatencyS[1], 0.5 * 1000 * bits / 10e9, "(22)");
            // Table I: Llama .65/.5905 and .77/.703, Qwen3 .97/.3635 and .77/.6821.
            ExpectNear(outcome.accuracy[0], 0.25 * 0.703 + 0.75 * 0.5905, "(28)");
            ExpectNear(outcome.accuracy[1], 0.5 * (0.6821 + 0.3635), "(28)");
            ExpectNear(outcome.hallucination[0], 0.25 * 0.77 + 0.75 * 0.65, "(28)");
            ExpectNear(outcome.hallucination[1], 0.5 * (0.77 + 0.97), "(28)");
            // Received 1e-5 and 5e-7 W, so that noise is nothing: 1 + SINR = 21 and 1.05.
            ExpectNear(outcome.uplinkLatencyS[0], 0.25e6 / (1e7 * std::log2(21)), "(20)");
            ExpectNear(outcome.uplinkLatencyS[1], 0.5 * bits / (1e7 * std::log2(1.05)), "(20)");
            ExpectNear(outcome.uplinkEnergyJ[1], 0.1 * outcome.uplinkLatencyS[1], "(21)");
        }
        Simulator::Destroy();
    }

    /// The gain of an MLU that moves is that of where it is when the slot starts.
    void CheckMoving()
    {
        LlmMecHelper mec = MakeHelper(6);
        auto node = CreateObject<Node>();
        auto mobility = CreateObject<ConstantVelocityMobilityModel>();
        mobility->SetPosition(Vector(-6, 3, 0));
        mobility->SetVelocity(Vector(2, 0, 0));
        node->AggregateObject(mobility);
        const LlmMecCell cell = mec.InstallCell(NodeContainer(node), nullptr);
        RemoveFading(cell);
        const auto slots = RunCell(cell);
        for (std::size_t t = 0; t < slots.size(); ++t)
        {
            const double x = -6 + 2 * static_cast<double>(t);
            ExpectNear(slots[t].observation.gain[0], 1e-3 / (x * x + 9 + 100), "gain");
        }
        NS_TEST_EXPECT_MSG_EQ(slots.size(), 6, "slots");
        Simulator::Destroy();
    }

    /// What leaves the battery is the sum of the tasks' energies, side by side and one by one.
    void CheckEnergy()
    {
        for (const bool barrier : {true, false})
        {
            LlmMecHelper mec = MakeHelper(40);
            mec.SetStream(7);
            mec.SetPolicy("random");
            mec.SetBatteryJ(1000);
            mec.SetController("ns3::llmmec::OffloadController",
                              "SlotBarrier",
                              BooleanValue(barrier));
            mec.SetMlu(
                "ns3::llmmec::MluApplication",
                "TaskBits",
                StringValue("ns3::UniformRandomVariable[Min=0.1e6|Max=5e6]")); // up to 2.25 s
            const LlmMecCell cell = mec.InstallCell(3);
            const auto slots = RunCell(cell);
            Eigen::ArrayXd spentJ = Eigen::ArrayXd::Zero(3);
            for (const SlotRecord& slot : slots)
            {
                spentJ += EnergyOf(slot.outcome);
            }
            for (uint32_t k = 0; k < 3; ++k)
            {
                const double drawnJ = 1000 - GetRemainingJ(cell.mlus.Get(k));
                NS_TEST_EXPECT_MSG_GT(spentJ[k], 10, "worth measuring");
                NS_TEST_EXPECT_MSG_EQ_TOL(drawnJ, spentJ[k], 1e-6 * spentJ[k], "MLU " << k);
            }
            Simulator::Destroy();
        }
    }

    /// An empty battery stops its MLU at once, and nobody else.
    void CheckEmptyBattery()
    {
        LlmMecHelper mec = MakeHelper(5);
        mec.SetBatteryJ(1); // 0.36 J a slot: in slot 2 the last 0.28 J last 0.35 s
        LlmMecCell cell = MakeQuietCell(mec, {0});
        mec.SetBatteryJ(100);
        mec.AddMlus(cell, NodeContainer(MakeNodeAt(10)));
        Decide(cell, {0, 0}, {1, 1});
        std::vector<double> endsS;
        RecordEnds(cell, endsS);
        const auto slots = RunCell(cell);
        NS_TEST_ASSERT_MSG_EQ(slots.size(), 5, "slots go on");
        const std::vector<double> expectedS = {0.45, 1.45, 2.35, 3, 4};
        NS_TEST_ASSERT_MSG_EQ(endsS.size(), 5, "one end a slot");
        for (std::size_t t = 0; t < 5; ++t)
        {
            const SlotOutcome& outcome = slots[t].outcome;
            const bool isServed = t < 2;
            NS_TEST_EXPECT_MSG_EQ_TOL(endsS[t], expectedS[t], 5e-9, "end in slot " << t);
            NS_TEST_EXPECT_MSG_EQ(outcome.unserved[0], !isServed, "slot " << t);
            ExpectNear(outcome.latencyS[0], isServed ? 0.45 : 10, "latency");
            ExpectNear(outcome.accuracy[0], isServed ? 0.5905 : 0, "accuracy");
            ExpectNear(outcome.hallucination[0], isServed ? 0.65 : 1, "hallucination");
            ExpectNear(outcome.localEnergyJ[0], isServed ? 0.36 : 0, "energy");
            // The other goes on as if nothing had happened.
            NS_TEST_EXPECT_MSG_EQ(outcome.unserved[1], false, "other");
            ExpectNear(outcome.latencyS[1], 0.45, "other");
            NS_TEST_EXPECT_MSG_EQ(slots[t].decision.powerW[0], (t < 3 ? 1 : 0), "silent");
            ExpectNear(slots[t].observation.tasks.bits[0], t < 3 ? 1e6 : 0, "no task");
            NS_TEST_EXPECT_MSG_EQ(slots[t].observation.startS, static_cast<double>(t), "clock");
            if (!isServed)
            {
                // (48): 1.2 - 0.5905 + max(1.65 - 1.56, 0), (47): 10 + 0.45 + that.
                ExpectNear(outcome.penalty, 0.6995, "(48)");
                ExpectNear(outcome.reward, 1 / (10.45 + 0.6995), "(47)");
            }
        }
        NS_TEST_EXPECT_MSG_EQ_TOL(GetRemainingJ(cell.mlus.Get(0)), 0, 1e-8, "empty");
        ExpectNear(GetRemainingJ(cell.mlus.Get(1)), 100 - 5 * 0.36, "other");
        Simulator::Destroy();
    }

    /// A battery that runs empty during an upload, with the CPU at work and a task that waits.
    void CheckEmptyWhileSending()
    {
        LlmMecHelper mec = MakeHelper(4);
        mec.SetController("ns3::llmmec::OffloadController", "SlotBarrier", BooleanValue(false));
        mec.SetMlu("ns3::llmmec::MluApplication", "UnservedLatency", TimeValue(Seconds(7)));
        // At 1 W a lone MLU below the antenna sends r = B log2(1 + 1e-5 / noise): 4 s a half task.
        const double rateBps = 10e6 * std::log2(1 + 1e-5 / 3.981072e-14);
        mec.SetMlu("ns3::llmmec::MluApplication", "TaskBits", BitsInTurn({8 * rateBps}));
        mec.SetMlu("ns3::llmmec::MluApplication",
                   "CyclesPerBit",
                   DoubleValue(1)); // 4 r / 2e9 s at 0.8 W
        const double cpuS = 4 * rateBps / 2e9;
        // 1 W from 0 s on, and 0.8 W for the CPU during cpuS of slots 0, 1 and 2: empty at 2.5 s.
        mec.SetBatteryJ(2.5 + 0.8 * (2 * cpuS + std::min(cpuS, 0.5)));
        const LlmMecCell cell = MakeQuietCell(mec, {0});
        Decide(cell, {0.5}, {1});
        std::vector<double> endsS;
        RecordEnds(cell, endsS);
        const auto slots = RunCell(cell);
        NS_TEST_ASSERT_MSG_EQ(slots.size(), 4, "slots");
        for (std::size_t t = 0; t < 4; ++t)
        {
            NS_TEST_EXPECT_MSG_EQ_TOL(endsS.at(t), (t < 3 ? 2.5 : 3), 1e-6, "end of task " << t);
            NS_TEST_EXPECT_MSG_EQ(slots[t].outcome.unserved[0], true, "task " << t);
            NS_TEST_EXPECT_MSG_EQ(slots[t].outcome.latencyS[0], 7, "attribute");
            NS_TEST_EXPECT_MSG_EQ(EnergyOf(slots[t].outcome)[0], 0, "no energy");
        }
        Simulator::Destroy();
    }

    /// A battery that is empty in the very instant at which a slot starts and the radio with it.
    void CheckEmptyAtStart()
    {
        LlmMecHelper mec = MakeHelper(3);
        mec.SetController("ns3::llmmec::OffloadController", "SlotBarrier", BooleanValue(false));
        // Powers of two: 1 W without rounding.
        mec.SetMluCompute("ns3::llmmec::CycleComputeModel",
                          "FrequencyHz",
                          DoubleValue(1048576),
                          "EnergyCoefficient",
                          DoubleValue(std::ldexp(1, -60)));
        mec.SetMlu("ns3::llmmec::MluApplication", "CyclesPerBit", DoubleValue(1));
        mec.SetMlu("ns3::llmmec::MluApplication", "TaskBits", BitsInTurn({2 * 1048576}));
        mec.SetBatteryJ(1); // the first task takes 2 s
        const LlmMecCell cell = MakeQuietCell(mec, {0});
        const Eigen::ArrayXd one = Eigen::ArrayXd::Ones(1);
        cell.controller->SetAttribute(
            "Policy",
            PointerValue(CreateObject<ScriptedPolicy>([one](const SlotObservation& o) {
                return SlotDecision{o.slot == 0 ? 0 * one : 0.5 * one, one};
            })));
        const auto slots = RunCell(cell);
        NS_TEST_ASSERT_MSG_EQ(slots.size(), 3, "slots");
        for (const SlotRecord& slot : slots)
        {
            NS_TEST_EXPECT_MSG_EQ(slot.outcome.unserved[0], true, "none is served");
        }
        NS_TEST_EXPECT_MSG_EQ_TOL(slots[1].endedS, 1, 1e-8, "nor begun");
        const auto source = cell.mlus.Get(0)->GetObject<EnergySourceContainer>()->Get(0);
        const auto models = source->FindDeviceEnergyModels("ns3::llmmec::MluEnergyModel");
        NS_TEST_EXPECT_MSG_EQ_TOL(models.Get(0)->GetTotalEnergyConsumption(), 1, 1e-8, "1 J");
        NS_TEST_EXPECT_MSG_EQ_TOL(source->GetRemainingEnergy(), 0, 1e-8, "no more than it had");
        Simulator::Destroy();
    }

    /// The same stream and run give the same outcomes; another stream or run gives others.
    void CheckRepeat()
    {
        const auto first = RunRewards(3, 1);
        NS_TEST_EXPECT_MSG_EQ(first.size(), 30, "slots");
        NS_TEST_EXPECT_MSG_EQ((first == RunRewards(3, 1)), true, "same stream and run");
        NS_TEST_EXPECT_MSG_EQ((first == RunRewards(4, 1)), false, "other stream");
        NS_TEST_EXPECT_MSG_EQ((first == RunRewards(3, 2)), false, "other run");
    }

    /// Policies that differ see the same positions, fading and tasks (common random numbers).
    void CheckCommonNumbers()
    {
        std::vector<std::vector<SlotRecord>> runs;
        for (const char* name : {"always-local", "random", "always-offload"})
        {
            LlmMecHelper mec = MakeRandomCell(name, 11);
            std::vector<LlmMecCell> cells;
            cells.push_back(mec.InstallCell(3));
            cells.push_back(mec.InstallCell(2));
            runs.push_back(RunCell(cells[1]));
            Simulator::Destroy();
        }
        for (std::size_t t = 0; t < runs[0].size(); ++t)
        {
            for (std::size_t i = 1; i < runs.size(); ++i)
            {
                const SlotObservation& one = runs[0].at(t).observation;
                const SlotObservation& other = runs[i].at(t).observation;
                NS_TEST_EXPECT_MSG_EQ((one.gain == other.gain).all(), true, "gains of " << t);
                NS_TEST_EXPECT_MSG_EQ((one.tasks.bits == other.tasks.bits).all(), true, "sizes");
            }
            NS_TEST_EXPECT_MSG_NE(runs[0][t].outcome.reward,
                                  runs[1][t].outcome.reward,
                                  "other decisions");
        }
        NS_TEST_EXPECT_MSG_NE(runs[0][0].observation.gain[0],
                              runs[0][1].observation.gain[0],
                              "fading changes");
    }

  private:
    /// Note when the tasks of a cell's first MLU end. @param cell the cell @param endsS filled, s
    static void RecordEnds(const LlmMecCell& cell, std::vector<double>& endsS)
    {
        cell.mluApplications[0]->TraceConnectWithoutContext(
            "TaskEnded",
            Callback<void, const TaskOutcome&>(
                [&endsS](const TaskOutcome&) { endsS.push_back(Simulator::Now().GetSeconds()); }));
    }

    void DoRun() override
    {
        (this->*m_check)();
    }

    /// @param policy its name @param stream first stream @return a helper with random tasks
    static LlmMecHelper MakeRandomCell(const std::string& policy, int64_t stream)
    {
        LlmMecHelper mec = MakeHelper(30);
        mec.SetStream(stream);
        mec.SetPolicy(policy);
        // Some slots last longer than tau under one policy and not under another.
        mec.SetMlu("ns3::llmmec::MluApplication",
                   "TaskBits",
                   StringValue("ns3::UniformRandomVariable[Min=1e6|Max=5e6]"));
        return mec;
    }

    /// @param stream first stream @param run run @return rewards of a cell with all that is random
    static std::vector<double> RunRewards(int64_t stream, uint64_t run)
    {
        const auto before = RngSeedManager::GetRun();
        RngSeedManager::SetRun(run);
        LlmMecHelper mec = MakeRandomCell("random", stream);
        LlmMecPlacement placement;
        placement.speedMps = 1;
        mec.SetPlacement(placement);
        const auto slots = RunCell(mec.InstallCell(3));
        Simulator::Destroy();
        RngSeedManager::SetRun(before);
        std::vector<double> rewards;
        for (const SlotRecord& slot : slots)
        {
            rewards.push_back(slot.outcome.reward);
        }
        return rewards;
    }

    /// @param is what there is @param expected what there should be, to 1e-6 @param what message
    void ExpectNear(double is, double expected, const std::string& what)
    {
        NS_TEST_EXPECT_MSG_EQ_TOL(is, expected, 1e-6 * std::abs(expected) + 1e-15, what);
    }

    Check m_check; //!< what this case does
};

/// Add the cases of this file. @param suite the suite
static void
AddMluApplicationTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name, MluApplicationTestCase::Check check) {
        suite.Add(new MluApplicationTestCase(name, check));
    };
    add("bad sizes", &MluApplicationTestCase::CheckBadSizes);
    add("kinds", &MluApplicationTestCase::CheckKinds);
    add("moving", &MluApplicationTestCase::CheckMoving);
    add("energy", &MluApplicationTestCase::CheckEnergy);
    add("empty battery", &MluApplicationTestCase::CheckEmptyBattery);
    add("empty while sending", &MluApplicationTestCase::CheckEmptyWhileSending);
    add("empty at a start", &MluApplicationTestCase::CheckEmptyAtStart);
    add("repeat", &MluApplicationTestCase::CheckRepeat);
    add("common random numbers", &MluApplicationTestCase::CheckCommonNumbers);
}

static const LlmMecTests g_mluApplicationTests(
    &AddMluApplicationTests); //!< registers the cases of this file
