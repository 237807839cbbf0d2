/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "efficiency-score.h"

#include <algorithm>

namespace ecld
{

namespace
{

/// @param methods what is compared @param measure one of its members @return the largest
double
FindLargest(const std::vector<MethodMeasures>& methods, double MethodMeasures::*measure)
{
    double largest = 0;
    for (const MethodMeasures& method : methods)
    {
        largest = std::max(largest, method.*measure);
    }
    return largest;
}

double
GetHarmonicMean(double a, double b, double c)
{
    return a > 0 && b > 0 && c > 0 ? 3 / (1 / a + 1 / b + 1 / c) : 0;
}

} // namespace

std::vector<EfficiencyScores>
ScoreEfficiency(const std::vector<MethodMeasures>& methods)
{
    const auto normalize = [&](const MethodMeasures& method, double MethodMeasures::*measure) {
        const double largest = FindLargest(methods, measure);
        return largest > 0 ? method.*measure / largest : 0;
    };
    std::vector<EfficiencyScores> scores;
    for (const MethodMeasures& method : methods)
    {
        const double size = 1 - normalize(method, &MethodMeasures::sizeBytes);
        const double energy = 1 - normalize(method, &MethodMeasures::energyJ);
        const double factual = 1 - normalize(method, &MethodMeasures::hallucination);
        const double accuracy = normalize(method, &MethodMeasures::accuracy);
        scores.push_back(
            {GetHarmonicMean(factual, size, energy), GetHarmonicMean(accuracy, size, energy)});
    }
    return scores;
}

} // namespace ecld
