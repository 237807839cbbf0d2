/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-token-scheduler-settings.h"

#include "ns3/log.h"

#include <algorithm>
#include <sstream>
#include <stdexcept>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("TokenSchedulerSettings");

std::string
FindChange(const TokenSchedulerSettings& before, const TokenSchedulerSettings& now)
{
    std::ostringstream change;
    const auto compare = [&change](const char* name, auto then, auto since) {
        if (then != since && change.tellp() == 0)
        {
            change << name << " went from " << then << " to " << since;
        }
    };
    compare("Seats", before.seats, now.seats);
    compare("TokenBudget", before.tokenBudget, now.tokenBudget);
    compare("LongPrefillTokens", before.longPrefillTokens, now.longPrefillTokens);
    compare("BlockTokens", before.blockTokens, now.blockTokens);
    compare("the number of usable KV blocks", before.blocks, now.blocks);
    compare("ReserveWholePrompt", before.reservesWholePrompt, now.reservesWholePrompt);
    compare("PrefixCaching", before.cachesPrefixes, now.cachesPrefixes);
    return change.str();
}

uint32_t
CountKvBlocks(const LlmServing& serving,
              double memoryUtilization,
              double reservedBytes,
              uint32_t blockTokens)
{
    NS_LOG_FUNCTION(serving.device << memoryUtilization << reservedBytes << blockTokens);
    constexpr double most = 1e9;
    const double engineBytes = memoryUtilization * static_cast<double>(serving.memoryBytes);
    const double kvBytes = engineBytes - static_cast<double>(serving.weightBytes) - reservedBytes;
    const double blocks = kvBytes / (serving.kvBytesPerToken * blockTokens);
    if (blocks < 2)
    {
        std::ostringstream message;
        message << "ContinuousBatchingEngine: " << serving.memoryBytes << " bytes of "
                << serving.device << " leave " << kvBytes << " for the KV cache beside "
                << serving.weightBytes << " of weights, expected room for two blocks; a smaller "
                << "model, fewer bits a weight, or Blocks";
        throw std::runtime_error(message.str());
    }
    return static_cast<uint32_t>(std::min(blocks, most));
}

} // namespace llmmec
} // namespace ns3
