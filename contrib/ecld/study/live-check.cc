/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "live-check.h"

#include "base/output-file.h"
#include "base/progress-bar.h"
#include "measure/live-speculation.h"
#include "measure/spaced-picks.h"

#include <algorithm>
#include <numeric>
#include <sstream>
#include <vector>

namespace ecld
{

namespace
{

/// Drafts of a round that are tried, each with all questions.
constexpr int64_t WINDOWS[] = {1, 2, 4, 8};

/// What was decoded so far.
struct LiveTotals
{
    int64_t rounds{0};  ///< of all answers
    int64_t answers{0}; ///< questions times windows
    int64_t wrong{0};   ///< answers with other rounds or another text than the transcript's
};

std::string
Describe(const LiveTotals& totals, const LiveSettings& settings)
{
    std::ostringstream text;
    text << "live: " << totals.rounds << " rounds of " << settings.questions
         << " questions with windows of ";
    for (const int64_t window : WINDOWS)
    {
        text << (window == WINDOWS[0] ? "" : ", ") << window;
    }
    if (totals.wrong == 0)
    {
        text << ", all as the transcript says\n";
    }
    else
    {
        text << "; " << totals.wrong << " of " << totals.answers
             << " answers differ from the transcript\n";
    }
    return text.str();
}

} // namespace

std::string
CheckLiveRounds(const LanguageModel& draft,
                const LanguageModel& target,
                const Prompts& prompts,
                const PairDocument& pair,
                const LiveSettings& settings)
{
    std::vector<std::size_t> indices(prompts.size());
    std::iota(indices.begin(), indices.end(), std::size_t(0));
    const int64_t positions =
        std::min(draft.GetConfig().maxPositions, target.GetConfig().maxPositions);
    base::ProgressBar bar("live", settings.questions, settings.progress);
    std::ostringstream csv;
    csv << "query,window,round,accepted\n";
    LiveTotals totals;
    int64_t asked = 0;
    for (const std::size_t index : PickEvenly(indices, settings.questions))
    {
        const std::vector<int32_t>& prompt = prompts.at(index);
        const PairQuery& query = pair.queries.at(index);
        const int64_t room = positions - static_cast<int64_t>(prompt.size());
        for (const int64_t window : WINDOWS)
        {
            const LiveAnswer live = SpeculateLive(draft,
                                                  target,
                                                  prompt,
                                                  pair.vocabularySize,
                                                  window,
                                                  std::min(settings.answerTokens, room));
            settings.watch();
            for (std::size_t round = 0; round < live.accepted.size(); ++round)
            {
                csv << index << ',' << window << ',' << round << ',' << live.accepted[round]
                    << '\n';
            }
            totals.rounds += static_cast<int64_t>(live.accepted.size());
            ++totals.answers;
            totals.wrong +=
                live.tokens != query.target || live.accepted != ReplayRounds(query, window);
        }
        bar.Show(++asked);
    }
    base::WriteTextFile(settings.file, csv.str());
    return Describe(totals, settings);
}

} // namespace ecld
