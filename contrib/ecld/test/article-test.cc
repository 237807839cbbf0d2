/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// What (24) is measured on: the truth has to pass the check that judges the models.

#include "fact-packages.h"
#include "measure/article.h"
#include "measure/evaluation.h"
#include "teach/teacher.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <string>
#include <vector>

namespace ecld
{

namespace
{

/// Two countries of which one name is within the other, and a code that is a word.
Corpus
MakeCorpus()
{
    Corpus corpus;
    corpus.entities = {
        {"country", "Guinea", {{"region", "Africa"}, {"two-letter code", "GN"}}},
        {"country", "Papua New Guinea", {{"region", "Pacific"}, {"two-letter code", "PG"}}},
        {"country", "South Africa", {{"two-letter code", "IS"}}}};
    corpus.statements = {{"Guinea lies in Africa. The two-letter code of Guinea is GN.", 0},
                         {"One sentence is no article of Guinea.", 0},
                         {"Papua New Guinea, as Guinea, has a code. It is PG.", 1},
                         {"In two letters, South Africa is written IS. It is big.", 2}};
    corpus.values = {{"region", {"Africa", "Pacific"}}, {"two-letter code", {"GN", "IS", "PG"}}};
    return corpus;
}

TEST(ArticleTest, KnowsTheEntityOfItsText)
{
    const std::vector<Article> articles = MakeArticles(MakeCorpus(), 10);
    ASSERT_EQ(articles.size(), 3U);
    EXPECT_EQ(articles[0].opening, "Guinea lies in Africa.");
    EXPECT_EQ(articles[0].facts.accepted, (std::vector<std::string>{"Africa", "GN"}));
    EXPECT_EQ(articles[0].facts.others, (std::vector<std::string>{"Pacific", "IS", "PG"}));
    EXPECT_EQ(articles[1].facts.accepted, (std::vector<std::string>{"Pacific", "PG"}));
}

TEST(ArticleTest, PicksAmongTextsThatGoOn)
{
    EXPECT_EQ(MakeArticles(MakeCorpus(), 3).size(), 3U);
    EXPECT_EQ(MakeArticles(MakeCorpus(), 1).size(), 1U);
}

TEST(ArticleTest, WhatTheTruthNamesContradictsNothing)
{
    Corpus corpus = MakeCorpus();
    corpus.entities[2].values["region"] = "Atlantic";
    // "Africa" is a word of the name South Africa.
    EXPECT_EQ(CollectFacts(corpus, 2).others, (std::vector<std::string>{"Pacific", "GN", "PG"}));
}

TEST(FactTest, TwoWordingsAskOneFact)
{
    const auto ask = [](const char* entity, const char* relation, const char* prompt) {
        return Question{"country", entity, relation, prompt, {"x"}};
    };
    EXPECT_EQ(NumberFacts({ask("Peru", "capital", "a"),
                           ask("Peru", "region", "b"),
                           ask("Peru", "capital", "c"),
                           ask("Chad", "capital", "d"),
                           ask("", "", "e"),
                           ask("", "", "f")}),
              (std::vector<int64_t>{0, 1, 0, 2, 3, 4}));
}

/// The corpora of the study, by the names of their sizes.
class TruthTest : public testing::TestWithParam<const char*>
{
};

TEST_P(TruthTest, IsConsistent)
{
    if (!HaveFactPackages())
    {
        GTEST_SKIP() << "needs the packages wordnet-base, iso-codes and tzdata";
    }
    const Corpus corpus = BuildCorpus(GetTeacherSettings(GetParam(), Architecture::LLAMA).corpus);
    std::map<std::size_t, std::string> texts;
    std::size_t wholeTexts = 0;
    for (const Statement& statement : corpus.statements)
    {
        // A sentence for each fact: none is cut in two, and none merged.
        const std::size_t facts = corpus.entities[statement.entity].values.size();
        EXPECT_EQ(SplitSentences(statement.text).size(), facts) << statement.text;
        texts[statement.entity] += statement.text + "\n";
        wholeTexts += facts > 1;
    }
    ASSERT_EQ(texts.size(), corpus.entities.size());
    for (const auto& [entity, text] : texts)
    {
        const FactCheck check = CheckFacts(text, CollectFacts(corpus, entity));
        EXPECT_EQ(check.consistent, check.sentences) << text;
        EXPECT_EQ(check.contradicted, 0) << text;
    }
    const int64_t asked = EvaluationSettings().articles;
    EXPECT_EQ(MakeArticles(corpus, asked).size(), std::min<std::size_t>(asked, wholeTexts));
    RecordProperty("texts", static_cast<int>(wholeTexts));
}

INSTANTIATE_TEST_SUITE_P(Sizes, TruthTest, testing::Values("fixture", "small", "table"));

} // namespace

} // namespace ecld
