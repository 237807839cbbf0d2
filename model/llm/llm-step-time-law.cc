/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-step-time-law.h"

#include <algorithm>
#include <cmath>

namespace ns3
{
namespace llmmec
{

double
LlmStepTimeLaw::GetTimeS(const std::vector<LlmStepQuery>& queries) const
{
    if (queries.empty())
    {
        return 0;
    }
    double tokens = 0;
    double rows = 0;
    double decodeKvTokens = 0;
    double chunksUs = 0;
    bool isPureDecode = true;
    for (const LlmStepQuery& query : queries)
    {
        tokens += query.tokens;
        rows += query.logitRows;
        if (query.IsSingle())
        {
            decodeKvTokens += query.contextTokens + query.tokens;
        }
        else
        {
            isPureDecode = false;
            const double pairs = query.tokens * (query.contextTokens + query.tokens / 2);
            // A chunk reads its context at least once.
            chunksUs += std::max(prefillAttentionUsPerPair * pairs,
                                 multiQueryKvUsPerToken * query.contextTokens);
        }
    }
    const double tileTokensUp = tileTokens * std::ceil(tokens / tileTokens);
    double us = std::max(weightsUs + activationUsPerToken * tokens, gemmUsPerToken * tileTokensUp);
    us += sequenceUs * rows + chunksUs;
    us += (isPureDecode ? decodeKvUsPerToken : multiQueryKvUsPerToken) * decodeKvTokens;
    double timeS = 1e-6 * us;
    if (link)
    {
        const double moveS = tokens * link->bytesPerToken / link->bytesPerS;
        timeS += link->allReduces * (1e-6 * link->latencyUs + moveS);
    }
    return timeS;
}

} // namespace llmmec
} // namespace ns3
