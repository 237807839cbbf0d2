/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// Transcripts against models that are asked token by token.

#include "expect-error.h"
#include "format/tokenizer-trainer.h"
#include "measure/pair-document.h"
#include "measure/transcript.h"
#include "small-model.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <iostream>
#include <numeric>
#include <random>
#include <string>
#include <vector>

namespace ecld
{

namespace
{

/// Tokens that there are; the models have two rows more.
constexpr int64_t VOCABULARY = 48;

/// Tokens of an answer at most.
constexpr int64_t ANSWER_TOKENS = 24;

/// @param seed of the weights @param noise of a second draw, as a share of the weights
LanguageModel
Make(uint64_t seed, float noise = 0)
{
    const ModelConfig config = MakeSmallConfig(Architecture::LLAMA);
    Weights weights = DrawWeights(config, seed);
    const Weights others = DrawWeights(config, seed + 1000);
    for (auto& [name, values] : weights)
    {
        for (std::size_t i = 0; i < values.size(); ++i)
        {
            values[i] += noise * others.at(name)[i];
        }
    }
    return MakeModel(config, weights);
}

/// @return prompts of several lengths
Prompts
DrawPrompts()
{
    std::mt19937_64 engine(5);
    Prompts prompts;
    for (const std::size_t length : {3, 9, 1, 3, 3, 20, 9, 40})
    {
        prompts.emplace_back();
        for (std::size_t i = 0; i < length; ++i)
        {
            prompts.back().push_back(static_cast<int32_t>(2 + engine() % (VOCABULARY - 2)));
        }
    }
    return prompts;
}

/// @param model asked without a cache @param ids text @return the likeliest token after it
int32_t
AskSlowly(const LanguageModel& model, const std::vector<int32_t>& ids)
{
    const std::vector<float> logits = ComputeLogits(model, ids).back();
    return static_cast<int32_t>(std::max_element(logits.begin(), logits.begin() + VOCABULARY) -
                                logits.begin());
}

TEST(Transcript, IsWhatBothSayTokenByToken)
{
    const LanguageModel draft = Make(1, 0.3F);
    const LanguageModel target = Make(1);
    const Prompts prompts = DrawPrompts();
    int steps = 0;
    const Prompts answers =
        AnswerGreedily(target, prompts, VOCABULARY, ANSWER_TOKENS, [&]() { ++steps; });
    ASSERT_EQ(answers.size(), prompts.size());
    EXPECT_GT(steps, 0);
    double accepted = 0;
    double tokens = 0;
    bool hasEnd = false;
    bool hasLimit = false;
    for (std::size_t i = 0; i < prompts.size(); ++i)
    {
        const PairQuery query = Transcribe(draft, prompts[i], answers[i], VOCABULARY);
        EXPECT_EQ(query.promptTokens, static_cast<int64_t>(prompts[i].size()));
        EXPECT_EQ(query.target, answers[i]);
        EXPECT_TRUE(query.acceptance.empty());
        ASSERT_EQ(query.draft.size(), query.target.size());
        std::vector<int32_t> ids = prompts[i];
        for (std::size_t k = 0; k < query.target.size(); ++k)
        {
            EXPECT_EQ(query.target[k], AskSlowly(target, ids)) << i << ", " << k;
            EXPECT_EQ(query.draft[k], AskSlowly(draft, ids)) << i << ", " << k;
            // With a cache, as it would draft.
            EXPECT_EQ(ContinueGreedily(draft, {ids}, VOCABULARY, 1).front().front(),
                      query.draft[k]);
            ids.push_back(query.target[k]);
        }
        const auto room = std::min<std::size_t>(ANSWER_TOKENS, 64 - prompts[i].size());
        const bool ends = query.target.back() == 1;
        EXPECT_TRUE(ends || query.target.size() == room) << i;
        EXPECT_EQ(std::count(query.target.begin(), query.target.end(), 1), ends ? 1 : 0);
        hasEnd = hasEnd || ends;
        hasLimit = hasLimit || !ends;
        const std::vector<double> same = GetAccepted(query);
        accepted += std::accumulate(same.begin(), same.end(), 0.0);
        tokens += static_cast<double>(same.size());
    }
    EXPECT_TRUE(hasLimit);
    EXPECT_TRUE(hasEnd);
    EXPECT_GT(accepted, 0.1 * tokens);
    EXPECT_LT(accepted, 0.9 * tokens);
    std::cout << "accepted of " << tokens << " tokens: " << accepted / tokens << '\n';
}

TEST(Transcript, AModelAcceptsAllOfItself)
{
    const LanguageModel model = Make(2);
    const Prompts prompts = DrawPrompts();
    const Prompts answers = AnswerGreedily(model, prompts, VOCABULARY, ANSWER_TOKENS);
    for (std::size_t i = 0; i < prompts.size(); ++i)
    {
        EXPECT_EQ(Transcribe(model, prompts[i], answers[i], VOCABULARY).draft, answers[i]);
        const PairQuery query =
            TranscribeSampling(model, model, prompts[i], answers[i], VOCABULARY, 0.7);
        EXPECT_EQ(query.draft, answers[i]);
        for (const double share : query.acceptance)
        {
            EXPECT_NEAR(share, 1, 1e-12);
            EXPECT_LE(share, 1);
        }
    }
}

TEST(Transcript, AcceptanceIsWhatBothDistributionsShare)
{
    const LanguageModel draft = Make(3, 0.3F);
    const LanguageModel target = Make(3);
    const Prompts prompts = DrawPrompts();
    const Prompts answers = AnswerGreedily(target, prompts, VOCABULARY, ANSWER_TOKENS);
    // Without the shift by the largest logit, and in long double.
    const auto share = [](const std::vector<float>& logits, std::size_t token, double temperature) {
        long double sum = 0;
        for (std::size_t i = 0; i < VOCABULARY; ++i)
        {
            sum += std::exp(static_cast<long double>(logits[i]) / temperature);
        }
        return std::exp(static_cast<long double>(logits[token]) / temperature) / sum;
    };
    for (const double temperature : {0.01, 0.5, 1.0, 3.0})
    {
        double mean = 0;
        for (std::size_t i = 0; i < prompts.size(); ++i)
        {
            const PairQuery query =
                TranscribeSampling(draft, target, prompts[i], answers[i], VOCABULARY, temperature);
            EXPECT_EQ(query.draft, Transcribe(draft, prompts[i], answers[i], VOCABULARY).draft);
            ASSERT_EQ(query.acceptance.size(), answers[i].size());
            std::vector<int32_t> ids = prompts[i];
            ids.insert(ids.end(), answers[i].begin(), answers[i].end() - 1);
            const auto first = static_cast<int64_t>(prompts[i].size()) - 1;
            const auto p = ComputeLogits(draft, ids, first);
            const auto q = ComputeLogits(target, ids, first);
            ASSERT_EQ(p.size(), answers[i].size());
            EXPECT_LT(GetLargestDifference({p.back()}, {ComputeLogits(draft, ids).back()}), 1e-4);
            for (std::size_t k = 0; k < answers[i].size(); ++k)
            {
                long double overlap = 0;
                for (std::size_t token = 0; token < VOCABULARY; ++token)
                {
                    overlap +=
                        std::min(share(p[k], token, temperature), share(q[k], token, temperature));
                }
                EXPECT_NEAR(query.acceptance[k], static_cast<double>(overlap), 1e-12);
                mean += query.acceptance[k];
            }
        }
        EXPECT_GT(mean, 0);
    }
    EXPECT_THROW(TranscribeSampling(draft, target, {2}, {3}, VOCABULARY, 0), std::invalid_argument);
    EXPECT_THROW(Transcribe(draft, {}, {3}, VOCABULARY), std::invalid_argument);
    EXPECT_THROW(Transcribe(draft, {3}, {}, VOCABULARY), std::invalid_argument);
}

TEST(Transcript, GroupsDependOnThePromptsAlone)
{
    const Prompts prompts{{1, 2}, {3}, {4, 5}, {6, 7}, {8}, {9, 9, 9}};
    const std::vector<std::vector<std::size_t>> expected{{1, 4}, {0, 2}, {3}, {5}};
    EXPECT_EQ(GroupByLength(prompts, 2), expected);
    EXPECT_EQ(GroupByLength(prompts, 9).size(), 3U);
    EXPECT_TRUE(GroupByLength({}, 2).empty());
    EXPECT_THROW(GroupByLength(prompts, 0), std::invalid_argument);
    const LanguageModel model = Make(4);
    EXPECT_THROW(ContinueGreedily(model, {{1}, {1, 2}}, VOCABULARY, 1), std::invalid_argument);
    EXPECT_THROW(ContinueGreedily(model, {{1}}, VOCABULARY, 64), std::invalid_argument);
    EXPECT_THROW(ContinueGreedily(model, {{1}}, VOCABULARY, 0), std::invalid_argument);
}

TEST(Transcript, OtherVocabulariesAreRefused)
{
    const auto train = [](const std::string& text, int64_t size) {
        TokenizerTrainerSettings settings;
        settings.vocabularySize = size;
        return Tokenizer::Parse(TrainTokenizer({text}, settings), "tokenizer.json");
    };
    const Tokenizer one = train("no merges", 258);
    EXPECT_NO_THROW(RequireSameVocabulary(one, "a/small", train("none", 258), "a/large"));
    const Tokenizer merged = train("abab abab abab", 260);
    const std::vector<std::string> parts{"a/small", "258", "260", "a/large"};
    ExpectError<std::runtime_error>(
        [&]() { RequireSameVocabulary(one, "a/small", merged, "a/large"); },
        parts);
    const Tokenizer others = train("cdcd cdcd cdcd", 260);
    ASSERT_EQ(others.GetVocabularySize(), merged.GetVocabularySize());
    ExpectError<std::runtime_error>(
        [&]() { RequireSameVocabulary(others, "a/small", merged, "a/large"); },
        {"a/small: token ", "a/large"});
}

// The reader of the simulator is tested with the same text: LlmPairTestCase of
// test/llm-pair-test.cc.
TEST(PairDocument, IsWrittenAsTheSimulatorReadsIt)
{
    const std::string text = R"({
  "version": 1,
  "name": "small-ecld",
  "draft": {
    "name": "small-ecld",
    "baseModel": "a teacher"
  },
  "target": {
    "name": "small-original"
  },
  "vocabularySize": 512,
  "temperature": 0.5,
  "source": "a test",
  "queries": [
    {"promptTokens":12,"target":[17,511,1],"draft":[17,4,1],"acceptance":[0.875,0.123457,1.0]},
    {"promptTokens":9,"target":[0],"draft":[0],"acceptance":[0.0]}
  ]
}
)";
    PairDocument pair;
    pair.name = "small-ecld";
    pair.draft = {"small-ecld", "a teacher"};
    pair.target = {"small-original", ""};
    pair.vocabularySize = 512;
    pair.temperature = 0.5;
    pair.source = "a test";
    pair.queries = {{12, {17, 511, 1}, {17, 4, 1}, {0.875, 0.1234567, 1 + 1e-15}},
                    {9, {0}, {0}, {-1e-15}}};
    EXPECT_EQ(WritePairDocument(pair), text);
    EXPECT_EQ(WritePairDocument(ParsePairDocument(text, "pair")), text);
    EXPECT_EQ(GetAccepted(pair.queries[0]), (std::vector<double>{1, 0, 1}));
    pair.temperature = 0;
    for (PairQuery& query : pair.queries)
    {
        query.acceptance.clear();
    }
    const std::string greedy = WritePairDocument(pair);
    EXPECT_EQ(greedy.find("temperature"), greedy.npos);
    EXPECT_EQ(greedy.find("acceptance"), greedy.npos);
    EXPECT_EQ(WritePairDocument(ParsePairDocument(greedy, "pair")), greedy);
    ExpectError<std::runtime_error>([]() { ParsePairDocument("{}", "a/pair"); }, {"a/pair"});
}

} // namespace

} // namespace ecld
