/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_TENSOR_NAMES_H
#define ECLD_TENSOR_NAMES_H

#include "format/model-config.h"

#include <cstdint>
#include <string>

namespace ecld
{

/// Token embedding, [vocabulary, hidden]
inline const std::string embeddingName = "model.embed_tokens.weight";
/// Output projection, [vocabulary, hidden]; absent where embeddings are tied
inline const std::string outputName = "lm_head.weight";
/// Weight of the last RMSNorm, [hidden]
inline const std::string finalNormName = "model.norm.weight";

/**
 * @param layer index, from 0
 * @param part name within the layer, such as "self_attn.q_proj"
 * @return Hugging Face's name of the tensor
 */
std::string GetLayerTensorName(int64_t layer, const std::string& part);

/// Parameters of a model, counted
struct ParameterCount
{
    int64_t embedding; ///< token embedding and, where untied, output projection
    int64_t other;     ///< everything else
};

/**
 * @param config the model
 * @return its parameters; tied embeddings count once
 */
ParameterCount CountParameters(const ModelConfig& config);

} // namespace ecld

#endif // ECLD_TENSOR_NAMES_H
