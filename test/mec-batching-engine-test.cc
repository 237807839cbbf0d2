/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-tests.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/mec-batching-engine.h"
#include "ns3/pointer.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::llmmec;

namespace
{

/// Numbers that are easy to add: 10 ms for the weights, 0.1 ms a token in tiles of one, 1 ms of
/// overhead.
Ptr<CoefficientStepTimeModel>
MakeRoundModel()
{
    LlmServing serving;
    serving.device = "round";
    serving.law.weightsUs = 10000;
    serving.law.gemmUsPerToken = 100;
    serving.law.tileTokens = 1;
    serving.memoryBytes = 1000000;
    serving.weightBytes = 500000;
    serving.kvBytesPerToken = 100;
    serving.flopsPerToken = 1e6;
    auto model = CreateObject<CoefficientStepTimeModel>();
    model->SetServing(serving);
    return model;
}

/// An engine and what it told
struct Watched
{
    Ptr<ContinuousBatchingEngine> engine;    //!< the engine
    std::map<uint64_t, TokenRecord> records; //!< of requests that are done
    std::vector<TokenStepRecord> steps;      //!< in order
    std::map<uint64_t, uint32_t> tokens;     //!< yielded, by request
    std::ostringstream text;                 //!< all that was told

    /// @param blocks KV blocks @param depth of the pipeline
    Watched(uint32_t blocks, uint32_t depth)
        : engine(CreateObject<ContinuousBatchingEngine>())
    {
        engine->SetAttribute("StepTimeModel", PointerValue(MakeRoundModel()));
        engine->SetAttribute("Blocks", UintegerValue(blocks));
        engine->SetAttribute("PipelineDepth", UintegerValue(depth));
        text.precision(17);
        engine->SetDoneCallback(ContinuousBatchingEngine::DoneCallback(
            [this](const TokenRecord& record) { records[record.job.id] = record; }));
        engine->SetTokenCallback(ContinuousBatchingEngine::TokenCallback(
            [this](const TokenRecord& record, uint32_t index) {
                tokens[record.job.id] = index + 1;
                text << Simulator::Now().GetNanoSeconds() << ' ' << record.job.id << ' ' << index
                     << '\n';
            }));
        engine->TraceConnectWithoutContext(
            "Step",
            Callback<void, const TokenStepRecord&>(
                [this](const TokenStepRecord& step) { steps.push_back(step); }));
    }

    /// @param timeS when it arrives, s @param job a request
    void SubmitAt(double timeS, const TokenJob& job)
    {
        Simulator::Schedule(Seconds(timeS), &ContinuousBatchingEngine::Submit, engine, job);
    }
};

/// @param prompt tokens @param context tokens before @return a step of one sequence, s, with the
/// overhead of 1 ms
double
StepS(double prompt)
{
    return 0.001 + std::max(0.010, 0.0001 * prompt);
}

} // namespace

/**
 * @ingroup llm-mec-tests
 * @brief Cases of the batching engine; each runs one of the checks below.
 */
class BatchingEngineTestCase : public TestCase
{
  public:
    using Check = void (BatchingEngineTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    BatchingEngineTestCase(const std::string& name, Check check)
        : TestCase("batching engine: " + name),
          m_check(check)
    {
    }

    /// A lone request takes a step for its prompt and one for each further token, however many
    /// steps are under way.
    void CheckLone()
    {
        for (const uint32_t depth : {1, 2})
        {
            Watched watched(100, depth);
            watched.SubmitAt(0.5, {7, 300, 5, std::nullopt, 0});
            Simulator::Run();
            Simulator::Destroy();
            const TokenRecord& record = watched.records.at(7);
            NS_TEST_EXPECT_MSG_EQ_TOL(record.GetTtftS(), StepS(300), 2e-9, "first token");
            NS_TEST_EXPECT_MSG_EQ_TOL(record.GetTpotS(), 0.011, 2e-9, "a token");
            NS_TEST_EXPECT_MSG_EQ_TOL(record.GetLatencyS(), StepS(300) + 4 * 0.011, 6e-9, "all");
            NS_TEST_EXPECT_MSG_EQ(record.GetQueueS(), 0, "no waiting");
            NS_TEST_EXPECT_MSG_EQ(watched.steps.size(), 5, "steps");
            NS_TEST_EXPECT_MSG_EQ_TOL(watched.engine->GetBusyS(), record.GetLatencyS(), 6e-9, "");
            NS_TEST_EXPECT_MSG_EQ(watched.engine->GetBacklogS(), 0, "nothing is left");
        }
    }

    /// A request that comes during a step joins the next one, or with two steps under way the one
    /// after that.
    void CheckJoin()
    {
        for (const uint32_t depth : {1, 2})
        {
            Watched watched(100, depth);
            watched.SubmitAt(0, {1, 100, 20, std::nullopt, 0});
            watched.SubmitAt(0.015, {2, 100, 2, std::nullopt, 0});
            Simulator::Run();
            Simulator::Destroy();
            // Steps of the first: 0 to 11 ms, then one each 11 ms. The second comes in the second
            // step and is seen at its end, at 22 ms, when with a depth of 2 the third is composed.
            const double beginS = depth == 1 ? 0.022 : 0.033;
            const TokenRecord& record = watched.records.at(2);
            NS_TEST_EXPECT_MSG_EQ_TOL(record.admittedS, 0.022, 4e-9, "when it gets a seat");
            NS_TEST_EXPECT_MSG_EQ_TOL(record.firstTokenS, beginS + StepS(101), 8e-9, "its prompt");
        }
    }

    /// All that arrives at one instant is in one step.
    void CheckSameInstant()
    {
        Watched watched(100, 2);
        for (uint64_t id = 0; id < 5; ++id)
        {
            watched.SubmitAt(1, {id, 10, 1, std::nullopt, 0});
        }
        Simulator::Run();
        Simulator::Destroy();
        NS_TEST_ASSERT_MSG_EQ(watched.steps.size(), 1, "one step");
        NS_TEST_EXPECT_MSG_EQ(watched.steps[0].sequences, 5, "of all");
    }

    /// Memory: as many KV blocks as fit beside the weights, and one less.
    void CheckMemory()
    {
        Watched watched(0, 2);
        watched.engine->SetAttribute("ReservedBytes", DoubleValue(80000));
        // (0.9 * 1000000 - 500000 - 80000) / (16 * 100) = 200
        NS_TEST_EXPECT_MSG_EQ(watched.engine->GetScheduler().GetPool().GetTotal(), 199, "blocks");
        Watched full(0, 2);
        full.engine->SetAttribute("ReservedBytes", DoubleValue(399000));
        try
        {
            full.engine->GetScheduler();
            NS_TEST_EXPECT_MSG_EQ(true, false, "refused");
        }
        catch (const std::runtime_error& error)
        {
            const std::string text = error.what();
            NS_TEST_EXPECT_MSG_EQ((text.find("leave 1000 for the KV cache") != std::string::npos),
                                  true,
                                  text);
        }
    }

    /// Cancelling, also by whoever is told of a token: the blocks are free at once, and no further
    /// token is told.
    void CheckCancel()
    {
        Watched watched(100, 2);
        watched.engine->SetTokenCallback(ContinuousBatchingEngine::TokenCallback(
            [&watched](const TokenRecord& record, uint32_t index) {
                watched.tokens[record.job.id] = index + 1;
                if (record.job.id == 1 && index == 3)
                {
                    watched.engine->Cancel(1);
                }
            }));
        watched.SubmitAt(0, {1, 100, 50, std::nullopt, 0});
        watched.SubmitAt(0, {2, 100, 10, std::nullopt, 0});
        watched.SubmitAt(0, {3, 100, 10, std::nullopt, 0});
        bool wasWaiting = false;
        Simulator::Schedule(Seconds(0), [&] { wasWaiting = watched.engine->Cancel(3); });
        Simulator::Run();
        NS_TEST_EXPECT_MSG_EQ(wasWaiting, true, "cancelled before it was seen");
        NS_TEST_EXPECT_MSG_EQ(watched.engine->Cancel(1), false, "it is gone");
        NS_TEST_EXPECT_MSG_EQ(watched.tokens[1], 4, "no further token");
        NS_TEST_EXPECT_MSG_EQ(watched.tokens.count(3), 0, "none at all");
        NS_TEST_EXPECT_MSG_EQ(watched.records.size(), 1, "one answer");
        NS_TEST_EXPECT_MSG_EQ(watched.engine->GetScheduler().GetPool().GetFree(), 99, "blocks");
        ExpectEnergy(watched);
        Simulator::Destroy();
    }

    /// Whoever is told of an answer may ask again at once.
    void CheckAskAgain()
    {
        Watched watched(100, 2);
        uint64_t next = 1;
        watched.engine->SetDoneCallback(
            ContinuousBatchingEngine::DoneCallback([&](const TokenRecord& record) {
                watched.records[record.job.id] = record;
                if (next < 20)
                {
                    watched.engine->Submit({next, 50, 2, next - 1, 50});
                    ++next;
                }
            }));
        watched.SubmitAt(0, {0, 50, 2, std::nullopt, 0});
        Simulator::Run();
        Simulator::Destroy();
        NS_TEST_EXPECT_MSG_EQ(watched.records.size(), 20, "answers");
        NS_TEST_EXPECT_MSG_EQ(watched.steps.size(), 40, "two steps each");
        NS_TEST_EXPECT_MSG_EQ(watched.records.at(19).cachedTokens, 48, "three blocks");
        NS_TEST_EXPECT_MSG_EQ_TOL(watched.records.at(19).doneS, 40 * 0.011, 1e-7, "no gap");
    }

    /// Random loads: each request has its tokens once, tokens and energies of requests add up to
    /// those of the steps, steps do not overlap, and a second run is the same.
    void CheckConservation()
    {
        for (uint32_t load = 0; load < 100; ++load)
        {
            const std::string first = RunLoad(load);
            NS_TEST_ASSERT_MSG_EQ((first == RunLoad(load)), true, "the same again");
        }
        NS_TEST_EXPECT_MSG_GT(m_preemptions, 200, "requests were preempted");
    }

    /// The backlog is what it takes to work everything off, within a fifth, and an estimate of a
    /// request's latency is near it.
    void CheckBacklog()
    {
        Watched watched(10000, 2);
        std::mt19937 random(99);
        for (uint64_t id = 0; id < 100; ++id)
        {
            watched.SubmitAt(0, {id, 100 + uint32_t(random() % 400), 150, std::nullopt, 0});
        }
        double backlogS = 0;
        double estimateS = 0;
        Simulator::Schedule(Seconds(0.5), [&] {
            backlogS = watched.engine->GetBacklogS();
            const TokenJob job{1000, 300, 100, std::nullopt, 0};
            estimateS = watched.engine->EstimateLatencyS(job);
            watched.engine->Submit(job);
        });
        Simulator::Run();
        const double leftS = watched.steps.back().startS + watched.steps.back().durationS - 0.5;
        NS_TEST_EXPECT_MSG_EQ_TOL(backlogS, leftS, 0.2 * leftS, "backlog");
        const double latencyS = watched.records.at(1000).GetLatencyS();
        NS_TEST_EXPECT_MSG_EQ_TOL(estimateS, latencyS, 0.2 * latencyS, "estimate");
        Simulator::Destroy();
    }

  private:
    void DoRun() override
    {
        (this->*m_check)();
    }

    /// @param watched an engine that is done: energies of requests add up to those of steps
    void ExpectEnergy(const Watched& watched)
    {
        double stepsJ = 0;
        for (const TokenStepRecord& step : watched.steps)
        {
            stepsJ += step.energyJ;
        }
        double requestsJ = watched.engine->GetCancelledEnergyJ();
        for (const auto& [id, record] : watched.records)
        {
            requestsJ += record.energyJ;
        }
        NS_TEST_EXPECT_MSG_EQ_TOL(watched.engine->GetStepEnergyJ(), stepsJ, 1e-9 * stepsJ, "steps");
        NS_TEST_EXPECT_MSG_EQ_TOL(requestsJ, stepsJ, 1e-9 * stepsJ, "requests");
    }

    /// @param load number of a random load @return all that was told
    std::string RunLoad(uint32_t load)
    {
        std::mt19937 random(load);
        Watched watched(30 + random() % 60, 1 + random() % 2);
        watched.engine->SetAttribute("Seats", UintegerValue(1 + random() % 20));
        watched.engine->SetAttribute("TokenBudget", UintegerValue(20 + random() % 500));
        watched.engine->SetAttribute("PrefixCaching", BooleanValue(random() % 2 == 0));
        std::set<uint64_t> cancelled;
        const uint64_t jobs = 20 + random() % 40;
        double timeS = 0;
        uint64_t answerTokens = 0;
        for (uint64_t id = 0; id < jobs; ++id)
        {
            TokenJob job{id, 1 + uint32_t(random() % 200), 1 + uint32_t(random() % 60), {}, 0};
            if (id > 0 && random() % 2 == 0)
            {
                job.prefixOf = random() % id;
                job.prefixTokens = random() % job.promptTokens;
            }
            timeS += (random() % 1000) * 1e-4;
            watched.SubmitAt(timeS, job);
            if (random() % 10 == 0)
            {
                Simulator::Schedule(Seconds(timeS + 0.1), [&watched, &cancelled, id] {
                    if (watched.engine->Cancel(id))
                    {
                        cancelled.insert(id);
                    }
                });
            }
        }
        Simulator::Run();
        ExpectEnergy(watched);
        uint64_t samples = 0;
        double freeS = 0;
        for (const TokenStepRecord& step : watched.steps)
        {
            samples += step.samples;
            NS_TEST_EXPECT_MSG_EQ((step.startS >= freeS - 1e-9), true, "steps do not overlap");
            freeS = step.startS + step.durationS;
        }
        NS_TEST_EXPECT_MSG_EQ(watched.records.size() + cancelled.size(),
                              jobs,
                              "no request is lost");
        for (const auto& [id, record] : watched.records)
        {
            NS_TEST_EXPECT_MSG_EQ(watched.tokens[id], record.job.outputTokens, "the whole answer");
            NS_TEST_EXPECT_MSG_EQ((record.arrivalS <= record.admittedS &&
                                   record.admittedS < record.firstTokenS &&
                                   record.firstTokenS <= record.doneS),
                                  true,
                                  "in this order");
            answerTokens += record.job.outputTokens;
            m_preemptions += record.preemptions;
        }
        NS_TEST_EXPECT_MSG_EQ((samples >= answerTokens), true, "tokens of the steps");
        const KvBlockPool& pool = watched.engine->GetScheduler().GetPool();
        NS_TEST_EXPECT_MSG_EQ(pool.GetFree(), pool.GetTotal(), "all blocks are free");
        Simulator::Destroy();
        return watched.text.str();
    }

    Check m_check;             //!< what this case does
    uint64_t m_preemptions{0}; //!< of random loads
};

/// Add the cases of this file. @param suite the suite
static void
AddBatchingEngineTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name, BatchingEngineTestCase::Check check) {
        suite.Add(new BatchingEngineTestCase(name, check));
    };
    add("lone request", &BatchingEngineTestCase::CheckLone);
    add("joining", &BatchingEngineTestCase::CheckJoin);
    add("same instant", &BatchingEngineTestCase::CheckSameInstant);
    add("memory", &BatchingEngineTestCase::CheckMemory);
    add("cancelling", &BatchingEngineTestCase::CheckCancel);
    add("asking again", &BatchingEngineTestCase::CheckAskAgain);
    add("conservation", &BatchingEngineTestCase::CheckConservation);
    add("backlog", &BatchingEngineTestCase::CheckBacklog);
}

static const LlmMecTests g_batchingEngineTests(&AddBatchingEngineTests); //!< registers them
