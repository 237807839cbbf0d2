/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "speculative-rate.h"

#include "ns3/log.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("SpeculativeRate");

namespace
{

/// @param base a @param terms n @return 1 + a + ... + a^(n-1), which is (1 - a^n) / (1 - a) and has
/// a value at a = 1 too
double
SumOfPowers(double base, uint32_t terms)
{
    double sum = 0;
    double power = 1;
    for (uint32_t i = 0; i < terms; ++i)
    {
        sum += power;
        power *= base;
    }
    return sum;
}

/// @param durationS a time, s @param draftTokenS t_d, s @return drafts that are complete by then
double
CountDrafts(double durationS, double draftTokenS)
{
    constexpr double rounding = 1e-9; // of times that are a multiple of t_d
    return std::floor(durationS / draftTokenS + rounding);
}

} // namespace

double
SpeculativeTimes::GetDraftS(uint32_t window) const
{
    return window * draftTokenS;
}

double
SpeculativeTimes::GetRoundTripS(uint32_t window) const
{
    return uplinkS + window * uplinkTokenS + verifyS + downlinkS;
}

double
SpeculativeTimes::GetRestartS() const
{
    return std::max(draftTokenS, preVerifyS);
}

double
TokensPerRound(double acceptance, uint32_t window)
{
    return SumOfPowers(acceptance, window + 1);
}

double
TokensPerCycle(double acceptance, uint32_t window)
{
    return 1 / (1 - acceptance + acceptance / SumOfPowers(acceptance, window));
}

double
SpeculativeRatePerS(SpeculativeMode mode,
                    double acceptance,
                    uint32_t window,
                    const SpeculativeTimes& times)
{
    const double a = acceptance;
    const double draftS = times.GetDraftS(window);
    const double roundTripS = times.GetRoundTripS(window);
    const double restartS = times.GetRestartS();
    // Of a renewal, over its 1 / (1 - a) tokens: by its rejections and by its windows.
    const double rejections = 1 - a;
    const double windows = a / SumOfPowers(a, window);
    switch (mode)
    {
    case SpeculativeMode::CONVENTIONAL:
        return TokensPerRound(a, window) / (draftS + roundTripS);
    case SpeculativeMode::LOCK_STEP:
        return TokensPerCycle(a, window) / std::max(draftS, roundTripS);
    case SpeculativeMode::EVENT:
        return 1 / (rejections * rejections * restartS +
                    a * rejections * (std::max(draftS, restartS) + roundTripS) +
                    (windows - a * rejections) * std::max(draftS, roundTripS));
    default: {
        // Windows follow each other as fast as the slowest of device, radio and server lets them.
        const double uplinkS = times.uplinkS + window * times.uplinkTokenS;
        const double windowS = std::max({draftS, uplinkS, times.verifyS});
        return 1 / (rejections * rejections * restartS + windows * windowS +
                    a * rejections * roundTripS);
    }
    }
}

double
DraftedPerToken(SpeculativeMode mode,
                double acceptance,
                uint32_t window,
                const SpeculativeTimes& times)
{
    const double a = acceptance;
    const double g = window;
    switch (mode)
    {
    case SpeculativeMode::CONVENTIONAL:
        return g / TokensPerRound(a, window);
    case SpeculativeMode::LOCK_STEP:
        return g / TokensPerCycle(a, window);
    case SpeculativeMode::EVENT: {
        const double failed = std::min(g, CountDrafts(times.GetRestartS(), times.draftTokenS));
        const double ahead =
            std::min(g, CountDrafts(times.GetRoundTripS(window), times.draftTokenS));
        return (1 - a) * (1 - a) * failed + a * g / SumOfPowers(a, window) + a * (1 - a) * ahead;
    }
    default:
        throw std::invalid_argument("DraftedPerToken: streaming has no closed form, expected "
                                    "another mode");
    }
}

double
UsefulDraftShare(SpeculativeMode mode,
                 double acceptance,
                 uint32_t window,
                 const SpeculativeTimes& times)
{
    const double drafted = DraftedPerToken(mode, acceptance, window, times);
    if (mode == SpeculativeMode::CONVENTIONAL)
    {
        // One token of each round is the target's own.
        return (1 - 1 / TokensPerRound(acceptance, window)) / drafted;
    }
    return acceptance / drafted;
}

uint32_t
BestWindow(SpeculativeMode mode, double acceptance, const SpeculativeTimes& times, uint32_t largest)
{
    uint32_t best = 1;
    double bestPerS = 0;
    for (uint32_t window = 1; window <= largest; ++window)
    {
        const double perS = SpeculativeRatePerS(mode, acceptance, window, times);
        if (perS > bestPerS)
        {
            best = window;
            bestPerS = perS;
        }
    }
    return best;
}

BreakEvenUplink
GetBreakEvenUplink(double acceptance,
                   uint32_t window,
                   double draftTokenS,
                   double windowBits,
                   double restS)
{
    const double rho = TokensPerRound(acceptance, window) / TokensPerCycle(acceptance, window) - 1;
    const double draftS = window * draftTokenS;
    const auto rateOf = [windowBits](double uplinkS) {
        return uplinkS > 0 ? windowBits / uplinkS : std::numeric_limits<double>::infinity();
    };
    return {rateOf(draftS / rho - restS), rateOf(draftS * rho - restS)};
}

} // namespace llmmec
} // namespace ns3
