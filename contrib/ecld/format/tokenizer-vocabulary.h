/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_TOKENIZER_VOCABULARY_H
#define ECLD_TOKENIZER_VOCABULARY_H

#include "base/json-document.h"
#include "tokenizer-tables.h"

#include <cstdint>
#include <string>

namespace ecld
{

/**
 * @brief Read tokens, merges and added tokens of a tokenizer.json.
 * @param root the document
 * @param file what messages call it
 * @param tables where they go
 * @throws std::runtime_error one line naming file and field
 */
void ReadTokenizerVocabulary(const base::JsonObject& root,
                             const std::string& file,
                             TokenizerTables& tables);

/// @param place where an id stands @param key its field @param value it @return the id
int32_t ReadTokenId(const base::JsonObject& place,
                    const std::string& key,
                    const nlohmann::json& value);

} // namespace ecld

#endif // ECLD_TOKENIZER_VOCABULARY_H
