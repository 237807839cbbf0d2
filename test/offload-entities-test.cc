/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "../model/policy/offload-entities.h"
#include "llm-mec-tests.h"
#include "offload-scenarios.h"

#include "ns3/balanced-offload-policy.h"
#include "ns3/offload-problem.h"
#include "ns3/offload-state.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::llmmec;

/**
 * @ingroup llm-mec-tests
 * @brief Cases of OffloadEntities, against EvaluateSlot, finite differences and the closed form.
 */
class OffloadEntitiesTestCase : public TestCase
{
  public:
    using Check = void (OffloadEntitiesTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    OffloadEntitiesTestCase(const std::string& name, Check check)
        : TestCase("Offload entities: " + name),
          m_check(check)
    {
    }

    /// The value of exact components is the logarithm of K times the reward (47).
    void CheckValue()
    {
        for (int i = 0; i < INSTANCES; ++i)
        {
            const Instance now = MakeInstance(1 + i % 12);
            const SlotOutcome outcome = Evaluate(now);
            const double expected =
                std::log(static_cast<double>(now.traits.rows()) * outcome.reward);
            for (const auto learned : {OffloadEntities::COMPONENTS, OffloadEntities::LATENCY})
            {
                const OffloadEntities entities = MakeEntities(now, learned);
                const agents::Rows components = GetComponents(entities, now, outcome);
                NS_TEST_ASSERT_MSG_EQ(components.allFinite(), true, "all is known");
                NS_TEST_ASSERT_MSG_EQ_TOL(GetValue(entities, now, now.actions, components),
                                          expected,
                                          TOLERANCE,
                                          "instance " << i);
            }
        }
    }

    /// The derivatives are those of finite differences, but at a kink of a maximum.
    void CheckGradient()
    {
        int kinks = 0;
        int entries = 0;
        for (int i = 0; i < INSTANCES; ++i)
        {
            const Instance now = MakeInstance(1 + i % 6);
            const SlotOutcome outcome = Evaluate(now);
            const auto learned =
                i % 2 == 0 ? OffloadEntities::COMPONENTS : OffloadEntities::LATENCY;
            const OffloadEntities entities = MakeEntities(now, learned);
            const agents::Rows components = GetComponents(entities, now, outcome);
            agents::Rows byActions(now.actions.rows(), now.actions.cols());
            agents::Rows byComponents(components.rows(), components.cols());
            entities.GetValue(now.traits, now.actions, components, byActions, byComponents);
            const auto compare = [&](const agents::Rows& derivatives, auto get) {
                for (Eigen::Index at = 0; at < derivatives.size(); ++at)
                {
                    const double slope = (get(at, STEP) - get(at, -STEP)) / (2 * STEP);
                    const double derivative = derivatives.data()[at];
                    kinks += std::abs(slope - derivative) > 1e-2 * std::max(1.0, std::abs(slope));
                    ++entries;
                }
            };
            compare(byActions, [&](Eigen::Index at, float step) {
                agents::Rows actions = now.actions;
                actions.data()[at] += step;
                return GetValue(entities, now, actions, components);
            });
            compare(byComponents, [&](Eigen::Index at, float step) {
                agents::Rows other = components;
                other.data()[at] += step;
                return GetValue(entities, now, now.actions, other);
            });
        }
        NS_TEST_ASSERT_MSG_GT(entries, 1000, "enough was compared");
        NS_TEST_ASSERT_MSG_LT(kinks, entries / 50, "derivatives differ");
    }

    /// Levels give the SINR of (19), whose rate gives the upload's component.
    void CheckLevels()
    {
        for (int i = 0; i < INSTANCES; ++i)
        {
            const Instance now = MakeInstance(2 + i % 9);
            const SlotOutcome outcome = Evaluate(now);
            const OffloadEntities entities = MakeEntities(now, OffloadEntities::COMPONENTS);
            const Eigen::Index n = now.traits.rows();
            Eigen::VectorXd given(n);
            Eigen::VectorXd chosen(n);
            agents::Rows derivatives(n, 2);
            entities.GetLevels(now.traits, now.actions, given, chosen, derivatives);
            const Eigen::ArrayXd received = (given + chosen).array().exp();
            for (Eigen::Index k = 0; k < n; ++k)
            {
                const double others = received.sum() - received[k] + now.scenario.problem.noiseW;
                const double rate =
                    now.scenario.problem.bandwidthHz * std::log2(1 + received[k] / others);
                NS_TEST_ASSERT_MSG_EQ_TOL(rate / outcome.uplinkBps[k], 1, 1e-3, "rate (19)");
            }
            agents::Rows louder = now.actions;
            louder.col(1).array() += STEP;
            Eigen::VectorXd after(n);
            agents::Rows unused(n, 2);
            entities.GetLevels(now.traits, louder, given, after, unused);
            NS_TEST_ASSERT_MSG_EQ_TOL((after - chosen).mean() / STEP,
                                      derivatives.col(1).mean(),
                                      1e-2,
                                      "slope of a level");
            NS_TEST_ASSERT_MSG_EQ(derivatives.col(0).isZero(), true, "the ratio changes no level");
        }
    }

    /// Outputs of zero give the closed form of equal MLUs, where all is relative to the reference.
    void CheckReference()
    {
        for (const uint32_t n : {2, 3, 5, 10, 20, 50})
        {
            OffloadScenario s = MakePaperScenario(n, 1e6);
            s.problem.minAccuracy = 0;
            std::uniform_real_distribution<double> spreadDb(-5, 5);
            for (Eigen::Index k = 0; k < s.gain.size(); ++k)
            {
                s.gain[k] = 1e-5 * std::pow(10.0, spreadDb(m_random) / 10);
            }
            SlotObservation observation;
            observation.tasks = s.tasks;
            observation.gain = s.gain;
            const Ptr<BalancedPolicy> balanced = CreateObject<BalancedPolicy>();
            balanced->Begin(s.problem);
            const SlotDecision decision = balanced->Decide(observation);
            const double reward = EvaluateSlot(s.problem, s.tasks, s.gain, decision).reward;
            const ClosedFormOptimum best =
                EqualReceivedPowerOptimum(n, 1e6, 0.45, 0.09, s.problem.bandwidthHz);
            NS_TEST_ASSERT_MSG_EQ_TOL(reward / best.reward, 1, 1e-3, n << " MLUs");
            NS_TEST_ASSERT_MSG_EQ_TOL(decision.offloadRatio.mean(),
                                      best.offloadRatio,
                                      1e-3,
                                      n << " MLUs");
        }
    }

    /// What is seen of an MLU follows it when MLUs change places.
    void CheckPlaces()
    {
        for (int i = 0; i < INSTANCES; ++i)
        {
            const Instance now = MakeInstance(2 + i % 12);
            const OffloadEntities entities = MakeEntities(now, OffloadEntities::COMPONENTS);
            const Eigen::Index n = now.traits.rows();
            std::vector<Eigen::Index> order(n);
            std::iota(order.begin(), order.end(), 0);
            std::shuffle(order.begin(), order.end(), m_random);
            agents::Rows moved(n, OffloadEntities::TRAITS);
            for (Eigen::Index k = 0; k < n; ++k)
            {
                moved.row(k) = now.traits.row(order[k]);
            }
            agents::Rows seen(n, OffloadEntities::OBSERVATIONS);
            agents::Rows other(n, OffloadEntities::OBSERVATIONS);
            entities.Observe(now.traits, seen);
            entities.Observe(moved, other);
            NS_TEST_ASSERT_MSG_EQ(seen.allFinite(), true, "all is finite");
            for (Eigen::Index k = 0; k < n; ++k)
            {
                const float difference = (other.row(k) - seen.row(order[k])).cwiseAbs().maxCoeff();
                NS_TEST_ASSERT_MSG_LT(difference, 1e-4f, "instance " << i);
            }
        }
    }

    /// An MLU without a task, or without an answer, teaches nothing, and all stays finite.
    void CheckNoTask()
    {
        Instance now = MakeInstance(4);
        const SlotOutcome before = Evaluate(now);
        now.scenario.tasks.bits[1] = 0;
        now.scenario.SetCosts();
        now.traits = OffloadEntities::GetSlotTraits(now.scenario.problem, GetObservation(now));
        SlotOutcome outcome = Evaluate(now);
        outcome.unserved[2] = true;
        outcome.uplinkCapped[3] = true;
        const OffloadEntities entities = MakeEntities(now, OffloadEntities::COMPONENTS);
        const agents::Rows components = GetComponents(entities, now, outcome);
        for (const Eigen::Index k : {1, 2})
        {
            NS_TEST_ASSERT_MSG_EQ(components.row(k).array().isNaN().all(), true, "MLU " << k);
        }
        NS_TEST_ASSERT_MSG_EQ(components.row(0).allFinite(), true, "MLU 0 teaches");
        NS_TEST_ASSERT_MSG_EQ(std::isnan(components(3, 0)), true, "a capped upload has no rate");
        NS_TEST_ASSERT_MSG_EQ(components.row(3).tail(2).allFinite(), true, "the rest of MLU 3");
        agents::Rows seen(4, OffloadEntities::OBSERVATIONS);
        entities.Observe(now.traits, seen);
        NS_TEST_ASSERT_MSG_EQ(seen.allFinite(), true, "all is finite");
        NS_TEST_ASSERT_MSG_GT(before.reward, 0, "a reward");
    }

  private:
    /// A slot, as an agent sees it.
    struct Instance
    {
        OffloadScenario scenario; ///< the slot
        agents::Rows traits;      ///< of its MLUs
        agents::Rows actions;     ///< of its MLUs
    };

    /// @param now a slot @return what is known of it
    static SlotObservation GetObservation(const Instance& now)
    {
        SlotObservation observation;
        observation.tasks = now.scenario.tasks;
        observation.gain = now.scenario.gain;
        return observation;
    }

    /// @param n K @return a slot of MLUs that differ
    Instance MakeInstance(Eigen::Index n)
    {
        Instance now;
        now.scenario = MakeRandomScenario(m_random, n);
        now.scenario.problem.maxUplinkLatencyS = 1e9; // a capped upload does not follow (19)
        now.traits = OffloadEntities::GetSlotTraits(now.scenario.problem, GetObservation(now));
        std::uniform_real_distribution<float> inside(0.05f, 0.95f);
        now.actions = agents::Rows::NullaryExpr(n, 2, [&] { return inside(m_random); });
        return now;
    }

    /// @param now a slot @return how it goes
    SlotOutcome Evaluate(const Instance& now) const
    {
        OffloadStateLayout layout;
        layout.state = OffloadStateLayout::ENTITIES;
        layout.powerRangeDb = RANGE_DB;
        layout.Describe(now.scenario.problem);
        const Eigen::Map<const Eigen::VectorXf> action(now.actions.data(), now.actions.size());
        return EvaluateSlot(now.scenario.problem,
                            now.scenario.tasks,
                            now.scenario.gain,
                            layout.Decide(now.scenario.problem, action));
    }

    /// @param now a slot @param learned what is learned @return its equations
    static OffloadEntities MakeEntities(const Instance& now, OffloadEntities::Learned learned)
    {
        return {OffloadLimits(now.scenario.problem), RANGE_DB, OffloadReference::RATIO, learned};
    }

    /// @param entities equations @param now a slot @param outcome how it went @return components
    static agents::Rows GetComponents(const OffloadEntities& entities,
                                      const Instance& now,
                                      const SlotOutcome& outcome)
    {
        agents::Rows components(now.traits.rows(),
                                static_cast<Eigen::Index>(entities.GetComponents().size()));
        entities.GetTargets(now.traits,
                            now.actions,
                            OffloadEntities::GetSlotOutcomes(outcome),
                            components);
        return components;
    }

    /// @param entities equations @param now a slot @param actions in it @param components of it
    /// @return the value
    static double GetValue(const OffloadEntities& entities,
                           const Instance& now,
                           const agents::Rows& actions,
                           const agents::Rows& components)
    {
        agents::Rows byActions(actions.rows(), actions.cols());
        agents::Rows byComponents(components.rows(), components.cols());
        return entities.GetValue(now.traits, actions, components, byActions, byComponents);
    }

    void DoRun() override
    {
        (this->*m_check)();
    }

    static constexpr int INSTANCES = 200;     ///< random slots
    static constexpr double RANGE_DB = 25;    ///< of powers, dB
    static constexpr double TOLERANCE = 1e-4; ///< of a logarithm, in single precision
    static constexpr float STEP = 1e-3f;      ///< of finite differences

    Check m_check;            //!< what to do
    std::mt19937 m_random{1}; //!< of instances
};

/// Add the cases of this file. @param suite the suite
static void
AddOffloadEntitiesTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name, OffloadEntitiesTestCase::Check check) {
        suite.Add(new OffloadEntitiesTestCase(name, check));
    };
    add("value", &OffloadEntitiesTestCase::CheckValue);
    add("gradient", &OffloadEntitiesTestCase::CheckGradient);
    add("levels", &OffloadEntitiesTestCase::CheckLevels);
    add("reference", &OffloadEntitiesTestCase::CheckReference);
    add("places", &OffloadEntitiesTestCase::CheckPlaces);
    add("no task", &OffloadEntitiesTestCase::CheckNoTask);
}

static const LlmMecTests g_offloadEntitiesTests(
    &AddOffloadEntitiesTests); //!< registers the cases of this file
