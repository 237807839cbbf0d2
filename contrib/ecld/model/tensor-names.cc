/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tensor-names.h"

namespace ecld
{

std::string
GetLayerTensorName(int64_t layer, const std::string& part)
{
    return "model.layers." + std::to_string(layer) + "." + part + ".weight";
}

ParameterCount
CountParameters(const ModelConfig& config)
{
    const int64_t matrix = config.vocabularySize * config.hiddenSize;
    const int64_t embedding = config.tiedEmbeddings ? matrix : 2 * matrix;
    return {embedding, config.GetParameterCount() - embedding};
}

} // namespace ecld
