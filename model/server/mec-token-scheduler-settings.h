/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_TOKEN_SCHEDULER_SETTINGS_H
#define MEC_TOKEN_SCHEDULER_SETTINGS_H

#include "ns3/llm-serving.h"

#include <cstdint>
#include <string>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief What a token scheduler has to share out; the defaults are vLLM's but for the seats.
 */
struct TokenSchedulerSettings
{
    uint32_t seats{128};            ///< sequences that are computed at a time, >= 1
    uint32_t tokenBudget{2048};     ///< tokens of a step, >= 1
    uint32_t longPrefillTokens{0};  ///< largest chunk of a prompt in a step; 0: the budget
    uint32_t blockTokens{16};       ///< tokens of a KV block, >= 1
    uint32_t blocks{1};             ///< KV blocks, >= 1
    bool reservesWholePrompt{true}; ///< admit a job only where all tokens that it has fit
    bool cachesPrefixes{true};      ///< reuse blocks that hold the same text
};

/**
 * @ingroup llm-mec
 * @param before settings that an engine began with
 * @param now settings that its attributes say
 * @return the first of them that has changed, in words; empty where none has
 */
std::string FindChange(const TokenSchedulerSettings& before, const TokenSchedulerSettings& now);

/**
 * @ingroup llm-mec
 * @param serving what a device serves
 * @param memoryUtilization share of the device's memory that the engine takes, (0, 1]
 * @param reservedBytes of it, neither weights nor KV cache, bytes, >= 0
 * @param blockTokens tokens of a KV block, >= 1
 * @return KV blocks that the rest holds, >= 2
 * @throws std::runtime_error in one line where there is no room for two
 */
uint32_t CountKvBlocks(const LlmServing& serving,
                       double memoryUtilization,
                       double reservedBytes,
                       uint32_t blockTokens);

} // namespace llmmec
} // namespace ns3

#endif // MEC_TOKEN_SCHEDULER_SETTINGS_H
