/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_STOP_TOKENS_H
#define ECLD_STOP_TOKENS_H

#include "base/json-document.h"
#include "model-config.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ecld
{

/// @param object a document @param key a field with no id, an id or several @return the ids
std::vector<int64_t> ReadTokenIds(const base::JsonObject& object, const std::string& key);

/**
 * @brief Complete the ids that end a text with those of generation_config.json, and put the one
 * first that tokenizer_config.json calls `eos_token`, which chat templates write.
 * @param folder of the checkpoint; both files may be missing
 * @param config of the checkpoint
 * @throws std::runtime_error one line naming file and field
 */
void AddStopTokens(const std::string& folder, ModelConfig& config);

} // namespace ecld

#endif // ECLD_STOP_TOKENS_H
