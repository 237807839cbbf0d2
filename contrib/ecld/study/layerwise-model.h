/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_LAYERWISE_MODEL_H
#define ECLD_LAYERWISE_MODEL_H

#include "compress/pruned-shape.h"
#include "compress/streaming.h"
#include "compression-record.h"
#include "format/safetensors-checkpoint.h"
#include "format/tokenizer.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace ecld
{

/// How a checkpoint that need not fit into memory is compressed by what it does on texts.
struct LayerwisePlan
{
    std::string folder;     ///< of files that a later run goes on from
    std::string texts;      ///< file, texts between empty lines
    int64_t tokens{0};      ///< of them at most, > 0
    PruningLimits limits;   ///< what may shrink
    int64_t budgetBytes{0}; ///< largest size of all tensors
    std::function<int64_t(const ModelConfig&)> countBytes; ///< size of a model's tensors
    std::vector<RecordedSetting> settings;                 ///< all that the file depends on
    StreamSettings stream;                                 ///< types, name, metadata, threads
    int torchThreads{1};                                   ///< that compute, > 0
    bool progress{true};                                   ///< bars on standard error
};

/**
 * @brief Score, prune, refit and quantise a checkpoint by activations, one layer at a time.
 *
 * Memory holds a layer, what its inputs have in common and the hidden states of the texts; the disk
 * has those before each layer, 4 bytes a channel and token. A run that was killed goes on at the
 * layer where it was, to the same bytes.
 *
 * @param plan what to do
 * @param checkpoint weights of the full model
 * @param config of the full model
 * @param tokenizer of the full model
 * @param path the GGUF file, put in its place when all is written; the folder is removed then
 * @return what happened, in lines
 * @throws std::runtime_error one line naming file and tensor
 * @throws base::Interruption on Ctrl-C
 */
std::string CompressLayerwise(const LayerwisePlan& plan,
                              const SafetensorsCheckpoint& checkpoint,
                              const ModelConfig& config,
                              const Tokenizer& tokenizer,
                              const std::string& path);

} // namespace ecld

#endif // ECLD_LAYERWISE_MODEL_H
