/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-tests.h"

#include "ns3/mec-token-scheduler.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

using namespace ns3;
using llmmec::ResidentPass;
using llmmec::TokenJob;
using llmmec::TokenSample;
using llmmec::TokenScheduler;
using llmmec::TokenSchedulerSettings;
using llmmec::TokenStep;

namespace
{

/**
 * @ingroup llm-mec-tests
 * @brief What should be true of a resident sequence, by what steps say.
 */
struct Resident
{
    std::size_t place{0};             //!< in the scheduler
    uint64_t longest{0};              //!< tokens of its text, at most
    uint64_t right{0};                //!< tokens that stay
    uint64_t computed{0};             //!< tokens whose KV is there
    uint32_t passes{0};               //!< that are complete
    std::optional<ResidentPass> pass; //!< that is asked for
};

} // namespace

/**
 * @ingroup llm-mec-tests
 * @brief Cases of sequences that stay in a token scheduler; each runs one of the checks below.
 */
class ResidentSequenceTestCase : public TestCase
{
  public:
    using Check = void (ResidentSequenceTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    ResidentSequenceTestCase(const std::string& name, Check check)
        : TestCase("resident sequence: " + name),
          m_check(check)
    {
    }

    /// A prompt, drafts of which some are wrong, and more drafts: only what is new is computed.
    void CheckPasses()
    {
        TokenScheduler scheduler(GetSettings(13));
        scheduler.Open({7, 30, 20, std::nullopt, 0});
        NS_TEST_EXPECT_MSG_EQ(scheduler.Schedule().parts.empty(), true, "there is nothing to do");
        NS_TEST_EXPECT_MSG_EQ(scheduler.GetIdle(), 1, "it waits for its text");
        scheduler.Extend({7, 30, 1});
        ExpectPass(scheduler, 30, 0, 1);
        NS_TEST_EXPECT_MSG_EQ(scheduler.GetPool().GetFree(), 13 - 8, "blocks of 30 tokens");
        // The verifier's own token and four drafts.
        scheduler.Extend({7, 35, 5});
        ExpectPass(scheduler, 5, 30, 5);
        // Two of the drafts were right: the token after them is the verifier's own.
        scheduler.Truncate(7, 33);
        scheduler.Extend({7, 34, 1});
        ExpectPass(scheduler, 1, 33, 1);
        scheduler.Truncate(7, 20);
        NS_TEST_EXPECT_MSG_EQ(scheduler.GetPool().GetFree(), 13 - 5, "blocks of 20 tokens");
        scheduler.Cancel(7);
        NS_TEST_EXPECT_MSG_EQ(scheduler.GetPool().GetFree(), 13, "all are free");
        NS_TEST_EXPECT_MSG_EQ(scheduler.GetIdle(), 0, "it is gone");
    }

    /// Idle sequences lose their blocks to others, the one that is idle for longest first, and
    /// compute their text again when they are asked for.
    void CheckEviction()
    {
        TokenScheduler scheduler(GetSettings(10));
        for (const uint64_t id : {1, 2})
        {
            scheduler.Open({id, 16, 4, std::nullopt, 0});
            scheduler.Extend({id, 16, 1});
            ExpectPass(scheduler, 16, 0, 1);
        }
        NS_TEST_EXPECT_MSG_EQ(scheduler.GetPool().GetFree(), 2, "both are there");
        scheduler.Submit({3, 20, 1, std::nullopt, 0});
        const TokenStep step = scheduler.Schedule();
        NS_TEST_ASSERT_MSG_EQ(step.evicted.size(), 1, "one has to go");
        NS_TEST_EXPECT_MSG_EQ(step.evicted[0].place, 0, "the first");
        NS_TEST_EXPECT_MSG_EQ(step.evicted[0].lostTokens, 16, "all of its tokens");
        NS_TEST_EXPECT_MSG_EQ(step.preempted.empty(), true, "none that runs");
        std::vector<TokenSample> samples;
        scheduler.Complete(step, samples);
        scheduler.Extend({2, 18, 2});
        ExpectPass(scheduler, 2, 16, 2);
        // The blocks that the third job did not take still hold the first one's beginning, and not
        // one of them its end.
        scheduler.Extend({1, 18, 2});
        const TokenStep again = scheduler.Schedule();
        NS_TEST_ASSERT_MSG_EQ(again.queries.size(), 1, "it is computed again");
        NS_TEST_EXPECT_MSG_EQ(again.queries[0].tokens + again.queries[0].contextTokens,
                              18,
                              "to the end of its text");
        NS_TEST_EXPECT_MSG_GT(again.queries[0].tokens, 2, "and more than what is new");
    }

    /// A pass that is not wanted is given up, unless a step computes it.
    void CheckWithdrawal()
    {
        TokenScheduler scheduler(GetSettings(10));
        scheduler.Open({5, 8, 8, std::nullopt, 0});
        scheduler.Extend({5, 8, 1});
        NS_TEST_EXPECT_MSG_EQ(scheduler.Withdraw(5), true, "it has not begun");
        NS_TEST_EXPECT_MSG_EQ(scheduler.Schedule().parts.empty(), true, "nothing is computed");
        scheduler.Extend({5, 8, 1});
        const TokenStep step = scheduler.Schedule();
        NS_TEST_EXPECT_MSG_EQ(scheduler.Withdraw(5), false, "it is under way");
        std::vector<TokenSample> samples;
        scheduler.Complete(step, samples);
        NS_TEST_ASSERT_MSG_EQ(samples.size(), 1, "it ends");
        NS_TEST_EXPECT_MSG_EQ(samples[0].isResident, true, "as a pass");
        NS_TEST_EXPECT_MSG_EQ(samples[0].index, 0, "the first");
    }

    /// Calls that make no sense.
    void CheckRefusals()
    {
        TokenScheduler scheduler(GetSettings(10));
        scheduler.Submit({1, 8, 8, std::nullopt, 0});
        scheduler.Open({2, 8, 8, std::nullopt, 0});
        ExpectRefused([&] { scheduler.Open({2, 1, 1, std::nullopt, 0}); }, "has this id");
        ExpectRefused([&] { scheduler.Open({3, 40, 8, std::nullopt, 0}); }, "KV blocks");
        ExpectRefused([&] { scheduler.Extend({1, 9, 1}); }, "no resident sequence");
        ExpectRefused([&] { scheduler.Truncate(4, 1); }, "no resident sequence");
        ExpectRefused([&] { scheduler.Extend({2, 17, 1}); }, "expected up to 16");
        ExpectRefused([&] { scheduler.Extend({2, 0, 1}); }, "0 are computed");
        scheduler.Extend({2, 8, 1});
        ExpectRefused([&] { scheduler.Extend({2, 9, 1}); }, "of an idle one");
        ExpectRefused([&] { scheduler.Truncate(2, 4); }, "expected it to be idle");
    }

    /// 1,000 random loads of resident sequences and of jobs that compete with them: each pass
    /// computes what is new and what was lost, and the blocks balance.
    void CheckConservation()
    {
        std::mt19937 random(161803);
        uint64_t passes = 0;
        uint64_t evictions = 0;
        uint64_t preemptions = 0;
        for (int load = 0; load < 1000; ++load)
        {
            TokenSchedulerSettings settings;
            settings.seats = 1 + random() % 6;
            settings.tokenBudget = 1 + random() % 60;
            settings.longPrefillTokens = random() % 3 == 0 ? 1 + random() % 30 : 0;
            settings.blockTokens = 1 + random() % 16;
            settings.blocks = 64 / settings.blockTokens + 2 + random() % 30;
            settings.reservesWholePrompt = random() % 4 != 0;
            settings.cachesPrefixes = random() % 4 != 0;
            RunLoad(settings, 1 + random() % 2, random, passes, evictions, preemptions);
        }
        NS_TEST_EXPECT_MSG_GT(passes, 20000, "passes were computed");
        NS_TEST_EXPECT_MSG_GT(evictions, 1000, "idle sequences lost their blocks");
        NS_TEST_EXPECT_MSG_GT(preemptions, 100, "running ones did");
    }

  private:
    void DoRun() override
    {
        (this->*m_check)();
    }

    /// @param blocks of memory @return settings with blocks of four tokens
    static TokenSchedulerSettings GetSettings(uint32_t blocks)
    {
        TokenSchedulerSettings settings;
        settings.blockTokens = 4;
        settings.blocks = blocks;
        return settings;
    }

    /// @param scheduler computes a pass in one step @param tokens of it @param context before them
    /// @param rows of logits
    void ExpectPass(TokenScheduler& scheduler, double tokens, double context, double rows)
    {
        const TokenStep step = scheduler.Schedule();
        NS_TEST_ASSERT_MSG_EQ(step.queries.size(), 1, "one sequence");
        NS_TEST_EXPECT_MSG_EQ(step.queries[0].tokens, tokens, "tokens");
        NS_TEST_EXPECT_MSG_EQ(step.queries[0].contextTokens, context, "context");
        NS_TEST_EXPECT_MSG_EQ(step.queries[0].logitRows, rows, "rows of logits");
        std::vector<TokenSample> samples;
        scheduler.Complete(step, samples);
        NS_TEST_EXPECT_MSG_EQ(samples.size(), 1, "the pass is complete");
        NS_TEST_EXPECT_MSG_EQ(scheduler.GetRunning(), 0, "and has no seat");
    }

    /// @param call what should be refused @param part of the message
    template <typename Call>
    void ExpectRefused(const Call& call, const std::string& part)
    {
        try
        {
            call();
            NS_TEST_EXPECT_MSG_EQ(true, false, "refused: " << part);
        }
        catch (const std::exception& error)
        {
            const std::string text = error.what();
            NS_TEST_EXPECT_MSG_EQ((text.find(part) != std::string::npos), true, text);
        }
    }

    /// Run a random load to its end. @param settings of the scheduler @param depth steps under way
    /// @param random draws @param passes counts @param evictions counts @param preemptions counts
    void RunLoad(const TokenSchedulerSettings& settings,
                 std::size_t depth,
                 std::mt19937& random,
                 uint64_t& passes,
                 uint64_t& evictions,
                 uint64_t& preemptions)
    {
        TokenScheduler scheduler(settings);
        std::map<uint64_t, Resident> residents;
        std::map<std::size_t, uint64_t> ids; // by place
        std::vector<TokenStep> flights;
        std::vector<TokenSample> samples;
        uint64_t next = 0;
        int left = 60;
        while (left > 0 || scheduler.GetRunning() + scheduler.GetWaiting() > 0 || !flights.empty())
        {
            if (left > 0)
            {
                --left;
                DoSomething(scheduler, residents, ids, random, next);
            }
            while (flights.size() < depth)
            {
                const TokenStep step = scheduler.Schedule();
                evictions += step.evicted.size();
                preemptions += step.preempted.size();
                TakeStep(step, residents, ids);
                if (step.parts.empty())
                {
                    break;
                }
                flights.push_back(step);
            }
            if (flights.empty())
            {
                continue;
            }
            samples.clear();
            scheduler.Complete(flights.front(), samples);
            flights.erase(flights.begin());
            for (const TokenSample& sample : samples)
            {
                if (sample.isResident)
                {
                    ++passes;
                    EndPass(residents.at(sample.id), sample);
                }
            }
        }
        for (const auto& [id, resident] : residents)
        {
            NS_TEST_EXPECT_MSG_EQ(resident.pass.has_value(), false, "each pass has ended");
            scheduler.Cancel(id);
        }
        NS_TEST_ASSERT_MSG_EQ(scheduler.GetPool().GetFree(),
                              scheduler.GetPool().GetTotal(),
                              "all blocks are free");
    }

    /// Begin, extend, give up or end something. @param scheduler it @param residents that are open
    /// @param ids of them by place @param random draws @param next number of the next job
    void DoSomething(TokenScheduler& scheduler,
                     std::map<uint64_t, Resident>& residents,
                     std::map<std::size_t, uint64_t>& ids,
                     std::mt19937& random,
                     uint64_t& next)
    {
        if (random() % 4 == 0)
        {
            scheduler.Submit({next++, uint32_t(1 + random() % 30), uint32_t(1 + random() % 8)});
        }
        if (residents.size() < 6 && random() % 2 == 0)
        {
            Resident resident;
            const TokenJob job{next++, uint32_t(1 + random() % 30), uint32_t(1 + random() % 30)};
            resident.longest = job.promptTokens + job.outputTokens;
            resident.right = job.promptTokens;
            resident.place = scheduler.Open(job);
            ids[resident.place] = job.id;
            residents[job.id] = resident;
        }
        for (auto& [id, resident] : residents)
        {
            if (!resident.pass)
            {
                Extend(scheduler, id, resident, random);
            }
            else if (random() % 10 == 0 && scheduler.Withdraw(id))
            {
                resident.pass.reset();
            }
        }
        if (!residents.empty() && random() % 12 == 0)
        {
            const auto first = residents.begin();
            scheduler.Cancel(first->first);
            ids.erase(first->second.place);
            residents.erase(first);
        }
    }

    /// Ask for a pass over what is right and some drafts. @param scheduler it @param id of the
    /// sequence @param resident it @param random draws
    static void Extend(TokenScheduler& scheduler,
                       uint64_t id,
                       Resident& resident,
                       std::mt19937& random)
    {
        const uint64_t room = resident.longest - resident.right;
        if (resident.passes > 0)
        {
            resident.right += room > 0 ? random() % std::min<uint64_t>(room, 4) : 0;
        }
        const uint64_t kept = std::min(resident.right, resident.computed);
        const uint64_t tokens =
            std::min(resident.longest, resident.right + (resident.passes > 0 ? random() % 6 : 0));
        if (tokens <= kept)
        {
            return;
        }
        scheduler.Truncate(id, resident.right);
        resident.computed = kept;
        resident.pass = ResidentPass{id, tokens, uint32_t(1 + random() % 5)};
        scheduler.Extend(*resident.pass);
    }

    /// @param step that was composed @param residents that are open @param ids of them by place
    void TakeStep(const TokenStep& step,
                  std::map<uint64_t, Resident>& residents,
                  const std::map<std::size_t, uint64_t>& ids)
    {
        const auto find = [&](std::size_t place) {
            const auto found = ids.find(place);
            return found == ids.end() ? nullptr : &residents.at(found->second);
        };
        for (const auto* losses : {&step.evicted, &step.preempted})
        {
            for (const TokenStep::Preemption& loss : *losses)
            {
                if (Resident* resident = find(loss.place))
                {
                    NS_TEST_ASSERT_MSG_EQ(loss.lostTokens, resident->computed, "what was there");
                    resident->computed = 0;
                }
            }
        }
        for (const TokenStep::Admission& admission : step.admitted)
        {
            if (Resident* resident = find(admission.place))
            {
                resident->computed += admission.cachedTokens;
            }
        }
        for (std::size_t i = 0; i < step.parts.size(); ++i)
        {
            Resident* resident = find(step.parts[i].place);
            if (!resident)
            {
                continue;
            }
            NS_TEST_ASSERT_MSG_EQ(step.queries[i].contextTokens, resident->computed, "context");
            resident->computed += static_cast<uint64_t>(step.queries[i].tokens);
            const bool isEnd = resident->computed == resident->pass->tokens;
            NS_TEST_ASSERT_MSG_EQ(step.parts[i].samples, isEnd, "the end of the text");
            NS_TEST_ASSERT_MSG_EQ(step.queries[i].logitRows,
                                  (isEnd ? resident->pass->rows : 1),
                                  "rows of logits");
        }
    }

    /// @param resident whose pass has ended @param sample that says so
    void EndPass(Resident& resident, const TokenSample& sample)
    {
        NS_TEST_ASSERT_MSG_EQ(resident.pass.has_value(), true, "it was asked for");
        NS_TEST_ASSERT_MSG_EQ(sample.index, resident.passes, "number of the pass");
        NS_TEST_ASSERT_MSG_EQ(sample.place, resident.place, "place");
        ++resident.passes;
        resident.pass.reset();
    }

    Check m_check; //!< what this case does
};

/// Add the cases of this file. @param suite the suite
static void
AddResidentSequenceTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name, ResidentSequenceTestCase::Check check) {
        suite.Add(new ResidentSequenceTestCase(name, check));
    };
    add("passes", &ResidentSequenceTestCase::CheckPasses);
    add("eviction", &ResidentSequenceTestCase::CheckEviction);
    add("withdrawal", &ResidentSequenceTestCase::CheckWithdrawal);
    add("refusals", &ResidentSequenceTestCase::CheckRefusals);
    add("conservation", &ResidentSequenceTestCase::CheckConservation);
}

static const LlmMecTests g_residentSequenceTests(&AddResidentSequenceTests); //!< adds them
