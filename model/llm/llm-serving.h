/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_SERVING_H
#define LLM_SERVING_H

#include "llm-step-time-law.h"

#include <cstdint>
#include <string>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief What serving one model on one device was measured to take. All sizes are those of one GPU
 * where several compute together.
 *
 * It is the object `serving` of a file: of a profile (LlmProfile), or of a file that has nothing
 * else but `version`, `name` and `baseModel`, such as those in data/serving. The keys are the names
 * of the members; data/schema/llm-serving.schema.json describes them.
 */
struct LlmServing
{
    std::string device;              ///< what it was measured on, not empty
    LlmStepTimeLaw law;              ///< how long a step takes
    uint32_t gpus{1};                ///< GPUs that compute together, [1, 64]
    uint64_t memoryBytes{0};         ///< memory of the device, bytes, [1, 2^53 - 1]
    uint64_t weightBytes{0};         ///< of the weights there, bytes, [1, 2^53 - 1]
    double kvBytesPerToken{0};       ///< of the KV cache, bytes a token, > 0
    double flopsPerToken{0};         ///< of the matrix products, FLOP a token, > 0
    double attentionFlopsPerPair{0}; ///< of attention, FLOP a pair of tokens, >= 0
    std::string source;              ///< where the numbers come from, not empty
};

/**
 * @ingroup llm-mec
 * @brief Read the `serving` of a file.
 * @param path a profile with `serving`, or a file of data/serving; at most 64 MiB of JSON
 * @return what it says, every member within its range
 * @throws std::runtime_error one line that names the file, the field as a JSON pointer, what is
 *         there and what was expected; no other exception leaves
 */
LlmServing ReadLlmServing(const std::string& path);

/**
 * @ingroup llm-mec
 * @brief Read the `serving` of a text, with the checks of ReadLlmServing.
 * @param text JSON, at most 64 MiB
 * @param name what error messages call the text
 * @return what it says, every member within its range
 * @throws std::runtime_error as ReadLlmServing does
 */
LlmServing ParseLlmServing(const std::string& text, const std::string& name);

} // namespace llmmec
} // namespace ns3

#endif // LLM_SERVING_H
