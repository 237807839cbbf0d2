/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_GGUF_EXPANSION_H
#define ECLD_GGUF_EXPANSION_H

#include "format/model-config.h"

#include <string>

namespace ecld
{

/**
 * @brief Turn an exported GGUF file back into a Hugging Face checkpoint in float32, so that what
 * was written is what is evaluated.
 * @param path the file
 * @param config the model
 * @param folder where config.json and model.safetensors go
 * @throws std::runtime_error naming file and tensor
 */
void ExpandGguf(const std::string& path, const ModelConfig& config, const std::string& folder);

} // namespace ecld

#endif // ECLD_GGUF_EXPANSION_H
