/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_CHAT_CLIENT_H
#define LLM_CHAT_CLIENT_H

#include "llm-chat-application.h"
#include "llm-chat-reception.h"

#include "ns3/data-rate.h"
#include "ns3/event-id.h"
#include "ns3/llm-chat-question.h"
#include "ns3/llm-chat-turn.h"
#include "ns3/random-variable-stream.h"

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief What a client has counted.
 */
struct LlmChatClientCounts
{
    uint64_t asked{0};          ///< turns that were asked
    uint64_t completed{0};      ///< of these, answered whole
    uint64_t cancelled{0};      ///< of these, cancelled by the user
    uint64_t failed{0};         ///< of these, failed
    uint64_t receivedTokens{0}; ///< tokens that came while their turn was open
    uint64_t lateTokens{0};     ///< tokens that came after it had ended
};

/**
 * @ingroup llm-mec
 * @brief A user who chats with an LLM over any network: prompts go up to an LlmChatServer, and the
 * tokens of the answers are streamed down.
 *
 * A conversation has a number of turns. The prompt of each carries the text of those before, as
 * APIs without state want it. Between the end of an answer and the next prompt the user thinks.
 * Over a stream each conversation has a connection of its own. Questions can also be asked from
 * outside, by Ask and SetQuestions, at the same time as those of conversations or alone.
 *
 * Each turn ends once: completed, cancelled (its user lost patience, has read enough, or the
 * application was stopped) or failed (no connection, nothing came for Timeout, or the server
 * refused). Over datagrams, what is lost stays lost, and such a turn fails.
 */
class LlmChatClient : public LlmChatApplication
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * Ask a question now, while the application runs.
     * @param question what is asked; its time does not count
     * @return number of the turn
     * @throw std::invalid_argument in one line that names what is wrong with it
     */
    uint32_t Ask(const LlmChatQuestion& question);

    /**
     * Ask questions at their times from the start on. Where there are no others, the nth is turn n.
     * @param questions in the order of their times
     * @throw std::invalid_argument in one line that names what is wrong with one
     */
    void SetQuestions(const std::vector<LlmChatQuestion>& questions);

    /**
     * The user does not want the answer any more.
     * @param turn number of the turn
     * @return whether it was open
     */
    bool Cancel(uint32_t turn);

    /**
     * Assign fixed random streams.
     * @param stream first stream to use
     * @return number of streams used
     */
    int64_t AssignStreams(int64_t stream);

    /// @return what was counted
    const LlmChatClientCounts& GetCounts() const;
    /// @return turns that are open
    std::size_t GetOpen() const;

    /**
     * TracedCallback signature of a turn.
     * @param [in] turn the turn as it is now
     */
    typedef void (*TurnTracedCallback)(const LlmChatTurn& turn);

    /**
     * TracedCallback signature of tokens that have arrived together.
     * @param [in] turn their turn as it is now
     * @param [in] first number of the first of them, from 0
     * @param [in] tokens how many they are
     */
    typedef void (*TokensTracedCallback)(const LlmChatTurn& turn, uint32_t first, uint32_t tokens);

  protected:
    void DoDispose() override;

  private:
    /// A turn that has not ended
    struct OpenTurn
    {
        LlmChatReception reception; //!< its tokens
        uint32_t readTokens{0};     //!< tokens that the user reads, 0 for all
        Time heard;                 //!< when something last came, or when it was asked
        EventId timeout;            //!< when it fails, or it is looked whether something came
        EventId patience;           //!< when the user leaves unless a token has come
    };

    /// The conversation of now
    struct Conversation
    {
        uint32_t number{0};        //!< from 1
        uint32_t turnsLeft{0};     //!< turns that will be asked
        uint32_t historyTokens{0}; //!< what was said
        uint32_t latestTurn{0};    //!< number of its latest turn; 0 before the first
    };

    void StartApplication() override;
    void StopApplication() override;

    /// @throw std::runtime_error in one line where Remote has nothing
    void CheckRemote() const;
    /// @throw std::runtime_error in one line where a token of an answer fits into no datagram
    void CheckTokenBytes() const;
    /// Begin a conversation.
    void BeginConversation();
    /// Ask the next question of the conversation.
    void AskNext();
    /// The conversation is over: the next begins after a while.
    void EndConversation();
    /// Ask the questions whose time has come.
    void AskDue();
    /// Ask a question. @param question it @param conversation its number @return the turn's number
    uint32_t Open(const LlmChatQuestion& question, uint32_t conversation);

    /// Make sure that there is a transport.
    void Connect();
    /// Close the transport.
    void Disconnect();
    /// A body, or a part of it, is here. @param header its header @param begin first byte
    /// @param end after the last
    void NoteArrived(const LlmChatHeader& header, uint32_t begin, uint32_t end);
    /// Tokens are here. @param id of their turn @param range their numbers
    void NoteTokens(uint32_t id, const MecByteRanges::Range& range);
    /// The server has closed, or cannot be reached.
    void NoteClosed();
    /// Look whether something came in time. @param id of a turn
    void CheckTimeout(uint32_t id);
    /// A turn has ended, if it is open. @param id of it @param end how
    void End(uint32_t id, LlmChatEnd end);
    /// All turns that are open have ended, in the order of their numbers. @param end how
    void EndAll(LlmChatEnd end);
    /// Go on after a turn of the conversation. @param turn the turn that has ended
    void GoOn(const LlmChatTurn& turn);

    Address m_remote;                         //!< of the server
    Ptr<RandomVariableStream> m_promptTokens; //!< what a turn adds to the prompt
    Ptr<RandomVariableStream> m_answerTokens; //!< of an answer
    Ptr<RandomVariableStream> m_turns;        //!< of a conversation, or null
    Ptr<RandomVariableStream> m_thinkTime;    //!< between turns, s
    Ptr<RandomVariableStream> m_gap;          //!< between conversations, s, or null
    Ptr<RandomVariableStream> m_patience;     //!< wait for a first token, s, or null
    Ptr<RandomVariableStream> m_readTokens;   //!< tokens that are read, or null
    uint32_t m_promptTokenBytes;              //!< bytes of a token of a prompt
    uint16_t m_answerTokenBytes;              //!< bytes of a token of an answer
    Time m_timeout;                           //!< without anything from the server
    Time m_reorderTimeout;                    //!< of tokens, once the last one is here
    Time m_stallTime;                         //!< longest gap that is no stall
    DataRate m_pacing;                        //!< of the datagrams of a prompt

    bool m_isRunning{false};                       //!< between start and stop
    Time m_start;                                  //!< when it was started
    std::vector<LlmChatQuestion> m_questions;      //!< from outside
    std::size_t m_nextQuestion{0};                 //!< index of the first that is not asked
    EventId m_nextEvent;                           //!< of conversations
    EventId m_questionEvent;                       //!< of questions from outside
    EventId m_unreachable;                         //!< the socket had no way to the server
    Conversation m_conversation;                   //!< of now
    uint32_t m_turnsAsked{0};                      //!< number of the latest turn
    Ptr<LlmChatTransport> m_transport;             //!< to the server, or null
    std::unordered_map<uint32_t, OpenTurn> m_open; //!< turns that have not ended
    LlmChatClientCounts m_counts;                  //!< what was counted

    TracedCallback<const LlmChatTurn&> m_startedTrace;                    //!< a turn was asked
    TracedCallback<const LlmChatTurn&> m_endedTrace;                      //!< a turn has ended
    TracedCallback<const LlmChatTurn&, uint32_t, uint32_t> m_tokensTrace; //!< tokens are here
    TracedCallback<Time> m_ttftTrace;                                     //!< a first token is here
    TracedCallback<Time> m_tpotTrace;  //!< a turn with two tokens has ended
    TracedCallback<Time> m_stallTrace; //!< a stall is over
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_CHAT_CLIENT_H
