/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-chat-network.h"
#include "llm-mec-tests.h"

#include "ns3/config.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv6-address-helper.h"
#include "ns3/mec-batching-token-engine.h"
#include "ns3/packet-socket-address.h"
#include "ns3/packet-socket-helper.h"
#include "ns3/pointer.h"
#include "ns3/simple-net-device-helper.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <fstream>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::llmmec;

namespace
{

const std::string CLIENT = "ns3::llmmec::LlmChatClient"; //!< type of users
const std::string SERVER = "ns3::llmmec::LlmChatServer"; //!< type of the server

} // namespace

/**
 * @ingroup llm-mec-tests
 * @brief What chat clients and servers do, on links without loss.
 */
class LlmChatTestCase : public TestCase
{
  public:
    using Check = void (LlmChatTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    LlmChatTestCase(const std::string& name, Check check)
        : TestCase("LLM chat: " + name),
          m_check(check)
    {
    }

    /// Over TCP what clients receive is what the server has sent, byte for byte, however it is cut.
    void CheckBytes()
    {
        // Headers in pieces, several messages in a segment, and buffers smaller than a message.
        for (const uint32_t segmentBytes : {7U, 33U, 536U, 1448U})
        {
            for (const uint32_t bufferBytes : {100U, 3000U, 131072U})
            {
                Config::SetDefault("ns3::TcpSocket::SndBufSize", UintegerValue(bufferBytes));
                LlmChatNetwork network({3, MilliSeconds(1), "2Mbps"});
                LlmChatHelper chat;
                chat.SetClient(CLIENT, "SegmentSize", UintegerValue(segmentBytes));
                chat.SetClient(CLIENT, "PromptTokens", Constant(60), "AnswerTokens", Constant(20));
                chat.SetServer(SERVER, "SegmentSize", UintegerValue(segmentBytes));
                Chat(network, chat);
                const std::string what = std::to_string(segmentBytes) + " bytes a segment, " +
                                         std::to_string(bufferBytes) + " a buffer";
                const LlmChatClientCounts counts = network.GetCounts();
                NS_TEST_EXPECT_MSG_EQ(counts.completed, 9, what);
                NS_TEST_EXPECT_MSG_EQ(counts.asked, 9, what);
                NS_TEST_EXPECT_MSG_EQ(network.GetSent().size(), 3, "a connection each, " << what);
                NS_TEST_EXPECT_MSG_EQ((network.GetSent() == network.GetReceived()), true, what);
                NS_TEST_EXPECT_MSG_EQ(counts.receivedTokens,
                                      network.GetServer()->GetCounts().sentTokens,
                                      what);
            }
        }
        Config::Reset();
    }

    /// A turn can be given up at any time, the connection goes on, and the engine is told.
    void CheckCancel()
    {
        LlmChatNetwork network({1, MilliSeconds(50), "1Mbps"});
        LlmChatHelper chat;
        chat.SetEngine("ns3::llmmec::DelayTokenEngine");
        chat.SetClient(CLIENT, "Turns", PointerValue());
        network.Install(chat);
        const auto client = network.GetClient(0);
        client->SetQuestions({{0, 10, 100, 0, 0}, {0, 10, 50, 0, 0}, {0, 20000, 10, 0, 0}});
        Simulator::Schedule(Seconds(1), [client] { client->Cancel(1); });
        Simulator::Schedule(MilliSeconds(100), [client] { client->Cancel(3); });
        Simulator::Schedule(Seconds(1.5), [client] { client->Cancel(2); });
        Simulator::Stop(Seconds(10));
        Simulator::Run();
        const LlmChatClientCounts& counts = client->GetCounts();
        NS_TEST_EXPECT_MSG_EQ(counts.cancelled, 2, "cancelled");
        NS_TEST_EXPECT_MSG_EQ(counts.completed, 1, "the other is complete by then");
        NS_TEST_EXPECT_MSG_EQ(client->Cancel(1), false, "it has ended");
        const LlmChatServerCounts& served = network.GetServer()->GetCounts();
        NS_TEST_EXPECT_MSG_EQ(served.cancelled, 2, "the server knows");
        NS_TEST_EXPECT_MSG_LT(served.madeTokens, 160, "no token after cancelling");
        NS_TEST_EXPECT_MSG_EQ(served.madeTokens, served.sentTokens + served.discardedTokens, "sum");
        NS_TEST_EXPECT_MSG_EQ(served.sentTokens, counts.receivedTokens + counts.lateTokens, "all");
        NS_TEST_EXPECT_MSG_EQ((counts.lateTokens > 0), true, "some were on their way");
        NS_TEST_EXPECT_MSG_EQ(network.GetServer()->GetSessions(), 1, "one connection");
    }

    /// Users lose patience, and read no more than they want.
    void CheckPatience()
    {
        LlmChatNetwork network({2, MilliSeconds(5), ""});
        LlmChatHelper chat;
        chat.SetEngine("ns3::llmmec::DelayTokenEngine", "FirstTokenTime", Constant(3));
        chat.SetClient(CLIENT, "Turns", Constant(4), "ConversationGap", PointerValue());
        chat.SetClient(CLIENT, "ThinkTime", Constant(1), "AnswerTokens", Constant(100));
        network.Install(chat);
        network.GetClient(0)->SetAttribute("Patience", Constant(2));
        network.GetClient(1)->SetAttribute("ReadTokens", Constant(10));
        Simulator::Stop(Seconds(100));
        Simulator::Run();
        NS_TEST_EXPECT_MSG_EQ(network.GetTurns().size(), 8, "turns go on");
        for (const LlmChatTurn& turn : network.GetTurns())
        {
            NS_TEST_EXPECT_MSG_EQ((turn.end == LlmChatEnd::CANCELLED), true, "cancelled");
            NS_TEST_EXPECT_MSG_EQ((turn.receivedTokens == 0 || turn.receivedTokens == 10),
                                  true,
                                  "tokens that were read");
            NS_TEST_EXPECT_MSG_EQ(turn.GetTtftS().has_value(), (turn.receivedTokens > 0), "TTFT");
        }
        NS_TEST_EXPECT_MSG_EQ(network.GetCounts().receivedTokens, 40, "four turns of ten");
        NS_TEST_EXPECT_MSG_EQ(network.GetServer()->GetSessions(), 0, "all have left");
    }

    /// Without a server turns fail after a while; ns-3's TCP does not hear that a port is closed.
    void CheckNoServer()
    {
        for (const bool isTcp : {true, false})
        {
            LlmChatNetwork network({1, MilliSeconds(5), ""});
            LlmChatHelper chat;
            SetProtocol(chat, isTcp);
            chat.SetClient(CLIENT, "ConversationGap", Constant(10));
            chat.SetClient(CLIENT, "Timeout", TimeValue(Seconds(8)));
            network.Install(chat);
            network.GetServer()->SetStopTime(Seconds(0.5));
            network.GetClient(0)->SetStartTime(Seconds(1));
            network.GetClient(0)->SetStopTime(Seconds(100));
            Simulator::Stop(Seconds(200));
            Simulator::Run();
            const LlmChatClientCounts counts = network.GetCounts();
            NS_TEST_EXPECT_MSG_EQ(counts.failed, 6, "failed");
            NS_TEST_EXPECT_MSG_EQ(counts.completed, 0, "none is answered");
            NS_TEST_EXPECT_MSG_EQ(counts.asked, counts.failed + counts.cancelled, "none is open");
        }
    }

    /// A server that stops leaves no turn open.
    void CheckServerStop()
    {
        LlmChatNetwork network({3, MilliSeconds(5), "1Mbps"});
        LlmChatHelper chat;
        chat.SetClient(CLIENT, "ThinkTime", Constant(1), "ConversationGap", PointerValue());
        chat.SetClient(CLIENT, "AnswerTokens", Constant(1000));
        network.Install(chat);
        network.GetServer()->SetStopTime(Seconds(5));
        Simulator::Stop(Seconds(200));
        Simulator::Run();
        NS_TEST_EXPECT_MSG_EQ(network.GetCounts().failed, 3, "failed");
        NS_TEST_EXPECT_MSG_EQ(network.GetServer()->GetCounts().cancelled, 3, "given up");
    }

    /// The server refuses what its engine can never serve.
    void CheckRefusal()
    {
        LlmChatNetwork network({1, MilliSeconds(5), ""});
        LlmChatHelper chat;
        chat.SetClient(CLIENT, "PromptTokens", Constant(300000), "Turns", Constant(3));
        Chat(network, chat);
        NS_TEST_EXPECT_MSG_EQ(network.GetCounts().failed, 1, "failed");
        NS_TEST_EXPECT_MSG_EQ(network.GetServer()->GetCounts().refused, 1, "refused");
        NS_TEST_EXPECT_MSG_LT(network.GetTurns().at(0).endS, 30, "and not by a timeout");
    }

    /// The next turn of a conversation finds its text in the KV cache.
    void CheckPrefix()
    {
        LlmChatNetwork network({1, MilliSeconds(5), ""});
        LlmChatHelper chat;
        chat.SetClient(CLIENT, "PromptTokens", Constant(500), "AnswerTokens", Constant(100));
        chat.SetClient(CLIENT, "ConversationGap", PointerValue(), "Turns", Constant(3));
        network.Install(chat);
        const auto batching =
            DynamicCast<BatchingTokenEngine>(network.GetServer()->GetEngine())->GetEngine();
        std::vector<uint32_t> cached;
        batching->TraceConnectWithoutContext("Done", MakeBoundCallback(&NoteCached, &cached));
        Simulator::Stop(Seconds(300));
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ(cached.size(), 3, "turns");
        NS_TEST_EXPECT_MSG_EQ(cached[0], 0, "nothing was said");
        NS_TEST_EXPECT_MSG_EQ((cached[1] > 500 && cached[1] <= 600), true, "the first turn");
        NS_TEST_EXPECT_MSG_EQ((cached[2] > 1000 && cached[2] <= 1200), true, "both turns");
    }

    /// Requests of a file are asked when it says, by whom it says.
    void CheckTrace()
    {
        const std::string path = CreateTempDirFilename("requests.csv");
        std::ofstream(path)
            << "id,arrivalS,promptTokens,generatedTokens,prefixOf,prefixTokens,mlu\n"
               "7,0.5,100,20,,,1\n8,1.5,50,10,,,0\n9,3.5,150,5,7,120,1\n";
        for (const bool hasMlus : {true, false})
        {
            if (!hasMlus)
            {
                std::ofstream(path) << "id,arrivalS,promptTokens,generatedTokens\n"
                                       "7,0.5,100,20\n8,1.5,50,10\n9,3.5,150,5\n";
            }
            LlmChatNetwork network({2, MilliSeconds(0), ""});
            LlmChatHelper chat;
            chat.SetEngine("ns3::llmmec::DelayTokenEngine");
            chat.SetTrace(path);
            network.Install(chat);
            Simulator::Stop(Seconds(20));
            Simulator::Run();
            const auto& turns = network.GetTurns();
            NS_TEST_ASSERT_MSG_EQ(turns.size(), 3, "turns");
            NS_TEST_EXPECT_MSG_EQ(turns[0].askedS, 0.5, "time");
            NS_TEST_EXPECT_MSG_EQ(turns[1].promptTokens, 50, "prompt");
            NS_TEST_EXPECT_MSG_EQ(turns[2].answerTokens, 5, "answer");
            NS_TEST_EXPECT_MSG_EQ(turns[2].historyTokens, (hasMlus ? 120 : 0), "history");
            const uint32_t asker = hasMlus ? 1 : 0; // in turn where the file does not say
            NS_TEST_EXPECT_MSG_EQ(network.GetClient(asker)->GetCounts().asked, 2, "by whom");
            NS_TEST_EXPECT_MSG_EQ(chat.GetStatistics()->GetEnded(LlmChatEnd::COMPLETED), 3, "ends");
            NS_TEST_EXPECT_MSG_EQ(chat.GetStatistics()->GetTokens(), 35, "tokens");
        }
    }

    /// Over IPv6, TCP and UDP, and over sockets of packets, which know no IP.
    void CheckOtherSockets()
    {
        for (const std::string protocol : {"Tcp", "Udp", "Packet"})
        {
            NodeContainer nodes(2);
            SimpleNetDeviceHelper link;
            link.SetNetDevicePointToPointMode(true);
            const NetDeviceContainer devices = link.Install(nodes);
            Address remote;
            Address local;
            if (protocol == "Packet")
            {
                PacketSocketHelper().Install(nodes);
                remote = MakePacketAddress(devices.Get(0), devices.Get(1));
                local = MakePacketAddress(devices.Get(1), devices.Get(0));
            }
            else
            {
                InternetStackHelper().Install(nodes);
                Ipv6AddressHelper addresses;
                const auto interfaces = addresses.Assign(devices);
                local = Inet6SocketAddress(Ipv6Address::GetAny(), 8000);
                remote = Inet6SocketAddress(interfaces.GetAddress(1, 1), 8000);
            }
            LlmChatHelper chat;
            chat.SetEngine("ns3::llmmec::DelayTokenEngine");
            const StringValue factory("ns3::" + protocol + "SocketFactory");
            chat.SetServer(SERVER,
                           "Protocol",
                           factory,
                           "Local",
                           AddressValue(local),
                           "Tos",
                           UintegerValue(16));
            chat.SetClient(CLIENT, "Protocol", factory, "Turns", Constant(2));
            chat.SetClient(CLIENT,
                           "ConversationGap",
                           PointerValue(),
                           "PacketSize",
                           UintegerValue(500));
            if (protocol == "Packet")
            {
                chat.SetClient(CLIENT, "Local", AddressValue(remote));
            }
            chat.InstallServer(nodes.Get(1));
            chat.InstallClients(nodes.Get(0), remote).Start(Seconds(3));
            chat.AssignStreams(1);
            Simulator::Stop(Seconds(200));
            Simulator::Run();
            NS_TEST_EXPECT_MSG_EQ(chat.GetStatistics()->GetEnded(LlmChatEnd::COMPLETED),
                                  2,
                                  protocol);
            Simulator::Destroy();
        }
    }

  private:
    void DoRun() override
    {
        (this->*m_check)();
    }

    /// @param value a number @return a random variable that is always that
    static StringValue Constant(double value)
    {
        return StringValue("ns3::ConstantRandomVariable[Constant=" + std::to_string(value) + "]");
    }

    /// @param from device at one end @param to at the other @return address of the other, for
    /// sockets of the one
    static Address MakePacketAddress(Ptr<NetDevice> from, Ptr<NetDevice> to)
    {
        PacketSocketAddress address;
        address.SetSingleDevice(from->GetIfIndex());
        address.SetPhysicalAddress(to->GetAddress());
        address.SetProtocol(0x88b5); // EtherType for experiments
        return address;
    }

    /// Note what a request found in memory. @param cached gets the tokens @param record it
    static void NoteCached(std::vector<uint32_t>* cached, const TokenRecord& record)
    {
        cached->push_back(record.cachedTokens);
    }

    /// @param chat gets the protocol @param isTcp whether it is TCP
    static void SetProtocol(LlmChatHelper& chat, bool isTcp)
    {
        const StringValue protocol(isTcp ? "ns3::TcpSocketFactory" : "ns3::UdpSocketFactory");
        chat.SetClient(CLIENT, "Protocol", protocol);
        chat.SetServer(SERVER, "Protocol", protocol);
    }

    /// Let users have a conversation each, to its end. @param network the network @param chat what
    /// is on it
    static void Chat(LlmChatNetwork& network, LlmChatHelper& chat)
    {
        chat.SetClient(CLIENT, "ConversationGap", PointerValue(), "Turns", Constant(3));
        network.Install(chat);
        chat.AssignStreams(1);
        Simulator::Stop(Seconds(2000));
        Simulator::Run();
    }

    Check m_check; //!< what this case does
};

/// Add the cases of this file. @param suite the suite
static void
AddLlmChatTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name, LlmChatTestCase::Check check) {
        suite.Add(new LlmChatTestCase(name, check));
    };
    add("byte for byte", &LlmChatTestCase::CheckBytes);
    add("cancelling", &LlmChatTestCase::CheckCancel);
    add("patience", &LlmChatTestCase::CheckPatience);
    add("no server", &LlmChatTestCase::CheckNoServer);
    add("a server that stops", &LlmChatTestCase::CheckServerStop);
    add("a refusal", &LlmChatTestCase::CheckRefusal);
    add("history in memory", &LlmChatTestCase::CheckPrefix);
    add("a file of requests", &LlmChatTestCase::CheckTrace);
    add("other sockets", &LlmChatTestCase::CheckOtherSockets);
}

static const LlmMecTests g_llmChatTests(&AddLlmChatTests); //!< registers this file's cases
