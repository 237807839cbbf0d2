/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_CHAT_HELPER_H
#define LLM_CHAT_HELPER_H

#include "llm-chat-statistics.h"
#include "llm-mec-factory.h"
#include "llm-mec-request-trace.h"
#include "llm-mec-step-time.h"

#include "ns3/address.h"
#include "ns3/application-container.h"
#include "ns3/llm-chat-client.h"
#include "ns3/llm-chat-server.h"
#include "ns3/llm-step-time-model.h"
#include "ns3/node-container.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Puts LLM users and their server into any script, over any network that it has built.
 *
 * @code
 *   llmmec::LlmChatHelper chat;
 *   chat.SetServing(llmmec::MakeStepTimeModel("rtx4090-llama-3.1-8b"));
 *   chat.InstallServer(server).Start(Seconds(0));
 *   auto users = chat.InstallClients(stations, InetSocketAddress(serverAddress, 8000));
 *   users.Start(Seconds(1));
 *   users.Stop(Seconds(60));
 *   chat.AssignStreams(1000);
 *   ...
 *   chat.GetStatistics()->Print(std::cout);
 * @endcode
 *
 * Without any setting, Llama-3.1-8B with 16 bits a weight answers on an RTX 4090 with continuous
 * batching, over TCP. TCP gets what Linux has in place of ns-3's defaults, but for those that the
 * script has set: segments of 1448 bytes, MinRto 200 ms, DelAckTimeout 40 ms, ConnTimeout 1 s.
 *
 * LlmMecChatHelper is another thing: it builds whole cells, nodes and radio included, over the
 * module's own MecLink, with devices that can answer by themselves and a policy that decides.
 */
class LlmChatHelper
{
  public:
    LlmChatHelper();

    /// Choose the users' application. @param type of LlmChatClient @param attributes in turn
    template <typename... Attributes>
    void SetClient(const std::string& type, Attributes&&... attributes)
    {
        m_client.Set(type, std::forward<Attributes>(attributes)...);
    }

    /// Choose the server's application. @param type of LlmChatServer @param attributes in turn
    template <typename... Attributes>
    void SetServer(const std::string& type, Attributes&&... attributes)
    {
        m_server.Set(type, std::forward<Attributes>(attributes)...);
    }

    /// Choose what makes the tokens of servers that are installed from now on. @param type of
    /// TokenEngine @param attributes in turn
    template <typename... Attributes>
    void SetEngine(const std::string& type, Attributes&&... attributes)
    {
        m_engine.Set(type, std::forward<Attributes>(attributes)...);
    }

    /// Choose step times, for BatchingTokenEngine and DeviceTokenEngine. @param model the step
    /// times, such as MakeStepTimeModel("h100-llama-3.1-8b")
    void SetServing(Ptr<StepTimeModel> model);

    /**
     * Let clients that are installed from now on ask the requests of a file, in place of
     * conversations. The column `mlu` has the index of the client among those that are installed
     * together; without it the clients take turns. A prefix is known to the server where the same
     * client has asked it. Times count from the start of the clients.
     * @param path a trace, see ReadRequestTrace
     */
    void SetTrace(const std::string& path);

    /**
     * Put a server on a node.
     * @param node the node
     * @return the server, an LlmChatServer
     * @throw std::invalid_argument in one line where settings do not fit together
     */
    ApplicationContainer InstallServer(Ptr<Node> node);

    /**
     * Put a user on each node.
     * @param nodes the nodes
     * @param server address and port of the server
     * @return the users, LlmChatClients
     * @throw std::runtime_error in one line where the trace cannot be read
     */
    ApplicationContainer InstallClients(const NodeContainer& nodes, const Address& server);

    /**
     * Assign fixed random streams to all that was installed.
     * @param stream first stream to use
     * @return number of streams used
     */
    int64_t AssignStreams(int64_t stream);

    /// @return how the turns of all clients went
    Ptr<LlmChatStatistics> GetStatistics() const;

  private:
    /// Give TCP what Linux has. @param factory of a client or a server
    static void TuneTcp(LlmMecFactory& factory);
    /// @return what makes a server's tokens
    Ptr<TokenEngine> MakeEngine() const;
    /// Share out the requests of the trace. @param clients number of clients @return questions of
    /// each
    std::vector<std::vector<LlmChatQuestion>> MakeQuestions(uint32_t clients) const;

    LlmMecFactory m_client;                    //!< makes LlmChatClient
    LlmMecFactory m_server;                    //!< makes LlmChatServer
    LlmMecFactory m_engine;                    //!< makes TokenEngine
    Ptr<StepTimeModel> m_serving;              //!< step times, or null
    std::string m_trace;                       //!< path of a trace of requests, or empty
    std::vector<Ptr<LlmChatClient>> m_clients; //!< all that were installed
    std::vector<Ptr<LlmChatServer>> m_servers; //!< all that were installed
    Ptr<LlmChatStatistics> m_statistics;       //!< of all clients
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_CHAT_HELPER_H
