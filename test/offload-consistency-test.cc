/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-test-cell.h"
#include "llm-mec-tests.h"
#include "offload-scenarios.h"

#include "ns3/llm-mec-recorder.h"
#include "ns3/llm-mec-scenario.h"
#include "ns3/llm-profile-compute-model.h"
#include "ns3/offload-equations.h"
#include "ns3/offload-optimum.h"
#include "ns3/offload-problem.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <fstream>
#include <map>
#include <stdexcept>
#include <string>

using namespace ns3;
using namespace ns3::llmmec;

/**
 * @ingroup llm-mec-tests
 * @brief Computes by cycles, with something on top that every share takes, however small. It has no
 * constructor to be found by.
 */
class OddComputeModel : public CycleComputeModel
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId()
    {
        static TypeId tid = TypeId("ns3::OddComputeModel").SetParent<CycleComputeModel>();
        return tid;
    }

    /// @param more what each share takes besides
    explicit OddComputeModel(const ComputeCost& more)
        : m_more(more)
    {
    }

    ComputeCost GetCost(const LlmWork& work) const override
    {
        const ComputeCost cost = CycleComputeModel::GetCost(work);
        return {cost.latencyS + m_more.latencyS, cost.energyJ + m_more.energyJ};
    }

  private:
    ComputeCost m_more; ///< what each share takes besides
};

/**
 * @ingroup llm-mec-tests
 * @brief What the optimum believes of devices and server against what they do.
 */
class OffloadConsistencyTestCase : public TestCase
{
  public:
    using Check = void (OffloadConsistencyTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    OffloadConsistencyTestCase(const std::string& name, Check check)
        : TestCase("Consistency: " + name),
          m_check(check)
    {
    }

    /// Devices that compute by tokens: the optimum is the best policy at any phi, and the one of
    /// the closed form with the clock that gives the same 0.45 us a bit.
    void CheckTokensAtAnyPhi()
    {
        LlmMecScenario s;
        s.slots = 20;
        s.compute = "profile";
        s.profile = WriteProfile();
        for (const double phi : {300.0, 900.0, 2700.0})
        {
            s.cyclesPerBit = phi;
            std::map<std::string, double> rewards;
            for (const std::string policy :
                 {"optimal", "always-offload", "always-local", "fixed", "random"})
            {
                rewards[policy] = GetMeanReward(s, policy);
                NS_TEST_EXPECT_MSG_LT_OR_EQ(rewards[policy],
                                            rewards["optimal"],
                                            policy << " is better at " << phi << " cycles/bit");
            }
            const auto closed = EqualReceivedPowerOptimum(2,
                                                          1e6,
                                                          1e6 * S_A_BIT,
                                                          1e6 * phi / s.serverHz,
                                                          s.bandwidthHz);
            NS_TEST_EXPECT_MSG_EQ_TOL(rewards["optimal"] / closed.reward,
                                      1,
                                      2e-4,
                                      "closed form, " << phi << " cycles/bit");
        }
    }

    /// MLUs whose tasks differ in phi, and which change it during the run: what the equations say
    /// of a decision is what happens.
    void CheckUnequalPhi()
    {
        LlmMecHelper mec;
        mec.SetProfile(WriteProfile());
        mec.SetPolicy("optimal");
        mec.SetController("ns3::llmmec::OffloadController", "Slots", UintegerValue(3));
        auto cell = mec.CreateCell();
        for (const double phi : {300.0, 2700.0})
        {
            mec.SetMluCompute(phi < 900 ? "ns3::llmmec::ProfileComputeModel"
                                        : "ns3::llmmec::CycleComputeModel");
            mec.SetMlu("ns3::llmmec::MluApplication", "CyclesPerBit", DoubleValue(phi));
            mec.AddMlus(cell, NodeContainer(1));
        }
        cell.controller->TraceConnectWithoutContext(
            "SlotEnded",
            Callback<void, const SlotObservation&, const SlotDecision&, const SlotOutcome&>(
                [&cell](const SlotObservation&, const SlotDecision&, const SlotOutcome&) {
                    // The cycle model follows (14) at any phi.
                    cell.mluApplications[1]->SetAttribute("CyclesPerBit", DoubleValue(1200));
                }));
        const auto slots = RunCell(cell);
        NS_TEST_ASSERT_MSG_EQ(slots.size(), 3, "slots");
        for (const SlotRecord& slot : slots)
        {
            const SlotOutcome expected = EvaluateSlot(cell.controller->GetProblem(),
                                                      slot.observation.tasks,
                                                      slot.observation.gain,
                                                      slot.decision);
            NS_TEST_EXPECT_MSG_EQ_TOL(slot.outcome.reward / expected.reward, 1, 1e-9, "reward");
            NS_TEST_EXPECT_MSG_EQ_TOL(slot.outcome.localEnergyJ.sum() / expected.localEnergyJ.sum(),
                                      1,
                                      1e-9,
                                      "energy");
        }
        Simulator::Destroy();
    }

    /// Devices and servers that the optimum would be wrong about are refused; other policies only
    /// see what they do.
    void CheckRefusals()
    {
        const auto odd = [](double latencyS, double energyJ) {
            return CreateObject<OddComputeModel>(ComputeCost{latencyS, energyJ});
        };
        const auto setDevice = [](Ptr<ComputeModel> model) {
            return [model](const LlmMecCell& cell) {
                cell.mluApplications[1]->SetAttribute("ComputeModel", PointerValue(model));
            };
        };
        const std::string ofMlu1 = "optimal policy: half a task of MLU 1 has ";
        ExpectRefusal(setDevice(odd(0.05, 0)),
                      ofMlu1 + "a latency on the device, s, of 0.275, expected half of 0.5,");
        ExpectRefusal(setDevice(odd(0, 0.05)),
                      ofMlu1 + "an energy on the device, J, of 0.23, expected half of 0.41,");
        ExpectRefusal(setDevice(odd(1e-6, 0)), "a latency on the device");
        ExpectRefusal(
            [&odd](const LlmMecCell& cell) {
                cell.serverApplications[0]->SetAttribute("ComputeModel", PointerValue(odd(0.1, 0)));
            },
            "half a task of MLU 0 has a latency at the server, s,");

        // Found at the start, and also later.
        ExpectRefusal(
            [&odd](const LlmMecCell& cell) {
                Simulator::Schedule(Seconds(2.5), [&odd, cell]() {
                    cell.mluApplications[0]->SetAttribute("ComputeModel", PointerValue(odd(1, 0)));
                });
            },
            "half a task of MLU 0");

        for (const std::string policy : {"always-local", "always-offload", "fixed", "random"})
        {
            const LlmMecCell cell = Build(policy);
            setDevice(odd(0.05, 0.05))(cell);
            NS_TEST_EXPECT_MSG_EQ(RunCell(cell).size(), 4, policy);
            Simulator::Destroy();
        }
    }

  private:
    static constexpr double S_A_BIT = 14.4e-6 / 32; ///< of WriteProfile, s

    void DoRun() override
    {
        (this->*m_check)();
    }

    /// @return path of a profile that takes 4.4 us a token of the prompt and 20 us for each of half
    /// as many tokens of the answer, and hardly any energy
    std::string WriteProfile()
    {
        const std::string path = CreateTempDirFilename("tokens.json");
        std::ofstream(path) << R"({"version": 1, "name": "tokens", "baseModel": "Llama-3.1-8B",
            "method": "ecld", "sizeBytes": 1, "accuracy": 0.5905, "hallucination": 0.65,
            "energyPerQueryJ": 1, "promptLatencyPerTokenS": 4.4e-6,
            "generationLatencyPerTokenS": 20e-6, "promptTokensPerQuery": 20,
            "generatedTokensPerQuery": 10, "promptEnergyPerTokenJ": 1e-6,
            "generationEnergyPerTokenJ": 1e-6, "source": "test"})";
        return path;
    }

    /// @param s a scenario @param policy who decides @return mean reward, 1/s
    static double GetMeanReward(const LlmMecScenario& s, const std::string& policy)
    {
        LlmMecHelper mec = s.MakeHelper();
        mec.SetPolicy(policy);
        const auto cells = s.BuildCells(mec);
        LlmMecRecorder recorder("", false);
        recorder.AddCell(cells.front());
        RunCells(cells);
        Simulator::Destroy();
        for (const auto& [name, interval] : recorder.GetMeans())
        {
            if (name == "meanReward")
            {
                return interval.mean;
            }
        }
        throw std::logic_error("no meanReward");
    }

    /// @param policy who decides @return a cell of two MLUs and four slots
    static LlmMecCell Build(const std::string& policy)
    {
        LlmMecHelper mec;
        mec.SetPolicy(policy);
        mec.SetController("ns3::llmmec::OffloadController", "Slots", UintegerValue(4));
        return mec.InstallCell(2);
    }

    /// @param change what is changed of a cell @param part what the refusal has to hold
    template <typename Change>
    void ExpectRefusal(const Change& change, const std::string& part)
    {
        const LlmMecCell cell = Build("optimal");
        change(cell);
        std::string error = "(no error)";
        try
        {
            RunCell(cell);
        }
        catch (const std::runtime_error& e)
        {
            error = e.what();
        }
        Simulator::Destroy();
        NS_TEST_EXPECT_MSG_NE(error.find(part), std::string::npos, error << " has no " << part);
        NS_TEST_EXPECT_MSG_EQ(error.find('\n'), std::string::npos, "more than one line: " << error);
    }

    Check m_check; ///< what to do
};

/// Add the cases of this file. @param suite the suite
static void
AddOffloadConsistencyTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name, OffloadConsistencyTestCase::Check check) {
        suite.Add(new OffloadConsistencyTestCase(name, check));
    };
    add("tokens at any phi", &OffloadConsistencyTestCase::CheckTokensAtAnyPhi);
    add("unequal phi", &OffloadConsistencyTestCase::CheckUnequalPhi);
    add("refusals", &OffloadConsistencyTestCase::CheckRefusals);
}

static const LlmMecTests g_offloadConsistencyTests(
    &AddOffloadConsistencyTests); //!< registers the cases of this file
