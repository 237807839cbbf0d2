/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef OFFLOAD_EQUATIONS_H
#define OFFLOAD_EQUATIONS_H

#include <algorithm>
#include <cmath>

/**
 * @file
 * @ingroup llm-mec
 * Equations (14) to (22), (28) and (29) for one task, each written once: the array functions of
 * offload-problem.h and the simulated devices call these. No simulator in here.
 */

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * Time to compute a share of a task, (14) with (1 - alpha) X bits and (22) with alpha X bits.
 * @param bits size of the share, bits
 * @param cyclesPerBit phi, cycles/bit
 * @param hz f or F, cycles/s, > 0
 * @return latency, s
 */
inline double
ComputeLatencyS(double bits, double cyclesPerBit, double hz)
{
    return bits * cyclesPerBit / hz;
}

/**
 * @ingroup llm-mec
 * Energy to compute a share of a task, (15).
 * @param bits size of the share, bits
 * @param cyclesPerBit phi, cycles/bit
 * @param hz f, cycles/s
 * @param energyCoefficient kappa_comp, J per cycle per Hz^2
 * @return energy, J
 */
inline double
ComputeEnergyJ(double bits, double cyclesPerBit, double hz, double energyCoefficient)
{
    return energyCoefficient * hz * hz * bits * cyclesPerBit;
}

/**
 * @ingroup llm-mec
 * Distance between an MLU and the MEC server's antenna, (16).
 * @param dxM difference in x, m
 * @param dyM difference in y, m
 * @param heightM h_MEC, m
 * @return distance, m
 */
inline double
DistanceM(double dxM, double dyM, double heightM)
{
    return std::sqrt(dxM * dxM + dyM * dyM + heightM * heightM);
}

/**
 * @ingroup llm-mec
 * Large-scale gain of (17), g = g_0 / d^2.
 * @param referenceGain g_0, linear gain at 1 m
 * @param distanceM d, m, >= 1 (ns-3's LogDistancePropagationLossModel holds g_0 below 1 m)
 * @return linear power gain
 */
inline double
PathGain(double referenceGain, double distanceM)
{
    return referenceGain / (distanceM * distanceM);
}

/**
 * @ingroup llm-mec
 * Small-scale Rician power gain, (18).
 * @param ricianK kappa, linear power ratio of line of sight to scatter, >= 0
 * @param scatterRe real part of the scattered coefficient, CN(0, 1)
 * @param scatterIm imaginary part of the scattered coefficient
 * @return linear power gain of mean 1
 */
inline double
RicianPowerGain(double ricianK, double scatterRe, double scatterIm)
{
    const double scatter = std::sqrt(1 / (ricianK + 1));
    const double re = std::sqrt(ricianK / (ricianK + 1)) + scatter * scatterRe;
    const double im = scatter * scatterIm;
    return re * re + im * im;
}

/**
 * @ingroup llm-mec
 * Uplink rate of one transmitter, (19).
 * @param receivedW p_k h_k, W
 * @param interferenceW sum of p_l h_l over the others, W
 * @param bandwidthHz B, Hz
 * @param noiseW sigma^2 over B, W, > 0
 * @return rate, bit/s
 */
inline double
UplinkRateBps(double receivedW, double interferenceW, double bandwidthHz, double noiseW)
{
    // log1p keeps its digits where the SINR is far below one.
    constexpr double ln2 = 0.693147180559945309417;
    return bandwidthHz * std::log1p(receivedW / (interferenceW + noiseW)) / ln2;
}

/**
 * @ingroup llm-mec
 * Time to upload a share of a task, (20), cut off at a cap: a rate of zero with bits to send would
 * take for ever, and no infinity may reach a state, a reward or a file.
 * @param bits alpha X, bits
 * @param rateBps r, bit/s, >= 0
 * @param capS longest latency that is counted, s
 * @return latency, s, in [0, capS]; 0 when there is nothing to send
 */
inline double
UplinkLatencyS(double bits, double rateBps, double capS)
{
    if (bits <= 0)
    {
        return 0;
    }
    return bits < rateBps * capS ? bits / rateBps : capS;
}

/**
 * @ingroup llm-mec
 * Energy of an upload, (21).
 * @param powerW p, W
 * @param uplinkLatencyS L^off, s
 * @return energy, J
 */
inline double
UplinkEnergyJ(double powerW, double uplinkLatencyS)
{
    return powerW * uplinkLatencyS;
}

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
 * @return latency, s
 */
inline double
TaskLatencyS(double localLatencyS, double uplinkLatencyS, double mecLatencyS)
{
    return std::max(localLatencyS, uplinkLatencyS + mecLatencyS);
}

} // namespace llmmec
} // namespace ns3

#endif // OFFLOAD_EQUATIONS_H
