/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_UPLINK_RATE_H
#define MEC_UPLINK_RATE_H

#include <Eigen/Core>

/**
 * @file
 * @ingroup llm-mec
 * Rates of transmitters that share a band (19), and what they make of an upload (20), (21). Eigen
 * arrays alone: no simulator in here.
 */

namespace ns3
{
namespace llmmec
{

/// @param dbm power, dBm @return power, W @ingroup llm-mec
double DbmToWatt(double dbm);

/**
 * @ingroup llm-mec
 * Uplink rate of one transmitter, (19).
 * @param receivedW p_k h_k, W
 * @param interferenceW sum of p_l h_l over the others, W
 * @param bandwidthHz B, Hz
 * @param noiseW sigma^2 over B, W, > 0
 * @return rate, bit/s
 */
double UplinkRateBps(double receivedW, double interferenceW, double bandwidthHz, double noiseW);

/**
 * @ingroup llm-mec
 * Interference of transmitters that share a band, in O(K).
 *
 * It is a sum over the others, never the total less one's own: that difference loses all its digits
 * when one transmitter drowns the rest.
 * @param receivedW p_k h_k, W, one entry a transmitter, >= 0
 * @return sum of p_l h_l over the others, W, one entry a transmitter
 */
Eigen::ArrayXd UplinkInterferenceW(const Eigen::Ref<const Eigen::ArrayXd>& receivedW);

/**
 * @ingroup llm-mec
 * Uplink rates of transmitters that interfere with each other, (19), in O(K).
 * @param receivedW p_k h_k, W, one entry a transmitter, >= 0
 * @param bandwidthHz B, Hz
 * @param noiseW sigma^2 over B, W
 * @return r_k, bit/s, one entry a transmitter
 */
Eigen::ArrayXd UplinkRatesBps(const Eigen::Ref<const Eigen::ArrayXd>& receivedW,
                              double bandwidthHz,
                              double noiseW);

/**
 * @ingroup llm-mec
 * Uplink rate of a transmitter that has a share of the band for itself: Shannon's rate over that
 * share, with that share of the noise.
 * @param receivedW p_k h_k, W
 * @param bandwidthShare y_k, share of the band, [0, 1]
 * @param bandwidthHz B, Hz
 * @param noiseW sigma^2 over B, W, > 0
 * @return rate, bit/s; 0 without a share
 */
double OrthogonalRateBps(double receivedW,
                         double bandwidthShare,
                         double bandwidthHz,
                         double noiseW);

/**
 * @ingroup llm-mec
 * Uplink rates to several servers, of which each has a band of its own.
 *
 * Transmitters of one server interfere with each other as in (19), those of different servers do
 * not. With bandwidth shares there is no interference.
 * @param powerW p_k, W, K entries
 * @param gain h of (17), linear, K x M
 * @param server index of each transmitter's server, K entries below M; all 0 when empty
 * @param bandwidthShare y_k, K entries in [0, 1]; empty without shares
 * @param bandwidthHz B of each server, Hz
 * @param noiseW sigma^2 over B, W
 * @return r_k, bit/s, K entries
 */
Eigen::ArrayXd UplinkRatesBps(const Eigen::Ref<const Eigen::ArrayXd>& powerW,
                              const Eigen::Ref<const Eigen::ArrayXXd>& gain,
                              const Eigen::Ref<const Eigen::ArrayXi>& server,
                              const Eigen::Ref<const Eigen::ArrayXd>& bandwidthShare,
                              double bandwidthHz,
                              double noiseW);

/**
 * @ingroup llm-mec
 * Time to upload a share of a task, (20), cut off at a cap: a rate of zero with bits to send would
 * take for ever, and no infinity may reach a state, a reward or a file.
 * @param bits alpha X, bits
 * @param rateBps r, bit/s, >= 0
 * @param capS longest latency that is counted, s
 * @return latency, s, in [0, capS]; 0 when there is nothing to send
 */
double UplinkLatencyS(double bits, double rateBps, double capS);

/**
 * @ingroup llm-mec
 * Energy of an upload, (21).
 * @param powerW p, W
 * @param uplinkLatencyS L^off, s
 * @return energy, J
 */
double UplinkEnergyJ(double powerW, double uplinkLatencyS);

} // namespace llmmec
} // namespace ns3

#endif // MEC_UPLINK_RATE_H
