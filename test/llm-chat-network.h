/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_CHAT_NETWORK_H
#define LLM_CHAT_NETWORK_H

#include "ns3/llm-chat-helper.h"
#include "ns3/net-device-container.h"
#include "ns3/node-container.h"
#include "ns3/nstime.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

/**
 * @ingroup llm-mec-tests
 * @brief LLM users, each with a point-to-point link of its own to one server, and what happens.
 */
class LlmChatNetwork
{
  public:
    /// The links
    struct Links
    {
        uint32_t users{1};     ///< number of users
        ns3::Time delay;       ///< of a link
        std::string rate;      ///< of a link, empty for no serialisation
        double loss{0};        ///< share of packets that are lost, each way
        int64_t lossStream{1}; ///< random stream of losses
    };

    /// Tokens as packets have carried them
    struct Tokens
    {
        uint64_t dropped{0};   ///< lost on links
        uint64_t delivered{0}; ///< in datagrams that came to the users' nodes
    };

    /// @param links how the users are connected
    explicit LlmChatNetwork(const Links& links);
    ~LlmChatNetwork();

    /**
     * Put the applications on the nodes, and watch them.
     * @param chat what they are
     */
    void Install(ns3::llmmec::LlmChatHelper& chat);

    /// @return the server
    ns3::Ptr<ns3::llmmec::LlmChatServer> GetServer() const;
    /// @param n index of a user @return its application
    ns3::Ptr<ns3::llmmec::LlmChatClient> GetClient(uint32_t n) const;
    /// @return number of users
    uint32_t GetUsers() const;
    /// @return turns that have ended, in the order of their ends
    const std::vector<ns3::llmmec::LlmChatTurn>& GetTurns() const;
    /// @return times of arrivals of tokens, of all turns, s
    const std::vector<double>& GetArrivalsS() const;
    /// @return times at which tokens were made, s
    const std::vector<double>& GetMadeS() const;
    /// @return bytes that the server has sent, by client and port
    const std::map<ns3::Address, std::string>& GetSent() const;
    /// @return bytes that clients have received, by client and port
    const std::map<ns3::Address, std::string>& GetReceived() const;
    /// @return tokens in datagrams
    const Tokens& GetTokens() const;
    /// @return sum of what the clients have counted
    ns3::llmmec::LlmChatClientCounts GetCounts() const;

  private:
    /// Connect a user. @param user its node @param links how @param n index of the user
    void Connect(ns3::Ptr<ns3::Node> user, const Links& links, uint32_t n);

    ns3::Ptr<ns3::Node> m_server;                     //!< the server's node
    ns3::NodeContainer m_users;                       //!< the users' nodes
    std::vector<ns3::Address> m_remotes;              //!< of the server, as each user sees it
    ns3::Ptr<ns3::llmmec::LlmChatServer> m_serverApp; //!< the server
    std::vector<ns3::Ptr<ns3::llmmec::LlmChatClient>> m_clients; //!< the users
    std::vector<ns3::llmmec::LlmChatTurn> m_turns;               //!< that have ended
    std::vector<double> m_arrivalsS;                             //!< of tokens, s
    std::vector<double> m_madeS;                                 //!< when tokens were made, s
    std::map<ns3::Address, std::string> m_sent;                  //!< by the server
    std::map<ns3::Address, std::string> m_received;              //!< by clients
    Tokens m_tokens;                                             //!< in datagrams
};

#endif // LLM_CHAT_NETWORK_H
