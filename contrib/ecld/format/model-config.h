/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_MODEL_CONFIG_H
#define ECLD_MODEL_CONFIG_H

#include "data-type.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ecld
{

/// @brief Families of decoder-only transformers that ECLD knows.
enum class Architecture
{
    LLAMA,  ///< LlamaForCausalLM
    QWEN3,  ///< Qwen3ForCausalLM: RMS norm of queries and keys, per head
    MISTRAL ///< MistralForCausalLM: as Llama, without rope scaling
};

/// @param architecture a family @return its class in Hugging Face's config.json
const char* GetName(Architecture architecture);

/// @brief Frequency scaling of Llama 3.1 (`rope_type` "llama3").
struct RopeScaling
{
    double factor{8};              ///< what low frequencies are divided by, >= 1
    double lowFrequencyFactor{1};  ///< wavelengths above originalMaxPositions / this are scaled
    double highFrequencyFactor{4}; ///< wavelengths below originalMaxPositions / this are kept
    int64_t originalMaxPositions{8192}; ///< context of the pre-training, tokens
};

/// @brief Shape and constants of a model, as config.json has them.
struct ModelConfig
{
    Architecture architecture{Architecture::LLAMA}; ///< family
    int64_t hiddenSize{0};                          ///< width of the residual stream
    int64_t intermediateSize{0};                    ///< width of the feed-forward network
    int64_t layers{0};                              ///< number of blocks
    int64_t heads{0};                               ///< query heads
    int64_t keyValueHeads{0};                       ///< key/value heads, divides heads
    int64_t headDim{0};                     ///< width of a head, even; not hiddenSize / heads
    int64_t vocabularySize{0};              ///< rows of the embedding
    int64_t maxPositions{0};                ///< longest context, tokens
    double ropeTheta{10000};                ///< base of the rotary frequencies
    bool hasDefaultTheta{false};            ///< the file has no base: transformers' default
    double rmsNormEpsilon{1e-5};            ///< added to the mean square
    std::optional<RopeScaling> ropeScaling; ///< llama3 scaling, if any
    bool tiedEmbeddings{false};             ///< output weights are the embedding
    std::vector<int64_t> bosIds;            ///< ids that begin a text; may be empty
    std::vector<int64_t> eosIds;            ///< ids that end a text; may be empty
    std::optional<DataType> storedType;     ///< `torch_dtype`, if the file says

    /**
     * @return parameters in all, tied output counted once
     */
    int64_t GetParameterCount() const;
};

/// @brief A tensor that a checkpoint of a model must have.
struct ExpectedTensor
{
    std::string name;           ///< Hugging Face's name
    std::vector<int64_t> shape; ///< extents, outermost first
};

/**
 * @brief Tensors of a model under Hugging Face's names, in the order of a forward pass.
 * @param config the model
 * @return names and shapes; `lm_head.weight` only where the output is not tied
 */
std::vector<ExpectedTensor> GetExpectedTensors(const ModelConfig& config);

/**
 * @brief Check that the numbers fit together.
 * @param config the model
 * @param file what messages call it
 * @throws std::runtime_error one line naming file and field
 */
void CheckModelConfig(const ModelConfig& config, const std::string& file);

/**
 * @brief Parse a config.json.
 * @param text the document
 * @param file what messages call it
 * @return the model, checked
 * @throws std::runtime_error one line naming file and field: missing, out of range, or a feature
 * that the transformer does not have (another activation, biases, a sliding window, other rope
 * scaling)
 */
ModelConfig ParseModelConfig(const std::string& text, const std::string& file);

/**
 * @brief Read config.json.
 * @param path the file, or the folder of the checkpoint, whose other files say what else ends a
 * text: see AddStopTokens
 * @return the model, checked
 * @throws std::runtime_error as ParseModelConfig
 */
ModelConfig ReadModelConfig(const std::string& path);

/**
 * @brief Put a config.json together that transformers and ParseModelConfig read.
 * @param config the model
 * @param file what messages call it
 * @return the document
 * @throws std::runtime_error one line naming file and field
 */
std::string FormatModelConfig(const ModelConfig& config, const std::string& file);

/**
 * @brief Write a config.json, see FormatModelConfig.
 * @param config the model
 * @param path the file
 * @throws std::runtime_error naming the path or the field
 */
void WriteModelConfig(const ModelConfig& config, const std::string& path);

} // namespace ecld

#endif // ECLD_MODEL_CONFIG_H
