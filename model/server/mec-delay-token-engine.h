/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_DELAY_TOKEN_ENGINE_H
#define MEC_DELAY_TOKEN_ENGINE_H

#include "mec-token-engine.h"

#include "ns3/event-id.h"
#include "ns3/nstime.h"
#include "ns3/random-variable-stream.h"

#include <cstdint>
#include <unordered_map>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Plain delays: a time to the first token, and a time from each token to the next. Requests
 * do not feel each other.
 */
class DelayTokenEngine : public TokenEngine
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * A request arrives.
     * @param job the request
     * @throws std::runtime_error in one line where FirstTokenTime draws no time
     */
    void Submit(const TokenJob& job) override;
    bool Cancel(uint64_t id) override;
    int64_t AssignStreams(int64_t stream) override;

  protected:
    void DoDispose() override;

  private:
    /// An answer under way
    struct Answer
    {
        uint32_t made{0};   //!< tokens that are there
        uint32_t tokens{0}; //!< of the whole answer
        EventId next;       //!< the next token
    };

    /// A token is there. @param id of its request
    void MakeToken(uint64_t id);

    Ptr<RandomVariableStream> m_firstTokenTime;     //!< from a prompt to the first token, s
    Ptr<RandomVariableStream> m_tokenTime;          //!< from a token to the next, s
    Time m_promptTokenTime;                         //!< for each token of a prompt that is new
    std::unordered_map<uint64_t, Answer> m_answers; //!< by request
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_DELAY_TOKEN_ENGINE_H
