/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-chat-network.h"
#include "llm-mec-tests.h"
#include "round-serving.h"

#include "ns3/double.h"
#include "ns3/mec-batching-token-engine.h"
#include "ns3/pointer.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <cmath>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::llmmec;

namespace
{

const std::string CLIENT = "ns3::llmmec::LlmChatClient";   //!< type of users
const std::string SERVER = "ns3::llmmec::LlmChatServer";   //!< type of the server
const std::string DELAY = "ns3::llmmec::DelayTokenEngine"; //!< type of plain delays
constexpr double FIRST_S = 0.1;                            //!< from a prompt to its first token
constexpr double TOKEN_S = 0.01;                           //!< from a token to the next
constexpr double DELAY_S = 0.005;                          //!< of the links
constexpr double TOLERANCE_S = 5e-9; //!< events sit on a grid of 1 ns, several of them a sum

/// @param value a number @return a random variable that is always that
StringValue
Constant(double value)
{
    return StringValue("ns3::ConstantRandomVariable[Constant=" + std::to_string(value) + "]");
}

/// @return steps that are easy to add: 20 ms, and 1 ms a token
Ptr<StepTimeModel>
MakeRoundModel()
{
    LlmServing serving = MakeRoundServing(20000);
    serving.law.activationUsPerToken = 1000;
    auto model = MakeStepTimes(serving);
    model->SetAttribute("StepOverhead", TimeValue(Seconds(0)));
    return model;
}

} // namespace

/**
 * @ingroup llm-mec-tests
 * @brief When tokens come, against closed forms.
 */
class LlmChatTimingTestCase : public TestCase
{
  public:
    using Check = void (LlmChatTimingTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    LlmChatTimingTestCase(const std::string& name, Check check)
        : TestCase("LLM chat, times: " + name),
          m_check(check)
    {
    }

    /// Over TCP the first turn pays for connecting, and the next does not.
    void CheckTcpDelays()
    {
        LlmChatNetwork network({1, Seconds(DELAY_S), ""});
        LlmChatHelper chat = MakeChat("ns3::TcpSocketFactory");
        Run(network, chat);
        const auto& turns = network.GetTurns();
        NS_TEST_ASSERT_MSG_EQ(turns.size(), 2, "turns");
        ExpectTurn(turns[0], 4 * DELAY_S + FIRST_S, TOKEN_S);
        ExpectTurn(turns[1], 2 * DELAY_S + FIRST_S, TOKEN_S);
        NS_TEST_EXPECT_MSG_EQ(turns[1].historyTokens,
                              turns[0].promptTokens + turns[0].answerTokens,
                              "history");
        NS_TEST_EXPECT_MSG_EQ(turns[1].promptTokens, turns[1].historyTokens + PROMPT, "prompt");
    }

    /// With a rate each packet takes its bytes: IP 20, TCP 20 and timestamps 12, header 32, tokens.
    void CheckTcpSerialisation()
    {
        const double rateBps = 1e6;
        LlmChatNetwork network({1, Seconds(DELAY_S), "1Mbps"});
        LlmChatHelper chat = MakeChat("ns3::TcpSocketFactory");
        Run(network, chat);
        const auto& turns = network.GetTurns();
        NS_TEST_ASSERT_MSG_EQ(turns.size(), 2, "turns");
        const double headers = 20 + 20 + 12 + LlmChatHeader::BYTES;
        const double bytes = 2 * headers + 4.0 * turns[1].promptTokens + TOKEN_BYTES;
        ExpectTurn(turns[1], 2 * DELAY_S + FIRST_S + 8 * bytes / rateBps, TOKEN_S);
        const double kbps = turns[1].GetGoodputBps();
        const double lastS = turns[1].lastTokenS - turns[1].askedS;
        NS_TEST_EXPECT_MSG_EQ_TOL(kbps, 8.0 * TOKEN_BYTES * ANSWER / lastS, 1e-6, "goodput");
    }

    /// Over UDP there is no connecting, and a long prompt is paced.
    void CheckUdp()
    {
        const double rateBps = 1e6;
        LlmChatNetwork network({1, Seconds(DELAY_S), "1Mbps"});
        LlmChatHelper chat = MakeChat("ns3::UdpSocketFactory");
        chat.SetClient(CLIENT,
                       "PacingRate",
                       StringValue("100kbps"),
                       "PacketSize",
                       UintegerValue(132));
        Run(network, chat);
        const auto& turns = network.GetTurns();
        NS_TEST_ASSERT_MSG_EQ(turns.size(), 2, "turns");
        // 200 bytes of a prompt are two full datagrams, and the second begins 132 bytes later.
        const double pacingS = 8.0 * 132 / 1e5;
        const double bytes = (28 + 132) + (28 + LlmChatHeader::BYTES + TOKEN_BYTES);
        ExpectTurn(turns[0], pacingS + 2 * DELAY_S + FIRST_S + 8 * bytes / rateBps, TOKEN_S);
    }

    /// A link that is slower than the tokens is full: tokens come at its rate.
    void CheckSaturation()
    {
        LlmChatNetwork network({1, Seconds(DELAY_S), "100kbps"});
        LlmChatHelper chat = MakeChat("ns3::TcpSocketFactory");
        chat.SetClient(CLIENT,
                       "AnswerBytesPerToken",
                       UintegerValue(1000),
                       "AnswerTokens",
                       Constant(3000),
                       "Timeout",
                       TimeValue(Seconds(1000)));
        Run(network, chat);
        const auto& turns = network.GetTurns();
        NS_TEST_ASSERT_MSG_EQ(turns.size(), 2, "turns");
        NS_TEST_EXPECT_MSG_EQ((turns[0].end == LlmChatEnd::COMPLETED), true, "completed");
        // Segments of 1448 bytes of payload with 52 of headers; messages of a token or two.
        const double tokenS = 8 * (1000 + LlmChatHeader::BYTES) * (1500.0 / 1448) / 1e5;
        NS_TEST_EXPECT_MSG_EQ_TOL(*turns[0].GetTpotS(), tokenS, 0.02 * tokenS, "at the rate");
    }

    /// Tokens that wait for others come in groups.
    void CheckCoalescing()
    {
        const double waitS = 0.045;
        LlmChatNetwork network({1, Seconds(DELAY_S), ""});
        LlmChatHelper chat = MakeChat("ns3::TcpSocketFactory");
        chat.SetServer(SERVER, "CoalesceTime", TimeValue(Seconds(waitS)));
        chat.SetClient(CLIENT, "StallTime", TimeValue(MilliSeconds(49)));
        Run(network, chat);
        const auto& turns = network.GetTurns();
        NS_TEST_ASSERT_MSG_EQ(turns.size(), 2, "turns");
        // The first token waits, and the last does not.
        const double tpotS = ((ANSWER - 1) * TOKEN_S - waitS) / (ANSWER - 1);
        ExpectTurn(turns[1], 2 * DELAY_S + FIRST_S + waitS, tpotS);
        // Groups of five tokens, and 45 ms after the first of each; the last group is told at once.
        NS_TEST_EXPECT_MSG_EQ(turns[1].stalls, ANSWER / 5 - 2, "gaps of 50 ms");
        NS_TEST_EXPECT_MSG_EQ_TOL(turns[1].stalledS, turns[1].stalls * 0.05, 1e-7, "their sum");
    }

    /// Whatever makes the tokens, each comes a delay after it is made.
    void CheckEngines()
    {
        for (const std::string engine : {"Delay", "Batching", "Device"})
        {
            LlmChatNetwork network({3, Seconds(DELAY_S), ""});
            LlmChatHelper chat = MakeChat("ns3::TcpSocketFactory");
            chat.SetEngine("ns3::llmmec::" + engine + "TokenEngine");
            if (engine != "Delay")
            {
                chat.SetServing(MakeRoundModel());
            }
            Run(network, chat);
            NS_TEST_EXPECT_MSG_EQ(network.GetTurns().size(), 6, "turns");
            const auto& madeS = network.GetMadeS();
            const auto& arrivalsS = network.GetArrivalsS();
            NS_TEST_ASSERT_MSG_EQ(arrivalsS.size(), madeS.size(), "all tokens come");
            for (std::size_t n = 0; n < madeS.size(); ++n)
            {
                NS_TEST_EXPECT_MSG_EQ_TOL(arrivalsS[n], madeS[n] + DELAY_S, TOLERANCE_S, engine);
            }
        }
    }

    /// A device answers one request at a time, and has the text of its latest one in memory.
    void CheckDevice()
    {
        LlmChatNetwork network({2, Seconds(0), ""});
        LlmChatHelper chat = MakeChat("ns3::UdpSocketFactory");
        chat.SetEngine("ns3::llmmec::DeviceTokenEngine");
        chat.SetServing(MakeRoundModel());
        chat.SetClient(CLIENT, "Turns", PointerValue(), "PacingRate", StringValue("0bps"));
        network.Install(chat);
        // Prompts of 10 and 30 tokens; the second turn of user 0 adds 5 to what was said.
        network.GetClient(0)->SetQuestions({{0, 10, 3, 0, 0}, {1, 18, 1, 13, 1}});
        network.GetClient(1)->SetQuestions({{0.01, 30, 2, 0, 0}, {2, 10, 1, 0, 0}});
        Simulator::Stop(Seconds(10));
        Simulator::Run();
        const auto& turns = network.GetTurns();
        NS_TEST_ASSERT_MSG_EQ(turns.size(), 4, "turns");
        const double tokenS = 0.021;
        ExpectTurn(turns[0], 0.03, tokenS);
        // It waits for the first turn, and that it was asked 10 ms later is known.
        ExpectTurn(turns[1], 0.03 + 2 * tokenS - 0.01 + 0.05, tokenS);
        // Between the turns of user 0 another request was there: nothing is in memory.
        NS_TEST_EXPECT_MSG_EQ_TOL(*turns[2].GetTtftS(), 0.02 + 0.018, TOLERANCE_S, "no memory");
        NS_TEST_EXPECT_MSG_EQ_TOL(*turns[3].GetTtftS(), 0.03, TOLERANCE_S, "another user");
    }

    /// Alone, the next turn finds all in memory but the last token of the answer.
    void CheckMemory()
    {
        LlmChatNetwork network({1, Seconds(0), ""});
        LlmChatHelper chat = MakeChat("ns3::UdpSocketFactory");
        chat.SetEngine("ns3::llmmec::DeviceTokenEngine");
        chat.SetServing(MakeRoundModel());
        chat.SetClient(CLIENT, "Turns", PointerValue(), "PacingRate", StringValue("0bps"));
        network.Install(chat);
        network.GetClient(0)->SetQuestions({{0, 10, 3, 0, 0}, {1, 18, 1, 13, 1}});
        Simulator::Stop(Seconds(10));
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ(network.GetTurns().size(), 2, "turns");
        NS_TEST_EXPECT_MSG_EQ_TOL(*network.GetTurns()[1].GetTtftS(),
                                  0.02 + 0.006,
                                  TOLERANCE_S,
                                  "five tokens and one");
    }

  private:
    static constexpr uint32_t PROMPT = 50;       //!< tokens that a turn adds
    static constexpr uint32_t ANSWER = 40;       //!< tokens of an answer
    static constexpr uint32_t TOKEN_BYTES = 100; //!< of a token of an answer

    void DoRun() override
    {
        (this->*m_check)();
    }

    /// @param protocol of the sockets @return one conversation of two turns, all times fixed
    static LlmChatHelper MakeChat(const std::string& protocol)
    {
        LlmChatHelper chat;
        chat.SetEngine(DELAY, "FirstTokenTime", Constant(FIRST_S), "TokenTime", Constant(TOKEN_S));
        chat.SetServer(SERVER, "Protocol", StringValue(protocol));
        chat.SetClient(CLIENT,
                       "Protocol",
                       StringValue(protocol),
                       "PromptTokens",
                       Constant(PROMPT),
                       "AnswerTokens",
                       Constant(ANSWER),
                       "AnswerBytesPerToken",
                       UintegerValue(TOKEN_BYTES),
                       "Turns",
                       Constant(2),
                       "ThinkTime",
                       Constant(1),
                       "ConversationGap",
                       PointerValue());
        return chat;
    }

    /// Run to the end of all. @param network the network @param chat what is on it
    static void Run(LlmChatNetwork& network, LlmChatHelper& chat)
    {
        network.Install(chat);
        Simulator::Stop(Seconds(2000));
        Simulator::Run();
    }

    /// @param turn a turn @param ttftS its time to first token @param tpotS and per output token
    void ExpectTurn(const LlmChatTurn& turn, double ttftS, double tpotS)
    {
        NS_TEST_EXPECT_MSG_EQ((turn.end == LlmChatEnd::COMPLETED), true, "turn " << turn.id);
        NS_TEST_EXPECT_MSG_EQ_TOL(turn.GetTtftS().value_or(-1), ttftS, TOLERANCE_S, "TTFT");
        NS_TEST_EXPECT_MSG_EQ_TOL(turn.GetTpotS().value_or(-1), tpotS, TOLERANCE_S, "TPOT");
    }

    Check m_check; //!< what this case does
};

/// Add the cases of this file. @param suite the suite
static void
AddLlmChatTimingTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name, LlmChatTimingTestCase::Check check) {
        suite.Add(new LlmChatTimingTestCase(name, check));
    };
    add("delays over TCP", &LlmChatTimingTestCase::CheckTcpDelays);
    add("bytes over TCP", &LlmChatTimingTestCase::CheckTcpSerialisation);
    add("UDP", &LlmChatTimingTestCase::CheckUdp);
    add("a full link", &LlmChatTimingTestCase::CheckSaturation);
    add("groups of tokens", &LlmChatTimingTestCase::CheckCoalescing);
    add("engines", &LlmChatTimingTestCase::CheckEngines);
    add("a device", &LlmChatTimingTestCase::CheckDevice);
    add("the memory of a device", &LlmChatTimingTestCase::CheckMemory);
}

static const LlmMecTests g_llmChatTimingTests(&AddLlmChatTimingTests); //!< registers this file's
