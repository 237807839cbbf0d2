/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_CHAT_SERVER_H
#define LLM_CHAT_SERVER_H

#include "llm-chat-application.h"
#include "llm-chat-datagram-transport.h"
#include "llm-chat-session.h"

#include "ns3/mec-token-engine.h"

#include <cstdint>
#include <map>
#include <unordered_map>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief A server of LlmChatClients over any network. A TokenEngine makes the tokens of all
 * answers, and each is sent as soon as it is made, or together with those of CoalesceTime.
 *
 * The engine does not wait for the network: tokens that a slow client cannot take yet wait here.
 * When a client cancels or leaves, the engine gives its requests up.
 */
class LlmChatServer : public LlmChatApplication
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * Assign fixed random streams.
     * @param stream first stream to use
     * @return number of streams used
     */
    int64_t AssignStreams(int64_t stream);

    /// @return what makes the tokens
    Ptr<TokenEngine> GetEngine() const;
    /// @return what was counted
    const LlmChatServerCounts& GetCounts() const;
    /// @return clients that are connected; over datagrams, those that have ever sent something
    std::size_t GetSessions() const;

    /**
     * TracedCallback signature of a prompt.
     * @param [in] prompt header of its message
     * @param [in] client who has sent it
     */
    typedef void (*PromptTracedCallback)(const LlmChatHeader& prompt, const Address& client);

    /**
     * TracedCallback signature of a token.
     * @param [in] job number of the request at the engine
     * @param [in] number of the token in its answer, from 0
     */
    typedef void (*TokenTracedCallback)(uint64_t job, uint32_t number);

  protected:
    void DoDispose() override;

  private:
    /// A client
    struct Client
    {
        Ptr<LlmChatSession> session; //!< its turns
        Address address;             //!< where it is
    };

    void StartApplication() override;
    void StopApplication() override;

    /// A connection is there. @param socket of it @param from whom
    void Accept(Ptr<Socket> socket, const Address& from);
    /// Datagrams are there. @param socket the socket
    void ReadDatagrams(Ptr<Socket> socket);
    /// @param number of a session @param socket of it @param from whom
    /// @return who is told by its transport
    LlmChatTransport::Callbacks MakeCallbacks(uint32_t number,
                                              Ptr<Socket> socket,
                                              const Address& from);
    /// Something has come. @param number of its session @param header of the message
    /// @param begin first byte of the body @param end after the last
    void NoteArrived(uint32_t number, const LlmChatHeader& header, uint32_t begin, uint32_t end);
    /// A prompt is whole. @param number of its session @param prompt its header
    void Serve(uint32_t number, const LlmChatHeader& prompt);
    /// A session is over: its requests are given up. @param number of it
    void EndSession(uint32_t number);
    /// The engine has made a token. @param job of which request @param number of the token
    void NoteToken(uint64_t job, uint32_t number);

    uint16_t m_port;           //!< to listen on where Local has nothing
    Ptr<TokenEngine> m_engine; //!< makes the tokens
    Time m_coalesce;           //!< how long a token waits for others

    Ptr<Socket> m_socket;   //!< listens, or receives datagrams; null before the start
    uint32_t m_sessions{0}; //!< number of the latest session
    std::unordered_map<uint32_t, Client> m_clients; //!< by number of session
    /// Sessions over datagrams, by address
    std::map<Address, Ptr<LlmChatDatagramTransport>> m_datagrams;
    LlmChatServerCounts m_counts; //!< what was counted

    TracedCallback<const LlmChatHeader&, const Address&> m_promptTrace; //!< a prompt is whole
    TracedCallback<uint64_t, uint32_t> m_tokenTrace;                    //!< a token is made
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_CHAT_SERVER_H
