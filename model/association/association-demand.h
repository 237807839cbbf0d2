/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ASSOCIATION_DEMAND_H
#define ASSOCIATION_DEMAND_H

#include <Eigen/Core>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief The time of an upload as a function of the share of the band, with two derivatives.
 *
 * With x = G / y and L = ln(1 + x), u = d ln 2 / (W y L), u' = -u k / y with
 * k = 1 - x / ((1 + x) L), which is y R' / R, in (0, 1).
 */
struct AssociationUpload
{
    double timeS{0};             ///< u, s
    double derivativeS{0};       ///< du/dy, s, < 0
    double secondDerivativeS{0}; ///< d2u/dy2, s, > 0
    double elasticity{0};        ///< k, -d ln u / d ln y
};

/**
 * @ingroup llm-mec
 * @brief The share of a band that a device asks for at some price.
 */
struct AssociationAsk
{
    double share{0};      ///< y, [0, 1]
    double derivative{0}; ///< dy/dmu, <= 0
};

/**
 * @ingroup llm-mec
 * @brief What a device loses with a share y of a server's band: a linear cost of its upload's time
 * u, the synchronisation term of P1, and a price of the share,
 *
 *     cost(y) = omega u + lambda (D - u)^2 + e y.
 *
 * Where u >= D this is convex: u is convex and falls. Where u < D the synchronisation term only
 * rises with y, so the least cost of P1 (omega = 0) has u >= D. Ask looks there alone. A demand has
 * either omega or lambda.
 */
struct AssociationDemand
{
    double snr{1};            ///< G, signal to noise over the whole band, linear, > 0
    double bandwidthHz{1};    ///< W, Hz, > 0
    double bits{0};           ///< d, bits, >= 0
    double uploadWeight{0};   ///< omega, >= 0
    double syncWeightPerS{0}; ///< lambda, 1/s, >= 0
    double syncS{0};          ///< D, s, >= 0
    double price{0};          ///< e, s, >= 0

    /// @param share y, (0, 1] @return u and its derivatives; zeros where there is nothing to send
    AssociationUpload GetUpload(double share) const;

    /// @param share y, (0, 1] @return u, s
    double GetTimeS(double share) const;

    /// @param share y, [0, 1] @return cost, s; infinite at 0 where there is something to send
    double GetCost(double share) const;

    /// @param share y, (0, 1] @return -d(cost - e y)/dy, s; below zero where u < D
    double GetGain(double share) const;

    /**
     * The share of least cost(y) + mu y, by Newton's method on logarithms, in a bracket.
     * @param multiplier mu, s, >= 0
     * @param near share where the search begins, (0, 1); 0 where none is known
     * @return the share, to a relative 1e-13, and its derivative
     */
    AssociationAsk Ask(double multiplier, double near = 0) const;

  private:
    /// @param logShare ln y @return (ln u, k) there
    std::pair<double, double> GetLogTime(double logShare) const;
    /// @return ln of the share with which u = D, at most 0
    double FindSynchronous() const;
};

/**
 * @ingroup llm-mec
 * @brief Shares of one server's band, and what a little more of it would save.
 */
struct AssociationBand
{
    Eigen::ArrayXd share; ///< y, an entry a demand, [0, 1], sum at most 1
    double multiplier{0}; ///< mu, s, >= 0; 0 where band is left
};

/**
 * @ingroup llm-mec
 * Shares of least cost: the least of sum cost_i(y_i) with sum y_i <= 1. One multiplier rules them
 * all; it is found by Newton's method on logarithms, in a bracket.
 * @param demands of the devices of one server
 * @return shares and multiplier
 */
AssociationBand AllocateBand(const std::vector<AssociationDemand>& demands);

} // namespace llmmec
} // namespace ns3

#endif // ASSOCIATION_DEMAND_H
