/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_COMPRESSION_RECORD_H
#define ECLD_COMPRESSION_RECORD_H

#include "format/companion-files.h"
#include "format/gguf.h"
#include "format/model-config.h"
#include "format/safetensors-checkpoint.h"
#include "format/tokenizer.h"

#include <map>
#include <string>
#include <vector>

namespace ecld
{

/// A setting that a compressed model depends on.
struct RecordedSetting
{
    std::string key;   ///< in the record
    std::string flags; ///< of the command line that it comes from, for messages
    std::string value; ///< what it is
};

/// What a file or folder says it was made with, key to value.
using CompressionRecord = std::map<std::string, std::string>;

/**
 * @param config the model
 * @param tokenizer its vocabulary
 * @param companions its other files
 * @param checkpoint its weights
 * @return a hash of shape, vocabulary, other files and weights, of large tensors some pages each:
 * the same wherever the folder is, another for a model that was trained on
 * @throws std::runtime_error naming a tensor that the checkpoint lacks
 */
std::string HashModel(const ModelConfig& config,
                      const Tokenizer& tokenizer,
                      const CompanionFiles& companions,
                      const SafetensorsCheckpoint& checkpoint);

/// @param path file of texts @return hash of what ReadSeparatedText reads, the same wherever it was
/// written @throws std::runtime_error naming the file
std::string HashTexts(const std::string& path);

/// @param settings of a run @return what they say
CompressionRecord MakeRecord(const std::vector<RecordedSetting>& settings);

/// @param record what a file is made with @return the keys that say so in the file
GgufMetadata MakeRecordMetadata(const CompressionRecord& record);

/// @param path GGUF file @return what it says, empty where it says nothing
/// @throws std::runtime_error naming the file where it is none
CompressionRecord ReadGgufRecord(const std::string& path);

/**
 * @brief Refuse what was made with other settings.
 * @param path file or folder that is there
 * @param record what it says
 * @param settings of this run
 * @param outputFlag that names another path
 * @throws std::runtime_error one line naming the path, and the flags with the value there and the
 *         value here
 */
void RequireSameSettings(const std::string& path,
                         const CompressionRecord& record,
                         const std::vector<RecordedSetting>& settings,
                         const std::string& outputFlag = "--output");

/**
 * @brief Refuse a folder that has files of another model of the same name.
 * @param folder may be missing
 * @param prefix of the files
 * @param model setting that tells the models apart
 * @throws std::runtime_error as RequireSameSettings, naming the file
 */
void RequireNoOtherModel(const std::string& folder,
                         const std::string& prefix,
                         const RecordedSetting& model);

/**
 * @brief Say what the model of a folder is made with, before it is; or refuse a folder that holds a
 * model of other settings.
 * @param folder of a model, made if need be
 * @param settings of this run
 * @param decisions what this run would do beside, such as what there is memory for
 * @return what the folder says: settings, and the decisions of the run that began it
 * @throws std::runtime_error as RequireSameSettings, or naming the file that cannot be written
 */
CompressionRecord ClaimFolder(const std::string& folder,
                              const std::vector<RecordedSetting>& settings,
                              const CompressionRecord& decisions = {});

} // namespace ecld

#endif // ECLD_COMPRESSION_RECORD_H
