/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-tests.h"

#include "ns3/llm-mec-step-time.h"
#include "ns3/mec-batching-engine.h"
#include "ns3/nstime.h"
#include "ns3/pointer.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <cmath>
#include <cstdint>
#include <optional>
#include <random>
#include <string>

using namespace ns3;
using namespace ns3::llmmec;

namespace
{

constexpr uint64_t PROBE = 1000000; //!< id of the request whose latency is expected

/// Sizes of requests
struct Mix
{
    std::string name;       //!< in messages
    uint32_t minPrompt;     //!< tokens
    uint32_t maxPrompt;     //!< tokens
    uint32_t minAnswer;     //!< tokens
    uint32_t maxAnswer;     //!< tokens
    double freeSeatError;   //!< mean of |estimate / latency - 1| that is allowed with a seat free
    double noSeatError;     //!< the same where all seats are taken
    double noSeatDeviation; //!< |mean of estimate / latency - 1| that is allowed there
};

/// What was expected of a request, and what came of it
struct Expected
{
    bool isFull{false};  //!< whether all seats were taken
    double estimateS{0}; //!< latency that was expected, s
    double latencyS{0};  //!< latency that it had, s
};

/// Errors of estimates
struct Errors
{
    uint32_t loads{0};     //!< how many
    double sum{0};         //!< of estimate / latency - 1
    double absoluteSum{0}; //!< of its absolute value

    /// @param one an estimate
    void Add(const Expected& one)
    {
        const double error = one.estimateS / one.latencyS - 1;
        ++loads;
        sum += error;
        absoluteSum += std::abs(error);
    }
};

/// Load an engine at random, and ask for one request more when the last has come. @param mix sizes
/// of the requests @param number of the load @param hasMany whether there are more requests than
/// seats @return what was expected of the last request, and what came of it
Expected
RunLoad(const Mix& mix, uint32_t number, bool hasMany)
{
    std::mt19937 random(number);
    const auto draw = [&random](uint32_t min, uint32_t max) {
        return min + static_cast<uint32_t>(random() % (max - min + 1));
    };
    const auto drawJob = [&](uint64_t id) {
        TokenJob job;
        job.id = id;
        job.promptTokens = draw(mix.minPrompt, mix.maxPrompt);
        job.outputTokens = draw(mix.minAnswer, mix.maxAnswer);
        return job;
    };
    const uint32_t seats = draw(1, 64);
    auto engine = CreateObject<ContinuousBatchingEngine>();
    engine->SetAttribute("StepTimeModel", PointerValue(MakeStepTimeModel("rtx4090-llama-3.1-8b")));
    engine->SetAttribute("Seats", UintegerValue(seats));
    engine->SetAttribute("Blocks", UintegerValue(1000000)); // never short, as estimates assume
    Expected expected;
    engine->SetDoneCallback(
        ContinuousBatchingEngine::DoneCallback([&expected](const TokenRecord& record) {
            if (record.job.id == PROBE)
            {
                expected.latencyS = record.GetLatencyS();
            }
        }));
    const uint32_t jobs = hasMany ? seats + draw(0, 2 * seats) : draw(0, seats);
    const uint32_t spanMs = draw(100, 30000);
    for (uint32_t id = 0; id < jobs; ++id)
    {
        Simulator::Schedule(MilliSeconds(draw(0, spanMs)),
                            &ContinuousBatchingEngine::Submit,
                            engine,
                            drawJob(id));
    }
    const TokenJob probe = drawJob(PROBE);
    Simulator::Schedule(MilliSeconds(spanMs), [&] {
        expected.isFull = engine->GetScheduler().GetRemainder().jobs >= seats;
        expected.estimateS = engine->EstimateLatencyS(probe);
        engine->Submit(probe);
    });
    Simulator::Run();
    Simulator::Destroy();
    return expected;
}

} // namespace

/**
 * @ingroup llm-mec-tests
 * @brief What is expected of a request's latency against what the engine takes, on random loads.
 */
class TokenEstimateTestCase : public TestCase
{
  public:
    TokenEstimateTestCase()
        : TestCase("token estimate: random loads")
    {
    }

  private:
    void DoRun() override
    {
        // Measured on these loads: 3.0, 5.7 and 2.8 % with a seat free, 6.4, 7.4 and 7.5 % without,
        // and 3.3, 5.9 and 4.4 % of mean deviation there.
        for (const Mix& mix : {Mix{"chats", 16, 1000, 1, 500, 0.035, 0.07, 0.04},
                               Mix{"long prompts", 1000, 4000, 1, 100, 0.06, 0.08, 0.065},
                               Mix{"equal answers", 16, 1000, 200, 200, 0.03, 0.08, 0.05}})
        {
            Errors free;
            Errors full;
            for (uint32_t number = 0; number < 200; ++number)
            {
                const Expected expected = RunLoad(mix, number, number % 2 == 1);
                (expected.isFull ? full : free).Add(expected);
            }
            NS_TEST_EXPECT_MSG_GT(free.loads, 90, mix.name);
            NS_TEST_EXPECT_MSG_GT(full.loads, 30, mix.name);
            NS_TEST_EXPECT_MSG_LT(free.absoluteSum / free.loads, mix.freeSeatError, mix.name);
            NS_TEST_EXPECT_MSG_LT(full.absoluteSum / full.loads, mix.noSeatError, mix.name);
            NS_TEST_EXPECT_MSG_LT(std::abs(full.sum) / full.loads, mix.noSeatDeviation, mix.name);
        }
    }
};

/// Add the cases of this file. @param suite the suite
static void
AddTokenEstimateTests(LlmMecTestSuite& suite)
{
    suite.Add(new TokenEstimateTestCase);
}

static const LlmMecTests g_tokenEstimateTests(&AddTokenEstimateTests); //!< registers this file's
