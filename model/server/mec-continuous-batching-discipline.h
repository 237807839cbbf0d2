/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_CONTINUOUS_BATCHING_DISCIPLINE_H
#define MEC_CONTINUOUS_BATCHING_DISCIPLINE_H

#include "mec-batching-engine.h"
#include "mec-server-discipline.h"

#include <cstdint>
#include <unordered_map>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Requests are served token by token, all in the same steps of an engine: what real servers
 * of LLMs do. It counts in the tokens of the work, rounded up, at least one of prompt and answer.
 */
class ContinuousBatchingDiscipline : public MecServerDiscipline
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * A job arrives.
     * @param job the job
     * @throws std::invalid_argument in one line where it does not fit into the engine's memory, or
     * has more tokens than 2^32 - 1
     * @throws std::runtime_error in one line where the engine is another discipline's, or its
     * attributes were changed after its first request
     */
    void Submit(const ServerJob& job) override;
    double GetBacklogS() const override;
    double EstimateLatencyS(const ServerJob& job) const override;
    bool TakesDemand() const override;
    bool SetTokenCallback(TokenCallback token) override;
    bool Cancel(uint32_t mlu, uint64_t taskId) override;

    /// @return the engine
    Ptr<ContinuousBatchingEngine> GetEngine() const;

    /**
     * Number of a request in the engine. MLUs number their tasks by themselves.
     * @param mlu index of the MLU @param taskId OffloadRequest::taskId, below 2^32
     * @return TokenJob::id
     * @throws std::invalid_argument in one line where the number of the task is too large
     */
    static uint64_t GetJobId(uint32_t mlu, uint64_t taskId);

  protected:
    void DoDispose() override;

  private:
    /// @param engine what computes the tokens @throws std::runtime_error in one line where the one
    /// before has requests
    void SetEngine(Ptr<ContinuousBatchingEngine> engine);
    /// @param job a job @return it in tokens
    static TokenJob GetTokenJob(const ServerJob& job);
    /// @param record of a request @param index of its token that is there now
    void Token(const TokenRecord& record, uint32_t index);
    /// @param record of a request that is done
    void Done(const TokenRecord& record);

    Ptr<ContinuousBatchingEngine> m_engine;         //!< computes
    TokenCallback m_token;                          //!< told of tokens
    std::unordered_map<uint64_t, ServerJob> m_jobs; //!< by number in the engine
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_CONTINUOUS_BATCHING_DISCIPLINE_H
