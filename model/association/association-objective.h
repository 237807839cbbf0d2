/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ASSOCIATION_OBJECTIVE_H
#define ASSOCIATION_OBJECTIVE_H

#include "association-demand.h"
#include "association-problem.h"

#include <Eigen/Core>
#include <string>
#include <vector>

namespace ns3
{
namespace llmmec
{

/// What is to be small; unscoped, as ns-3.37's EnumValue needs.
enum AssociationObjective
{
    PAPER_OBJECTIVE,      ///< P1
    SPECULATIVE_OBJECTIVE ///< sum of the latencies at token level
};

/**
 * @ingroup llm-mec
 * @brief Who decides what: X, Y and Z of P1.
 */
struct AssociationDecision
{
    std::vector<int> server;       ///< of each device, M entries, [0, E) or NO_SERVER
    Eigen::ArrayXd bandwidthShare; ///< y of its server's band, M entries, [0, 1]
    Eigen::ArrayXd computeShare;   ///< z of its server's computing, M entries, [0, 1]
};

/**
 * @ingroup llm-mec
 * @brief What becomes of a decision. Devices without a server have zeros and are in no sum.
 */
struct AssociationOutcome
{
    Eigen::ArrayXd uploadS;     ///< d / R, M entries, s
    Eigen::ArrayXd serverS;     ///< D^ES, M entries, s
    Eigen::ArrayXd latencyS;    ///< D^MD + D^ES, M entries, s
    Eigen::ArrayXd sync;        ///< lambda (D^MD - d / R)^2, M entries, s
    Eigen::ArrayXd energyPrice; ///< w (E^CP + E^CM) / B, M entries, s
    Eigen::ArrayXd energyJ;     ///< E^CP + E^CM, M entries, J
    Eigen::ArrayXd decodingS;   ///< latency at token level with the queue's wait, M entries, s
    double paper{0};            ///< objective of P1, s
    double speculative{0};      ///< sum of decodingS, s
    Eigen::Index unserved{0};   ///< devices without a server
};

/**
 * @ingroup llm-mec
 * @brief The expected time of an answer at token level as a function of L and P of
 * speculative-rate.h,
 *
 *     constant + l L + m max(B, L) + s max(t_d, P) + c max(B, P),
 *
 * whose weights follow from mode, acceptance, window and tokens; n / SpeculativeRatePerS in all
 * modes. It is convex in L and P.
 */
struct AssociationTokenTerms
{
    double constantS{0};   ///< without weight, s
    double draftS{0};      ///< B, of a window, s
    double draftTokenS{0}; ///< t_d, s
    double roundTrip{0};   ///< l, >= 0
    double longer{0};      ///< m, >= 0
    double restart{0};     ///< s, >= 0
    double longerStart{0}; ///< c, >= 0

    /// @param roundTripS L, s @param preVerifyS V1 over the share of computing, s @return time, s
    double GetLatencyS(double roundTripS, double preVerifyS) const;
};

/// @param problem mode, window and devices @param device index @return the terms of its answer
AssociationTokenTerms GetTokenTerms(const AssociationProblem& problem, Eigen::Index device);

/// @param problem gains, bits, lambda, D and prices @param device index @param server index, which
/// the device has a link to @return what P1 has of band in it
AssociationDemand GetPaperDemand(const AssociationProblem& problem,
                                 Eigen::Index device,
                                 Eigen::Index server);

/// @param problem gains @param device index @param server index, which the device has a link to
/// @param bits of an upload @param weight of its time @return a demand without price
AssociationDemand GetUploadDemand(const AssociationProblem& problem,
                                  Eigen::Index device,
                                  Eigen::Index server,
                                  double bits,
                                  double weight);

/**
 * @ingroup llm-mec
 * What a server adds to an objective: without D^MD and w E^CP / B, which no decision changes.
 * @param problem all that holds
 * @param objective which
 * @param server index
 * @param devices of the server, all with a link to it
 * @param bandwidthShare y, an entry a device
 * @param computeShare z, an entry a device
 * @return cost, s; infinite where a device with work has no share
 */
double GetServerCost(const AssociationProblem& problem,
                     AssociationObjective objective,
                     Eigen::Index server,
                     const std::vector<Eigen::Index>& devices,
                     const Eigen::Ref<const Eigen::ArrayXd>& bandwidthShare,
                     const Eigen::Ref<const Eigen::ArrayXd>& computeShare);

/**
 * @ingroup llm-mec
 * The sum over served devices of D^MD + w E^CP / B, which P1 has beside the costs of servers; 0 for
 * the speculative objective.
 * @param problem all that holds @param objective which @return constant, s
 */
double GetConstantCost(const AssociationProblem& problem, AssociationObjective objective);

/**
 * @ingroup llm-mec
 * Evaluate a decision.
 * @param problem all that holds
 * @param decision to evaluate; a device with a link has a server that it has a link to
 * @return its outcome
 */
AssociationOutcome EvaluateAssociation(const AssociationProblem& problem,
                                       const AssociationDecision& decision);

} // namespace llmmec
} // namespace ns3

#endif // ASSOCIATION_OBJECTIVE_H
