/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// A report of an evaluation against its parts, put together by hand.

#include "expect-error.h"
#include "format/tokenizer-trainer.h"
#include "measure/answer-match.h"
#include "measure/evaluation.h"
#include "measure/semantic-agreement.h"
#include "measure/spaced-picks.h"
#include "small-model.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace ecld
{

namespace
{

/// A full model and a compact one that say something else, and what they are asked.
class EvaluationTest : public testing::Test
{
  protected:
    EvaluationTest()
    {
        m_settings.questions = 6;
        m_settings.maxNewTokens = 8;
        m_settings.articles = 2;
        m_settings.selfCheckTexts = 1;
        m_settings.samples = 2;
        const auto ask = [](const std::string& entity, const std::string& prompt) {
            return Question{"country", entity, "capital", prompt, {"zz", "qq"}};
        };
        for (const std::string name : {"a", "b", "c"})
        {
            m_corpus.heldOut.push_back(ask(name, name + "?"));
            m_corpus.heldOut.push_back(ask(name, "what is " + name + "?"));
            m_corpus.memorised.push_back(ask(name + name, "one of " + name));
            m_corpus.paraphrased.push_back(ask(name, "tell " + name));
            m_corpus.entities.push_back({"country", name, {{"capital", "City of " + name + name}}});
            m_corpus.statements.push_back(
                {"It is City of " + name + name + ". So it is.", m_corpus.entities.size() - 1});
        }
        m_corpus.values["capital"] = {"City of aa", "City of bb", "City of cc"};
        m_texts = Tokenize({"a text", "another text"}, m_tokenizer, 257);
    }

    /// @return bytes and two special tokens: every answer is a text
    static Tokenizer MakeTokenizer()
    {
        TokenizerTrainerSettings settings;
        settings.vocabularySize = 258;
        return Tokenizer::Parse(TrainTokenizer({"no merges"}, settings), "tokenizer.json");
    }

    /// @param seed of random weights @return a model that can say every byte
    static LanguageModel Make(uint64_t seed)
    {
        ModelConfig config = MakeSmallConfig(Architecture::QWEN3);
        config.vocabularySize = 258;
        config.eosIds = {257};
        return MakeModel(config, DrawWeights(config, seed));
    }

    /// @param model that is asked @return its answers to the held-out questions
    std::vector<std::string> Ask(const LanguageModel& model) const
    {
        std::vector<std::string> prompts;
        for (const Question& question : m_corpus.heldOut)
        {
            prompts.push_back(question.prompt);
        }
        GenerationSettings settings;
        settings.maxNewTokens = m_settings.maxNewTokens;
        return AnswerQuestions(model, m_tokenizer, prompts, settings);
    }

    const Tokenizer m_tokenizer{MakeTokenizer()}; //!< of both
    EvaluationSettings m_settings;                //!< how much is asked
    Corpus m_corpus;                              //!< questions
    TokenCorpus m_texts;                          //!< for the perplexity
};

TEST_F(EvaluationTest, ComparesWithTheFullModelsAnswersByTheFullModel)
{
    const LanguageModel full = Make(1);
    const LanguageModel compact = Make(2);
    const auto theirs = Ask(full);
    const auto ours = Ask(compact);
    // One answer that is right, in part.
    m_corpus.heldOut[3].answers = {ours[3], "never said"};
    ASSERT_FALSE(NormalizeAnswer(ours[3]).empty());
    const auto reference = AnswerAsReference(full, m_tokenizer, m_corpus, m_settings);
    EXPECT_EQ(reference.texts, theirs);
    const QualityReport report =
        Evaluate(compact, full, reference, m_tokenizer, m_corpus, m_texts, m_settings);
    ASSERT_EQ(report.hits.size(), 6U);
    double promptTokens = 0;
    double answerTokens = 0;
    for (std::size_t i = 0; i < 6; ++i)
    {
        const AnswerScore score = ScoreAnswer(ours[i], m_corpus.heldOut[i].answers);
        EXPECT_EQ(report.hits[i], score.hit) << i;
        EXPECT_EQ(report.shares[i], score.share) << i;
        EXPECT_EQ(report.wordHits[i], score.wordHit) << i;
        const auto of = [&](const std::string& text) {
            return ComputeEmbedding(full, m_tokenizer, text).vectors;
        };
        const auto expected = CompareAnswers(of(theirs[i]), of(ours[i]));
        EXPECT_EQ(report.agreement[i], expected.accuracy) << i;
        EXPECT_EQ(report.disagreement[i], expected.hallucination) << i;
        promptTokens +=
            static_cast<double>(m_tokenizer.Encode(m_corpus.heldOut[i].prompt, true).size());
        answerTokens += static_cast<double>(
            std::min<std::size_t>(m_tokenizer.Encode(ours[i], false).size() + 1, 8));
    }
    EXPECT_EQ(report.hits[3], 1);
    EXPECT_EQ(report.shares[3], 0.5);
    EXPECT_NEAR(report.promptTokens, promptTokens / 6, 1e-9);
    EXPECT_NEAR(report.answerTokens, answerTokens / 6, 1e-9);
    EXPECT_LE(report.answerTokens, 8);
    EXPECT_EQ(report.heldOutFacts, (std::vector<int64_t>{0, 0, 1, 1, 2, 2}));
    EXPECT_EQ(report.memorisedHits.size(), report.memorisedFacts.size());
    EXPECT_EQ(report.paraphraseFacts, (std::vector<int64_t>{0, 1, 2}));
    EXPECT_NEAR(report.perplexity, MeasureLikelihood(compact, m_texts).GetPerplexity(), 1e-9);
}

TEST_F(EvaluationTest, ChecksArticlesSentenceBySentence)
{
    const LanguageModel model = Make(3);
    const auto reference = AnswerAsReference(model, m_tokenizer, m_corpus, m_settings);
    const QualityReport report =
        Evaluate(model, model, reference, m_tokenizer, m_corpus, m_texts, m_settings);
    // Random bytes name no city, so every sentence is unsupported and none contradicted.
    ASSERT_GE(report.inconsistent.size(), 2U);
    EXPECT_EQ(report.inconsistent, std::vector<double>(report.inconsistent.size(), 1));
    EXPECT_EQ(report.contradicted, std::vector<double>(report.inconsistent.size(), 0));
    ASSERT_EQ(report.articles.size(), report.inconsistent.size());
    EXPECT_EQ(report.articles.front(), 0);
    EXPECT_EQ(report.articles.back(), 1);
    EXPECT_TRUE(std::is_sorted(report.articles.begin(), report.articles.end()));
    EXPECT_EQ(report.selfCheck.size(), 1U);
}

TEST_F(EvaluationTest, AModelAgreesWithItself)
{
    const LanguageModel model = Make(4);
    const auto reference = AnswerAsReference(model, m_tokenizer, m_corpus, m_settings);
    const QualityReport asked =
        Evaluate(model, model, reference, m_tokenizer, m_corpus, m_texts, m_settings);
    const QualityReport own = EvaluateReference(reference, m_tokenizer, m_corpus, m_settings);
    EXPECT_EQ(own.hits, asked.hits);
    EXPECT_EQ(own.heldOutFacts, asked.heldOutFacts);
    EXPECT_EQ(own.answerTokens, asked.answerTokens);
    for (std::size_t i = 0; i < own.hits.size(); ++i)
    {
        EXPECT_NEAR(asked.agreement[i], own.agreement[i], 1e-6);
        EXPECT_EQ(asked.disagreement[i], own.disagreement[i]);
    }
}

TEST_F(EvaluationTest, AReportSurvivesTheWayThroughAFile)
{
    const LanguageModel model = Make(5);
    const auto reference = AnswerAsReference(model, m_tokenizer, m_corpus, m_settings);
    const QualityReport report =
        Evaluate(model, Make(6), reference, m_tokenizer, m_corpus, m_texts, m_settings);
    const std::string text = WriteQualityReport(report);
    EXPECT_EQ(WriteQualityReport(ParseQualityReport(text, "report")), text);
    const auto document = nlohmann::json::parse(text);
    EXPECT_EQ(document.at("inconsistent").get<std::vector<double>>(), report.inconsistent);
    EXPECT_EQ(document.at("contradicted").get<std::vector<double>>(), report.contradicted);
    EXPECT_EQ(document.at("heldOutFacts").get<std::vector<int64_t>>(), report.heldOutFacts);
    ExpectError<std::runtime_error>([]() { ParseQualityReport("{}", "a/report"); }, {"a/report"});
}

TEST(SpacedPicksTest, AreEvenlySpaced)
{
    const std::vector<int> items{0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    EXPECT_EQ(PickEvenly(items, 5), (std::vector<int>{0, 2, 4, 6, 8}));
    EXPECT_EQ(PickEvenly(items, 3), (std::vector<int>{0, 3, 6}));
    EXPECT_EQ(PickEvenly(items, 20), items);
    EXPECT_TRUE(PickEvenly(items, 0).empty());
}

} // namespace

} // namespace ecld
