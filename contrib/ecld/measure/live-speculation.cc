/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "live-speculation.h"

#include "model/generation.h"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace ecld
{

namespace
{

void
RequireWindow(int64_t window)
{
    if (window < 1)
    {
        throw std::invalid_argument("window: " + std::to_string(window) + ", expected 1 or more");
    }
}

/// @param target the large model @param text so far @param drafts after it @param vocabularySize
/// tokens that there are @return what the target says at each draft and after the last, in one pass
std::vector<int32_t>
Verify(const LanguageModel& target,
       const std::vector<int32_t>& text,
       const std::vector<int32_t>& drafts,
       int64_t vocabularySize)
{
    std::vector<int32_t> ids = text;
    ids.insert(ids.end(), drafts.begin(), drafts.end());
    std::vector<int32_t> tokens;
    for (const auto& logits : ComputeLogits(target, ids, static_cast<int64_t>(text.size()) - 1))
    {
        tokens.push_back(FindLikeliest(logits, vocabularySize));
    }
    return tokens;
}

} // namespace

LiveAnswer
SpeculateLive(const LanguageModel& draft,
              const LanguageModel& target,
              const std::vector<int32_t>& prompt,
              int64_t vocabularySize,
              int64_t window,
              int64_t answerTokens)
{
    RequireWindow(window);
    const std::vector<int64_t>& ends = target.GetConfig().eosIds;
    std::vector<int32_t> text = prompt;
    LiveAnswer answer;
    // @return whether the answer goes on
    const auto append = [&](int32_t token) {
        text.push_back(token);
        answer.tokens.push_back(token);
        return std::find(ends.begin(), ends.end(), token) == ends.end() &&
               static_cast<int64_t>(answer.tokens.size()) < answerTokens;
    };
    for (bool goesOn = true; goesOn;)
    {
        const int64_t left = answerTokens - static_cast<int64_t>(answer.tokens.size());
        const std::vector<int32_t> drafts =
            ContinueGreedily(draft, {text}, vocabularySize, std::min(window, left)).front();
        const std::vector<int32_t> said = Verify(target, text, drafts, vocabularySize);
        std::size_t accepted = 0;
        while (goesOn && accepted < drafts.size() && drafts[accepted] == said[accepted])
        {
            goesOn = append(drafts[accepted++]);
        }
        answer.accepted.push_back(static_cast<int64_t>(accepted));
        if (goesOn)
        {
            goesOn = append(said.at(accepted));
        }
    }
    return answer;
}

std::vector<int64_t>
ReplayRounds(const PairQuery& query, int64_t window)
{
    RequireWindow(window);
    const std::size_t length = query.target.size();
    std::vector<int64_t> rounds;
    for (std::size_t position = 0; position < length;)
    {
        const std::size_t end = std::min(length, position + static_cast<std::size_t>(window));
        const std::size_t first = position;
        while (position < end && query.draft[position] == query.target[position])
        {
            ++position;
        }
        rounds.push_back(static_cast<int64_t>(position - first));
        ++position; // the target's own token, if the answer goes on
    }
    return rounds;
}

} // namespace ecld
