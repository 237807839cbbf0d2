/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-tests.h"

#include "ns3/llm-mec-phone-replay.h"
#include "ns3/llm-mec-server-replay.h"
#include "ns3/llm-mec-shared-texts.h"
#include "ns3/llm-mec-step-time.h"
#include "ns3/llm-step-time-compute-model.h"
#include "ns3/mec-continuous-batching-discipline.h"
#include "ns3/object-factory.h"
#include "ns3/offload-request-policy.h"
#include "ns3/pointer.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <random>
#include <sstream>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

using namespace ns3;
using namespace ns3::llmmec;

/// Devices answer questions whose answers have 13 tokens, the server all others.
class ThirteenRequestPolicy : public RequestPolicy
{
  public:
    /// @return the ns3::TypeId
    static TypeId GetTypeId()
    {
        static TypeId tid = TypeId("ns3::ThirteenRequestPolicy")
                                .SetParent<RequestPolicy>()
                                .AddConstructor<ThirteenRequestPolicy>();
        return tid;
    }

    bool Offloads(const RequestObservation& observation) override
    {
        return observation.answerTokens != 13;
    }
};

NS_OBJECT_ENSURE_REGISTERED(ThirteenRequestPolicy);

namespace
{

/// @param text lines of a trace, without that of the names @param mlus MLUs that may ask @return
/// its requests
std::vector<LlmMecTracedRequest>
Parse(const std::string& text, std::optional<uint32_t> mlus)
{
    std::istringstream is(
        (mlus ? "id,arrivalS,promptTokens,generatedTokens,prefixOf,prefixTokens,mlu\n"
              : "id,arrivalS,promptTokens,generatedTokens,prefixOf,prefixTokens\n") +
        text);
    return ParseRequestTrace(is, "trace", mlus);
}

/// @param policy who answers @param requests of a trace @return outcomes by number, of three phones
std::map<uint64_t, LlmRequestOutcome>
Replay(const std::string& policy, const std::vector<LlmMecTracedRequest>& requests)
{
    LlmMecChatHelper chat;
    chat.SetStream(1);
    chat.SetPolicy(policy);
    chat.SetClient("ns3::llmmec::MluChatClient", "Interval", PointerValue());
    const LlmMecChatCell cell = chat.InstallCell(3);
    std::map<uint64_t, LlmRequestOutcome> outcomes;
    for (const auto& client : cell.clients)
    {
        client->TraceConnectWithoutContext(
            "Answered",
            Callback<void, const LlmRequestOutcome&>(
                [&outcomes](const LlmRequestOutcome& o) { outcomes[o.id] = o; }));
    }
    LlmMecPhoneReplay replay(cell);
    for (const LlmMecTracedRequest& request : requests)
    {
        replay.Add(request);
    }
    Simulator::Run();
    Simulator::Destroy();
    return outcomes;
}

/// @param a text @param b another @return how many tokens both begin with
std::size_t
CountCommon(const std::vector<uint32_t>& a, const std::vector<uint32_t>& b)
{
    std::size_t common = 0;
    while (common < std::min(a.size(), b.size()) && a[common] == b[common])
    {
        ++common;
    }
    return common;
}

} // namespace

/**
 * @ingroup llm-mec-tests
 * @brief Cases of traces that are replayed; each runs one of the checks below.
 */
class LlmMecReplayTestCase : public TestCase
{
  public:
    using Check = void (LlmMecReplayTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    LlmMecReplayTestCase(const std::string& name, Check check)
        : TestCase("replay: " + name),
          m_check(check)
    {
    }

    /// Random trees of texts, of which a server gets some in any order: what is found is the
    /// longest beginning that any text at the server has, by comparing all tokens.
    void CheckSharedTexts()
    {
        std::mt19937 random(5);
        uint32_t standIns = 0;
        for (uint32_t tree = 0; tree < 300; ++tree)
        {
            LlmMecSharedTexts shared;
            std::vector<std::vector<uint32_t>> texts;
            std::vector<bool> isAtServer;
            const uint32_t requests = 2 + random() % 40;
            for (uint32_t id = 0; id < requests; ++id)
            {
                std::vector<uint32_t> text;
                std::optional<uint64_t> prefixOf;
                if (id > 0 && random() % 8 > 0)
                {
                    prefixOf = random() % id;
                    const auto& other = texts[*prefixOf];
                    text.assign(other.begin(), other.begin() + random() % (other.size() + 1));
                }
                const auto prefixTokens = static_cast<uint32_t>(text.size());
                for (uint32_t own = random() % 10 + 1; own > 0; --own)
                {
                    text.push_back(1000 * id + own); // tokens that no other text has
                }
                shared.Add(id, id % 3, prefixOf, prefixTokens);
                texts.push_back(text);
                isAtServer.push_back(false);
                const auto known = shared.FindKnown(id);
                std::size_t most = 0;
                for (uint32_t other = 0; other < id; ++other)
                {
                    if (isAtServer[other])
                    {
                        most = std::max(most, CountCommon(text, texts[other]));
                    }
                }
                NS_TEST_ASSERT_MSG_EQ(known.has_value(), prefixOf.has_value(), "only with one");
                if (known)
                {
                    NS_TEST_ASSERT_MSG_EQ(
                        (known->tokens <= CountCommon(text, texts[known->taskId])),
                        true,
                        "both have them");
                    NS_TEST_ASSERT_MSG_EQ(known->mlu, known->taskId % 3, "whose it is");
                    NS_TEST_ASSERT_MSG_EQ((most == 0 || known->tokens == most), true, "the most");
                    NS_TEST_ASSERT_MSG_EQ((most == 0 || isAtServer[known->taskId]), true, "known");
                    NS_TEST_ASSERT_MSG_EQ((most > 0 || known->taskId == *prefixOf), true, "named");
                    standIns += known->taskId != *prefixOf;
                }
                if (random() % 2 == 0)
                {
                    const uint64_t arrived = random() % (id + 1);
                    isAtServer[arrived] = true;
                    shared.NoteAtServer(arrived);
                }
            }
        }
        NS_TEST_EXPECT_MSG_GT(standIns, 500, "texts that stand in for others");
        LlmMecSharedTexts shared;
        shared.NoteAtServer(7); // of another source, which has no text here
        shared.Add(1, 0, std::nullopt, 0);
        NS_TEST_EXPECT_MSG_EQ(shared.FindKnown(1).has_value(), false, "it begins with none");
        ExpectError([&] { shared.Add(2, 0, 5, 10); },
                    "request 2, prefixOf: 5, expected the number of an earlier request");
    }

    /// Without names requests go round; with them each has its phone. Numbers and times are those
    /// of the trace.
    void CheckDealing()
    {
        const auto round =
            Replay("device", Parse("9,1,5,5,,\n4,1,6,5,,\n5,2.5,7,5,,\n1,3,8,5,,\n", std::nullopt));
        NS_TEST_ASSERT_MSG_EQ(round.size(), 4, "answers");
        for (const auto& [id, mlu, arrivalS, prompt] : {std::tuple{9, 0, 1.0, 5},
                                                        std::tuple{4, 1, 1.0, 6},
                                                        std::tuple{5, 2, 2.5, 7},
                                                        std::tuple{1, 0, 3.0, 8}})
        {
            const LlmRequestOutcome& outcome = round.at(id);
            NS_TEST_EXPECT_MSG_EQ(outcome.mlu, mlu, "who asks");
            NS_TEST_EXPECT_MSG_EQ(outcome.arrivalS, arrivalS, "when");
            NS_TEST_EXPECT_MSG_EQ(outcome.promptTokens, prompt, "what");
        }
        const auto named = Replay("server", Parse("9,1,5,5,,,2\n4,1,6,5,,,2\n5,2,7,5,,,0\n", 3));
        NS_TEST_EXPECT_MSG_EQ(named.at(9).mlu, 2, "who asks");
        NS_TEST_EXPECT_MSG_EQ(named.at(4).mlu, 2, "who asks");
        NS_TEST_EXPECT_MSG_EQ(named.at(5).mlu, 0, "who asks");
        const auto another = Parse("1,0,5,5,,,3\n", 4);
        ExpectError([&] { Replay("server", another); },
                    "request 1, mlu: 3, expected a number below the 3 MLUs of the cell");
        Simulator::Destroy();
    }

    /// A phone's prompt finds the text of another phone's in the KV cache, as it does without
    /// phones.
    void CheckPrefixes()
    {
        const std::string chat = "0,0,320,16,,\n1,20,640,10,0,320\n2,40,660,10,1,650\n"
                                 "3,60,330,10,0,200\n4,80,330,10,,\n";
        const std::map<uint64_t, uint32_t> cached{{0, 0}, {1, 320}, {2, 640}, {3, 192}, {4, 0}};
        const auto phones = Replay("server", Parse(chat, std::nullopt));

        const auto serving = MakeStepTimeModel("rtx4090-llama-3.1-8b");
        auto discipline = CreateObject<ContinuousBatchingDiscipline>();
        discipline->GetEngine()->SetAttribute("StepTimeModel", PointerValue(serving));
        std::map<uint64_t, LlmRequestOutcome> alone;
        LlmMecServerReplay replay(
            discipline,
            nullptr,
            LlmMecServerReplay::OutcomeCallback(
                [&alone](const LlmRequestOutcome& outcome) { alone[outcome.id] = outcome; }));
        for (const LlmMecTracedRequest& request : Parse(chat, std::nullopt))
        {
            replay.Add(request);
        }
        Simulator::Run();
        for (const auto& [id, tokens] : cached)
        {
            NS_TEST_EXPECT_MSG_EQ(phones.at(id).cachedTokens, tokens, "phones, request " << id);
            NS_TEST_EXPECT_MSG_EQ(alone.at(id).cachedTokens, tokens, "alone, request " << id);
            const LlmRequestOutcome& phone = phones.at(id);
            NS_TEST_EXPECT_MSG_EQ_TOL(phone.latencyS - phone.uplinkLatencyS,
                                      alone.at(id).latencyS,
                                      1e-7,
                                      "the engine takes as long");
            NS_TEST_EXPECT_MSG_EQ_TOL(*phone.tpotS, *alone.at(id).tpotS, 1e-7, "a token");
        }
        Simulator::Destroy();
    }

    /// Where a device has answered, the server knows no text of it, and still finds what others
    /// have in common with it.
    void CheckDeviceBetween()
    {
        const auto outcomes =
            Replay("ns3::ThirteenRequestPolicy",
                   Parse("0,0,160,32,,\n1,20,320,13,0,160\n2,40,480,10,1,320\n3,60,480,10,1,320\n"
                         "4,80,640,13,2,480\n5,100,800,10,4,640\n",
                         std::nullopt));
        for (const auto& [id, tokens] : {std::tuple{1, 0},    // at its device
                                         std::tuple{2, 160},  // by way of 1, with 0
                                         std::tuple{3, 320},  // by way of 1, with 2
                                         std::tuple{5, 480}}) // by way of 4, with 2
        {
            NS_TEST_EXPECT_MSG_EQ(outcomes.at(id).isLocal, (id == 1), "who answers");
            NS_TEST_EXPECT_MSG_EQ(outcomes.at(id).cachedTokens, tokens, "request " << id);
        }
    }

    /// Servers that count no tokens get what a request costs; requests that never fit are refused.
    void CheckServer()
    {
        const auto serving = MakeStepTimeModel("rtx4090-llama-3.1-8b");
        auto compute = CreateObject<StepTimeComputeModel>();
        compute->SetAttribute("StepTimeModel", PointerValue(serving));
        ObjectFactory factory("ns3::llmmec::FirstComeFirstServedDiscipline");
        std::vector<LlmRequestOutcome> outcomes;
        LlmMecServerReplay replay(
            factory.Create<MecServerDiscipline>(),
            compute,
            LlmMecServerReplay::OutcomeCallback(
                [&outcomes](const LlmRequestOutcome& outcome) { outcomes.push_back(outcome); }));
        for (const LlmMecTracedRequest& request :
             Parse("8,1,100,50,,\n3,1,100,50,,\n", std::nullopt))
        {
            replay.Add(request);
        }
        Simulator::Run();
        Simulator::Destroy();
        const double costS = compute->GetCost({0, 0, 100, 50}).latencyS;
        NS_TEST_ASSERT_MSG_EQ(outcomes.size(), 2, "answers");
        for (const std::size_t i : {0, 1})
        {
            const double latencyS = static_cast<double>(i + 1) * costS;
            NS_TEST_EXPECT_MSG_EQ(outcomes[i].id, (i == 0 ? 8 : 3), "in order");
            NS_TEST_EXPECT_MSG_EQ(outcomes[i].arrivalS, 1, "of the trace");
            NS_TEST_EXPECT_MSG_EQ_TOL(outcomes[i].latencyS, latencyS, 1e-8, "one at a time");
            NS_TEST_EXPECT_MSG_EQ(outcomes[i].ttftS, outcomes[i].latencyS, "the whole answer");
            NS_TEST_EXPECT_MSG_EQ(outcomes[i].tpotS.has_value(), false, "no tokens");
        }

        auto discipline = CreateObject<ContinuousBatchingDiscipline>();
        discipline->GetEngine()->SetAttribute("Blocks", UintegerValue(5));
        LlmMecServerReplay small(discipline, nullptr, LlmMecServerReplay::OutcomeCallback());
        ExpectError([&] { small.Add(Parse("8,1,100,50,,\n", std::nullopt)[0]); },
                    "request 8: 100 prompt tokens and 50 answer tokens take 10 KV blocks, expected "
                    "at most the 4 that memory has");
    }

  private:
    void DoRun() override
    {
        (this->*m_check)();
    }

    /// @param run what is refused @param expected the message
    template <typename Run>
    void ExpectError(Run run, const std::string& expected)
    {
        std::string text = "(no error)";
        try
        {
            run();
        }
        catch (const std::invalid_argument& error)
        {
            text = error.what();
        }
        NS_TEST_EXPECT_MSG_EQ(text, expected, "message");
    }

    Check m_check; //!< what this case does
};

/// Add the cases of this file. @param suite the suite
static void
AddLlmMecReplayTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name, LlmMecReplayTestCase::Check check) {
        suite.Add(new LlmMecReplayTestCase(name, check));
    };
    add("texts that requests share", &LlmMecReplayTestCase::CheckSharedTexts);
    add("who asks", &LlmMecReplayTestCase::CheckDealing);
    add("prefixes", &LlmMecReplayTestCase::CheckPrefixes);
    add("a device between", &LlmMecReplayTestCase::CheckDeviceBetween);
    add("a server alone", &LlmMecReplayTestCase::CheckServer);
}

static const LlmMecTests g_llmMecReplayTests(&AddLlmMecReplayTests); //!< registers this file's
