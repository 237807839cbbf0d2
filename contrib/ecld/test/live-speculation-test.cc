/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// Two models that decode together against the transcript of both.

#include "measure/live-speculation.h"
#include "measure/transcript.h"
#include "model/generation.h"
#include "small-model.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <iostream>
#include <numeric>
#include <random>
#include <stdexcept>
#include <vector>

namespace ecld
{

namespace
{

/// Tokens that there are; the models have two rows more.
constexpr int64_t VOCABULARY = 48;

/// Tokens of a text that the models have room for.
constexpr int64_t POSITIONS = 64;

/// Tokens of an answer at most.
constexpr int64_t ANSWER_TOKENS = 40;

/// @param noise of a second draw, as a share of the weights @return a model
LanguageModel
Make(float noise)
{
    const ModelConfig config = MakeSmallConfig(Architecture::LLAMA);
    Weights weights = DrawWeights(config, 11);
    const Weights others = DrawWeights(config, 12);
    for (auto& [name, values] : weights)
    {
        for (std::size_t i = 0; i < values.size(); ++i)
        {
            values[i] += noise * others.at(name)[i];
        }
    }
    return MakeModel(config, weights);
}

/// @param count how many @return prompts of up to 60 tokens, so that some answers fill the context
Prompts
DrawPrompts(std::size_t count)
{
    std::mt19937_64 engine(7);
    Prompts prompts(count);
    for (std::vector<int32_t>& prompt : prompts)
    {
        const std::size_t length = 1 + engine() % 60;
        for (std::size_t i = 0; i < length; ++i)
        {
            prompt.push_back(static_cast<int32_t>(2 + engine() % (VOCABULARY - 2)));
        }
    }
    return prompts;
}

TEST(LiveSpeculation, AcceptsWhatTheTranscriptSays)
{
    const LanguageModel target = Make(0);
    const LanguageModel draft = Make(0.2F);
    const Prompts prompts = DrawPrompts(50);
    const Prompts answers = AnswerGreedily(target, prompts, VOCABULARY, ANSWER_TOKENS);
    int64_t rounds = 0;
    int64_t accepted = 0;
    for (std::size_t i = 0; i < prompts.size(); ++i)
    {
        const PairQuery query = Transcribe(draft, prompts[i], answers[i], VOCABULARY);
        const int64_t room = POSITIONS - static_cast<int64_t>(prompts[i].size());
        for (const int64_t window : {1, 4, 9})
        {
            const LiveAnswer live = SpeculateLive(draft,
                                                  target,
                                                  prompts[i],
                                                  VOCABULARY,
                                                  window,
                                                  std::min(ANSWER_TOKENS, room));
            EXPECT_EQ(live.tokens, answers[i]) << "question " << i << ", window " << window;
            EXPECT_EQ(live.accepted, ReplayRounds(query, window))
                << "question " << i << ", window " << window;
            rounds += static_cast<int64_t>(live.accepted.size());
            accepted += std::accumulate(live.accepted.begin(), live.accepted.end(), int64_t(0));
        }
    }
    // Neither all drafts nor none of them.
    EXPECT_GT(accepted, rounds / 10);
    EXPECT_GT(rounds, 50 * 3 * 2);
    std::cout << rounds << " rounds accept " << accepted << " drafts\n";
}

TEST(LiveSpeculation, AModelAcceptsAllOfItself)
{
    const LanguageModel model = Make(0);
    const Prompts prompts = DrawPrompts(4);
    for (const std::vector<int32_t>& prompt : prompts)
    {
        const LiveAnswer live = SpeculateLive(model, model, prompt, VOCABULARY, 3, 10);
        // All but the target's own token of each round but perhaps the last.
        const auto length = static_cast<int64_t>(live.tokens.size());
        const auto sum = std::accumulate(live.accepted.begin(), live.accepted.end(), int64_t(0));
        EXPECT_GE(sum, length - static_cast<int64_t>(live.accepted.size()));
        for (std::size_t round = 0; round + 1 < live.accepted.size(); ++round)
        {
            EXPECT_EQ(live.accepted[round], 3);
        }
    }
}

TEST(LiveSpeculation, ReplaysRoundByRound)
{
    const PairQuery query{3, {1, 2, 3, 4, 5, 6}, {1, 2, 9, 4, 5, 6}, {}};
    EXPECT_EQ(ReplayRounds(query, 1), (std::vector<int64_t>{1, 0, 1, 1}));
    EXPECT_EQ(ReplayRounds(query, 2), (std::vector<int64_t>{2, 2}));
    EXPECT_EQ(ReplayRounds(query, 4), (std::vector<int64_t>{2, 3}));
    EXPECT_EQ(ReplayRounds({3, {7}, {8}, {}}, 4), (std::vector<int64_t>{0}));
    EXPECT_THROW(ReplayRounds(query, 0), std::invalid_argument);
    const LanguageModel model = Make(0);
    EXPECT_THROW(SpeculateLive(model, model, {2}, VOCABULARY, 0, 4), std::invalid_argument);
    EXPECT_THROW(SpeculateLive(model, model, {2}, VOCABULARY, 1, 0), std::invalid_argument);
}

} // namespace

} // namespace ecld
