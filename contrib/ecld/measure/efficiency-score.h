/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_EFFICIENCY_SCORE_H
#define ECLD_EFFICIENCY_SCORE_H

#include <vector>

namespace ecld
{

/// One method of Table I.
struct MethodMeasures
{
    double hallucination{0}; ///< (24), lower is better, >= 0
    double accuracy{0};      ///< (23), >= 0
    double sizeBytes{0};     ///< accessibility, >= 0
    double energyJ{0};       ///< per query, >= 0
};

/// The two scores of Fig. 6, [0, 1].
struct EfficiencyScores
{
    double hallucinationAware{0}; ///< HRE
    double accuracyAware{0};      ///< ARE
};

/**
 * @brief HRE and ARE of Fig. 6: harmonic means of three max-normalised measures.
 *
 * The paper does not say how a cost becomes a benefit; ours is 1 - x / max over the compared
 * methods for hallucination, size and energy, and x / max for accuracy. The largest of a cost thus
 * scores 0, and so does its harmonic mean.
 *
 * @param methods what is compared
 * @return scores in the same order
 */
std::vector<EfficiencyScores> ScoreEfficiency(const std::vector<MethodMeasures>& methods);

} // namespace ecld

#endif // ECLD_EFFICIENCY_SCORE_H
