/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_TOKEN_SCHEDULER_H
#define MEC_TOKEN_SCHEDULER_H

#include "mec-token-kv-cache.h"
#include "mec-token-scheduler-settings.h"
#include "mec-token-sequences.h"
#include "mec-token-step.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Composes the steps of an engine by the rules that vLLM V1 has published. It has no events
 * and no clock: Schedule composes a step, Complete says that it was computed.
 *
 * A step has a budget of tokens. First come the running jobs in the order of their admission: a
 * decode has one token, a prompt as many as the budget allows (chunked prefill). A job without a
 * free KV block for its tokens preempts the last of the running ones, itself at worst: that one
 * loses its blocks, goes to the head of the queue and is computed again. Then jobs are admitted
 * first come first served, while there are seats, budget, and blocks for all tokens that the job
 * has; not in a step that preempts. Blocks that still hold the same text are used again.
 *
 * Steps may be composed before earlier ones are complete, as in vLLM's asynchronous scheduling: the
 * token that an earlier step will yield then counts as known.
 *
 * A resident sequence does not go on by itself: its user gives its text piece by piece, as the
 * drafts of speculative decoding come, and each pass over a piece waits for a seat like a job.
 * Between passes it is idle: it has no seat, and keeps its KV blocks until others need them. Before
 * a running job is preempted, resident sequences without a seat lose their blocks: those that are
 * idle, the one that is so for longest first, and then those that wait, the last first.
 */
class TokenScheduler
{
  public:
    /// @param settings what there is to share out
    explicit TokenScheduler(const TokenSchedulerSettings& settings);

    TokenScheduler(const TokenScheduler&) = delete;
    TokenScheduler& operator=(const TokenScheduler&) = delete;

    /**
     * Refuse a job that can never be served.
     * @param job the job
     * @throws std::invalid_argument in one line where it has no tokens, 2^32 or more, or does not
     * fit into all blocks
     */
    void RequireServable(const TokenJob& job) const;

    /**
     * A job joins the queue.
     * @param job the job
     * @return its place, a small number that is its own until it is done or cancelled
     * @throws std::invalid_argument in one line where it can never be served, or its id is taken
     */
    std::size_t Submit(const TokenJob& job);

    /**
     * A resident sequence begins, idle and without text.
     * @param job its longest text: the prompt, and what may follow it with drafts
     * @return its place, as Submit
     * @throws std::invalid_argument as Submit
     */
    std::size_t Open(const TokenJob& job);

    /**
     * The text of an idle resident sequence is right up to a token: what follows is dropped, and
     * what was computed of it with it.
     * @param id of the sequence
     * @param tokens of its text that are right
     * @throws std::logic_error where it is not idle
     */
    void Truncate(uint64_t id, uint64_t tokens);

    /**
     * An idle resident sequence joins the queue, to be computed to the end of its text.
     * @param pass what is computed; at least one token of it is not computed yet
     * @throws std::logic_error where the sequence is not idle, the text is longer than it may be,
     * or nothing of it is left to compute
     */
    void Extend(const ResidentPass& pass);

    /**
     * The pass of a resident sequence is not wanted any more.
     * @param id of the sequence
     * @return whether the sequence is idle now; not so where a step under way computes it
     */
    bool Withdraw(uint64_t id);

    /**
     * A job leaves at once, and its blocks are free.
     * @param id its id
     * @return its place, none where there is no such job
     */
    std::optional<std::size_t> Cancel(uint64_t id);

    /// @return the next step; without parts where there is nothing to compute
    TokenStep Schedule();

    /**
     * A step was computed. Steps are completed in the order in which they were composed.
     * @param step what Schedule gave
     * @param samples the tokens that it has yielded are appended to it
     */
    void Complete(const TokenStep& step, std::vector<TokenSample>& samples);

    /// What is left to compute, over all jobs
    struct Remainder
    {
        uint64_t jobs{0};          ///< jobs here
        uint64_t promptTokens{0};  ///< tokens to compute before the next token of an answer
        uint64_t outputTokens{0};  ///< tokens of answers to be yielded
        uint64_t contextTokens{0}; ///< tokens that the jobs have now
    };

    /// @return what is left to compute
    Remainder GetRemainder() const;

    /// @return jobs with a seat
    uint32_t GetRunning() const;
    /// @return jobs that wait for a seat
    uint32_t GetWaiting() const;
    /// @return resident sequences that have no pass to compute
    uint32_t GetIdle() const;
    /// @return the KV blocks
    const KvBlockPool& GetPool() const;

  private:
    /// @param id of a resident sequence @return it @throws std::logic_error where there is none
    TokenSequence& GetResident(uint64_t id);
    /// Take the blocks of a resident sequence without a seat: of the one that is idle for longest,
    /// or else of the last in the queue. @param taker who needs them @param step gets the eviction
    /// @return whether there was one with blocks
    bool EvictResident(const TokenSequence& taker, TokenStep& step);
    /// A job leaves. @param job the job
    void Remove(TokenSequence& job);

    /// Continue running jobs. @param step gets their parts @param budget tokens left
    void ContinueRunning(TokenStep& step, uint32_t& budget);
    /// Take blocks for a running job, by preemption if need be. @param job the job @param tokens of
    /// it that will be computed @param step gets preemptions @return whether it still runs
    bool MakeRoom(TokenSequence& job, uint64_t tokens, TokenStep& step);
    /// Preempt the last running job. @param step gets the preemption
    void PreemptLast(TokenStep& step);
    /// Admit from the queue. @param step gets their parts @param budget tokens left
    void AdmitWaiting(TokenStep& step, uint32_t& budget);
    /// Admit the head of the queue, if it fits. @param step gets its part @param budget tokens left
    /// @return whether it was admitted
    bool AdmitHead(TokenStep& step, uint32_t& budget);
    /// @param tokens that a job lacks @param budget tokens left @return how many it computes
    uint32_t Limit(uint64_t tokens, uint32_t budget) const;
    /// Add a job to a step. @param job the job @param tokens how many it computes @param step gets
    /// the part
    static void AddPart(TokenSequence& job, uint32_t tokens, TokenStep& step);

    TokenSchedulerSettings m_settings; //!< what there is to share out
    TokenKvCache m_cache;              //!< KV blocks
    TokenSequences m_sequences;        //!< the jobs
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_TOKEN_SCHEDULER_H
