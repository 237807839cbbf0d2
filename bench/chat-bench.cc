/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

/*
 * Tokens that LLM chat streams over point-to-point links, a second of CPU time; see
 * llm-mec-bench.cc.
 */

#include "ns3/inet-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/llm-chat-helper.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/pointer.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <benchmark/benchmark.h>
#include <stdexcept>
#include <string>
#include <utility>

using namespace ns3;
using namespace ns3::llmmec;

namespace
{

constexpr uint32_t TOKENS = 2000; ///< of an answer

/// @param value a number @return a random variable that is always that
StringValue
Constant(double value)
{
    return StringValue("ns3::ConstantRandomVariable[Constant=" + std::to_string(value) + "]");
}

/// Users with a link of their own stream an answer each; only the simulation is timed.
/// @param state benchmark; ranges: users, tokens that are sent together, bytes of a token
/// @param protocol Tcp or Udp
void
StreamTokens(benchmark::State& state, const std::string& protocol)
{
    const auto users = static_cast<uint32_t>(state.range(0));
    const double tokenS = 0.02;
    const StringValue factory("ns3::" + protocol + "SocketFactory");
    for (auto _ : state)
    {
        state.PauseTiming();
        NodeContainer server(1);
        NodeContainer stations(users);
        InternetStackHelper internet;
        internet.Install(server);
        internet.Install(stations);
        PointToPointHelper link;
        link.SetDeviceAttribute("DataRate", StringValue("100Mbps"));
        link.SetChannelAttribute("Delay", StringValue("2ms"));
        Ipv4AddressHelper addresses("10.1.0.0", "255.255.255.0");
        LlmChatHelper chat;
        chat.SetEngine("ns3::llmmec::DelayTokenEngine", "TokenTime", Constant(tokenS));
        // The last of them comes half a token's time before they go.
        chat.SetServer(
            "ns3::llmmec::LlmChatServer",
            "Protocol",
            factory,
            "CoalesceTime",
            TimeValue(Seconds(state.range(1) > 1 ? tokenS * (state.range(1) - 0.5) : 0)));
        chat.SetClient("ns3::llmmec::LlmChatClient", "Protocol", factory);
        chat.SetClient("ns3::llmmec::LlmChatClient", "AnswerTokens", Constant(TOKENS));
        chat.SetClient("ns3::llmmec::LlmChatClient", "Turns", Constant(1));
        chat.SetClient("ns3::llmmec::LlmChatClient", "ConversationGap", PointerValue());
        chat.SetClient("ns3::llmmec::LlmChatClient",
                       "AnswerBytesPerToken",
                       UintegerValue(static_cast<uint64_t>(state.range(2))));
        chat.InstallServer(server.Get(0));
        for (uint32_t n = 0; n < users; ++n)
        {
            const auto interfaces = addresses.Assign(link.Install(stations.Get(n), server.Get(0)));
            chat.InstallClients(NodeContainer(stations.Get(n)),
                                InetSocketAddress(interfaces.GetAddress(1), 8000));
            addresses.NewNetwork();
        }
        state.ResumeTiming();
        Simulator::Stop(Seconds(TOKENS * tokenS + 100));
        Simulator::Run();
        state.PauseTiming();
        if (chat.GetStatistics()->GetTokens() != uint64_t{TOKENS} * users)
        {
            throw std::logic_error("StreamTokens: tokens are missing");
        }
        Simulator::Destroy();
        state.ResumeTiming();
    }
    state.SetItemsProcessed(state.iterations() * users * TOKENS);
}

/// Ten users, and how many tokens a message has, of how many bytes. @param bench gets them
void
AddMessages(benchmark::internal::Benchmark* bench)
{
    bench->ArgNames({"users", "together", "bytes"})->Unit(benchmark::kMillisecond);
    for (const auto& [together, bytes] : {std::pair(1, 4),
                                          std::pair(1, 223),
                                          std::pair(5, 223),
                                          std::pair(10, 4),
                                          std::pair(20, 4)})
    {
        bench->Args({10, together, bytes});
    }
}

} // namespace

BENCHMARK_CAPTURE(StreamTokens, tcp, "Tcp")->Apply(AddMessages);
BENCHMARK_CAPTURE(StreamTokens, udp, "Udp")->Apply(AddMessages);
