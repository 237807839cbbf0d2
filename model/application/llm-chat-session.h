/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_CHAT_SESSION_H
#define LLM_CHAT_SESSION_H

#include "llm-chat-transport.h"

#include "ns3/event-id.h"
#include "ns3/mec-byte-ranges.h"
#include "ns3/mec-token-step.h"
#include "ns3/nstime.h"
#include "ns3/simple-ref-count.h"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief What a server has counted. Tokens made are tokens sent, and discarded, and those that
 * still wait.
 */
struct LlmChatServerCounts
{
    uint64_t prompts{0};         ///< prompts that have arrived whole
    uint64_t refused{0};         ///< of these, refused
    uint64_t answered{0};        ///< of these, whose last token was sent
    uint64_t cancelled{0};       ///< of these, cancelled, or their client has left
    uint64_t madeTokens{0};      ///< tokens that were made
    uint64_t sentTokens{0};      ///< of these, sent
    uint64_t discardedTokens{0}; ///< of these, dropped before being sent: the answer was cancelled,
                                 ///< or the client has left
};

/**
 * @ingroup llm-mec
 * @brief A client at a server: its prompts as they arrive, and its answers as they leave.
 *
 * Tokens that cannot be sent yet wait as a number, not as bytes. When the transport has room,
 * answers of several turns take turns.
 */
class LlmChatSession : public SimpleRefCount<LlmChatSession>
{
  public:
    /**
     * @param transport to the client
     * @param coalesce how long a token waits for others
     * @param counts of the server, which outlives the session
     */
    LlmChatSession(Ptr<LlmChatTransport> transport, Time coalesce, LlmChatServerCounts& counts);
    ~LlmChatSession();

    /**
     * A prompt, or a part of it, is here.
     * @param prompt its header
     * @param begin first byte of the body
     * @param end after the last
     * @return whether it is whole now
     */
    bool AddPrompt(const LlmChatHeader& prompt, uint32_t begin, uint32_t end);

    /// The server never answers a turn. @param turn its number
    void Refuse(uint32_t turn);

    /**
     * A turn is no longer wanted.
     * @param turn its number
     * @return whether it was here, whole, and not answered
     */
    bool Cancel(uint32_t turn);

    /// @return turns that are here, whole, and not answered
    std::vector<uint32_t> GetTurns() const;

    /// A token is made. @param turn its turn @return whether it was the last of the answer
    bool AddToken(uint32_t turn);

    /// Send what can be sent.
    void Send();

    /// End the session, once its turns are cancelled.
    void Close();

    /// @return the transport
    Ptr<LlmChatTransport> GetTransport() const;

  private:
    /// A turn
    struct Answer
    {
        LlmChatHeader prompt; //!< header of its prompt
        MecByteRanges body;   //!< bytes of the prompt that are here
        bool isWhole{false};  //!< whether the prompt is
        uint32_t made{0};     //!< tokens that are made
        uint32_t sent{0};     //!< of these, sent
        bool isQueued{false}; //!< whether it is in m_ready
        EventId coalesced;    //!< when tokens have waited for others
    };

    /// The tokens of an answer may go. @param turn its number
    void Release(uint32_t turn);
    /// Send tokens of an answer, as many as there is room for. @param turn its number
    void SendTokens(uint32_t turn);

    Ptr<LlmChatTransport> m_transport;    //!< to the client
    Time m_coalesce;                      //!< how long a token waits for others
    LlmChatServerCounts& m_counts;        //!< of the server
    std::map<uint32_t, Answer> m_answers; //!< by turn
    MecByteRanges m_seen;                 //!< turns whose prompts were whole
    std::deque<uint32_t> m_ready;         //!< turns whose tokens may go
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_CHAT_SESSION_H
