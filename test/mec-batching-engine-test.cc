/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-tests.h"
#include "round-serving.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/mec-batching-engine.h"
#include "ns3/mec-continuous-batching-discipline.h"
#include "ns3/nstime.h"
#include "ns3/pointer.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <stdexcept>
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
    LlmServing serving = MakeRoundServing(10000);
    serving.law.gemmUsPerToken = 100;
    serving.memoryBytes = 1000000;
    serving.kvBytesPerToken = 100;
    return MakeStepTimes(serving);
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

    /// Cancelling, also in the callback for a token: the blocks are free at once, and no further
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

    /// The callback for an answer may ask again at once.
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

    /// The callback for a token may cancel others that have one at the same instant, also their
    /// last: those whose answers were complete are told of, the others are not.
    void CheckCancelOthers()
    {
        for (const uint64_t canceller : {0, 1, 2})
        {
            Watched watched(100, 2);
            std::map<uint64_t, bool> wasHere;
            watched.engine->SetTokenCallback(ContinuousBatchingEngine::TokenCallback(
                [&](const TokenRecord& record, uint32_t index) {
                    NS_TEST_EXPECT_MSG_EQ(wasHere[record.job.id], false, "it was cancelled");
                    watched.tokens[record.job.id] = index + 1;
                    for (uint64_t id = 0; id < 3 && record.job.id == canceller && index == 2; ++id)
                    {
                        wasHere[id] = id != canceller && watched.engine->Cancel(id);
                    }
                }));
            watched.SubmitAt(0, {0, 10, 3, std::nullopt, 0});
            watched.SubmitAt(0, {1, 10, 7, std::nullopt, 0});
            watched.SubmitAt(0, {2, 10, 3, std::nullopt, 0});
            Simulator::Run();
            NS_TEST_EXPECT_MSG_EQ(wasHere[1], (canceller != 1), "in the middle of its answer");
            NS_TEST_EXPECT_MSG_EQ((wasHere[0] || wasHere[2]), false, "their answers were complete");
            NS_TEST_EXPECT_MSG_EQ(watched.records.size(), (canceller == 1 ? 3 : 2), "answers");
            NS_TEST_EXPECT_MSG_EQ(watched.tokens[1],
                                  (canceller == 0   ? 2
                                   : canceller == 1 ? 7
                                                    : 3),
                                  "tokens");
            ExpectEnergy(watched);
            Simulator::Destroy();
        }
    }

    /// Through a discipline, which knows requests by their tasks.
    void CheckDiscipline()
    {
        auto discipline = CreateObject<ContinuousBatchingDiscipline>();
        discipline->SetAttribute("Engine", PointerValue(MakeEngine()));
        std::string told;
        discipline->SetTokenCallback(
            MecServerDiscipline::TokenCallback([&](const ServerJob& job, double) {
                told += "t" + std::to_string(job.request.taskId);
                if (job.request.taskId == 1 && told.size() == 8)
                {
                    // One that others come after, and one whose answer is complete.
                    told += discipline->Cancel(0, 2) ? "+" : "-";
                    told += discipline->Cancel(0, 3) ? "+" : "-";
                    told += discipline->Cancel(0, 9) ? "+" : "-";
                }
            }));
        discipline->SetDoneCallback(
            MecServerDiscipline::DoneCallback([&](const ServerJob& job, double) {
                told += "d" + std::to_string(job.request.taskId);
            }));
        for (const uint64_t task : {1, 2, 3})
        {
            discipline->Submit(MakeJob(task, 10, task == 3 ? 2 : 3));
        }
        Simulator::Run();
        NS_TEST_EXPECT_MSG_EQ(told, "t1t2t3t1+--d3d1", "in this order");

        const auto errorOf = [](auto run) {
            try
            {
                run();
            }
            catch (const std::exception& error)
            {
                return std::string(error.what());
            }
            return std::string("(no error)");
        };
        const auto expect = [this](const std::string& error, const std::string& text) {
            NS_TEST_EXPECT_MSG_EQ(error, text, "message");
        };
        const uint64_t large = uint64_t{1} << 32;
        expect(errorOf([&] { discipline->Submit(MakeJob(large, 10, 3)); }),
               "task 4294967296 of MLU 0: expected a number below 2^32");
        expect(errorOf([&] { discipline->Submit(MakeJob(4, 5e9, 3)); }),
               "task 4 of MLU 0: 5e+09 tokens, expected a number from 0 to 4294967295");
        expect(errorOf([&] { discipline->Submit(MakeJob(4, std::nan(""), 3)); }),
               "task 4 of MLU 0: nan tokens, expected a number from 0 to 4294967295");
        expect(errorOf([&] { discipline->Submit(MakeJob(4, 4294967295.0, 3)); }),
               "task 4 of MLU 0: 4294967295 prompt tokens and 3 answer tokens, expected at most "
               "4294967295 together");
        expect(errorOf([&] { discipline->Submit(MakeJob(4, 2000, 3)); }),
               "task 4 of MLU 0: 2000 prompt tokens and 3 answer tokens take 126 KV blocks, "
               "expected at most the 99 that memory has");
        NS_TEST_EXPECT_MSG_EQ(ContinuousBatchingDiscipline::GetJobId(3, large - 1),
                              3 * large + large - 1,
                              "MLU and task");

        // An engine has one discipline, which keeps it while it has requests.
        auto other = CreateObject<ContinuousBatchingDiscipline>();
        const Ptr<ContinuousBatchingEngine> engine = discipline->GetEngine();
        other->SetAttribute("Engine", PointerValue(engine));
        expect(errorOf([&] { other->Submit(MakeJob(5, 10, 3)); }),
               "ContinuousBatchingEngine: another discipline has this engine, expected one of its "
               "own for each");
        discipline->Submit(MakeJob(6, 10, 1));
        expect(errorOf([&] { discipline->SetAttribute("Engine", PointerValue(MakeEngine())); }),
               "ContinuousBatchingDiscipline: Engine was exchanged while it has requests, expected "
               "none");
        Simulator::Run();
        discipline->SetAttribute("Engine", PointerValue(MakeEngine()));
        other->SetDoneCallback(MecServerDiscipline::DoneCallback([&](const ServerJob& job, double) {
            told += "o" + std::to_string(job.request.taskId);
        }));
        other->Submit(MakeJob(5, 10, 1));
        discipline->Submit(MakeJob(7, 10, 1));
        Simulator::Run();
        NS_TEST_EXPECT_MSG_EQ(told.substr(15), "d6o5d7", "each its own");
        Simulator::Destroy();
        discipline->Dispose();
        other->Dispose();
    }

    /// What there is to share out counts as it is set until the first request, also after an
    /// estimate, and is refused from then on.
    void CheckChanges()
    {
        const TokenJob job{1, 100, 5, std::nullopt, 0};
        for (const std::string name : {"Seats", "TokenBudget", "LongPrefillTokens", "BlockTokens"})
        {
            Watched watched(100, 2);
            watched.engine->EstimateLatencyS(job);
            watched.engine->SetAttribute("Blocks", UintegerValue(50));
            NS_TEST_EXPECT_MSG_EQ(watched.engine->GetScheduler().GetPool().GetTotal(),
                                  49,
                                  "blocks");
            watched.engine->Submit(job);
            watched.engine->SetAttribute(name, UintegerValue(17));
            std::string error = "(no error)";
            try
            {
                watched.engine->Submit({2, 100, 5, std::nullopt, 0});
            }
            catch (const std::runtime_error& e)
            {
                error = e.what();
            }
            NS_TEST_EXPECT_MSG_EQ(error.find("ContinuousBatchingEngine: after its first request " +
                                             name + " went from "),
                                  0,
                                  error);
            NS_TEST_EXPECT_MSG_NE(error.find(" to 17, expected no change"),
                                  std::string::npos,
                                  error);
            Simulator::Destroy();
        }
        // How many steps are under way may change at any time.
        Watched watched(100, 1);
        watched.engine->Submit({1, 100, 50, std::nullopt, 0});
        Simulator::Schedule(Seconds(0.1), [&watched] {
            watched.engine->SetAttribute("PipelineDepth", UintegerValue(2));
        });
        Simulator::Schedule(Seconds(0.2), [&watched] {
            watched.engine->SetAttribute("PipelineDepth", UintegerValue(1));
        });
        Simulator::Run();
        NS_TEST_EXPECT_MSG_EQ_TOL(watched.records.at(1).GetLatencyS(), 50 * 0.011, 1e-7, "all");
        Simulator::Destroy();
    }

    /// Records of steps and requests, and the energy that they share, by hand.
    void CheckRecords()
    {
        Watched watched(100, 1);
        watched.SubmitAt(0, {1, 30, 1, std::nullopt, 0});
        watched.SubmitAt(0, {2, 10, 3, std::nullopt, 0});
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ(watched.steps.size(), 3, "steps");
        const LlmServing& serving = watched.engine->GetStepTimeModel()->GetServing();
        const auto model = CreateObject<StepEnergyModel>();
        const double commonJ = model->GetCommonEnergyJ(serving, 0.011);
        const auto ownJ = [&](double tokens, double context) {
            return model->GetOwnEnergyJ(serving, {tokens, context, 1});
        };
        const TokenRecord& one = watched.records.at(1);
        const TokenRecord& two = watched.records.at(2);
        NS_TEST_EXPECT_MSG_EQ_TOL(one.energyJ,
                                  commonJ * 30 / 40 + ownJ(30, 0),
                                  1e-12,
                                  "by its tokens");
        NS_TEST_EXPECT_MSG_EQ_TOL(two.energyJ,
                                  commonJ * 10 / 40 + ownJ(10, 0) + 2 * commonJ + ownJ(1, 10) +
                                      ownJ(1, 11),
                                  1e-12,
                                  "and two steps of its own");
        NS_TEST_EXPECT_MSG_EQ_TOL(watched.engine->GetStepEnergyJ(),
                                  3 * commonJ + ownJ(30, 0) + ownJ(10, 0) + ownJ(1, 10) +
                                      ownJ(1, 11),
                                  1e-12,
                                  "of all steps");
        NS_TEST_EXPECT_MSG_EQ(one.computedTokens, 30, "its prompt");
        NS_TEST_EXPECT_MSG_EQ(two.computedTokens, 12, "its prompt and two of its answer");
        NS_TEST_EXPECT_MSG_EQ(watched.steps[0].prefillTokens, 40, "of prompts");
        NS_TEST_EXPECT_MSG_EQ(watched.steps[0].kvTokens, 0, "no decode");
        NS_TEST_EXPECT_MSG_EQ(watched.steps[0].samples, 2, "first tokens");
        NS_TEST_EXPECT_MSG_EQ(watched.steps[1].kvTokens, 11, "the prompt and itself");
        NS_TEST_EXPECT_MSG_EQ(watched.steps[2].kvTokens, 12, "one more");
        Simulator::Destroy();
    }

    /// A request that is preempted, over and over: what it computes and finds adds up to its tokens
    /// and to what it has lost.
    void CheckLostTokens()
    {
        Watched watched(200, 1);
        watched.engine->SetAttribute("BlockTokens", UintegerValue(4));
        std::map<uint64_t, uint64_t> lost;
        watched.engine->TraceConnectWithoutContext(
            "Preempt",
            Callback<void, uint64_t, uint32_t>(
                [&lost](uint64_t id, uint32_t lostTokens) { lost[id] += lostTokens; }));
        std::map<uint64_t, uint64_t> found;
        std::map<uint64_t, uint32_t> finds;
        watched.engine->TraceConnectWithoutContext(
            "Admit",
            Callback<void, uint64_t, uint32_t, double>(
                [&](uint64_t id, uint32_t cachedTokens, double) {
                    found[id] += cachedTokens;
                    finds[id] += cachedTokens > 0;
                }));
        for (uint64_t id = 1; id <= 24; ++id)
        {
            watched.SubmitAt(0.001 * static_cast<double>(id),
                             {id, 20, 20 + 5 * static_cast<uint32_t>(id), std::nullopt, 0});
        }
        Simulator::Run();
        uint32_t most = 0;
        uint32_t mostFinds = 0;
        uint64_t reused = 0;
        for (const auto& [id, record] : watched.records)
        {
            most = std::max(most, record.preemptions);
            reused += record.reusedTokens;
            NS_TEST_EXPECT_MSG_EQ(record.computedTokens + record.reusedTokens,
                                  39 + 5 * id + lost[id],
                                  "request " << id);
            NS_TEST_EXPECT_MSG_EQ(record.cachedTokens, 0, "none at first");
            NS_TEST_EXPECT_MSG_EQ(record.reusedTokens, found[id], "at each admission");
            mostFinds = std::max(mostFinds, finds[id]);
        }
        NS_TEST_EXPECT_MSG_GT(mostFinds, 1, "one has found some several times");
        NS_TEST_EXPECT_MSG_EQ(watched.records.size(), 24, "answers");
        NS_TEST_EXPECT_MSG_GT(most, 1, "one was preempted several times");
        NS_TEST_EXPECT_MSG_GT(reused, 0, "some of their tokens were found");
        Simulator::Destroy();
    }

    /// What is expected of a request, by hand.
    void CheckEstimates()
    {
        const TokenJob job{9, 100, 5, std::nullopt, 0};
        for (const uint32_t seats : {1, 2})
        {
            Watched watched(1000, 2);
            watched.engine->SetAttribute("Seats", UintegerValue(seats));
            NS_TEST_EXPECT_MSG_EQ_TOL(watched.engine->EstimateLatencyS(job),
                                      5 * 0.011,
                                      1e-12,
                                      "a prompt and four tokens");
            watched.engine->Submit({1, 100, 10, std::nullopt, 0});
            // A prompt of 100 tokens and ten tokens of 11 ms each; ten tokens until a seat.
            NS_TEST_EXPECT_MSG_EQ_TOL(watched.engine->GetBacklogS(), 0.121, 1e-12, "backlog");
            NS_TEST_EXPECT_MSG_EQ_TOL(watched.engine->EstimateLatencyS(job),
                                      (seats == 1 ? 10 * 0.011 : 0) + StepS(200) + 4 * 0.011,
                                      1e-12,
                                      "after the other");
            watched.engine->Submit({2, 4000, 10, std::nullopt, 0});
            // 4100 tokens take two steps of 2048 and a part of one.
            const double promptS = 4100.0 / 2048 * StepS(2048);
            NS_TEST_EXPECT_MSG_EQ_TOL(watched.engine->GetBacklogS(),
                                      20.0 / seats * 0.011 + promptS,
                                      1e-12,
                                      "backlog");
            Simulator::Destroy();
        }
    }

    /// Requests that have come since the last step ended are waiting, too.
    void CheckWaiting()
    {
        Watched watched(100, 1);
        uint32_t waiting = 0;
        watched.engine->TraceConnectWithoutContext(
            "Waiting",
            Callback<void, uint32_t, uint32_t>(
                [&waiting](uint32_t, uint32_t now) { waiting = now; }));
        watched.SubmitAt(0, {1, 100, 5, std::nullopt, 0});
        watched.SubmitAt(0.005, {2, 100, 5, std::nullopt, 0});
        watched.SubmitAt(0.006, {3, 100, 5, std::nullopt, 0});
        std::vector<uint32_t> seen;
        const auto look = [&](double timeS) {
            Simulator::Schedule(Seconds(timeS), [&] { seen.push_back(waiting); });
        };
        look(0.001);
        look(0.0055);
        look(0.0065);
        Simulator::Schedule(Seconds(0.007), [&] { watched.engine->Cancel(2); });
        look(0.0075);
        look(0.02);
        Simulator::Run();
        NS_TEST_EXPECT_MSG_EQ((seen == std::vector<uint32_t>{0, 1, 2, 1, 0}), true, "waiting");
        Simulator::Destroy();
    }

    /// Steps that take no time: all happens at one instant, and comes to an end.
    void CheckNoTime()
    {
        LlmServing serving;
        serving.device = "immediate";
        auto model = CreateObject<CoefficientStepTimeModel>();
        model->SetServing(serving);
        model->SetAttribute("StepOverhead", TimeValue(Seconds(0)));
        Watched watched(100, 2);
        watched.engine->SetAttribute("StepTimeModel", PointerValue(model));
        watched.SubmitAt(1, {1, 100, 200, std::nullopt, 0});
        watched.SubmitAt(1, {2, 50, 100, std::nullopt, 0});
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ(watched.records.size(), 2, "answers");
        NS_TEST_EXPECT_MSG_EQ(watched.records.at(1).GetLatencyS(), 0, "at once");
        NS_TEST_EXPECT_MSG_EQ(watched.records.at(1).GetTpotS(), 0, "at once");
        NS_TEST_EXPECT_MSG_EQ(watched.tokens[1], 200, "its tokens");
        NS_TEST_EXPECT_MSG_EQ(watched.engine->GetBacklogS(), 0, "nothing is left");
        NS_TEST_EXPECT_MSG_EQ(watched.engine->GetBusyS(), 0, "never busy");
        Simulator::Destroy();
    }

    /// A device of 10^9 blocks takes no more memory than what is used of it.
    void CheckManyBlocks()
    {
        Watched watched(1000000000, 2);
        watched.SubmitAt(0, {1, 1000, 3, std::nullopt, 0});
        Simulator::Run();
        NS_TEST_EXPECT_MSG_EQ(watched.records.size(), 1, "answers");
        NS_TEST_EXPECT_MSG_EQ(watched.engine->GetScheduler().GetPool().GetFree(),
                              999999999,
                              "free");
        Simulator::Destroy();
    }

  private:
    void DoRun() override
    {
        (this->*m_check)();
    }

    /// @return an engine without callbacks
    static Ptr<ContinuousBatchingEngine> MakeEngine()
    {
        auto engine = CreateObject<ContinuousBatchingEngine>();
        engine->SetAttribute("StepTimeModel", PointerValue(MakeRoundModel()));
        engine->SetAttribute("Blocks", UintegerValue(100));
        return engine;
    }

    /// @param task number of the task @param prompt tokens @param answer tokens @return a job
    static ServerJob MakeJob(uint64_t task, double prompt, double answer)
    {
        ServerJob job;
        job.request.taskId = task;
        job.request.work.promptTokens = prompt;
        job.request.work.outputTokens = answer;
        return job;
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
    add("cancelling others", &BatchingEngineTestCase::CheckCancelOthers);
    add("discipline", &BatchingEngineTestCase::CheckDiscipline);
    add("attributes that change", &BatchingEngineTestCase::CheckChanges);
    add("records", &BatchingEngineTestCase::CheckRecords);
    add("lost tokens", &BatchingEngineTestCase::CheckLostTokens);
    add("estimates", &BatchingEngineTestCase::CheckEstimates);
    add("waiting", &BatchingEngineTestCase::CheckWaiting);
    add("steps that take no time", &BatchingEngineTestCase::CheckNoTime);
    add("many blocks", &BatchingEngineTestCase::CheckManyBlocks);
    add("asking again", &BatchingEngineTestCase::CheckAskAgain);
    add("conservation", &BatchingEngineTestCase::CheckConservation);
    add("backlog", &BatchingEngineTestCase::CheckBacklog);
}

static const LlmMecTests g_batchingEngineTests(&AddBatchingEngineTests); //!< registers them
