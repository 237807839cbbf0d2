/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef OFFLOAD_EQUATIONS_H
#define OFFLOAD_EQUATIONS_H

#include <algorithm>

/**
 * @file
 * @ingroup llm-mec
 * Equations (28) and (29) for one task, each written once: the array functions of
 * offload-problem.h and the simulated devices call these. No simulator in here. Those of the radio,
 * (19) to (21), are in mec-uplink-rate.h, and those of a CPU, (14), (15) and (22), in
 * CycleComputeModel.
 */

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * Effective accuracy or hallucination of a task that is split, (28).
 * @param offloadRatio alpha, share
 * @param mec value of the full model at the MEC server, share
 * @param local value of the compact model on the device, share
 * @return effective value, share
 */
inline double
EffectiveQuality(double offloadRatio, double mec, double local)
{
    return offloadRatio * mec + (1 - offloadRatio) * local;
}

/**
 * @ingroup llm-mec
 * Latency of a task, (29): both shares run side by side.
 * @param localLatencyS L^local, s
 * @param uplinkLatencyS L^off, s
 * @param mecLatencyS L^MEC, s
 * @param downlinkLatencyS of the answer, s; the paper's answers take no time
 * @return latency, s
 */
inline double
TaskLatencyS(double localLatencyS,
             double uplinkLatencyS,
             double mecLatencyS,
             double downlinkLatencyS = 0)
{
    return std::max(localLatencyS, uplinkLatencyS + mecLatencyS + downlinkLatencyS);
}

} // namespace llmmec
} // namespace ns3

#endif // OFFLOAD_EQUATIONS_H
