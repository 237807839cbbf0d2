/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_SEMANTIC_AGREEMENT_H
#define ECLD_SEMANTIC_AGREEMENT_H

#include <vector>

namespace ecld
{

/// What (26) and (27) say about one query.
struct SemanticAgreement
{
    double accuracy{0};      ///< (26): mean cosine, [-1, 1]
    double hallucination{0}; ///< (27): share of tokens below gamma, [0, 1]
};

/// gamma of (27). The paper gives none; ours is halfway between unlike and equal.
constexpr double DEFAULT_SIMILARITY_THRESHOLD = 0.5;

/**
 * @brief Compare a local answer with the full model's, token by token, (26) and (27).
 *
 * Tokens are aligned by position, as the paper has it. It assumes answers of equal length; where
 * they differ, M is the longer one and a token without a partner has similarity 0. Two empty
 * answers agree.
 *
 * @param reference contextual embedding of each token of the full model's answer
 * @param local those of the local answer, by the same model
 * @param threshold gamma, [-1, 1]
 * @return both numbers; a zero vector has similarity 0 with any other
 * @throws std::invalid_argument where widths differ
 */
SemanticAgreement CompareAnswers(const std::vector<std::vector<float>>& reference,
                                 const std::vector<std::vector<float>>& local,
                                 double threshold = DEFAULT_SIMILARITY_THRESHOLD);

} // namespace ecld

#endif // ECLD_SEMANTIC_AGREEMENT_H
