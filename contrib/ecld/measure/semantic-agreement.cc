/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "semantic-agreement.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace ecld
{

namespace
{

double
GetCosine(const std::vector<float>& a, const std::vector<float>& b)
{
    if (a.size() != b.size())
    {
        throw std::invalid_argument("embeddings: expected vectors of the same width");
    }
    double product = 0;
    double squareA = 0;
    double squareB = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
    {
        product += static_cast<double>(a[i]) * b[i];
        squareA += static_cast<double>(a[i]) * a[i];
        squareB += static_cast<double>(b[i]) * b[i];
    }
    const double norms = std::sqrt(squareA) * std::sqrt(squareB);
    return norms > 0 ? std::clamp(product / norms, -1.0, 1.0) : 0;
}

} // namespace

SemanticAgreement
CompareAnswers(const std::vector<std::vector<float>>& reference,
               const std::vector<std::vector<float>>& local,
               double threshold)
{
    const std::size_t tokens = std::max(reference.size(), local.size());
    if (tokens == 0)
    {
        return {1, 0};
    }
    double sum = 0;
    double below = 0;
    for (std::size_t j = 0; j < tokens; ++j)
    {
        const bool isPair = j < reference.size() && j < local.size();
        const double similarity = isPair ? GetCosine(reference[j], local[j]) : 0;
        sum += similarity;
        below += similarity < threshold ? 1 : 0;
    }
    return {sum / static_cast<double>(tokens), below / static_cast<double>(tokens)};
}

} // namespace ecld
