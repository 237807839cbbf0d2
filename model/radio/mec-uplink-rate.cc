/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-uplink-rate.h"

#include "ns3/log.h"

#include <cmath>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("MecUplinkRate");

double
DbmToWatt(double dbm)
{
    constexpr double dbmOfOneWatt = 30;
    return std::pow(10, (dbm - dbmOfOneWatt) / 10);
}

double
UplinkRateBps(double receivedW, double interferenceW, double bandwidthHz, double noiseW)
{
    // log1p keeps its digits where the SINR is far below one.
    constexpr double ln2 = 0.693147180559945309417;
    return bandwidthHz * std::log1p(receivedW / (interferenceW + noiseW)) / ln2;
}

Eigen::ArrayXd
UplinkInterferenceW(const Eigen::Ref<const Eigen::ArrayXd>& receivedW)
{
    const Eigen::Index n = receivedW.size();
    // First pass: the sum of all before k. Second pass, from the end: add the sum of all after k.
    Eigen::ArrayXd interferenceW(n);
    double before = 0;
    for (Eigen::Index k = 0; k < n; ++k)
    {
        interferenceW[k] = before;
        before += receivedW[k];
    }
    double after = 0;
    for (Eigen::Index k = n - 1; k >= 0; --k)
    {
        interferenceW[k] += after;
        after += receivedW[k];
    }
    return interferenceW;
}

Eigen::ArrayXd
UplinkRatesBps(const Eigen::Ref<const Eigen::ArrayXd>& receivedW, double bandwidthHz, double noiseW)
{
    Eigen::ArrayXd rateBps = UplinkInterferenceW(receivedW);
    for (Eigen::Index k = 0; k < rateBps.size(); ++k)
    {
        rateBps[k] = UplinkRateBps(receivedW[k], rateBps[k], bandwidthHz, noiseW);
    }
    return rateBps;
}

double
OrthogonalRateBps(double receivedW, double bandwidthShare, double bandwidthHz, double noiseW)
{
    return bandwidthShare > 0
               ? UplinkRateBps(receivedW, 0, bandwidthShare * bandwidthHz, bandwidthShare * noiseW)
               : 0;
}

Eigen::ArrayXd
UplinkRatesBps(const Eigen::Ref<const Eigen::ArrayXd>& powerW,
               const Eigen::Ref<const Eigen::ArrayXXd>& gain,
               const Eigen::Ref<const Eigen::ArrayXi>& server,
               const Eigen::Ref<const Eigen::ArrayXd>& bandwidthShare,
               double bandwidthHz,
               double noiseW)
{
    NS_LOG_FUNCTION(powerW.size() << gain.cols());
    const Eigen::Index n = powerW.size();
    const auto serverOf = [&](Eigen::Index k) { return server.size() > 0 ? server[k] : 0; };
    Eigen::ArrayXd receivedW(n);
    for (Eigen::Index k = 0; k < n; ++k)
    {
        receivedW[k] = powerW[k] * gain(k, serverOf(k));
    }
    if (bandwidthShare.size() > 0)
    {
        Eigen::ArrayXd rateBps(n);
        for (Eigen::Index k = 0; k < n; ++k)
        {
            rateBps[k] = OrthogonalRateBps(receivedW[k], bandwidthShare[k], bandwidthHz, noiseW);
        }
        return rateBps;
    }
    if (server.size() == 0)
    {
        return UplinkRatesBps(receivedW, bandwidthHz, noiseW);
    }
    Eigen::ArrayXd rateBps = Eigen::ArrayXd::Zero(n);
    for (Eigen::Index m = 0; m < gain.cols(); ++m)
    {
        // Those of other servers are silent in this band.
        const Eigen::ArrayXd inBandW = (server == static_cast<int>(m)).select(receivedW, 0.0);
        const Eigen::ArrayXd inBandBps = UplinkRatesBps(inBandW, bandwidthHz, noiseW);
        rateBps = (server == static_cast<int>(m)).select(inBandBps, rateBps);
    }
    return rateBps;
}

double
UplinkLatencyS(double bits, double rateBps, double capS)
{
    if (bits <= 0)
    {
        return 0;
    }
    return bits < rateBps * capS ? bits / rateBps : capS;
}

double
UplinkEnergyJ(double powerW, double uplinkLatencyS)
{
    return powerW * uplinkLatencyS;
}

} // namespace llmmec
} // namespace ns3
