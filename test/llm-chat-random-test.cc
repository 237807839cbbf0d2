/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-chat-network.h"
#include "llm-mec-tests.h"

#include "ns3/config.h"
#include "ns3/pointer.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <iomanip>
#include <random>
#include <sstream>
#include <string>

using namespace ns3;
using namespace ns3::llmmec;

namespace
{

const std::string CLIENT = "ns3::llmmec::LlmChatClient"; //!< type of users
const std::string SERVER = "ns3::llmmec::LlmChatServer"; //!< type of the server

/// A scenario at random
struct Scenario
{
    LlmChatNetwork::Links links; //!< the network
    bool isTcp{true};            //!< whether it is TCP
    std::string engine;          //!< what makes the tokens
    std::string rate;            //!< of the links
    uint32_t tokenBytes{0};      //!< of a token of an answer
    uint32_t segmentBytes{0};    //!< of TCP
    uint32_t bufferBytes{0};     //!< of TCP
    Time coalesce;               //!< how long a token waits
    bool isPatient{true};        //!< whether users wait for ever
    bool readsAll{true};         //!< whether users read all
    Time clientStop;             //!< when users stop
    Time serverStop;             //!< when the server does
    int64_t stream{0};           //!< random stream of all
};

/// @param mean of it @return an exponential random variable
StringValue
Exponential(double mean)
{
    return StringValue("ns3::ExponentialRandomVariable[Mean=" + std::to_string(mean) + "]");
}

/// @param random generator @return a scenario
Scenario
DrawScenario(std::mt19937_64& random)
{
    const auto pick = [&random](const auto&... choices) {
        const std::common_type_t<std::decay_t<decltype(choices)>...> list[] = {choices...};
        return list[random() % sizeof...(choices)];
    };
    Scenario scenario;
    scenario.isTcp = pick(true, false);
    scenario.links.users = pick(1U, 2U, 4U);
    scenario.links.delay = MilliSeconds(pick(0, 5, 100));
    scenario.links.rate = pick(std::string(), std::string("300kbps"), std::string("10Mbps"));
    scenario.links.loss = pick(0.0, 0.0, 0.01, 0.1, 0.5);
    scenario.links.lossStream = static_cast<int64_t>(random() % 1000000);
    scenario.engine = pick(std::string("Delay"), std::string("Batching"), std::string("Device"));
    scenario.tokenBytes = pick(4U, 4U, 223U);
    scenario.segmentBytes = pick(50U, 536U, 1448U);
    scenario.bufferBytes = pick(500U, 131072U);
    scenario.coalesce = MilliSeconds(pick(0, 0, 30, 200));
    scenario.isPatient = pick(true, false);
    scenario.readsAll = pick(true, false);
    const int endS = 20 + static_cast<int>(random() % 40);
    scenario.clientStop = Seconds(pick(endS, endS, 3));
    scenario.serverStop = Seconds(pick(10000, 10000, 10));
    scenario.stream = static_cast<int64_t>(random() % 1000000);
    return scenario;
}

} // namespace

/**
 * @ingroup llm-mec-tests
 * @brief Random scenarios with loss, cancelling and early ends: no turn is left open, and no token
 * is lost without trace.
 */
class LlmChatRandomTestCase : public TestCase
{
  public:
    LlmChatRandomTestCase()
        : TestCase("LLM chat: random scenarios")
    {
    }

  private:
    static constexpr int SCENARIOS = 200; //!< that are run
    static constexpr int TWICE = 20;      //!< every so many-th is run again

    void DoRun() override
    {
        std::mt19937_64 random(1);
        for (int n = 0; n < SCENARIOS; ++n)
        {
            const Scenario scenario = DrawScenario(random);
            m_what = "scenario " + std::to_string(n);
            const std::string log = RunScenario(scenario);
            if (n % TWICE == 0)
            {
                NS_TEST_EXPECT_MSG_EQ(RunScenario(scenario), log, m_what << " again");
            }
        }
        NS_TEST_EXPECT_MSG_EQ((m_whole > 200), true, "many streams came whole");
        NS_TEST_EXPECT_MSG_EQ((m_sum.completed > 1000), true, "many were completed");
        NS_TEST_EXPECT_MSG_EQ((m_sum.cancelled > 100), true, "many were cancelled");
        NS_TEST_EXPECT_MSG_EQ((m_sum.failed > 100), true, "many failed");
        NS_TEST_EXPECT_MSG_EQ((m_sum.lateTokens > 10), true, "some tokens were late");
        Config::Reset();
    }

    /// @param scenario the scenario @return what happened, as text
    std::string RunScenario(const Scenario& scenario)
    {
        Config::SetDefault("ns3::TcpSocket::SndBufSize", UintegerValue(scenario.bufferBytes));
        LlmChatNetwork network(scenario.links);
        LlmChatHelper chat;
        const StringValue protocol(scenario.isTcp ? "ns3::TcpSocketFactory"
                                                  : "ns3::UdpSocketFactory");
        const UintegerValue segmentBytes(scenario.segmentBytes);
        chat.SetEngine("ns3::llmmec::" + scenario.engine + "TokenEngine");
        chat.SetServer(SERVER, "Protocol", protocol, "SegmentSize", segmentBytes);
        chat.SetServer(SERVER, "CoalesceTime", TimeValue(scenario.coalesce));
        chat.SetClient(CLIENT, "Protocol", protocol, "SegmentSize", segmentBytes);
        chat.SetClient(CLIENT, "Timeout", TimeValue(Seconds(8)), "ThinkTime", Exponential(0.5));
        chat.SetClient(CLIENT, "ConversationGap", Exponential(2), "PromptTokens", Exponential(99));
        chat.SetClient(CLIENT, "AnswerTokens", Exponential(50));
        chat.SetClient(CLIENT, "AnswerBytesPerToken", UintegerValue(scenario.tokenBytes));
        if (!scenario.isPatient)
        {
            chat.SetClient(CLIENT, "Patience", Exponential(1));
        }
        if (!scenario.readsAll)
        {
            chat.SetClient(CLIENT, "ReadTokens", Exponential(30));
        }
        network.Install(chat);
        chat.AssignStreams(scenario.stream);
        network.GetServer()->SetStopTime(scenario.serverStop);
        for (uint32_t n = 0; n < network.GetUsers(); ++n)
        {
            network.GetClient(n)->SetStopTime(scenario.clientStop);
        }
        Simulator::Stop(Seconds(1000));
        Simulator::Run();
        ExpectTurns(network);
        ExpectTokens(network, scenario);
        return Describe(network);
    }

    /// Every turn has ended once. @param network what has run
    void ExpectTurns(const LlmChatNetwork& network)
    {
        const LlmChatClientCounts counts = network.GetCounts();
        NS_TEST_EXPECT_MSG_EQ(counts.asked, network.GetTurns().size(), m_what << ": none is open");
        NS_TEST_EXPECT_MSG_EQ(counts.asked,
                              counts.completed + counts.cancelled + counts.failed,
                              m_what << ": one end each");
        uint64_t tokens = 0;
        for (const LlmChatTurn& turn : network.GetTurns())
        {
            tokens += turn.receivedTokens;
            NS_TEST_EXPECT_MSG_EQ((turn.receivedTokens == turn.answerTokens),
                                  (turn.end == LlmChatEnd::COMPLETED),
                                  m_what << ": turn " << turn.id);
            NS_TEST_EXPECT_MSG_EQ((turn.endS >= turn.askedS), true, m_what << ": its times");
        }
        NS_TEST_EXPECT_MSG_EQ(tokens, counts.receivedTokens, m_what << ": tokens of turns");
        m_sum.completed += counts.completed;
        m_sum.cancelled += counts.cancelled;
        m_sum.failed += counts.failed;
        m_sum.lateTokens += counts.lateTokens;
    }

    /// Tokens balance. @param network what has run @param scenario the scenario
    void ExpectTokens(const LlmChatNetwork& network, const Scenario& scenario)
    {
        const LlmChatServerCounts& served = network.GetServer()->GetCounts();
        NS_TEST_EXPECT_MSG_EQ(served.madeTokens,
                              served.sentTokens + served.discardedTokens,
                              m_what << ": none waits");
        NS_TEST_EXPECT_MSG_EQ(served.prompts,
                              served.answered + served.cancelled + served.refused,
                              m_what << ": requests");
        const LlmChatClientCounts counts = network.GetCounts();
        if (scenario.isTcp)
        {
            ExpectStreams(network, counts);
            return;
        }
        const uint64_t here = counts.receivedTokens + counts.lateTokens;
        const auto& tokens = network.GetTokens();
        NS_TEST_EXPECT_MSG_EQ(served.sentTokens,
                              tokens.delivered + tokens.dropped,
                              m_what << ": datagrams");
        NS_TEST_EXPECT_MSG_LT_OR_EQ(here, tokens.delivered, m_what << ": after the stop");
        if (scenario.serverStop < scenario.clientStop)
        {
            NS_TEST_EXPECT_MSG_EQ(here, tokens.delivered, m_what << ": all are counted");
        }
    }

    /// What a client has received is how the server's stream begins, and the tokens in both are
    /// those that were counted. @param network what has run @param counts what clients have counted
    void ExpectStreams(const LlmChatNetwork& network, const LlmChatClientCounts& counts)
    {
        uint64_t sent = 0;
        uint64_t received = 0;
        for (const auto& [client, bytes] : network.GetSent())
        {
            const auto found = network.GetReceived().find(client);
            const std::string here = found == network.GetReceived().end() ? "" : found->second;
            NS_TEST_EXPECT_MSG_EQ((bytes.compare(0, here.size(), here) == 0),
                                  true,
                                  m_what << ": byte for byte");
            sent += CountTokens(bytes);
            received += CountTokens(here);
            m_whole += bytes.size() == here.size();
        }
        NS_TEST_EXPECT_MSG_EQ(network.GetServer()->GetCounts().sentTokens,
                              sent,
                              m_what << ": tokens in the bytes that were sent");
        const uint64_t counted = counts.receivedTokens + counts.lateTokens;
        NS_TEST_EXPECT_MSG_LT_OR_EQ(counted, received, m_what << ": tokens");
        if (counts.cancelled == 0)
        {
            // Who cancels the last turn closes, and does not look at what has come with it.
            NS_TEST_EXPECT_MSG_EQ(counted, received, m_what << ": tokens in what was received");
        }
    }

    /// @param bytes a stream of the server's messages, maybe cut off @return tokens that are whole
    static uint64_t CountTokens(const std::string& bytes)
    {
        const auto read = [&bytes](std::size_t at, std::size_t length) {
            uint64_t number = 0;
            for (std::size_t i = 0; i < length; ++i)
            {
                number = number << 8 | static_cast<uint8_t>(bytes[at + i]);
            }
            return number;
        };
        constexpr std::size_t headerBytes = 32;
        uint64_t tokens = 0;
        for (std::size_t at = 0; at + headerBytes <= bytes.size();)
        {
            const uint64_t bodyBytes = read(at + 24, 4);
            const uint64_t here = std::min<uint64_t>(bodyBytes, bytes.size() - at - headerBytes);
            tokens += bodyBytes > 0 ? here / read(at + 2, 2) : 0;
            at += headerBytes + bodyBytes;
        }
        return tokens;
    }

    /// @param network what has run @return it as text
    static std::string Describe(const LlmChatNetwork& network)
    {
        std::ostringstream log;
        log << std::setprecision(17);
        for (const LlmChatTurn& turn : network.GetTurns())
        {
            log << turn.id << " " << static_cast<int>(turn.end) << " " << turn.askedS << " "
                << turn.firstTokenS << " " << turn.lastTokenS << " " << turn.receivedTokens << "\n";
        }
        return log.str();
    }

    std::string m_what;        //!< which scenario
    LlmChatClientCounts m_sum; //!< of all scenarios
    int m_whole{0};            //!< streams that came whole
};

/// Add the cases of this file. @param suite the suite
static void
AddLlmChatRandomTests(LlmMecTestSuite& suite)
{
    suite.Add(new LlmChatRandomTestCase());
}

static const LlmMecTests g_llmChatRandomTests(&AddLlmChatRandomTests); //!< registers this file's
