/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-tests.h"

#include "ns3/double.h"
#include "ns3/energy-source-container.h"
#include "ns3/llm-mec-speculation-helper.h"
#include "ns3/llm-mec-step-time.h"
#include "ns3/mec-batching-pass-engine.h"
#include "ns3/offload-ns3-compat.h"
#include "ns3/simulator.h"
#include "ns3/speculative-rate.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::llmmec;

namespace
{

const std::string CLIENT = "ns3::llmmec::SpeculativeClient";         //!< type of the devices
const std::string DISCIPLINES = "ns3::llmmec::DisciplinePassEngine"; //!< type of an engine
const std::string CONSTANT_LINK = "ns3::llmmec::MecConstantLink";    //!< type of a link
const std::array<const char*, 4> MODES = {"Conventional",
                                          "LockStep",
                                          "Event",
                                          "Streaming"}; //!< all

/// @param helper builds a cell @param devices of it @param outcomes are appended
/// @return the cell, whose answers will be appended
LlmMecSpeculationCell
Install(LlmMecSpeculationHelper& helper,
        uint32_t devices,
        std::vector<SpeculativeOutcome>& outcomes)
{
    LlmMecSpeculationCell cell = helper.InstallCell(devices);
    for (const auto& client : cell.clients)
    {
        client->TraceConnectWithoutContext(
            "Answered",
            Callback<void, const SpeculativeOutcome&>(
                [&outcomes](const SpeculativeOutcome& outcome) { outcomes.push_back(outcome); }));
    }
    return cell;
}

/// @param random draws @param queries how many @return a pair of models that agree on most tokens
std::shared_ptr<const LlmPair>
MakePair(std::mt19937& random, int queries)
{
    auto pair = std::make_shared<LlmPair>();
    pair->name = "random";
    pair->vocabularySize = 50;
    for (int q = 0; q < queries; ++q)
    {
        LlmPairQuery query;
        query.promptTokens = 1 + random() % 100;
        const std::size_t tokens = 1 + random() % 60;
        for (std::size_t i = 0; i < tokens; ++i)
        {
            query.target.push_back(random() % 50);
            query.draft.push_back(random() % 4 == 0 ? random() % 50 : query.target.back());
        }
        pair->queries.push_back(query);
    }
    return pair;
}

} // namespace

/**
 * @ingroup llm-mec-tests
 * @brief Cases of speculative decoding over a link; each runs one of the checks below.
 */
class SpeculativeClientTestCase : public TestCase
{
  public:
    using Check = void (SpeculativeClientTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    SpeculativeClientTestCase(const std::string& name, Check check)
        : TestCase("speculation over a link: " + name),
          m_check(check)
    {
    }

    /// With constant times a lone device has the rates of the closed forms.
    void CheckRates()
    {
        const SpeculativeTimes times{0.01, 320 / 96e3, 16 / 96e3, 0.015, 0.002, 0.012};
        constexpr double tokens = 100000;
        for (std::size_t mode = 0; mode < MODES.size(); ++mode)
        {
            LlmMecSpeculationHelper helper = MakeConstant(times, 96e3);
            helper.SetClient(CLIENT,
                             "Mode",
                             StringValue(MODES[mode]),
                             "AheadPasses",
                             UintegerValue(1000),
                             "AnswerTokens",
                             StringValue("ns3::ConstantRandomVariable[Constant=100000]"));
            const std::vector<SpeculativeOutcome> outcomes = Run(helper, 1);
            NS_TEST_ASSERT_MSG_EQ(outcomes.size(), 1, "one answer");
            ExpectNear(tokens / outcomes[0].GetLatencyS(),
                       SpeculativeRatePerS(static_cast<SpeculativeMode>(mode), 0.8, 4, times),
                       0.01,
                       std::string("rate of ") + MODES[mode]);
            NS_TEST_EXPECT_MSG_EQ(outcomes[0].answer.size(), tokens, "all tokens");
            const double perRound = mode == 0 ? TokensPerRound(0.8, 4) : TokensPerCycle(0.8, 4);
            ExpectNear(tokens / static_cast<double>(outcomes[0].rounds),
                       perRound,
                       0.01,
                       "tokens of a verdict");
        }
    }

    /// Where the verifier only does what it is asked for, a restart that the device finds out
    /// itself costs the way up and down too.
    void CheckRestartOnRequest()
    {
        const SpeculativeTimes times{0.01, 320 / 96e3, 16 / 96e3, 0.015, 0.002, 0.012};
        double tookS[2];
        for (const uint32_t ahead : {0, 1000})
        {
            LlmMecSpeculationHelper helper = MakeConstant(times, 96e3);
            helper.SetClient(CLIENT,
                             "AheadPasses",
                             UintegerValue(ahead),
                             "AnswerTokens",
                             StringValue("ns3::ConstantRandomVariable[Constant=20000]"));
            const auto outcomes = Run(helper, 1);
            NS_TEST_ASSERT_MSG_EQ(outcomes.size(), 1, "one answer");
            tookS[ahead > 0] = outcomes[0].GetLatencyS();
            const double passes = static_cast<double>(outcomes[0].passes) / 20000;
            const double needed = 1 / TokensPerCycle(0.8, 4);
            if (ahead == 0)
            {
                ExpectNear(passes, needed, 0.03, "passes a token, as needed");
            }
            else
            {
                NS_TEST_EXPECT_MSG_GT(passes, 1.5 * needed, "passes ahead are many");
            }
        }
        // A wrong draft after a restart that the verifier did not know is rare.
        NS_TEST_EXPECT_MSG_GT(tookS[0], tookS[1] * 1.002, "and save little time");
        NS_TEST_EXPECT_MSG_LT(tookS[0], tookS[1] * 1.02, "and save little time");
    }

    /// The server decodes alone, and the device: times without any speculation.
    void CheckBaselines()
    {
        const SpeculativeTimes times{0.01, 320 / 96e3, 16 / 96e3, 0.015, 0.002, 0.012};
        LlmMecSpeculationHelper helper = MakeConstant(times, 96e3);
        helper.SetClient(CLIENT, "Mode", StringValue("ServerOnly"));
        const auto server = Run(helper, 1);
        NS_TEST_ASSERT_MSG_EQ(server.size(), 1, "one answer");
        const double promptS = (320 + 64 * 16) / 96e3;
        ExpectNear(server[0].GetTtftS(),
                   promptS + 0.012 + 0.002,
                   1e-6,
                   "first token of the server");
        ExpectNear(server[0].GetLatencyS(), promptS + 100 * 0.012 + 0.002, 1e-6, "all tokens");
        NS_TEST_EXPECT_MSG_EQ(server[0].passes, 100, "a pass for each token");
        LlmMecSpeculationHelper alone = MakeConstant(times, 96e3);
        alone.SetClient(CLIENT, "Mode", StringValue("DeviceOnly"));
        const auto device = Run(alone, 1);
        NS_TEST_ASSERT_MSG_EQ(device.size(), 1, "one answer");
        ExpectNear(device[0].GetLatencyS(), 1, 1e-6, "a draft for each token");
        NS_TEST_EXPECT_MSG_EQ(device[0].uplinkEnergyJ, 0, "nothing is sent");
    }

    /// With transcripts, answers are the target's own text, over slow, fast and fading links, in
    /// all modes, with all windows, at servers of all kinds.
    void CheckLossless()
    {
        std::mt19937 random(577215);
        constexpr int queries = 40;
        const auto pair = MakePair(random, queries);
        int run = 0;
        for (const char* mode : MODES)
        {
            for (const double uplinkBps : {2e3, 1e7, 0.0})
            {
                for (const uint32_t window : {1U, 4U, 9U, 0U})
                {
                    LlmMecSpeculationHelper helper = MakeRealistic(++run);
                    helper.SetPair(pair);
                    helper.SetClient(CLIENT,
                                     "Mode",
                                     StringValue(mode),
                                     "Answers",
                                     UintegerValue(queries / 4),
                                     "AheadPasses",
                                     UintegerValue(run % 3));
                    if (uplinkBps > 0)
                    {
                        helper.SetLink(CONSTANT_LINK, "UplinkBps", DoubleValue(uplinkBps));
                    }
                    if (window > 0)
                    {
                        helper.SetWindow("ns3::llmmec::FixedWindow",
                                         "Window",
                                         UintegerValue(window));
                    }
                    else
                    {
                        helper.SetWindow("ns3::llmmec::EstimatedWindow");
                    }
                    const auto outcomes = Run(helper, 4);
                    NS_TEST_ASSERT_MSG_EQ(outcomes.size(), queries, "all are answered");
                    for (const SpeculativeOutcome& outcome : outcomes)
                    {
                        // Device k begins with query k.
                        const auto& query = pair->queries[(outcome.mlu + outcome.id) % queries];
                        NS_TEST_ASSERT_MSG_EQ((outcome.answer == query.target),
                                              true,
                                              mode << " at " << uplinkBps << " bit/s");
                        NS_TEST_ASSERT_MSG_EQ(outcome.isTargets, true, "it says so");
                        NS_TEST_ASSERT_MSG_EQ((outcome.accepted <= outcome.drafted), true, "books");
                    }
                }
            }
        }
    }

    /// 1,000 random runs with users who leave and batteries that get empty: each answer ends once,
    /// energy and tokens balance, and nothing is left at the server.
    void CheckConservation()
    {
        std::mt19937 random(141421);
        std::array<int, 4> ends{};
        for (int run = 0; run < 1000; ++run)
        {
            RunRandom(random, run, ends);
        }
        NS_TEST_EXPECT_MSG_GT(ends[static_cast<int>(SpeculativeEnd::ANSWERED)], 2000, "answered");
        NS_TEST_EXPECT_MSG_GT(ends[static_cast<int>(SpeculativeEnd::CANCELLED)], 300, "cancelled");
        NS_TEST_EXPECT_MSG_GT(ends[static_cast<int>(SpeculativeEnd::DEPLETED)], 300, "depleted");
    }

    /// What can never be served, or has no time, is said.
    void CheckRefusals()
    {
        LlmMecSpeculationHelper none;
        none.SetTarget(MakeStepTimeModel("roofline:rtx3090:qwen3-8b"));
        ExpectRefused(none, "a draft has no time, expected a StepTimeModel, or DraftTime");
        LlmMecSpeculationHelper large = MakeRealistic(3);
        large.SetClient(CLIENT,
                        "AnswerTokens",
                        StringValue("ns3::ConstantRandomVariable[Constant=1e6]"));
        ExpectRefused(large, "answer 0 of MLU 0: 64 prompt tokens and 1000000 answer tokens take");
        LlmMecSpeculationHelper wrong = MakeRealistic(1);
        wrong.SetClient(CLIENT,
                        "PromptTokens",
                        StringValue("ns3::ConstantRandomVariable[Constant=-1]"));
        ExpectRefused(wrong, "PromptTokens drew -1, expected a number from 0 to");
    }

  private:
    void DoRun() override
    {
        (this->*m_check)();
    }

    void DoTeardown() override
    {
        Simulator::Destroy();
    }

    /// @param times of all parts @param uplinkBps of the link @return a helper for them, with an
    /// acceptance of 0.8 and windows of 4
    static LlmMecSpeculationHelper MakeConstant(const SpeculativeTimes& times, double uplinkBps)
    {
        LlmMecSpeculationHelper helper;
        helper.SetStream(1);
        helper.SetClient(CLIENT, "DraftTime", TimeValue(Seconds(times.draftTokenS)));
        helper.SetLink(CONSTANT_LINK,
                       "UplinkBps",
                       DoubleValue(uplinkBps),
                       "DownlinkLatency",
                       TimeValue(Seconds(times.downlinkS)));
        helper.SetEngine(DISCIPLINES,
                         "Discipline",
                         StringValue("ns3::llmmec::DedicatedServerDiscipline"),
                         "VerifyTime",
                         TimeValue(Seconds(times.verifyS)),
                         "TokenTime",
                         TimeValue(Seconds(times.preVerifyS)));
        helper.SetAcceptance("ns3::llmmec::ConstantAcceptance", "Rate", DoubleValue(0.8));
        return helper;
    }

    /// @param run number, of which the server's kind and the random streams follow
    /// @return a helper for phones and a server with real models
    static LlmMecSpeculationHelper MakeRealistic(int run)
    {
        LlmMecSpeculationHelper helper;
        helper.SetStream(1000 * int64_t{run});
        helper.SetDraft(MakeStepTimeModel("roofline:galaxy-s23:qwen3-0.6b"));
        helper.SetTarget(MakeStepTimeModel("roofline:rtx3090:qwen3-8b"));
        const std::array<const char*, 2> disciplines = {"FirstComeFirstServed", "ProcessorSharing"};
        if (run % 3 > 0)
        {
            helper.SetEngine(
                DISCIPLINES,
                "Discipline",
                StringValue(std::string("ns3::llmmec::") + disciplines[run % 2] + "Discipline"));
        }
        return helper;
    }

    /// @param helper builds a cell @param devices of it @return its answers
    std::vector<SpeculativeOutcome> Run(LlmMecSpeculationHelper& helper, uint32_t devices)
    {
        std::vector<SpeculativeOutcome> outcomes;
        const LlmMecSpeculationCell cell = Install(helper, devices, outcomes);
        Simulator::Run();
        NS_TEST_EXPECT_MSG_EQ(cell.server->GetAnswers(), 0, "nothing is left");
        Simulator::Destroy();
        return outcomes;
    }

    /// @param random draws @param run number @param ends are counted
    void RunRandom(std::mt19937& random, int run, std::array<int, 4>& ends)
    {
        LlmMecSpeculationHelper helper = MakeRealistic(3 * run + (run % 4 == 0 ? 1 : 0));
        const uint32_t answers = 1 + random() % 3;
        helper.SetClient(CLIENT,
                         "Mode",
                         StringValue(random() % 8 == 0 ? "ServerOnly" : MODES[random() % 4]),
                         "Answers",
                         UintegerValue(answers),
                         "AheadPasses",
                         UintegerValue(random() % 3),
                         "AnswerTokens",
                         StringValue("ns3::UniformRandomVariable[Min=1|Max=60]"));
        const bool hasBattery = random() % 3 == 0;
        if (hasBattery)
        {
            helper.SetBatteryJ(0.05 + 0.01 * static_cast<double>(random() % 400));
        }
        const uint32_t devices = 1 + random() % 4;
        std::vector<SpeculativeOutcome> outcomes;
        const LlmMecSpeculationCell cell = Install(helper, devices, outcomes);
        uint64_t cancelled = 0;
        for (const auto& client : cell.clients)
        {
            if (random() % 2 == 0)
            {
                const uint64_t id = random() % answers;
                Simulator::Schedule(MilliSeconds(random() % 2000),
                                    [client, id, &cancelled] { cancelled += client->Cancel(id); });
            }
        }
        Simulator::Stop(Seconds(1000));
        Simulator::Run();
        std::vector<double> drawnJ(devices);
        double serverJ = 0;
        for (const SpeculativeOutcome& outcome : outcomes)
        {
            ++ends[static_cast<int>(outcome.end)];
            cancelled -= outcome.end == SpeculativeEnd::CANCELLED;
            drawnJ[outcome.mlu] += outcome.deviceEnergyJ + outcome.uplinkEnergyJ;
            serverJ += outcome.serverEnergyJ;
            NS_TEST_ASSERT_MSG_EQ(outcome.isTargets, true, "the target's text");
            NS_TEST_ASSERT_MSG_EQ((outcome.accepted <= outcome.answer.size()), true, "accepted");
            NS_TEST_ASSERT_MSG_EQ((outcome.accepted <= outcome.drafted), true, "drafted");
        }
        NS_TEST_ASSERT_MSG_EQ(cancelled, 0, "each that was cancelled is told");
        NS_TEST_ASSERT_MSG_EQ(cell.server->GetAnswers(), 0, "nothing is left at the server");
        if (!hasBattery)
        {
            NS_TEST_ASSERT_MSG_EQ(outcomes.size(), devices * answers, "each ends once");
        }
        CheckBatteries(cell, hasBattery, drawnJ);
        CheckEngine(cell, serverJ);
        Simulator::Destroy();
    }

    /// @param cell that has run @param hasBattery whether its devices have batteries
    /// @param drawnJ energy of each device's answers, J
    void CheckBatteries(const LlmMecSpeculationCell& cell,
                        bool hasBattery,
                        const std::vector<double>& drawnJ)
    {
        for (uint32_t k = 0; hasBattery && k < cell.devices.GetN(); ++k)
        {
            auto source = cell.devices.Get(k)->GetObject<EnergySourceContainer>()->Get(0);
            const double leftJ = source->GetRemainingEnergy();
            const double tookJ = source->GetInitialEnergy() - leftJ;
            // Events are on a grid of 1 ns, at some watts.
            NS_TEST_ASSERT_MSG_EQ_TOL(drawnJ[k], tookJ, 1e-6, "the battery of device " << k);
        }
    }

    /// @param cell that has run @param serverJ energy of the server for its answers, J
    void CheckEngine(const LlmMecSpeculationCell& cell, double serverJ)
    {
        const auto engine = DynamicCast<BatchingPassEngine>(cell.server->GetEngine());
        if (!engine)
        {
            return;
        }
        const TokenScheduler& scheduler = engine->GetEngine()->GetScheduler();
        NS_TEST_ASSERT_MSG_EQ(scheduler.GetPool().GetFree(),
                              scheduler.GetPool().GetTotal(),
                              "all blocks are free");
        const double stepsJ = engine->GetEngine()->GetStepEnergyJ();
        const double leftJ = engine->GetEngine()->GetCancelledEnergyJ();
        NS_TEST_ASSERT_MSG_EQ_TOL(serverJ + leftJ, stepsJ, 1e-9 * stepsJ, "energy of the server");
    }

    /// @param helper builds a cell that should be refused @param part of the message
    void ExpectRefused(LlmMecSpeculationHelper& helper, const std::string& part)
    {
        try
        {
            Run(helper, 1);
            NS_TEST_EXPECT_MSG_EQ(true, false, "refused: " << part);
        }
        catch (const std::exception& error)
        {
            const std::string text = error.what();
            NS_TEST_EXPECT_MSG_EQ((text.find(part) != std::string::npos), true, text);
        }
        Simulator::Destroy();
    }

    /// @param got a number @param expected what it should be @param tolerance relative @param what
    /// it is
    void ExpectNear(double got, double expected, double tolerance, const std::string& what)
    {
        NS_TEST_EXPECT_MSG_EQ_TOL(got, expected, tolerance * std::abs(expected), what);
    }

    Check m_check; //!< what this case does
};

/// Add the cases of this file. @param suite the suite
static void
AddSpeculativeClientTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name, SpeculativeClientTestCase::Check check) {
        suite.Add(new SpeculativeClientTestCase(name, check));
    };
    add("rates", &SpeculativeClientTestCase::CheckRates);
    add("restart on request", &SpeculativeClientTestCase::CheckRestartOnRequest);
    add("server or device alone", &SpeculativeClientTestCase::CheckBaselines);
    add("the target's text", &SpeculativeClientTestCase::CheckLossless);
    add("conservation", &SpeculativeClientTestCase::CheckConservation);
    add("refusals", &SpeculativeClientTestCase::CheckRefusals);
}

static const LlmMecTests g_speculativeClientTests(&AddSpeculativeClientTests); //!< adds them
