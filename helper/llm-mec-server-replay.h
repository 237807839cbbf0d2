/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_SERVER_REPLAY_H
#define LLM_MEC_SERVER_REPLAY_H

#include "llm-mec-request-trace.h"

#include "ns3/callback.h"
#include "ns3/llm-compute-model.h"
#include "ns3/llm-request-outcome.h"
#include "ns3/mec-server-discipline.h"

#include <cstdint>
#include <unordered_map>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Gives the requests of a trace to a server's discipline, without phones and without a link.
 *
 * LlmMecPhoneReplay has phones ask them.
 */
class LlmMecServerReplay
{
  public:
    /// Tells of a request that was answered
    using OutcomeCallback = Callback<void, const LlmRequestOutcome&>;

    /**
     * @param discipline of the server, which tells this object of its answers from now on; it lives
     * until the simulation ends, as does this object
     * @param compute what a request costs the whole server, for disciplines that count that
     * @param outcome called for each answer
     */
    LlmMecServerReplay(Ptr<MecServerDiscipline> discipline,
                       Ptr<ComputeModel> compute,
                       OutcomeCallback outcome);

    LlmMecServerReplay(const LlmMecServerReplay&) = delete;
    LlmMecServerReplay& operator=(const LlmMecServerReplay&) = delete;

    /**
     * Have a request arrive at the server.
     * @param request the request, added before its time has come
     * @throws std::invalid_argument in one line where an engine can never serve it
     */
    void Add(const LlmMecTracedRequest& request);

  private:
    /// A request was answered. @param job the request @param latencyS its time at the server, s
    void Done(const ServerJob& job, double latencyS);

    Ptr<MecServerDiscipline> m_discipline;            //!< of the server
    Ptr<ComputeModel> m_compute;                      //!< what a request costs it
    OutcomeCallback m_outcome;                        //!< told of answers
    std::unordered_map<uint64_t, double> m_arrivalsS; //!< of requests, by number, s
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_SERVER_REPLAY_H
