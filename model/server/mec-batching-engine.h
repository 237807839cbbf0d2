/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_BATCHING_ENGINE_H
#define MEC_BATCHING_ENGINE_H

#include "mec-token-inbox.h"
#include "mec-token-ledger.h"
#include "mec-token-record.h"
#include "mec-token-scheduler.h"

#include "ns3/callback.h"
#include "ns3/event-id.h"
#include "ns3/llm-step-energy-model.h"
#include "ns3/llm-step-time-model.h"
#include "ns3/object.h"
#include "ns3/traced-callback.h"
#include "ns3/traced-value.h"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief An engine that serves tokens with continuous batching, as vLLM does: a TokenScheduler says
 * what a step computes, a StepTimeModel how long that takes, and each step is one event.
 *
 * With a PipelineDepth of 2 the next step is composed when the one before the last is complete, so
 * that the device never waits for the scheduler; a new request then waits for one step more. New
 * requests are seen when a step ends.
 */
class ContinuousBatchingEngine : public Object
{
  public:
    /// Tells of an answer that is complete
    using DoneCallback = Callback<void, const TokenRecord&>;
    /// Tells of a token, or of a resident sequence's pass. Arguments: how its request went so far,
    /// number of the token or pass, from 0.
    using TokenCallback = Callback<void, const TokenRecord&, uint32_t>;

    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    ContinuousBatchingEngine();
    ~ContinuousBatchingEngine() override;

    /// @param done called when an answer is complete, after the token callback
    void SetDoneCallback(DoneCallback done);
    /// @param token called for each token of an answer
    void SetTokenCallback(TokenCallback token);
    /// @param pass called when a pass over a resident sequence is complete, which is idle then
    void SetPassCallback(TokenCallback pass);

    /**
     * Attach the object that sets the callbacks. There is one at a time, and it is told of all
     * requests.
     * @param user the object, such as a discipline; it may be attached already
     * @throws std::runtime_error in one line where another object is attached
     */
    void Attach(const Object& user);
    /// Detach the object, which is told of nothing more. @param user the object; nothing happens
    /// where it is not attached
    void Detach(const Object& user);

    /**
     * A request arrives.
     * @param job the request
     * @throws std::invalid_argument in one line where it can never be served
     * @throws std::runtime_error in one line where it is not the first, and an attribute that says
     * what there is to share out was changed since
     */
    void Submit(const TokenJob& job);

    /**
     * A resident sequence begins (see TokenScheduler): its text comes piece by piece.
     * @param job its longest text
     * @throws as Submit
     */
    void Open(const TokenJob& job);

    /**
     * An idle resident sequence is to be computed to the end of its text, as soon as a step has
     * room. With a PipelineDepth of 2 that is one step later than with 1.
     * @param rightTokens of its text that are right: the rest of what was computed is dropped
     * @param pass what is computed
     * @throws std::logic_error where the sequence is not idle, or there is nothing to compute
     */
    void Extend(uint64_t rightTokens, const ResidentPass& pass);

    /**
     * The pass of a resident sequence is not wanted any more.
     * @param id of the sequence
     * @return whether the sequence is idle now; not so where a step under way computes it
     */
    bool Withdraw(uint64_t id);

    /**
     * A resident sequence ends: its KV blocks are free.
     * @param id of the sequence
     * @return energy for it so far, J; its part of a step under way counts as that of a cancelled
     * request
     */
    double Close(uint64_t id);

    /**
     * A client has left: its request ends at once, and its KV blocks are free.
     * @param id of the request
     * @return whether it was here
     */
    bool Cancel(uint64_t id);

    /// @return how long the device will take for all that is here, at the batch size of now, s
    double GetBacklogS() const;

    /**
     * Expect how long a request would take if it came now and no other came after it.
     * @param job the request
     * @return latency at the batch size that it would see, s
     */
    double EstimateLatencyS(const TokenJob& job) const;

    /// @return what is here, but for what has arrived since the last step ended
    const TokenScheduler& GetScheduler() const;

    /// @return step times
    Ptr<StepTimeModel> GetStepTimeModel() const;

    /// @return energy of all steps that are complete, J, without that of an idle device
    double GetStepEnergyJ() const;
    /// @return energy of steps that cancelled requests had a part in, J: their part
    double GetCancelledEnergyJ() const;
    /// @return time that the device has computed, s
    double GetBusyS() const;

    /**
     * TracedCallback signature of a request that has arrived.
     * @param [in] job the request
     */
    typedef void (*JobTracedCallback)(const TokenJob& job);

    /**
     * TracedCallback signature of a request that got a seat.
     * @param [in] id of the request
     * @param [in] cachedTokens tokens that were found in KV blocks
     * @param [in] waitedS time since its arrival, s
     */
    typedef void (*AdmitTracedCallback)(uint64_t id, uint32_t cachedTokens, double waitedS);

    /**
     * TracedCallback signature of a first token.
     * @param [in] id of the request
     * @param [in] ttftS time since its arrival, s
     */
    typedef void (*FirstTokenTracedCallback)(uint64_t id, double ttftS);

    /**
     * TracedCallback signature of a token of an answer, of a preemption, or of an eviction.
     * @param [in] id of the request
     * @param [in] number of the token, from 0; or tokens that are to be computed again
     */
    typedef void (*TokenTracedCallback)(uint64_t id, uint32_t number);

    /**
     * TracedCallback signature of a request that is done.
     * @param [in] record how it went
     */
    typedef void (*DoneTracedCallback)(const TokenRecord& record);

    /**
     * TracedCallback signature of a step that is complete.
     * @param [in] step the step
     */
    typedef void (*StepTracedCallback)(const TokenStepRecord& step);

  protected:
    void DoDispose() override;

  private:
    /// Who is told
    struct Callbacks
    {
        DoneCallback done;   //!< of answers
        TokenCallback token; //!< of tokens
        TokenCallback pass;  //!< of passes
    };

    /// A step under way
    struct Flight
    {
        TokenStep step;         //!< who computes what
        TokenStepRecord record; //!< when and how much
    };

    /// @return what the attributes say now @throws std::runtime_error in one line
    TokenSchedulerSettings GetSettings() const;
    /// @return the scheduler; until the first request it goes by the attributes as they are
    TokenScheduler& UseScheduler() const;
    /// @throws std::runtime_error where the scheduler goes by other attributes than those of now
    void RequireUnchanged() const;
    /// A request leaves. @param id of it @return its energy so far, J; none where it is not here
    std::optional<double> Leave(uint64_t id);
    /// @param job a request that arrives @param isResident whether its text comes piece by piece
    void Receive(const TokenJob& job, bool isResident);
    /// See to it that what has arrived is seen, also where no step is under way.
    void Wake();
    /// Take what has arrived, and compose steps until the pipeline is full.
    void FillPipeline();
    /// Let the device compute a step. @param step the step, not empty
    void Launch(TokenStep step);
    /// The first step under way is complete.
    void EndStep();
    /// @return what is left to compute, with what has arrived
    TokenScheduler::Remainder GetRemainder() const;
    /// Tell who was admitted and preempted. @param step the step
    void NoteSeats(const TokenStep& step);
    /// A token of an answer is there. @param sample the token
    void Yield(const TokenSample& sample);
    /// Bring the traced values up to date.
    void UpdateTracedValues();

    Ptr<StepTimeModel> m_stepTime;     //!< step times
    Ptr<StepEnergyModel> m_stepEnergy; //!< energy of steps
    uint32_t m_seats{0};               //!< sequences that are computed at a time
    uint32_t m_tokenBudget{0};         //!< tokens of a step
    uint32_t m_longPrefillTokens{0};   //!< largest chunk of a prompt, 0: the budget
    uint32_t m_blockTokens{0};         //!< tokens of a KV block
    uint32_t m_blocks{0};              //!< KV blocks, 0: from memory
    bool m_reservesWholePrompt{true};  //!< admit only where all tokens fit
    bool m_cachesPrefixes{true};       //!< reuse blocks that hold the same text
    double m_memoryUtilization{0};     //!< share of memory that the engine takes
    double m_reservedBytes{0};         //!< of it, neither weights nor KV cache
    uint32_t m_depth{0};               //!< steps under way at a time

    bool m_hasServed{false};                             //!< whether there was a request
    const Object* m_user{nullptr};                       //!< sets the callbacks, or null
    mutable TokenSchedulerSettings m_settings;           //!< that the scheduler was made with
    mutable std::unique_ptr<TokenScheduler> m_scheduler; //!< composes steps
    TokenInbox m_inbox;                                  //!< since the last step ended
    TokenLedger m_ledger;                                //!< how requests go, and energy
    std::deque<Flight> m_flights;                        //!< steps under way
    std::vector<TokenSample> m_samples;                  //!< of the step that has ended
    double m_deviceFreeS{0}; //!< when the device has computed what is under way, s
    EventId m_next;          //!< end of a step, or the begin of work
    Callbacks m_callbacks;   //!< set by the user

    TracedCallback<const TokenJob&> m_arrivalTrace;          //!< a request has arrived
    TracedCallback<uint64_t, uint32_t, double> m_admitTrace; //!< a request got a seat
    TracedCallback<uint64_t, double> m_firstTokenTrace;      //!< a first token
    TracedCallback<uint64_t, uint32_t> m_tokenTrace;         //!< a token
    TracedCallback<const TokenRecord&> m_doneTrace;          //!< a request is done
    TracedCallback<uint64_t, uint32_t> m_preemptTrace;       //!< a request lost its seat
    TracedCallback<uint64_t, uint32_t> m_evictTrace;         //!< an idle sequence lost its blocks
    TracedCallback<const TokenStepRecord&> m_stepTrace;      //!< a step is complete
    TracedValue<uint32_t> m_running{0};                      //!< requests with a seat
    TracedValue<uint32_t> m_waiting{0};                      //!< requests without
    TracedValue<uint32_t> m_freeBlocks{0};                   //!< KV blocks that are free
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_BATCHING_ENGINE_H
