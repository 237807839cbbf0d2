/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "association-demand.h"

#include "ns3/log.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("AssociationDemand");

namespace
{

constexpr double LN2 = 0.693147180559945309417; //!< of rates in bits
constexpr double LOWEST_LOG_SHARE = -300;       //!< ln of the smallest share
constexpr int MOST_STEPS = 200;                 //!< of a search in a bracket, which halves it

/// @param x > 0 @return ln(1 + x); std::log is twice as fast as std::log1p, and as exact where x is
/// not small
double
GetLog(double x)
{
    constexpr double strong = 0.1;
    return x > strong ? std::log(1 + x) : std::log1p(x);
}

/// Functions of x = signal over noise in the allocated band.
struct RateShape
{
    double log{0};        //!< L = ln(1 + x)
    double k{0};          //!< 1 - x / ((1 + x) L)
    double derivative{0}; //!< x dk/dx
};

/// @param x signal to noise, > 0 @return the functions there
RateShape
GetRateShape(double x)
{
    RateShape shape;
    shape.log = GetLog(x);
    // Differences of nearly equal numbers: the first terms of their series are more exact.
    constexpr double weak = 1e-5;
    if (x < weak)
    {
        shape.k = x * (1. / 2 - x * 5 / 12);
        shape.derivative = x * (1. / 2 - x * 5 / 6);
        return shape;
    }
    const double whole = (1 + x) * shape.log;
    shape.k = 1 - x / whole;
    shape.derivative = x * (x - shape.log) / (whole * whole);
    return shape;
}

/// A root in a bracket, by Newton's method where it stays inside and by halves elsewhere.
/// @param low where the function is above zero @param high where it is not @param start inside
/// @param tolerance of the root @param evaluate of a falling function: (value, derivative)
/// @return the root
template <typename Function>
double
FindRoot(double low, double high, double start, double tolerance, const Function& evaluate)
{
    double at = std::min(std::max(start, low), high);
    for (int step = 0; step < MOST_STEPS; ++step)
    {
        const auto [value, derivative] = evaluate(at);
        (value > 0 ? low : high) = at;
        double next = at - value / derivative;
        if (std::abs(next - at) <= tolerance)
        {
            return std::min(std::max(next, low), high); // at may be an end of the bracket
        }
        if (!(next > low && next < high))
        {
            next = (low + high) / 2;
        }
        const double change = std::abs(next - at);
        at = next;
        if (change <= tolerance)
        {
            break;
        }
    }
    return at;
}

} // namespace

AssociationUpload
AssociationDemand::GetUpload(double share) const
{
    if (bits <= 0)
    {
        return {};
    }
    const RateShape shape = GetRateShape(snr / share);
    AssociationUpload upload;
    upload.timeS = bits * LN2 / (bandwidthHz * share * shape.log);
    upload.elasticity = shape.k;
    upload.derivativeS = -upload.timeS * shape.k / share;
    upload.secondDerivativeS =
        -upload.derivativeS * (1 + shape.k + shape.derivative / shape.k) / share;
    return upload;
}

double
AssociationDemand::GetTimeS(double share) const
{
    return bits > 0 ? bits * LN2 / (bandwidthHz * share * GetLog(snr / share)) : 0;
}

double
AssociationDemand::GetCost(double share) const
{
    if (bits > 0 && share <= 0)
    {
        return std::numeric_limits<double>::infinity();
    }
    const double timeS = GetTimeS(share);
    return uploadWeight * timeS + syncWeightPerS * (syncS - timeS) * (syncS - timeS) +
           price * share;
}

double
AssociationDemand::GetGain(double share) const
{
    const AssociationUpload upload = GetUpload(share);
    return -(2 * syncWeightPerS * (upload.timeS - syncS) + uploadWeight) * upload.derivativeS;
}

std::pair<double, double>
AssociationDemand::GetLogTime(double logShare) const
{
    const RateShape shape = GetRateShape(snr * std::exp(-logShare));
    return {std::log(bits * LN2 / (bandwidthHz * shape.log)) - logShare, shape.k};
}

double
AssociationDemand::FindSynchronous() const
{
    const double logD = std::log(syncS); // -inf for a device that drafts nothing
    const auto excess = [this, logD](double logShare) {
        const auto [logTime, k] = GetLogTime(logShare);
        return std::pair<double, double>(logTime - logD, -k);
    };
    if (excess(0).first >= 0)
    {
        return 0;
    }
    constexpr double tolerance = 1e-14;
    return FindRoot(LOWEST_LOG_SHARE, 0, LOWEST_LOG_SHARE / 2, tolerance, excess);
}

AssociationAsk
AssociationDemand::Ask(double multiplier, double near) const
{
    if (bits <= 0)
    {
        return {};
    }
    const double marginal = price + multiplier;
    // d(marginal)/dy, which is also the second derivative of the cost, less its sign.
    const auto derivativeAt = [this, marginal](double share) {
        const AssociationUpload upload = GetUpload(share);
        const double relative = upload.secondDerivativeS / -upload.derivativeS;
        return -1 /
               (2 * syncWeightPerS * upload.derivativeS * upload.derivativeS + marginal * relative);
    };
    const bool isSync = uploadWeight <= 0;
    const double high = isSync ? FindSynchronous() : 0;
    if (high >= 0 && GetGain(1) >= marginal)
    {
        return {1, 0};
    }
    if (marginal <= 0)
    {
        const double share = std::exp(high);
        return {share, derivativeAt(share)};
    }
    const double logMarginal = std::log(marginal);
    const auto excess = [this, logMarginal](double logShare) {
        const double share = std::exp(logShare);
        const AssociationUpload upload = GetUpload(share);
        const double weight = 2 * syncWeightPerS * (upload.timeS - syncS) + uploadWeight;
        const double gainNow = -weight * upload.derivativeS;
        if (!(gainNow > 0)) // only rounding leads here, since high has u >= D
        {
            return std::pair<double, double>(-1, 0);
        }
        const double falls = 2 * syncWeightPerS * upload.timeS * upload.elasticity / weight +
                             share * upload.secondDerivativeS / -upload.derivativeS;
        return std::pair<double, double>(std::log(gainNow) - logMarginal, -falls);
    };
    // Where the rate were in proportion to the share, v = y0 / y would solve
    // v^2 (v - 1) = marginal y0 / (2 lambda D^2).
    double start = high;
    if (near > 0)
    {
        start = std::log(near);
    }
    else if (isSync && high < 0)
    {
        const double ratio = marginal * std::exp(high) / (2 * syncWeightPerS * syncS * syncS);
        start -= std::log1p(3 * ratio) / 3;
    }
    else
    {
        start -= 1;
    }
    constexpr double tolerance = 1e-13;
    const double share = std::exp(FindRoot(LOWEST_LOG_SHARE, high, start, tolerance, excess));
    return {share, derivativeAt(share)};
}

AssociationBand
AllocateBand(const std::vector<AssociationDemand>& demands)
{
    NS_LOG_FUNCTION(demands.size());
    AssociationBand band;
    band.share.setZero(static_cast<Eigen::Index>(demands.size()));
    double derivative = 0;
    const auto ask = [&demands, &band, &derivative](double multiplier) {
        derivative = 0;
        for (std::size_t i = 0; i < demands.size(); ++i)
        {
            const AssociationAsk one = demands[i].Ask(multiplier);
            band.share[static_cast<Eigen::Index>(i)] = one.share;
            derivative += one.derivative;
        }
        return band.share.sum();
    };
    if (ask(0) <= 1)
    {
        return band;
    }
    // With a multiplier at which all n that send would be content with 1/n, the sum is 1 at most;
    // with one at which none would, it is 1 at least.
    const auto sends = [](const AssociationDemand& demand) { return demand.bits > 0; };
    const auto n = std::count_if(demands.begin(), demands.end(), sends);
    double low = std::numeric_limits<double>::infinity();
    double high = 0;
    for (const AssociationDemand& demand : demands)
    {
        if (sends(demand))
        {
            const double even = demand.GetGain(1 / static_cast<double>(n)) - demand.price;
            low = std::min(low, even);
            high = std::max(high, even);
        }
    }
    constexpr double widest = 1e-30; // ratio of the ends of the bracket
    low = std::max(low, high * widest);
    constexpr double tolerance = 1e-13;
    const auto excess = [&ask, &derivative](double logMultiplier) {
        const double multiplier = std::exp(logMultiplier);
        const double sum = ask(multiplier);
        return std::pair<double, double>(std::log(sum), multiplier * derivative / sum);
    };
    const double logLow = std::log(low);
    const double logHigh = std::log(high);
    band.multiplier =
        std::exp(FindRoot(logLow, logHigh, (logLow + logHigh) / 2, tolerance, excess));
    band.share /= std::max(ask(band.multiplier), 1.0);
    return band;
}

} // namespace llmmec
} // namespace ns3
