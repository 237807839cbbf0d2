/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "expect-error.h"
#include "format/tokenizer-trainer.h"
#include "format/unicode-text.h"
#include "model/generation.h"
#include "small-model.h"

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <cmath>
#include <gtest/gtest.h>
#include <map>

namespace ecld
{

namespace
{

/// Bytes and two special tokens: every model answer is a text
Tokenizer
MakeTokenizer()
{
    TokenizerTrainerSettings settings;
    settings.vocabularySize = 258;
    return Tokenizer::Parse(TrainTokenizer({"no merges"}, settings), "tokenizer.json");
}

/// A model for that tokenizer that never ends a text by itself
LanguageModel
MakeByteModel(uint64_t seed)
{
    ModelConfig config = MakeSmallConfig(Architecture::QWEN3);
    config.vocabularySize = 258;
    config.eosIds = {257};
    Weights weights = DrawWeights(config, seed);
    std::fill_n(weights.at("lm_head.weight").begin() + 256 * 48, 2 * 48, 0.0F);
    return MakeModel(config, weights);
}

std::vector<double>
GetProbabilities(const std::vector<float>& logits)
{
    const double largest = *std::max_element(logits.begin(), logits.end());
    std::vector<double> p;
    double sum = 0;
    for (const float logit : logits)
    {
        p.push_back(std::exp(double(logit) - largest));
        sum += p.back();
    }
    std::for_each(p.begin(), p.end(), [&](double& x) { x /= sum; });
    return p;
}

/// Token by token through the whole text, without a cache
std::string
AnswerSlowly(const LanguageModel& model, const Tokenizer& tokenizer, const std::string& prompt)
{
    std::vector<int32_t> ids = tokenizer.Encode(prompt, true);
    std::vector<int32_t> generated;
    while (generated.size() < 12)
    {
        const std::vector<float> logits = ComputeLogits(model, ids).back();
        const auto id = int32_t(std::max_element(logits.begin(), logits.end()) - logits.begin());
        ids.push_back(id);
        generated.push_back(id);
    }
    return ReplaceInvalidUtf8(tokenizer.Decode(generated, true));
}

TEST(Generation, GreedyAnswersAreThoseWithoutCacheAndBatch)
{
    const Tokenizer tokenizer = MakeTokenizer();
    const LanguageModel model = MakeByteModel(1);
    const std::vector<std::string> prompts{"one", "three", "two", "a longer prompt", "six", "b"};
    GenerationSettings settings;
    settings.maxNewTokens = 12;
    settings.stopAtNewline = false;
    const std::vector<std::string> answers = AnswerQuestions(model, tokenizer, prompts, settings);
    ASSERT_EQ(answers.size(), prompts.size());
    const std::string space = " \t\r\n";
    for (std::size_t i = 0; i < prompts.size(); ++i)
    {
        std::string slow = AnswerSlowly(model, tokenizer, prompts[i]);
        slow.erase(0, std::min(slow.find_first_not_of(space), slow.size()));
        slow.erase(slow.find_last_not_of(space) + 1);
        EXPECT_EQ(answers[i], slow) << prompts[i];
    }
}

// Where a newline ends the answer, it is the first line of what follows without that rule.
TEST(Generation, AnAnswerIsTheFirstLineThatIsNotEmpty)
{
    const Tokenizer tokenizer = MakeTokenizer();
    const LanguageModel model = MakeByteModel(7);
    GenerationSettings settings;
    settings.maxNewTokens = 24;
    settings.temperature = 2; // many newlines, at the beginning too
    const int64_t draws = 1500;
    const auto answers = SampleAnswers(model, tokenizer, {"x"}, draws, settings).front();
    settings.stopAtNewline = false;
    const auto wholes = SampleAnswers(model, tokenizer, {"x"}, draws, settings).front();
    int shortened = 0;
    for (std::size_t i = 0; i < answers.size(); ++i)
    {
        const std::string line = wholes[i].substr(0, wholes[i].find('\n'));
        EXPECT_EQ(answers[i], line.substr(0, line.find_last_not_of(" \t\r") + 1)) << i;
        shortened += answers[i].size() < wholes[i].size();
    }
    EXPECT_GT(shortened, 10);
}

TEST(Generation, AnswersAreUtf8)
{
    const Tokenizer tokenizer = MakeTokenizer();
    const LanguageModel model = MakeByteModel(2);
    GenerationSettings settings;
    settings.maxNewTokens = 8;
    bool isReplaced = false;
    const auto samples = SampleAnswers(model, tokenizer, {"x"}, 20, settings);
    for (const std::string& answer : samples.front())
    {
        EXPECT_FALSE(FindInvalidUtf8(answer)) << answer;
        EXPECT_NO_THROW(ComputeEmbedding(model, tokenizer, answer));
        isReplaced = isReplaced || answer.find("\ufffd") != std::string::npos;
    }
    EXPECT_TRUE(isReplaced) << "some bytes of 20 random answers are no UTF-8";
}

// Pearson's test at a level of one in ten thousand; the seed is fixed, so it passes always or
// never.
TEST(Generation, DrawsFollowTheModelsDistribution)
{
    const Tokenizer tokenizer = MakeTokenizer();
    const LanguageModel model = MakeByteModel(2);
    const std::string prompt = "draw";
    GenerationSettings settings;
    settings.maxNewTokens = 1;
    settings.stopAtNewline = false;
    settings.rows = 500;
    const std::size_t draws = 4000;
    settings.temperature = 2; // divides the logits
    std::vector<float> logits = ComputeLogits(model, tokenizer.Encode(prompt, true)).back();
    std::for_each(logits.begin(), logits.end(), [](float& logit) { logit /= 2; });
    const std::vector<double> p = GetProbabilities(logits);
    std::map<std::string, std::size_t> counts;
    const auto samples = SampleAnswers(model, tokenizer, {prompt}, draws, settings);
    for (const std::string& answer : samples.front())
    {
        ++counts[answer];
    }
    double chiSquared = 0;
    int cells = 0;
    double restExpected = double(draws);
    double restCount = double(draws);
    for (int32_t id = 0; id < 256; ++id)
    {
        const std::string bytes = tokenizer.GetTokenBytes(id);
        const double expected = p[id] * double(draws);
        const bool isHidden = std::string(" \t\r\n").find(bytes) != std::string::npos ||
                              FindInvalidUtf8(bytes).has_value();
        if (expected < 5 || isHidden)
        {
            continue; // rare ones, and those that an answer does not show, go to the rest
        }
        const auto count = double(counts[bytes]);
        chiSquared += (count - expected) * (count - expected) / expected;
        restExpected -= expected;
        restCount -= count;
        ++cells;
    }
    ASSERT_GT(cells, 10);
    chiSquared += (restCount - restExpected) * (restCount - restExpected) / restExpected;
    const boost::math::chi_squared distribution(cells);
    EXPECT_LT(chiSquared, boost::math::quantile(boost::math::complement(distribution, 1e-4)));
}

TEST(Generation, SameSeedSameDraws)
{
    const Tokenizer tokenizer = MakeTokenizer();
    const LanguageModel model = MakeByteModel(3);
    GenerationSettings settings;
    settings.maxNewTokens = 8;
    const auto a = SampleAnswers(model, tokenizer, {"x", "yz"}, 5, settings);
    EXPECT_EQ(a, SampleAnswers(model, tokenizer, {"x", "yz"}, 5, settings));
    ASSERT_EQ(a.size(), 2U);
    ASSERT_EQ(a[0].size(), 5U);
    settings.seed = 2;
    EXPECT_NE(a, SampleAnswers(model, tokenizer, {"x", "yz"}, 5, settings));
}

TEST(Generation, LikelihoodIsTheSumOfLogProbabilities)
{
    const ModelConfig config = MakeSmallConfig(Architecture::LLAMA);
    const LanguageModel model = MakeModel(config, DrawWeights(config, 4));
    const TokenCorpus corpus = DrawTexts(config.vocabularySize, 30, 5);
    double expected = 0;
    int64_t tokens = 0;
    for (const std::vector<int32_t>& ids : corpus.documents)
    {
        const auto logits = ComputeLogits(model, ids);
        for (std::size_t t = 0; t + 1 < ids.size(); ++t)
        {
            expected -= std::log(GetProbabilities(logits[t])[ids[t + 1]]);
            ++tokens;
        }
    }
    const Likelihood likelihood = MeasureLikelihood(model, corpus);
    EXPECT_EQ(likelihood.tokens, tokens);
    EXPECT_NEAR(likelihood.negativeLogLikelihood, expected, 1e-6 * expected);
    EXPECT_NEAR(likelihood.GetPerplexity(), std::exp(expected / double(tokens)), 1e-4);
}

TEST(Generation, EmbeddingsDependOnWhatCameBefore)
{
    const Tokenizer tokenizer = MakeTokenizer();
    const LanguageModel model = MakeByteModel(5);
    const ContextualEmbedding a = ComputeEmbedding(model, tokenizer, "abc");
    const ContextualEmbedding b = ComputeEmbedding(model, tokenizer, "xbc");
    ASSERT_EQ(a.ids.size(), 3U);
    ASSERT_EQ(a.vectors.size(), 3U);
    EXPECT_EQ(a.vectors[0].size(), 48U);
    EXPECT_EQ(a.ids[2], b.ids[2]);
    EXPECT_NE(a.vectors[2], b.vectors[2]);
    // Each vector is that of its own token, not of its neighbour.
    const ContextualEmbedding c = ComputeEmbedding(model, tokenizer, "abx");
    EXPECT_LT(GetLargestDifference({a.vectors[1]}, {c.vectors[1]}), 1e-5);
    EXPECT_GT(GetLargestDifference({a.vectors[2]}, {c.vectors[2]}), 1e-2);
    EXPECT_TRUE(ComputeEmbedding(model, tokenizer, "").ids.empty());
}

TEST(Generation, NamesSettingsOutOfRange)
{
    const Tokenizer tokenizer = MakeTokenizer();
    const LanguageModel model = MakeByteModel(6);
    GenerationSettings settings;
    settings.maxNewTokens = 0;
    ExpectError<std::invalid_argument>(
        [&]() { AnswerQuestions(model, tokenizer, {"x"}, settings); },
        {"maxNewTokens", "0"});
    settings.maxNewTokens = 4;
    settings.temperature = -1;
    ExpectError<std::invalid_argument>(
        [&]() { AnswerQuestions(model, tokenizer, {"x"}, settings); },
        {"temperature"});
    ExpectError<std::invalid_argument>(
        [&]() { AnswerQuestions(model, tokenizer, {std::string(100, 'x')}); },
        {"maxPositions", "64"});
}

} // namespace

} // namespace ecld
