/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_ROPE_JSON_H
#define ECLD_ROPE_JSON_H

#include "base/json-document.h"
#include "model-config.h"

namespace ecld
{

/**
 * @brief Read the rotary embedding of a config.json as transformers resolves it: `rope_scaling`, if
 * it says anything, before `rope_parameters`; the base within it before the base beside it.
 *
 * Parameters by layer type are read where all layer types that the model has say the same.
 *
 * @param object config.json
 * @param config base and scaling are set; positions are read
 * @throws std::runtime_error one line naming file and field: another scaling than Llama 3's, layers
 * that rotate differently, part of a head, or two bases where transformers takes neither
 */
void ReadRope(const base::JsonObject& object, ModelConfig& config);

} // namespace ecld

#endif // ECLD_ROPE_JSON_H
