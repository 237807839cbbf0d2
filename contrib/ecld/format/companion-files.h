/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_COMPANION_FILES_H
#define ECLD_COMPANION_FILES_H

#include "gguf.h"

#include <map>
#include <string>

namespace ecld
{

/// @brief Files of a checkpoint beside config, tokenizer and weights: how to chat with the model
/// and how to generate. All may be missing.
struct CompanionFiles
{
    std::map<std::string, std::string> documents; ///< path within the folder to text
    std::map<std::string, std::string> templates; ///< templates of chats, by name
};

/**
 * @param folder of the checkpoint
 * @return its files: generation_config.json, tokenizer_config.json, special_tokens_map.json,
 * chat_template.jinja, chat_template.json, additional_chat_templates. A template in a file of its
 * own wins over the one of tokenizer_config.json, as in transformers
 * @throws std::runtime_error one line naming file and field
 */
CompanionFiles ReadCompanionFiles(const std::string& folder);

/// @param files of a checkpoint @param folder where a copy goes
/// @throws std::runtime_error naming the file that cannot be written
void WriteCompanionFiles(const CompanionFiles& files, const std::string& folder);

/// @param files of a checkpoint @return the keys that GGUF has for its templates
GgufMetadata MakeTemplateMetadata(const CompanionFiles& files);

} // namespace ecld

#endif // ECLD_COMPANION_FILES_H
