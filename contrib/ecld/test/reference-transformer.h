/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_REFERENCE_TRANSFORMER_H
#define ECLD_REFERENCE_TRANSFORMER_H

#include "small-model.h"

#include <vector>

namespace ecld
{

/// [position][channel]
using Matrix = std::vector<std::vector<double>>;

/// What a forward pass leaves, layer by layer
struct ReferencePass
{
    std::vector<Matrix> norms;     ///< two per layer: outputs of its RMSNorms
    std::vector<Matrix> attention; ///< per layer: input of o_proj
    std::vector<Matrix> neurons;   ///< per layer: input of down_proj
    std::vector<Matrix> residuals; ///< before the first layer, then after each
    Matrix logits;                 ///< [position][token]
};

/**
 * @brief The transformer once more, written from the papers as plain loops over doubles, without
 * torch and without sharing code with it: RMSNorm (Zhang and Sennrich 2019), RoPE (Su et al. 2021)
 * as a rotation of the complex number that channels i and i + headDim / 2 make, grouped-query
 * attention (Ainslie et al. 2023), SwiGLU (Shazeer 2020).
 *
 * @param config without rope scaling
 * @param weights by name
 * @param ids a text
 * @return everything
 */
ReferencePass RunReference(const ModelConfig& config,
                           const Weights& weights,
                           const std::vector<int32_t>& ids);

} // namespace ecld

#endif // ECLD_REFERENCE_TRANSFORMER_H
