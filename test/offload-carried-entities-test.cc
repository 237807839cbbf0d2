/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "../model/policy/offload-carried-entities.h"
#include "llm-mec-test-cell.h"
#include "llm-mec-tests.h"
#include "offload-scenarios.h"

#include "ns3/llm-mec-scenario.h"
#include "ns3/offload-problem.h"
#include "ns3/offload-state.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::llmmec;

/**
 * @ingroup llm-mec-tests
 * @brief Cases of OffloadCarriedEntities, against EvaluateSlot, simulated cells and finite
 * differences.
 */
class OffloadCarriedEntitiesTestCase : public TestCase
{
  public:
    using Check = void (OffloadCarriedEntitiesTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    OffloadCarriedEntitiesTestCase(const std::string& name, Check check)
        : TestCase("Offload carried entities: " + name),
          m_check(check)
    {
    }

    /// Where nothing is carried, a slot is worth K times the reward (47), and leaves nothing.
    void CheckAlone()
    {
        for (int i = 0; i < INSTANCES; ++i)
        {
            OffloadScenario s = MakeRandomScenario(m_random, 1 + i % 9);
            s.problem.maxUplinkLatencyS = 1e9; // a capped upload does not follow (19)
            const OffloadCarriedEntities entities = MakeEntities(s.problem);
            SlotObservation observation;
            observation.tasks = s.tasks;
            observation.gain = s.gain;
            const agents::Rows traits = entities.GetAllTraits(s.problem, observation);
            const agents::Rows actions = DrawActions(traits.rows());
            const SlotOutcome outcome =
                EvaluateSlot(s.problem, s.tasks, s.gain, Decide(s.problem, actions));
            agents::Rows components(traits.rows(), 3);
            entities.GetTargets(traits,
                                actions,
                                OffloadEntities::GetSlotOutcomes(outcome),
                                components);
            NS_TEST_ASSERT_MSG_EQ(components.allFinite(), true, "all is known");
            agents::Rows next(traits.rows(), OffloadCarriedEntities::CARRIED);
            const double worth = entities.Advance(traits, actions, components, next);
            NS_TEST_ASSERT_MSG_EQ_TOL(worth / (static_cast<double>(traits.rows()) * outcome.reward),
                                      1,
                                      TOLERANCE,
                                      "instance " << i);
            NS_TEST_ASSERT_MSG_EQ(next.isZero(), true, "nothing is left");
        }
    }

    /// In a queue, the equations give what events do: latencies, and what the next slot finds.
    void CheckQueue()
    {
        LlmMecScenario scenario = MakeQueue();
        for (const uint64_t mlus : {2, 3, 5})
        {
            scenario.mlus = mlus;
            scenario.slotS =
                0.08 + 0.08 * static_cast<double>(mlus); // some wait, and uploads end in time
            Follow(scenario, SLOTS / 4);
        }
    }

    /// A battery loses what events take from it, and answers end with it.
    void CheckBattery()
    {
        LlmMecScenario scenario;
        scenario.mlus = 3;
        scenario.slots = SLOTS;
        scenario.batteryJ = 20;
        Follow(scenario, SLOTS / 4);
    }

    /// An MLU whose battery is empty is silent: the levels of the others give the rates (19) that
    /// events gave them.
    void CheckSilence()
    {
        LlmMecScenario scenario;
        scenario.mlus = 3;
        scenario.slots = SLOTS;
        scenario.batteryJ = 10;
        const Run run = Simulate(scenario);
        const OffloadCarriedEntities entities = MakeEntities(run.problem);
        int compared = 0;
        for (const SlotRecord& record : run.records)
        {
            const agents::Rows traits = entities.GetAllTraits(run.problem, record.observation);
            const Eigen::Index n = traits.rows();
            Eigen::VectorXd given(n);
            Eigen::VectorXd chosen(n);
            agents::Rows derivatives(n, 2);
            entities.GetLevels(traits,
                               run.actions[record.observation.slot],
                               given,
                               chosen,
                               derivatives);
            const Eigen::ArrayXd received = (given + chosen).array().exp();
            const bool isSomeSilent = (record.observation.tasks.bits == 0).any();
            for (Eigen::Index k = 0; k < n; ++k)
            {
                if (record.outcome.unserved[k])
                {
                    continue;
                }
                const double others = received.sum() - received[k] + run.problem.noiseW;
                const double rate = run.problem.bandwidthHz * std::log2(1 + received[k] / others);
                NS_TEST_ASSERT_MSG_EQ_TOL(rate / record.outcome.uplinkBps[k], 1, 1e-3, "rate");
                compared += isSomeSilent;
            }
        }
        NS_TEST_ASSERT_MSG_GT(compared, 3, "some were silent while others sent");
    }

    /// What is learned from a queue are times without waiting.
    void CheckTargets()
    {
        LlmMecScenario scenario = MakeQueue();
        scenario.mlus = 2;
        const Run run = Simulate(scenario);
        const OffloadCarriedEntities entities = MakeEntities(run.problem);
        std::vector<int> known(3);
        for (const SlotRecord& record : run.records)
        {
            const agents::Rows traits = entities.GetAllTraits(run.problem, record.observation);
            const agents::Rows actions = run.actions[record.observation.slot];
            agents::Rows components(traits.rows(), 3);
            entities.GetTargets(traits,
                                actions,
                                OffloadEntities::GetSlotOutcomes(record.outcome),
                                components);
            const agents::Rows expected = GetTrueComponents(traits, record.outcome);
            for (Eigen::Index at = 0; at < components.size(); ++at)
            {
                if (!std::isnan(components.data()[at]))
                {
                    ++known[at % 3];
                    NS_TEST_ASSERT_MSG_EQ_TOL(components.data()[at],
                                              expected.data()[at],
                                              1e-2,
                                              "slot " << record.observation.slot);
                }
            }
        }
        for (const int count : known)
        {
            NS_TEST_ASSERT_MSG_GT(count, SLOTS / 4, "enough is known");
        }
    }

    /// The derivatives are those of finite differences, but at a kink of a maximum.
    void CheckGradient()
    {
        int kinks = 0;
        int entries = 0;
        for (int i = 0; i < INSTANCES; ++i)
        {
            OffloadScenario s = MakeRandomScenario(m_random, 1 + i % 5);
            s.problem.slotBarrier = i % 3 == 0;
            s.problem.slotDurationS = 0.3;
            s.problem.serverOrder =
                i % 2 == 0 ? ServerOrder::FIRST_COME_FIRST_SERVED : ServerOrder::PARALLEL;
            const OffloadCarriedEntities entities = MakeEntities(s.problem);
            SlotObservation observation;
            observation.tasks = s.tasks;
            observation.gain = s.gain;
            agents::Rows traits = entities.GetAllTraits(s.problem, observation);
            const Eigen::Index n = traits.rows();
            traits.rightCols(CARRIED) = DrawCarried(n);
            const agents::Rows actions = DrawActions(n);
            const agents::Rows components = agents::Rows::NullaryExpr(n, 3, [&] {
                return std::uniform_real_distribution<float>(-3, -1)(m_random);
            });
            const agents::Rows weights = agents::Rows::NullaryExpr(n, CARRIED, [&] {
                return std::uniform_real_distribution<float>(-1, 1)(m_random);
            });
            const auto value =
                [&](const agents::Rows& t, const agents::Rows& a, const agents::Rows& c) {
                    agents::Rows next(n, CARRIED);
                    const double worth = entities.Advance(t, a, c, next);
                    return worth + next.cwiseProduct(weights).cast<double>().sum();
                };
            agents::Rows byCarried(n, CARRIED);
            agents::Rows byActions(n, 2);
            agents::Rows byComponents(n, 3);
            const double worth = entities.Differentiate(traits,
                                                        actions,
                                                        components,
                                                        1,
                                                        weights,
                                                        byCarried,
                                                        byActions,
                                                        byComponents);
            agents::Rows next(n, CARRIED);
            NS_TEST_ASSERT_MSG_EQ(worth,
                                  entities.Advance(traits, actions, components, next),
                                  "the same worth");
            const auto compare = [&](double derivative, double above, double below, double step) {
                const double slope = (above - below) / (2 * step);
                kinks += std::abs(slope - derivative) > 2e-2 * std::max(1.0, std::abs(slope));
                ++entries;
            };
            for (Eigen::Index at = 0; at < actions.size(); ++at)
            {
                const auto moved = [&](float step) {
                    agents::Rows other = actions;
                    other.data()[at] += step;
                    return value(traits, other, components);
                };
                compare(byActions.data()[at], moved(STEP), moved(-STEP), STEP);
            }
            for (Eigen::Index at = 0; at < components.size(); ++at)
            {
                const auto moved = [&](float step) {
                    agents::Rows other = components;
                    other.data()[at] += step;
                    return value(traits, actions, other);
                };
                compare(byComponents.data()[at], moved(STEP), moved(-STEP), STEP);
            }
            for (const Eigen::Index carried : {BATTERY, CPU, RADIO})
            {
                for (Eigen::Index k = 0; k < n; ++k)
                {
                    const auto moved = [&](float step) {
                        agents::Rows other = traits;
                        other(k, OffloadEntities::TRAITS + carried) += step;
                        return value(other, actions, components);
                    };
                    compare(byCarried(k, carried), moved(STEP), moved(-STEP), STEP);
                }
            }
            const auto moved = [&](float step) {
                agents::Rows other = traits;
                other.col(OffloadEntities::TRAITS + SERVER).array() += step; // is all MLUs'
                return value(other, actions, components);
            };
            compare(byCarried.col(SERVER).sum(), moved(STEP), moved(-STEP), STEP);
        }
        NS_TEST_ASSERT_MSG_GT(entries, 4000, "enough was compared");
        NS_TEST_ASSERT_MSG_LT(kinks, entries / 50, "derivatives differ");
    }

    /// What is seen is finite and of order one, with and without a battery and an end, full or
    /// empty.
    void CheckSeen()
    {
        for (int i = 0; i < INSTANCES; ++i)
        {
            OffloadScenario s = MakeRandomScenario(m_random, 1 + i % 9);
            const OffloadCarriedEntities entities = MakeEntities(s.problem);
            SlotObservation observation;
            observation.tasks = s.tasks;
            observation.gain = s.gain;
            agents::Rows traits = entities.GetAllTraits(s.problem, observation);
            agents::Rows seen(traits.rows(), OffloadCarriedEntities::ALL_OBSERVATIONS);
            for (const float battery : {0.0f, 0.5f, 8.0f})
            {
                traits.rightCols(CARRIED) = DrawCarried(traits.rows());
                traits.col(OffloadEntities::TRAITS + BATTERY).setConstant(battery);
                traits.col(OffloadEntities::TRAITS).setConstant(static_cast<float>(i % 3));
                entities.Observe(traits, seen);
                NS_TEST_ASSERT_MSG_EQ(seen.allFinite(), true, "all is finite");
                const float most = seen.middleCols(OffloadEntities::FEATURES,
                                                   OffloadCarriedEntities::EXTRA_FEATURES)
                                       .cwiseAbs()
                                       .maxCoeff();
                NS_TEST_ASSERT_MSG_LT(most, 10, "of order one");
            }
        }
    }

  private:
    static constexpr Eigen::Index CARRIED = OffloadCarriedEntities::CARRIED; ///< entries
    static constexpr Eigen::Index CAPACITY = 1; ///< of a battery, among what is carried
    static constexpr Eigen::Index BATTERY = 2;  ///< what is in it
    static constexpr Eigen::Index CPU = 3;      ///< backlog
    static constexpr Eigen::Index RADIO = 4;    ///< backlog
    static constexpr Eigen::Index SERVER = 5;   ///< backlog

    /// A simulated cell.
    struct Run
    {
        OffloadProblem problem;            ///< of the cell
        std::vector<SlotRecord> records;   ///< slot by slot
        std::vector<agents::Rows> actions; ///< slot by slot
    };

    /// @return slots that overlap, with a server that serves one after the other
    static LlmMecScenario MakeQueue()
    {
        LlmMecScenario scenario;
        scenario.slots = SLOTS;
        scenario.slotBarrier = false;
        scenario.slotS = 0.4;
        scenario.serverDiscipline = "FirstComeFirstServed";
        scenario.taskBits = "ns3::UniformRandomVariable[Min=0.5e6|Max=1.5e6]";
        return scenario;
    }

    /// @param problem of a cell @return its equations
    static OffloadCarriedEntities MakeEntities(const OffloadProblem& problem)
    {
        return {OffloadLimits(problem), RANGE_DB, OffloadReference::RATIO};
    }

    /// @param problem of a cell @param actions in it @return the decision
    static SlotDecision Decide(const OffloadProblem& problem, const agents::Rows& actions)
    {
        OffloadStateLayout layout;
        layout.state = OffloadStateLayout::CARRIED;
        layout.powerRangeDb = RANGE_DB;
        layout.Describe(problem);
        return layout.Decide(problem,
                             Eigen::Map<const Eigen::VectorXf>(actions.data(), actions.size()));
    }

    /// @param n K @return actions inside the range
    agents::Rows DrawActions(Eigen::Index n)
    {
        std::uniform_real_distribution<float> inside(0.05f, 0.95f);
        return agents::Rows::NullaryExpr(n, 2, [&] { return inside(m_random); });
    }

    /// @param n K @return something that is carried
    agents::Rows DrawCarried(Eigen::Index n)
    {
        std::uniform_real_distribution<float> share(0, 1);
        agents::Rows carried = agents::Rows::Zero(n, CARRIED);
        carried.col(0).setConstant(7);
        for (Eigen::Index k = 0; k < n; ++k)
        {
            carried(k, CAPACITY) = share(m_random) < 0.7f ? 2.0f : 0.0f;
            carried(k, BATTERY) = carried(k, CAPACITY) * share(m_random);
            carried(k, CPU) = 0.3f * share(m_random);
            carried(k, RADIO) = 0.3f * share(m_random);
        }
        carried.col(SERVER).setConstant(0.3f * share(m_random));
        return carried;
    }

    /// Run a cell whose decisions are drawn. @param scenario the cell @return what happened
    Run Simulate(const LlmMecScenario& scenario)
    {
        LlmMecHelper mec = scenario.MakeHelper();
        const LlmMecCell cell = scenario.BuildCells(mec).front();
        Run run;
        run.actions.resize(scenario.slots);
        auto policy = CreateObject<ScriptedPolicy>([&](const SlotObservation& observation) {
            agents::Rows& actions = run.actions[observation.slot];
            actions = DrawActions(observation.gain.size());
            actions.col(0) = (0.2f + 0.5f * actions.col(0).array()).matrix();
            actions.col(1) = (0.8f + 0.2f * actions.col(1).array()).matrix();
            return Decide(cell.controller->GetProblem(), actions);
        });
        cell.controller->SetAttribute("Policy", PointerValue(policy));
        OffloadController::StopWhenAllEnded({cell.controller});
        Simulator::Run();
        run.problem = cell.controller->GetProblem();
        Simulator::Destroy();
        run.records = policy->m_learned;
        std::sort(run.records.begin(), run.records.end(), [](const auto& a, const auto& b) {
            return a.observation.slot < b.observation.slot;
        });
        return run;
    }

    /// @param traits of a slot @param outcome how it went @return logarithms of seconds per Mbit
    static agents::Rows GetTrueComponents(const agents::Rows& traits, const SlotOutcome& outcome)
    {
        agents::Rows components(traits.rows(), 3);
        components.col(0) = (1e6 / outcome.uplinkBps).log().cast<float>().matrix();
        components.col(1) = traits.col(2); // as announced
        components.col(2) = traits.col(3);
        return components;
    }

    /// Simulate a cell, and compare slot by slot with the equations. @param scenario the cell
    /// @param least slots that have to be comparable
    void Follow(const LlmMecScenario& scenario, int least)
    {
        const Run run = Simulate(scenario);
        const OffloadCarriedEntities entities = MakeEntities(run.problem);
        int compared = 0;
        int waited = 0;
        for (std::size_t slot = 0; slot + 1 < run.records.size(); ++slot)
        {
            const SlotRecord& record = run.records[slot];
            const SlotObservation& after = run.records[slot + 1].observation;
            const agents::Rows traits = entities.GetAllTraits(run.problem, record.observation);
            const agents::Rows later = entities.GetAllTraits(run.problem, after);
            // Seconds of uploads under way are not seen, and a task without answer has no rate.
            const bool isSending = traits.col(OffloadEntities::TRAITS + RADIO).any() ||
                                   later.col(OffloadEntities::TRAITS + RADIO).any();
            if (isSending || record.outcome.unserved.any())
            {
                continue;
            }
            ++compared;
            waited += traits.middleCols(OffloadEntities::TRAITS + CPU, CARRIED - CPU).any();
            agents::Rows next(traits.rows(), CARRIED);
            const double worth = entities.Advance(traits,
                                                  run.actions[slot],
                                                  GetTrueComponents(traits, record.outcome),
                                                  next);
            NS_TEST_ASSERT_MSG_EQ_TOL(
                worth / (static_cast<double>(traits.rows()) * record.outcome.reward),
                1,
                TOLERANCE,
                "slot " << slot);
            const float difference = (next - later.rightCols(CARRIED)).cwiseAbs().maxCoeff();
            NS_TEST_ASSERT_MSG_LT(difference, 1e-4f, "what slot " << slot << " leaves");
        }
        NS_TEST_ASSERT_MSG_GT(compared, least, "enough was compared");
        const int leastWaiting = scenario.slotBarrier ? -1 : least / 4;
        NS_TEST_ASSERT_MSG_GT(waited, leastWaiting, "enough has waited");
    }

    void DoRun() override
    {
        (this->*m_check)();
    }

    static constexpr int INSTANCES = 200;     ///< random slots
    static constexpr int SLOTS = 200;         ///< of a simulated cell
    static constexpr double RANGE_DB = 25;    ///< of powers, dB
    static constexpr double TOLERANCE = 1e-4; ///< of a ratio, in single precision
    static constexpr float STEP = 1e-3f;      ///< of finite differences

    Check m_check;            //!< what to do
    std::mt19937 m_random{1}; //!< of instances
};

/// Add the cases of this file. @param suite the suite
static void
AddOffloadCarriedEntitiesTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name,
                              OffloadCarriedEntitiesTestCase::Check check) {
        suite.Add(new OffloadCarriedEntitiesTestCase(name, check));
    };
    add("alone", &OffloadCarriedEntitiesTestCase::CheckAlone);
    add("queue", &OffloadCarriedEntitiesTestCase::CheckQueue);
    add("battery", &OffloadCarriedEntitiesTestCase::CheckBattery);
    add("silence", &OffloadCarriedEntitiesTestCase::CheckSilence);
    add("targets", &OffloadCarriedEntitiesTestCase::CheckTargets);
    add("gradient", &OffloadCarriedEntitiesTestCase::CheckGradient);
    add("seen", &OffloadCarriedEntitiesTestCase::CheckSeen);
}

static const LlmMecTests g_offloadCarriedEntitiesTests(
    &AddOffloadCarriedEntitiesTests); //!< registers the cases of this file
