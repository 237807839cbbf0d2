/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MODEL_SHAPE_H
#define LLM_MODEL_SHAPE_H

#include <cstdint>
#include <string>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Sizes of a decoder-only transformer with grouped-query attention and a feed-forward
 * network, such as Llama, Qwen3, Mistral and GPT-2: what its config.json says.
 *
 * The file format is JSON, described by data/schema/llm-model.schema.json; its keys are the names
 * of the members. This header knows nothing of ns-3.
 */
struct LlmModelShape
{
    int version{1};               ///< version of the file format, 1
    std::string name;             ///< name of the model, not empty, e.g. Llama-3.1-8B
    uint32_t layers{0};           ///< transformer layers, [1, 10000]
    uint32_t hiddenSize{0};       ///< width of the residual stream, [1, 1000000]
    uint32_t intermediateSize{0}; ///< width of the feed-forward network, [1, 1000000]
    bool gatedFeedForward{true};  ///< whether the feed-forward network has a gate; GPT-2's has none
    uint32_t attentionHeads{0};   ///< heads of queries, [1, 10000]
    uint32_t keyValueHeads{0};    ///< heads of keys and values, [1, attentionHeads]
    uint32_t headSize{0};         ///< width of a head, [1, 100000]
    uint32_t vocabularySize{0};   ///< tokens that there are, [1, 10000000]
    std::string source;           ///< where the numbers come from, not empty

    /// @return weights of the matrix products of all layers, without those of the vocabulary
    double GetLayerWeights() const;
    /// @return weights of the output projection, hiddenSize x vocabularySize
    double GetHeadWeights() const;
    /// @return numbers that one token has in the KV cache, over all layers
    double GetKvValuesPerToken() const;
};

/**
 * @ingroup llm-mec
 * @brief Read a model's sizes from a file.
 * @param path the file, at most 64 MiB of JSON
 * @return the sizes, every member within its range
 * @throws std::runtime_error one line that names the file, the field as a JSON pointer, what is
 *         there and what was expected; no other exception leaves
 */
LlmModelShape ReadLlmModelShape(const std::string& path);

/**
 * @ingroup llm-mec
 * @brief Read a model's sizes from a text, with the checks of ReadLlmModelShape.
 * @param text JSON, at most 64 MiB
 * @param name what error messages call the text
 * @return the sizes, every member within its range
 * @throws std::runtime_error as ReadLlmModelShape does
 */
LlmModelShape ParseLlmModelShape(const std::string& text, const std::string& name);

} // namespace llmmec
} // namespace ns3

#endif // LLM_MODEL_SHAPE_H
