/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-tests.h"

#include "ns3/mec-token-scheduler.h"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

using namespace ns3;
using llmmec::TokenJob;
using llmmec::TokenSample;
using llmmec::TokenScheduler;
using llmmec::TokenSchedulerSettings;
using llmmec::TokenStep;

namespace
{

/**
 * @ingroup llm-mec-tests
 * @brief What became of a job.
 */
struct Ledger
{
    TokenJob job;            //!< what was asked
    uint64_t computed{0};    //!< tokens that steps computed for it
    uint64_t reused{0};      //!< tokens that were found in blocks
    uint64_t lost{0};        //!< computed tokens that the last preemption threw away
    uint64_t again{0};       //!< tokens that it got a seat again to compute once more
    uint32_t yielded{0};     //!< tokens of its answer
    bool isDone{false};      //!< whether its answer is complete
    bool isCancelled{false}; //!< whether it was cancelled
};

/// @param text what was thrown @param part what it should have @return whether it has
bool
Has(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

} // namespace

/**
 * @ingroup llm-mec-tests
 * @brief Cases of the token scheduler; each runs one of the checks below.
 */
class TokenSchedulerTestCase : public TestCase
{
  public:
    using Check = void (TokenSchedulerTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    TokenSchedulerTestCase(const std::string& name, Check check)
        : TestCase("token scheduler: " + name),
          m_check(check)
    {
    }

    /// A prompt is computed in chunks of the budget; its last chunk yields the first token.
    void CheckChunks()
    {
        TokenSchedulerSettings settings;
        settings.tokenBudget = 100;
        settings.blocks = 100;
        TokenScheduler scheduler(settings);
        scheduler.Submit({1, 250, 3, std::nullopt, 0});
        scheduler.Submit({2, 30, 1, std::nullopt, 0});
        std::vector<TokenSample> samples;
        const std::vector<std::vector<double>> expected = {{100}, {100}, {50, 30}, {1}, {1}};
        for (const auto& tokens : expected)
        {
            const TokenStep step = scheduler.Schedule();
            NS_TEST_ASSERT_MSG_EQ(step.queries.size(), tokens.size(), "sequences of the step");
            for (std::size_t i = 0; i < tokens.size(); ++i)
            {
                NS_TEST_EXPECT_MSG_EQ(step.queries[i].tokens, tokens[i], "tokens of the part");
            }
            scheduler.Complete(step, samples);
        }
        NS_TEST_EXPECT_MSG_EQ(samples.size(), 4, "three tokens and one");
        NS_TEST_EXPECT_MSG_EQ(samples[0].id, 1, "in the order of the step");
        NS_TEST_EXPECT_MSG_EQ(samples[1].isLast, true, "the answer of one token");
        NS_TEST_EXPECT_MSG_EQ(samples[3].isLast, true, "the longer answer");
        NS_TEST_EXPECT_MSG_EQ(scheduler.Schedule().parts.empty(), true, "nothing is left");
    }

    /// A step may be composed before the one before is complete; a job then keeps its seat one step
    /// longer than its last token needs.
    void CheckPipeline()
    {
        TokenSchedulerSettings settings;
        settings.seats = 1;
        settings.blocks = 100;
        TokenScheduler scheduler(settings);
        scheduler.Submit({1, 10, 2, std::nullopt, 0});
        scheduler.Submit({2, 10, 1, std::nullopt, 0});
        const TokenStep prompt = scheduler.Schedule();
        const TokenStep decode = scheduler.Schedule();
        NS_TEST_EXPECT_MSG_EQ(decode.queries[0].contextTokens, 10, "after the prompt");
        NS_TEST_EXPECT_MSG_EQ(scheduler.Schedule().parts.empty(), true, "its seat is taken");
        std::vector<TokenSample> samples;
        scheduler.Complete(prompt, samples);
        NS_TEST_EXPECT_MSG_EQ(scheduler.Schedule().parts.empty(), true, "its seat is still taken");
        scheduler.Complete(decode, samples);
        NS_TEST_EXPECT_MSG_EQ(samples.back().isLast, true, "the first job is done");
        NS_TEST_EXPECT_MSG_EQ(scheduler.Schedule().admitted.size(), 1, "the second has the seat");
    }

    /// Without a block for its next token, a job preempts the last that was admitted, which goes to
    /// the head of the queue and computes its tokens again.
    void CheckPreemption()
    {
        TokenSchedulerSettings settings;
        settings.blockTokens = 4;
        settings.blocks = 4;
        settings.cachesPrefixes = false;
        TokenScheduler scheduler(settings);
        const std::size_t first = scheduler.Submit({1, 8, 5, std::nullopt, 0});
        const std::size_t second = scheduler.Submit({2, 8, 2, std::nullopt, 0});
        const std::size_t third = scheduler.Submit({3, 4, 1, std::nullopt, 0});
        std::vector<TokenSample> samples;
        const TokenStep prompts = scheduler.Schedule();
        NS_TEST_ASSERT_MSG_EQ(prompts.admitted.size(), 2, "no block is left for the third");
        scheduler.Complete(prompts, samples);
        const TokenStep decode = scheduler.Schedule();
        NS_TEST_ASSERT_MSG_EQ(decode.preempted.size(), 1, "one has to go");
        NS_TEST_EXPECT_MSG_EQ(decode.preempted[0].place, second, "the last that was admitted");
        NS_TEST_EXPECT_MSG_EQ(decode.preempted[0].lostTokens, 8, "its prompt");
        NS_TEST_EXPECT_MSG_EQ(decode.admitted.empty(), true, "no job is admitted in that step");
        NS_TEST_EXPECT_MSG_EQ(decode.parts[0].place, first, "the first goes on");
        scheduler.Complete(decode, samples);
        // Its prompt and the token that it has take three blocks, of which one is free: the third
        // job, which needs one, waits after it all the same.
        const TokenStep next = scheduler.Schedule();
        NS_TEST_EXPECT_MSG_EQ(next.admitted.empty(), true, "first come, first served");
        scheduler.Complete(next, samples);
        while (scheduler.GetRunning() + scheduler.GetWaiting() > 0)
        {
            const TokenStep step = scheduler.Schedule();
            if (!step.admitted.empty())
            {
                m_order.push_back(step.admitted[0].place);
            }
            scheduler.Complete(step, samples);
        }
        NS_TEST_ASSERT_MSG_EQ(m_order.empty(), false, "they were admitted");
        NS_TEST_EXPECT_MSG_EQ(m_order[0], second, "the one that was preempted comes first");
        NS_TEST_EXPECT_MSG_EQ(samples.size(), 8, "all tokens of all answers, each once");
        (void)third;
    }

    /// Whole blocks that hold the same text are found: a prompt's beginning, a chat's earlier turn
    /// with its answer, and the tokens of a job that was preempted.
    void CheckPrefixes()
    {
        TokenSchedulerSettings settings;
        settings.blocks = 100;
        TokenScheduler scheduler(settings);
        std::vector<TokenSample> samples;
        const auto serve = [&](const TokenJob& job) {
            scheduler.Submit(job);
            uint32_t cached = 0;
            while (scheduler.GetRunning() + scheduler.GetWaiting() > 0)
            {
                const TokenStep step = scheduler.Schedule();
                cached += step.admitted.empty() ? 0 : step.admitted[0].cachedTokens;
                scheduler.Complete(step, samples);
            }
            return cached;
        };
        NS_TEST_EXPECT_MSG_EQ(serve({1, 40, 30, std::nullopt, 0}), 0, "nothing is there");
        // 69 tokens of the first were computed: four whole blocks.
        NS_TEST_EXPECT_MSG_EQ(serve({2, 100, 5, 1, 70}), 64, "the turn before, with its answer");
        NS_TEST_EXPECT_MSG_EQ(serve({3, 100, 5, 2, 100}), 96, "its own text");
        NS_TEST_EXPECT_MSG_EQ(serve({4, 96, 5, 2, 96}), 80, "at least one token is computed");
        NS_TEST_EXPECT_MSG_EQ(serve({5, 50, 5, 3, 33}), 32, "through the second from the first");
        NS_TEST_EXPECT_MSG_EQ(serve({7, 100, 5, 2, 79}), 64, "whole blocks alone");
        NS_TEST_EXPECT_MSG_EQ(serve({6, 50, 5, 99, 48}), 0, "a text that no job has had");
        NS_TEST_EXPECT_MSG_EQ(scheduler.GetPool().GetFree(), 100, "no job holds a block");
    }

    /// Jobs that can never be served, and ids that are taken, are refused in one line.
    void CheckRefusals()
    {
        TokenSchedulerSettings settings;
        settings.blocks = 10;
        TokenScheduler scheduler(settings);
        scheduler.Submit({1, 100, 61, std::nullopt, 0}); // 160 tokens to compute: ten blocks
        const auto refuse = [&](const TokenJob& job, const std::string& part) {
            try
            {
                scheduler.Submit(job);
                NS_TEST_EXPECT_MSG_EQ(true, false, "refused: " << part);
            }
            catch (const std::invalid_argument& error)
            {
                NS_TEST_EXPECT_MSG_EQ(Has(error.what(), part), true, error.what());
                NS_TEST_EXPECT_MSG_EQ(Has(error.what(), "\n"), false, "one line");
            }
        };
        refuse({2, 100, 62, std::nullopt, 0},
               "request 2: 100 prompt tokens and 62 answer tokens "
               "take 11 KV blocks, expected at most the 10");
        refuse({3, 0, 5, std::nullopt, 0}, "request 3: 0 prompt tokens");
        refuse({3, 5, 0, std::nullopt, 0}, "expected at least one of each");
        const uint32_t half = uint32_t{1} << 31;
        refuse({4, half, half, std::nullopt, 0}, "expected at most 4294967295 together");
        refuse({4, half, half - 1, std::nullopt, 0}, "KV blocks, expected at most the 10");
        refuse({1, 5, 5, std::nullopt, 0}, "request 1: another request has this id");
    }

    /// 1,000 random loads with preemptions, shared prefixes, steps under way and cancelled jobs:
    /// nothing is lost, nothing is served twice, and the books of blocks and tokens balance.
    void CheckConservation()
    {
        std::mt19937 random(271828);
        uint64_t preemptions = 0;
        uint64_t reused = 0;
        uint64_t cancelled = 0;
        for (int load = 0; load < 1000; ++load)
        {
            TokenSchedulerSettings settings;
            settings.seats = 1 + random() % 12;
            settings.tokenBudget = 1 + random() % 120;
            settings.longPrefillTokens = random() % 3 == 0 ? 1 + random() % 30 : 0;
            settings.blockTokens = 1 + random() % 16;
            settings.blocks = 12 + random() % 40;
            settings.reservesWholePrompt = random() % 4 != 0;
            settings.cachesPrefixes = random() % 4 != 0;
            RunLoad(settings, 1 + random() % 2, random, preemptions, reused, cancelled);
        }
        NS_TEST_EXPECT_MSG_GT(preemptions, 2000, "jobs were preempted");
        NS_TEST_EXPECT_MSG_GT(reused, 10000, "tokens were found in blocks");
        NS_TEST_EXPECT_MSG_GT(cancelled, 500, "jobs were cancelled");
    }

    /// A job that fills all blocks with its last computed token is served to its end.
    void CheckExactFit()
    {
        TokenSchedulerSettings settings;
        settings.blockTokens = 4;
        settings.blocks = 3;
        TokenScheduler scheduler(settings);
        scheduler.Submit({1, 4, 9, std::nullopt, 0});
        std::vector<TokenSample> samples;
        for (int step = 0; step < 9; ++step)
        {
            const TokenStep composed = scheduler.Schedule();
            NS_TEST_EXPECT_MSG_EQ(composed.preempted.empty(), true, "there is room");
            // Blocks are taken when a token needs them, not before.
            NS_TEST_EXPECT_MSG_EQ(scheduler.GetPool().GetFree(),
                                  (step < 1   ? 2
                                   : step < 5 ? 1
                                              : 0),
                                  step);
            scheduler.Complete(composed, samples);
        }
        NS_TEST_EXPECT_MSG_EQ(samples.size(), 9, "the answer");
        NS_TEST_EXPECT_MSG_EQ(scheduler.GetPool().GetFree(), 3, "all are free");
    }

    /// A prompt of several chunks is admitted where all of it fits, or where its first chunk does.
    void CheckReserve()
    {
        for (const bool reserves : {true, false})
        {
            TokenSchedulerSettings settings;
            settings.blockTokens = 4;
            settings.blocks = 6;
            settings.tokenBudget = 12;
            settings.reservesWholePrompt = reserves;
            TokenScheduler scheduler(settings);
            scheduler.Submit({1, 8, 9, std::nullopt, 0});
            scheduler.Submit({2, 17, 1, std::nullopt, 0});
            const TokenStep step = scheduler.Schedule();
            NS_TEST_ASSERT_MSG_EQ(step.admitted.size(), (reserves ? 1 : 2), "five blocks of four");
            NS_TEST_EXPECT_MSG_EQ(scheduler.GetPool().GetFree(), (reserves ? 4 : 3), "blocks");
        }
        TokenSchedulerSettings settings;
        settings.blockTokens = 4;
        settings.blocks = 7;
        settings.tokenBudget = 12;
        TokenScheduler scheduler(settings);
        scheduler.Submit({1, 8, 9, std::nullopt, 0});
        scheduler.Submit({2, 17, 1, std::nullopt, 0});
        NS_TEST_EXPECT_MSG_EQ(scheduler.Schedule().admitted.size(), 2, "it just fits");
    }

    /// A long prompt leaves some of the budget to others.
    void CheckLongPrefill()
    {
        TokenSchedulerSettings settings;
        settings.blocks = 100;
        settings.tokenBudget = 100;
        settings.longPrefillTokens = 30;
        TokenScheduler scheduler(settings);
        scheduler.Submit({1, 70, 1, std::nullopt, 0});
        scheduler.Submit({2, 30, 1, std::nullopt, 0});
        std::vector<TokenSample> samples;
        for (const std::vector<double>& tokens :
             std::vector<std::vector<double>>{{30, 30}, {30}, {10}})
        {
            const TokenStep step = scheduler.Schedule();
            NS_TEST_ASSERT_MSG_EQ(step.queries.size(), tokens.size(), "sequences of the step");
            for (std::size_t i = 0; i < tokens.size(); ++i)
            {
                NS_TEST_EXPECT_MSG_EQ(step.queries[i].tokens, tokens[i], "tokens of the part");
            }
            scheduler.Complete(step, samples);
        }
        NS_TEST_EXPECT_MSG_EQ(samples.size(), 2, "both answers");
    }

    /// A job that was preempted finds what it has computed, also of its answer.
    void CheckOwnText()
    {
        TokenSchedulerSettings settings;
        settings.blockTokens = 4;
        settings.blocks = 6;
        TokenScheduler scheduler(settings);
        scheduler.Submit({1, 4, 9, std::nullopt, 0});
        const std::size_t second = scheduler.Submit({2, 6, 14, std::nullopt, 0});
        std::vector<TokenSample> samples;
        std::vector<uint32_t> lost;
        std::vector<uint32_t> cached;
        while (scheduler.GetRunning() + scheduler.GetWaiting() > 0)
        {
            const TokenStep step = scheduler.Schedule();
            for (const auto& preemption : step.preempted)
            {
                NS_TEST_EXPECT_MSG_EQ(preemption.place, second, "the last that was admitted");
                lost.push_back(preemption.lostTokens);
            }
            for (const auto& admission : step.admitted)
            {
                cached.push_back(admission.cachedTokens);
            }
            scheduler.Complete(step, samples);
        }
        // Both have three blocks when the second needs a fourth, for its 13th token.
        NS_TEST_EXPECT_MSG_EQ(samples.size(), 23, "all tokens");
        NS_TEST_EXPECT_MSG_EQ((lost == std::vector<uint32_t>{12}), true, "its three blocks");
        NS_TEST_EXPECT_MSG_EQ((cached == std::vector<uint32_t>{0, 0, 12}), true, "found again");
    }

    /// What a block holds is known once its last token is: not while a step that yields it is under
    /// way.
    void CheckContents()
    {
        TokenSchedulerSettings settings;
        settings.blockTokens = 4;
        settings.blocks = 10;
        TokenScheduler scheduler(settings);
        scheduler.Submit({1, 3, 4, std::nullopt, 0});
        const TokenStep prompt = scheduler.Schedule();
        const TokenStep decode = scheduler.Schedule();
        NS_TEST_EXPECT_MSG_EQ(decode.parts.size(), 1, "under way");
        const auto isKnown = [&scheduler] { return scheduler.GetPool().Find({1, 0}).has_value(); };
        NS_TEST_EXPECT_MSG_EQ(isKnown(), false, "its fourth token is under way");
        std::vector<TokenSample> samples;
        scheduler.Complete(prompt, samples);
        NS_TEST_EXPECT_MSG_EQ(isKnown(), true, "its fourth token is there");
    }

    /// What is left, by hand.
    void CheckRemainder()
    {
        TokenSchedulerSettings settings;
        settings.tokenBudget = 30;
        settings.blocks = 100;
        TokenScheduler scheduler(settings);
        scheduler.Submit({1, 20, 5, std::nullopt, 0});
        scheduler.Submit({2, 25, 7, std::nullopt, 0});
        const auto expect = [&](uint64_t prompt, uint64_t output, uint64_t context) {
            const auto left = scheduler.GetRemainder();
            NS_TEST_EXPECT_MSG_EQ(left.promptTokens, prompt, "of prompts");
            NS_TEST_EXPECT_MSG_EQ(left.outputTokens, output, "of answers");
            NS_TEST_EXPECT_MSG_EQ(left.contextTokens, context, "now");
        };
        // The last token of what is there counts as one of the answer.
        expect(19 + 24, 12, 45);
        std::vector<TokenSample> samples;
        scheduler.Complete(scheduler.Schedule(), samples); // 20 and 10 tokens
        expect(14, 11, 46);
        scheduler.Complete(scheduler.Schedule(), samples); // 1 and 15
        expect(0, 9, 48);
        scheduler.Complete(scheduler.Schedule(), samples);
        expect(0, 7, 50);
        NS_TEST_EXPECT_MSG_EQ(scheduler.GetRemainder().jobs, 2, "jobs");
    }

  private:
    void DoRun() override
    {
        (this->*m_check)();
    }

    /// Serve a random load. @param settings of the scheduler @param depth steps under way @param
    /// random where it comes from @param preemptions counts them @param reused counts tokens
    /// @param cancelled counts jobs
    void RunLoad(const TokenSchedulerSettings& settings,
                 std::size_t depth,
                 std::mt19937& random,
                 uint64_t& preemptions,
                 uint64_t& reused,
                 uint64_t& cancelled)
    {
        TokenScheduler scheduler(settings);
        std::map<uint64_t, Ledger> ledgers;
        std::map<std::size_t, uint64_t> idOfPlace;
        std::deque<TokenStep> flights;
        std::vector<TokenSample> samples;
        const uint64_t jobs = 5 + random() % 25;
        uint64_t submitted = 0;
        const uint64_t capacity = uint64_t{settings.blocks} * settings.blockTokens;
        for (int idle = 0; idle < 3;)
        {
            if (submitted < jobs && random() % 3 == 0)
            {
                TokenJob job;
                job.id = submitted++;
                job.promptTokens = 1 + random() % std::max<uint64_t>(capacity / 2, 1);
                job.outputTokens = 1 + random() % std::max<uint64_t>(capacity / 3, 1);
                if (job.id > 0 && random() % 2 == 0)
                {
                    job.prefixOf = random() % job.id;
                    job.prefixTokens = 1 + random() % job.promptTokens;
                }
                ledgers[job.id].job = job;
                idOfPlace[scheduler.Submit(job)] = job.id;
            }
            if (submitted > 0 && random() % 40 == 0)
            {
                const uint64_t id = random() % submitted;
                Ledger& ledger = ledgers.at(id);
                const bool isHere = scheduler.Cancel(id).has_value();
                NS_TEST_ASSERT_MSG_EQ(isHere,
                                      (!ledger.isDone && !ledger.isCancelled),
                                      "what is here can be cancelled, once");
                ledger.isCancelled |= isHere;
                cancelled += isHere;
            }
            while (flights.size() < depth)
            {
                TokenStep step = scheduler.Schedule();
                NoteStep(settings, step, idOfPlace, ledgers, preemptions, reused);
                if (step.parts.empty())
                {
                    break;
                }
                flights.push_back(step);
            }
            const auto& pool = scheduler.GetPool();
            NS_TEST_ASSERT_MSG_EQ((pool.GetFree() <= pool.GetTotal()), true, "free blocks");
            NS_TEST_ASSERT_MSG_EQ((scheduler.GetRunning() <= settings.seats), true, "seats");
            if (flights.empty())
            {
                idle += submitted == jobs;
                continue;
            }
            samples.clear();
            scheduler.Complete(flights.front(), samples);
            flights.pop_front();
            for (const TokenSample& sample : samples)
            {
                Ledger& ledger = ledgers.at(sample.id);
                NS_TEST_ASSERT_MSG_EQ((ledger.isDone || ledger.isCancelled), false, "still wanted");
                NS_TEST_ASSERT_MSG_EQ(sample.index, ledger.yielded, "tokens come in order");
                ++ledger.yielded;
                ledger.isDone = sample.isLast;
            }
        }
        for (const auto& [id, ledger] : ledgers)
        {
            NS_TEST_ASSERT_MSG_EQ((ledger.isDone != ledger.isCancelled), true, "done or cancelled");
            if (ledger.isDone)
            {
                NS_TEST_ASSERT_MSG_EQ(ledger.yielded, ledger.job.outputTokens, "the whole answer");
                // The last token of an answer is never computed on.
                NS_TEST_ASSERT_MSG_EQ(ledger.computed + ledger.reused,
                                      uint64_t{ledger.job.promptTokens} + ledger.job.outputTokens -
                                          1 + ledger.again,
                                      "prompt + answer + recomputed - cached");
            }
        }
        NS_TEST_ASSERT_MSG_EQ(scheduler.GetPool().GetFree(),
                              settings.blocks,
                              "all blocks are free");
        NS_TEST_ASSERT_MSG_EQ(scheduler.GetRunning() + scheduler.GetWaiting(), 0, "no job is here");
    }

    /// Put a step into the books. @param settings of the scheduler @param step the step
    /// @param idOfPlace who is where @param ledgers the books @param preemptions counts them
    /// @param reused counts tokens
    void NoteStep(const TokenSchedulerSettings& settings,
                  const TokenStep& step,
                  const std::map<std::size_t, uint64_t>& idOfPlace,
                  std::map<uint64_t, Ledger>& ledgers,
                  uint64_t& preemptions,
                  uint64_t& reused)
    {
        double tokens = 0;
        for (const auto& preemption : step.preempted)
        {
            ledgers.at(idOfPlace.at(preemption.place)).lost = preemption.lostTokens;
            ++preemptions;
        }
        for (const auto& admission : step.admitted)
        {
            // One whose last token was under way is done without another seat.
            Ledger& ledger = ledgers.at(idOfPlace.at(admission.place));
            ledger.reused += admission.cachedTokens;
            ledger.again += ledger.lost;
            ledger.lost = 0;
            reused += admission.cachedTokens;
        }
        for (std::size_t i = 0; i < step.parts.size(); ++i)
        {
            NS_TEST_ASSERT_MSG_EQ((step.queries[i].tokens >= 1), true, "each part has tokens");
            tokens += step.queries[i].tokens;
            Ledger& ledger = ledgers.at(idOfPlace.at(step.parts[i].place));
            ledger.computed += static_cast<uint64_t>(step.queries[i].tokens);
        }
        NS_TEST_ASSERT_MSG_EQ((tokens <= settings.tokenBudget), true, "the budget");
    }

    Check m_check;                    //!< what this case does
    std::vector<std::size_t> m_order; //!< of admissions
};

/// Add the cases of this file. @param suite the suite
static void
AddTokenSchedulerTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name, TokenSchedulerTestCase::Check check) {
        suite.Add(new TokenSchedulerTestCase(name, check));
    };
    add("prompts in chunks", &TokenSchedulerTestCase::CheckChunks);
    add("steps under way", &TokenSchedulerTestCase::CheckPipeline);
    add("preemption", &TokenSchedulerTestCase::CheckPreemption);
    add("shared prefixes", &TokenSchedulerTestCase::CheckPrefixes);
    add("memory that is just enough", &TokenSchedulerTestCase::CheckExactFit);
    add("reserving", &TokenSchedulerTestCase::CheckReserve);
    add("long prompts", &TokenSchedulerTestCase::CheckLongPrefill);
    add("one's own text", &TokenSchedulerTestCase::CheckOwnText);
    add("what blocks hold", &TokenSchedulerTestCase::CheckContents);
    add("what is left", &TokenSchedulerTestCase::CheckRemainder);
    add("refusals", &TokenSchedulerTestCase::CheckRefusals);
    add("conservation", &TokenSchedulerTestCase::CheckConservation);
}

static const LlmMecTests g_tokenSchedulerTests(&AddTokenSchedulerTests); //!< registers them
