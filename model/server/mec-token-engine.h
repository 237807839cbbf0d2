/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_TOKEN_ENGINE_H
#define MEC_TOKEN_ENGINE_H

#include "mec-token-step.h"

#include "ns3/callback.h"
#include "ns3/object.h"

#include <cstdint>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief What makes the tokens of answers, and when: the part of a chat server that a study
 * exchanges.
 */
class TokenEngine : public Object
{
  public:
    /// Tells of a token. Arguments: TokenJob::id, number of the token in its answer, from 0.
    using TokenCallback = Callback<void, uint64_t, uint32_t>;

    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * Say who is told of tokens, once.
     * @param token called for each token, in the order of the answer; it may submit and cancel
     * @throws std::runtime_error in one line where another object is told already
     */
    void SetTokenCallback(TokenCallback token);

    /**
     * A request arrives.
     * @param job the request
     * @throws std::invalid_argument in one line where it can never be served
     */
    virtual void Submit(const TokenJob& job) = 0;

    /**
     * A request is no longer wanted: none of its tokens is told any more.
     * @param id TokenJob::id
     * @return whether it was here and has left
     */
    virtual bool Cancel(uint64_t id) = 0;

    /**
     * Assign fixed random streams.
     * @param stream first stream to use
     * @return number of streams used; 0 unless overridden
     */
    virtual int64_t AssignStreams(int64_t stream);

  protected:
    void DoDispose() override;

    TokenCallback m_token; //!< called for each token
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_TOKEN_ENGINE_H
