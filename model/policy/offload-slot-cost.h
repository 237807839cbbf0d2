/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef OFFLOAD_SLOT_COST_H
#define OFFLOAD_SLOT_COST_H

#include "ns3/offload-limits.h"
#include "ns3/offload-problem.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Sums over the MLUs of a slot.
 */
struct OffloadSlotSums
{
    double count{0};         ///< K
    double budgetJ{0};       ///< of all energy budgets
    double accuracy{0};      ///< effective, (28)
    double hallucination{0}; ///< effective, (28)
    double latencyS{0};      ///< (29)
    double energyJ{0};       ///< (15) and (21)
};

/**
 * @ingroup llm-mec
 * @brief Mean latency with penalty (47), (48) of an MLU, and its derivatives by the sums but for
 * 1 / K.
 */
struct OffloadSlotCost
{
    double total{0};           ///< K times the cost, s
    double value{0};           ///< -ln of the cost
    double byAccuracy{0};      ///< of the total
    double byHallucination{0}; ///< of the total
    double byEnergy{0};        ///< of the total

    /// @param limits of the cell @param sums of a slot
    OffloadSlotCost(const OffloadLimits& limits, const OffloadSlotSums& sums)
    {
        const double lacksAccuracy = sums.count * limits.minAccuracy - sums.accuracy;
        const double hallucinates = sums.hallucination - sums.count * limits.maxHallucination;
        const double overspendsJ = sums.energyJ - sums.budgetJ;
        const double penalty =
            std::max(lacksAccuracy, 0.0) + std::max(hallucinates, 0.0) + std::max(overspendsJ, 0.0);
        total = std::max(sums.latencyS + limits.penaltyWeight * penalty, SHORTEST_TOTAL_LATENCY_S);
        value = -std::log(total / sums.count);
        byAccuracy = lacksAccuracy > 0 ? -limits.penaltyWeight : 0;
        byHallucination = hallucinates > 0 ? limits.penaltyWeight : 0;
        byEnergy = overspendsJ > 0 ? limits.penaltyWeight : 0;
    }

    /// @param ofTotal derivatives of the total @return those of the value
    Eigen::VectorXf GetValueDerivative(const Eigen::Ref<const Eigen::ArrayXd>& ofTotal) const
    {
        return (-ofTotal / total).cast<float>().matrix();
    }
};

} // namespace llmmec
} // namespace ns3

#endif // OFFLOAD_SLOT_COST_H
