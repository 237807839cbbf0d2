/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_TOKEN_SCHEDULER_H
#define MEC_TOKEN_SCHEDULER_H

#include "mec-kv-block-pool.h"

#include "ns3/llm-step-time-law.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief A request to an engine, in tokens.
 */
struct TokenJob
{
    uint64_t id{0};                     ///< number, unlike that of any other job of the engine
    uint32_t promptTokens{1};           ///< tokens of the prompt, >= 1
    uint32_t outputTokens{1};           ///< tokens of the answer, >= 1
    std::optional<uint64_t> prefixOf{}; ///< id of a job whose text, prompt and answer, begins alike
    uint32_t prefixTokens{0};           ///< how many tokens of it are the same
};

/**
 * @ingroup llm-mec
 * @brief What a token scheduler has to share out; the defaults are vLLM's but for the seats.
 */
struct TokenSchedulerSettings
{
    uint32_t seats{128};            ///< sequences that are computed at a time, >= 1
    uint32_t tokenBudget{2048};     ///< tokens of a step, >= 1
    uint32_t longPrefillTokens{0};  ///< largest chunk of a prompt in a step; 0: the budget
    uint32_t blockTokens{16};       ///< tokens of a KV block, >= 1
    uint32_t blocks{1};             ///< KV blocks, >= 1
    bool reservesWholePrompt{true}; ///< admit a job only where all tokens that it has fit
    bool cachesPrefixes{true};      ///< reuse blocks that hold the same text
};

/**
 * @ingroup llm-mec
 * @brief One step of an engine: who computes how many tokens.
 */
struct TokenStep
{
    /// A sequence's part in the step
    struct Part
    {
        std::size_t place{0}; ///< place of the job, see TokenScheduler::Submit
        bool samples{false};  ///< whether it yields a token of the answer
    };

    /// A job that got a seat
    struct Admission
    {
        std::size_t place{0};     ///< place of the job
        uint32_t cachedTokens{0}; ///< tokens that were found in KV blocks
    };

    /// A job that lost its blocks, and its seat if it had one
    struct Preemption
    {
        std::size_t place{0};   ///< place of the job
        uint32_t lostTokens{0}; ///< computed tokens that are to be computed again
    };

    std::vector<LlmStepQuery> queries; ///< what is computed, for the law
    std::vector<Part> parts;           ///< of whom, in the same order
    std::vector<Admission> admitted;   ///< who was admitted to this step
    std::vector<Preemption> preempted; ///< who was preempted for this step
    std::vector<Preemption> evicted;   ///< sequences without a seat that lost their blocks for it
};

/**
 * @ingroup llm-mec
 * @brief A token of an answer that a step has yielded, or the end of a resident sequence's pass.
 */
struct TokenSample
{
    std::size_t place{0};   ///< place of the job
    uint64_t id{0};         ///< TokenJob::id
    uint32_t index{0};      ///< number of the token, or of the pass, from 0
    bool isLast{false};     ///< whether the answer is complete; the place is free then
    bool isResident{false}; ///< whether it is the end of a pass
};

/**
 * @ingroup llm-mec
 * @brief One pass of the model over the end of a resident sequence.
 */
struct ResidentPass
{
    uint64_t id{0};     ///< TokenJob::id
    uint64_t tokens{0}; ///< of the text with what is new, such as drafts
    uint32_t rows{0};   ///< rows of logits that are wanted, of the last tokens; 0 for none
};

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
    ~TokenScheduler();

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
    struct Job;

    /// The first blocks of a text, up to a number, are those of another job's.
    struct TextRun
    {
        uint64_t owner{0};    //!< id of the job whose text it is
        uint64_t endBlock{0}; //!< number of the first block that is not
    };

    /// A job gets a place. @param job the job @return it @throws std::invalid_argument as Submit
    Job& Add(const TokenJob& job);
    /// @param id of a resident sequence @return it @throws std::logic_error where there is none
    Job& GetResident(uint64_t id);
    /// A resident sequence has nothing to compute. @param job the sequence, in no list
    void MakeIdle(Job& job);
    /// Take the blocks of a resident sequence without a seat: of the one that is idle for longest,
    /// or else of the last in the queue. @param taker who needs them @param step gets the eviction
    /// @return whether there was one with blocks
    bool EvictResident(const Job& taker, TokenStep& step);
    /// Give all blocks back: all is to be computed again. @param job a job
    void LoseBlocks(Job& job);
    /// Give blocks back that hold nothing computed. @param job a job
    void TrimBlocks(Job& job);
    /// @param tokens a number of tokens @return blocks that hold them
    uint64_t CountBlocks(uint64_t tokens) const;
    /// @param job a job @param tokens of it that are computed at its end
    /// @throws std::invalid_argument as RequireServable
    void RequireRoom(const TokenJob& job, uint64_t tokens) const;
    /// @param job a job @param index of a block of its text @return what the block holds
    static KvContent GetContent(const Job& job, uint64_t index);
    /// Note whose text a job begins with. @param job the job
    void NoteText(Job& job);

    /// Continue running jobs. @param step gets their parts @param budget tokens left
    void ContinueRunning(TokenStep& step, uint32_t& budget);
    /// Take blocks for a running job, by preemption if need be. @param job the job @param tokens of
    /// it that will be computed @param step gets preemptions @return whether it still runs
    bool MakeRoom(Job& job, uint64_t tokens, TokenStep& step);
    /// Preempt the last running job. @param step gets the preemption
    void PreemptLast(TokenStep& step);
    /// Admit from the queue. @param step gets their parts @param budget tokens left
    void AdmitWaiting(TokenStep& step, uint32_t& budget);
    /// Admit the head of the queue, if it fits. @param step gets its part @param budget tokens left
    /// @return whether it was admitted
    bool AdmitHead(TokenStep& step, uint32_t& budget);
    /// @param job a job @return blocks that hold the beginning of its text, not all of it
    std::vector<KvBlockPool::Block> FindCached(const Job& job) const;
    /// @param tokens that a job lacks @param budget tokens left @return how many it computes
    uint32_t Limit(uint64_t tokens, uint32_t budget) const;
    /// Add a job to a step. @param job the job @param tokens how many it computes @param step gets
    /// the part
    static void AddPart(Job& job, uint32_t tokens, TokenStep& step);
    /// Make known what the blocks of a job hold. @param job the job
    void NoteContents(Job& job);
    /// Take a job from the list that it is in. @param job the job
    void Unlist(Job& job);
    /// A job leaves. @param job the job
    void Remove(Job& job);
    /// Free the place of a job that is gone, once no step needs it. @param job the job
    void Forget(Job& job);

    TokenSchedulerSettings m_settings;                  //!< what there is to share out
    KvBlockPool m_pool;                                 //!< KV blocks
    std::vector<std::unique_ptr<Job>> m_jobs;           //!< by place
    std::vector<std::size_t> m_freePlaces;              //!< places without a job
    std::unordered_map<uint64_t, std::size_t> m_places; //!< by id, of jobs that are here
    std::vector<Job*> m_running;                        //!< in order of admission
    std::deque<Job*> m_waiting;                         //!< the queue
    std::deque<Job*> m_idle;                            //!< idle for longest first
    /// By id, of jobs that continue others, also when they are gone: a later job may continue them.
    std::unordered_map<uint64_t, std::vector<TextRun>> m_texts;
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_TOKEN_SCHEDULER_H
