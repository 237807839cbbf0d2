/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MLU_TASK_OUTCOME_H
#define MLU_TASK_OUTCOME_H

#include "ns3/llm-quality-model.h"
#include "ns3/llm-task.h"
#include "ns3/offload-slot.h"

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief How one task went.
 */
struct TaskOutcome
{
    LlmTask task;               ///< the task
    LlmQuality quality{};       ///< what its two answers are worth
    MluDecision decision;       ///< what the MLU was told
    double uplinkBps{0};        ///< r of (19), bit/s; 0 when nothing was sent
    double localLatencyS{0};    ///< L^local of (14), s, with waiting for the CPU
    double uplinkLatencyS{0};   ///< L^off of (20), s, with waiting for the radio
    double mecLatencyS{0};      ///< L^MEC of (22), s, with waiting at the server
    double downlinkLatencyS{0}; ///< of the answer, s; 0 where answers take no time
    double latencyS{0};         ///< L of (29), s
    double localEnergyJ{0};     ///< E^local of (15), J
    double uplinkEnergyJ{0};    ///< E^off of (21), J
    double accuracy{0};         ///< effective accuracy of (28), share
    double hallucination{0};    ///< effective hallucination of (28), share
    bool uplinkCapped{false};   ///< the upload met the cap of its latency
    bool unserved{false};       ///< no answer: the battery was empty, or the upload was lost
};

} // namespace llmmec
} // namespace ns3

#endif // MLU_TASK_OUTCOME_H
