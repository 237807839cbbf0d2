/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_TOKEN_ESTIMATE_H
#define MEC_TOKEN_ESTIMATE_H

#include "mec-token-scheduler.h"

#include "ns3/llm-step-time-model.h"

#include <cstddef>
#include <cstdint>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief How long an engine is expected to take, by the sizes of what it has: mean contexts, all
 * seats taken for as long as there are requests, and a KV cache that is never short.
 */
class TokenEstimate
{
  public:
    /**
     * @param stepTime what a step takes; lives longer
     * @param seats sequences that are computed at a time, >= 1
     * @param tokenBudget tokens of a step, >= 1
     */
    TokenEstimate(const StepTimeModel& stepTime, uint32_t seats, uint32_t tokenBudget);

    /// @param left what there is @return time for all of it, s
    double GetBacklogS(const TokenScheduler::Remainder& left) const;

    /**
     * Jobs are expected to end evenly while all is worked off, and every prompt counts once.
     * @param left what there is
     * @param job a request that comes now, with no other after it
     * @return its latency, s
     */
    double GetLatencyS(const TokenScheduler::Remainder& left, const TokenJob& job) const;

  private:
    /// @param batch number of sequences @param contextTokens of each @return time of a decode, s
    double GetDecodeS(std::size_t batch, double contextTokens) const;
    /// @param left what there is, at least one job @return time for the tokens of its answers, s
    double GetAnswersS(const TokenScheduler::Remainder& left) const;
    /// @param tokens of prompts that have the device for themselves @return time for them, s
    double GetPromptS(double tokens) const;

    const StepTimeModel& m_stepTime; //!< what a step takes
    uint32_t m_seats;                //!< sequences that are computed at a time
    uint32_t m_tokenBudget;          //!< tokens of a step
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_TOKEN_ESTIMATE_H
