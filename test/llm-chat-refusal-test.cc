/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-chat-network.h"
#include "llm-mec-tests.h"

#include "ns3/inet-socket-address.h"
#include "ns3/mac48-address.h"
#include "ns3/mec-device-token-engine.h"
#include "ns3/pointer.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <functional>
#include <stdexcept>
#include <string>

using namespace ns3;
using namespace ns3::llmmec;

namespace
{

const std::string SERVER = "ns3::llmmec::LlmChatServer"; //!< type of the server

} // namespace

/**
 * @ingroup llm-mec-tests
 * @brief What chat clients and servers refuse.
 */
class LlmChatRefusalTestCase : public TestCase
{
  public:
    LlmChatRefusalTestCase()
        : TestCase("LLM chat: errors")
    {
    }

  private:
    using ServerPtr = Ptr<LlmChatServer>; //!< in checks of refusals
    using ClientPtr = Ptr<LlmChatClient>; //!< in checks of refusals

    /// What cannot work is refused in one line that says why.
    void DoRun() override
    {
        ExpectRefusal("of them weights, expected at most", [](auto& server, auto) {
            LlmServing serving;
            serving.device = "tiny";
            serving.law.weightsUs = 1;
            serving.memoryBytes = 10;
            serving.weightBytes = 11;
            serving.kvBytesPerToken = 1;
            serving.flopsPerToken = 1;
            auto model = CreateObject<CoefficientStepTimeModel>();
            model->SetServing(serving);
            auto device = CreateObject<DeviceTokenEngine>();
            device->SetAttribute("StepTimeModel", PointerValue(model));
            server->SetAttribute("Engine", PointerValue(device));
        });
        ExpectRefusal("Remote has nothing, expected address and port",
                      [](auto&, auto client) { client->SetAttribute("Remote", AddressValue()); });
        ExpectRefusal(
            "Protocol is ns3::Node, expected the type of a socket factory",
            [](auto&, auto client) { client->SetAttribute("Protocol", StringValue("ns3::Node")); });
        ExpectRefusal("Local is ", [](auto&, auto client) {
            client->SetAttribute("Local", AddressValue(Mac48Address("00:00:00:00:00:01")));
        });
        ExpectRefusal("AnswerBytesPerToken is 2000, expected at most the 1440",
                      [](auto&, auto client) {
                          client->SetAttribute("Protocol", StringValue("ns3::UdpSocketFactory"));
                          client->SetAttribute("AnswerBytesPerToken", UintegerValue(2000));
                      });
        ExpectRefusal(
            "LlmChatClient: PromptTokens drew -1, expected a number from 0",
            [](auto&, auto client) { client->SetAttribute("PromptTokens", Constant(-1)); });
        ExpectRefusal("LlmChatClient: ThinkTime drew 0, expected a number from 1e-09",
                      [](auto&, auto client) {
                          client->SetAttribute("ThinkTime", Constant(0));
                          client->SetAttribute("Turns", Constant(2));
                      });
        ExpectRefusal("Engine has nothing, expected a TokenEngine", [](auto& server, auto) {
            ObjectFactory factory(SERVER);
            factory.Set("Engine", PointerValue());
            server->GetNode()->AddApplication(factory.Create<LlmChatServer>());
        });
        ExpectRefusal("two servers have this engine, expected", [](auto& server, auto) {
            auto other = CreateObject<LlmChatServer>();
            other->SetAttribute("Engine", PointerValue(server->GetEngine()));
            server->GetNode()->AddApplication(other);
        });
        ExpectRefusal("0 answer tokens, expected at least one", [](auto&, auto client) {
            client->SetQuestions({{0, 10, 0, 0, 0}});
        });
        ExpectRefusal("asked at 1 s, expected a time from that of the one before, 2 s",
                      [](auto&, auto client) {
                          client->SetQuestions({{2, 10, 1, 0, 0}, {1, 10, 1, 0, 0}});
                      });
        ExpectRefusal("while the application does not run", [](auto&, auto client) {
            client->Ask({0, 10, 1, 0, 0});
        });
        ExpectRefusal("expected SetEngine", [](auto&, auto) {
            LlmChatHelper chat;
            chat.SetServer(SERVER, "Engine", StringValue("ns3::llmmec::DelayTokenEngine"));
            chat.InstallServer(CreateObject<Node>());
        });
        ExpectRefusal("SetServing was called, but the engine is", [](auto&, auto) {
            LlmChatHelper chat;
            chat.SetEngine("ns3::llmmec::DelayTokenEngine");
            chat.SetServing(CreateObject<CoefficientStepTimeModel>());
            chat.InstallServer(CreateObject<Node>());
        });
    }

    /// @param value a number @return a random variable that is always that
    static StringValue Constant(double value)
    {
        return StringValue("ns3::ConstantRandomVariable[Constant=" + std::to_string(value) + "]");
    }

    /// @param complaint part of what is said @param spoil makes the error
    void ExpectRefusal(const std::string& complaint,
                       const std::function<void(ServerPtr&, ClientPtr)>& spoil)
    {
        std::string said;
        LlmChatNetwork network({1, MilliSeconds(1), ""});
        LlmChatHelper chat;
        chat.SetEngine("ns3::llmmec::DelayTokenEngine");
        network.Install(chat);
        try
        {
            ServerPtr server = network.GetServer();
            spoil(server, network.GetClient(0));
            Simulator::Stop(Seconds(100));
            Simulator::Run();
        }
        catch (const std::exception& error)
        {
            said = error.what();
        }
        NS_TEST_EXPECT_MSG_EQ((said.find(complaint) != std::string::npos),
                              true,
                              "'" << said << "' has '" << complaint << "'");
        NS_TEST_EXPECT_MSG_EQ((said.find('\n') == std::string::npos), true, "one line");
    }
};

/// Add the cases of this file. @param suite the suite
static void
AddLlmChatRefusalTests(LlmMecTestSuite& suite)
{
    suite.Add(new LlmChatRefusalTestCase());
}

static const LlmMecTests g_llmChatRefusalTests(&AddLlmChatRefusalTests); //!< registers this file's
