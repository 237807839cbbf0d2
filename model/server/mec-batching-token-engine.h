/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_BATCHING_TOKEN_ENGINE_H
#define MEC_BATCHING_TOKEN_ENGINE_H

#include "mec-batching-engine.h"
#include "mec-token-engine.h"

#include <cstdint>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief All answers are made in the steps of a ContinuousBatchingEngine, as real servers of LLMs
 * do. Turns of a conversation find the text of those before in its KV cache.
 */
class BatchingTokenEngine : public TokenEngine
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
     * @throws std::invalid_argument in one line where it does not fit into the engine's memory
     * @throws std::runtime_error in one line where the engine is another object's, or its
     * attributes were changed after its first request
     */
    void Submit(const TokenJob& job) override;
    bool Cancel(uint64_t id) override;

    /// @return the engine
    Ptr<ContinuousBatchingEngine> GetEngine() const;

  protected:
    void DoDispose() override;

  private:
    /// A token is there. @param record of its request @param number of it
    void TellToken(const TokenRecord& record, uint32_t number);

    Ptr<ContinuousBatchingEngine> m_engine; //!< computes
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_BATCHING_TOKEN_ENGINE_H
