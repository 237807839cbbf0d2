/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-tests.h"
#include "offload-scenarios.h"

#include "ns3/constant-position-mobility-model.h"
#include "ns3/double.h"
#include "ns3/llm-mec-helper.h"
#include "ns3/offload-equations.h"
#include "ns3/offload-problem.h"
#include "ns3/pointer.h"
#include "ns3/propagation-loss-model.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <cmath>
#include <random>
#include <string>

using namespace ns3;
using namespace ns3::llmmec;

/**
 * @ingroup llm-mec-tests
 * @brief A policy that decides what it is told.
 */
class ToldPolicy : public OffloadPolicy
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId()
    {
        static TypeId tid = TypeId("ns3::ToldPolicy").SetParent<OffloadPolicy>();
        return tid;
    }

    /// @param decision what to decide
    explicit ToldPolicy(const SlotDecision& decision)
        : m_decision(decision)
    {
    }

    SlotDecision Decide(const SlotObservation&) override
    {
        return m_decision;
    }

  private:
    SlotDecision m_decision; ///< what to decide
};

/**
 * @ingroup llm-mec-tests
 * @brief Nodes, channel, server and clock against the equations: the same slot, two ways.
 */
class OffloadAgreementTestCase : public TestCase
{
  public:
    OffloadAgreementTestCase()
        : TestCase("Agreement: events reproduce the equations in 1,000 random scenarios")
    {
    }

  private:
    void DoRun() override
    {
        std::mt19937 rng(1);
        for (int i = 0; i < 1000; ++i)
        {
            const Eigen::Index n = std::uniform_int_distribution<int>(1, 8)(rng);
            Compare(MakeRandomScenario(rng, n));
            if (IsStatusFailure())
            {
                return;
            }
        }
    }

    /// Build a scenario's cell. @param s scenario @return the cell
    static LlmMecCell Build(const OffloadScenario& s)
    {
        LlmMecHelper mec;
        mec.SetServerCompute("ns3::llmmec::CycleComputeModel", "FrequencyHz", DoubleValue(s.mecHz));
        mec.SetLink("ns3::llmmec::MecUplinkChannel",
                    "BandwidthHz",
                    DoubleValue(s.problem.bandwidthHz));
        mec.SetLink("ns3::llmmec::MecUplinkChannel",
                    "NoiseDbm",
                    DoubleValue(ToDbm(s.problem.noiseW)));
        mec.SetController("ns3::llmmec::OffloadController", "Slots", UintegerValue(3));
        mec.SetController("ns3::llmmec::OffloadController",
                          "MinAccuracy",
                          DoubleValue(s.problem.minAccuracy));
        mec.SetController("ns3::llmmec::OffloadController",
                          "MaxHallucination",
                          DoubleValue(s.problem.maxHallucination));
        mec.SetController("ns3::llmmec::OffloadController",
                          "PenaltyWeight",
                          DoubleValue(s.problem.penaltyWeight));
        LlmMecCell cell = mec.CreateCell();
        cell.controller->SetAttribute("Policy", PointerValue(CreateObject<ToldPolicy>(s.decision)));

        auto gains = CreateObject<MatrixPropagationLossModel>();
        for (Eigen::Index k = 0; k < s.gain.size(); ++k)
        {
            mec.SetMluCompute("ns3::llmmec::CycleComputeModel",
                              "FrequencyHz",
                              DoubleValue(s.localHz[k]),
                              "EnergyCoefficient",
                              DoubleValue(s.energyCoefficient[k]));
            mec.SetMlu("ns3::llmmec::MluApplication",
                       "MaxPowerDbm",
                       DoubleValue(ToDbm(s.problem.maxPowerW[k])));
            mec.SetMlu("ns3::llmmec::MluApplication",
                       "EnergyBudgetJ",
                       DoubleValue(s.problem.energyBudgetJ[k]));
            mec.SetMlu("ns3::llmmec::MluApplication",
                       "CyclesPerBit",
                       DoubleValue(s.tasks.cyclesPerBit[k]));
            mec.SetMlu("ns3::llmmec::MluApplication",
                       "TaskBits",
                       PointerValue(CreateObjectWithAttributes<ConstantRandomVariable>(
                           "Constant",
                           DoubleValue(s.tasks.bits[k]))));
            const NodeContainer node(1);
            mec.AddMlus(cell, node);
            auto quality = cell.mluApplications[k]->GetQualityModel();
            quality->SetAttribute("LocalAccuracy", DoubleValue(s.tasks.localAccuracy[k]));
            quality->SetAttribute("LocalHallucination", DoubleValue(s.tasks.localHallucination[k]));
            quality->SetAttribute("MecAccuracy", DoubleValue(s.tasks.mecAccuracy[k]));
            quality->SetAttribute("MecHallucination", DoubleValue(s.tasks.mecHallucination[k]));
            gains->SetLoss(node.Get(0)->GetObject<MobilityModel>(),
                           cell.servers.Get(0)->GetObject<MobilityModel>(),
                           -10 * std::log10(s.gain[k]));
        }
        cell.link->SetAttribute("PropagationLossModel", PointerValue(gains));
        return cell;
    }

    /// Run a scenario both ways. @param s scenario
    void Compare(const OffloadScenario& s)
    {
        const LlmMecCell cell = Build(s);
        int slots = 0;
        cell.controller->TraceConnectWithoutContext(
            "SlotEnded",
            Callback<void, const SlotObservation&, const SlotDecision&, const SlotOutcome&>(
                [&](const SlotObservation& seen, const SlotDecision&, const SlotOutcome& outcome) {
                    ++slots;
                    const SlotOutcome expected =
                        EvaluateSlot(s.problem, s.tasks, s.gain, s.decision);
                    CompareOutcomes(seen, outcome, expected, s);
                }));
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ(slots, 3, "slots");
        Simulator::Destroy();
    }

    /// @param seen what the controller saw @param outcome of the events @param expected of the
    /// equations @param s scenario
    void CompareOutcomes(const SlotObservation& seen,
                         const SlotOutcome& outcome,
                         const SlotOutcome& expected,
                         const OffloadScenario& s)
    {
        for (Eigen::Index k = 0; k < s.gain.size(); ++k)
        {
            Close(seen.gain[k], s.gain[k], "gain");
            Close(seen.tasks.bits[k], s.tasks.bits[k], "bits");
            const bool isSent = s.decision.offloadRatio[k] > 0;
            Close(outcome.uplinkBps[k], isSent ? expected.uplinkBps[k] : 0, "rate");
            Close(outcome.localLatencyS[k], expected.localLatencyS[k], "local latency");
            Close(outcome.uplinkLatencyS[k], expected.uplinkLatencyS[k], "uplink latency");
            Close(outcome.mecLatencyS[k], expected.mecLatencyS[k], "MEC latency");
            Close(outcome.latencyS[k], expected.latencyS[k], "latency");
            Close(outcome.localEnergyJ[k], expected.localEnergyJ[k], "local energy");
            Close(outcome.uplinkEnergyJ[k], expected.uplinkEnergyJ[k], "uplink energy");
            Close(outcome.accuracy[k], expected.accuracy[k], "accuracy");
            Close(outcome.hallucination[k], expected.hallucination[k], "hallucination");
            NS_TEST_ASSERT_MSG_EQ(outcome.uplinkCapped[k], expected.uplinkCapped[k], "cap flag");
        }
        Close(outcome.reward, expected.reward, "reward");
        NS_TEST_ASSERT_MSG_EQ_TOL(outcome.penalty,
                                  expected.penalty,
                                  1e-9 * std::max(1.0, expected.penalty),
                                  "penalty");
    }

    /// Compare to 1e-9. @param actual value @param expected value @param what its name
    void Close(double actual, double expected, const std::string& what)
    {
        NS_TEST_ASSERT_MSG_EQ_TOL(actual, expected, 1e-9 * std::abs(expected) + 1e-300, what);
    }

    /// @param watt power, W @return power, dBm
    static double ToDbm(double watt)
    {
        return 10 * std::log10(watt) + 30;
    }
};

/**
 * @ingroup llm-mec-tests
 * @brief Gains by (16) to (18) from positions, through ns-3's own path loss.
 */
class OffloadGainTestCase : public TestCase
{
  public:
    OffloadGainTestCase()
        : TestCase("Agreement: gains follow (16) and (17) of the nodes' positions")
    {
    }

  private:
    void DoRun() override
    {
        LlmMecHelper mec;
        mec.SetFading("ns3::llmmec::RicianPropagationLossModel",
                      "KFactor",
                      DoubleValue(1e9)); // next to none
        mec.SetController("ns3::llmmec::OffloadController", "Slots", UintegerValue(1));
        const LlmMecCell cell = mec.InstallCell(50);
        cell.controller->TraceConnectWithoutContext(
            "SlotStarted",
            Callback<void, const SlotObservation&>([&](const SlotObservation& seen) {
                for (uint32_t k = 0; k < 50; ++k)
                {
                    const Vector at = cell.mlus.Get(k)->GetObject<MobilityModel>()->GetPosition();
                    NS_TEST_ASSERT_MSG_LT_OR_EQ(std::hypot(at.x, at.y), 20, "on the disc");
                    const double gain = 1e-3 / (at.x * at.x + at.y * at.y + 10 * 10);
                    NS_TEST_ASSERT_MSG_EQ_TOL(seen.gain[k] / gain, 1, 1e-3, "gain");
                }
            }));
        Simulator::Run();
        Simulator::Destroy();
    }
};

/// Add the cases of this file. @param suite the suite
static void
AddOffloadAgreementTests(LlmMecTestSuite& suite)
{
    suite.Add(new OffloadAgreementTestCase);
    suite.Add(new OffloadGainTestCase);
}

static const LlmMecTests g_offloadAgreementTests(
    &AddOffloadAgreementTests); //!< registers the cases of this file
