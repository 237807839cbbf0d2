/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "base/hash.h"
#include "expect-error.h"
#include "fact-packages.h"
#include "model/token-corpus.h"
#include "small-model.h"
#include "teach/corpus.h"
#include "teach/wording.h"
#include "teach/wordnet.h"
#include "temporary-folder.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <set>

namespace ecld
{

namespace
{

class CorpusTest : public testing::Test
{
  protected:
    void SetUp() override
    {
        if (!HaveFactPackages())
        {
            GTEST_SKIP() << "needs the packages wordnet-base, iso-codes and tzdata";
        }
    }
};

Entity
Find(const std::vector<Entity>& entities, const std::string& name)
{
    const auto found = std::find_if(entities.begin(), entities.end(), [&](const Entity& entity) {
        return entity.name == name;
    });
    if (found == entities.end())
    {
        throw std::runtime_error("no " + name);
    }
    return *found;
}

// What any atlas says.
TEST_F(CorpusTest, KnowsCountries)
{
    const std::vector<Entity> countries = ReadCountries({});
    EXPECT_GT(countries.size(), 200U);
    const std::map<std::string, std::string> france{{"capital", "Paris"},
                                                    {"region", "Europe"},
                                                    {"two-letter code", "FR"},
                                                    {"three-letter code", "FRA"},
                                                    {"number", "250"},
                                                    {"zone", "Europe/Paris"}};
    EXPECT_EQ(Find(countries, "France").values, france);
    EXPECT_EQ(Find(countries, "Zambia").values.at("capital"), "Lusaka");
    EXPECT_EQ(Find(countries, "Peru").values.at("region"), "South America");
    // The first of several zones; the other is that of an enclave.
    EXPECT_EQ(Find(countries, "Germany").values.at("zone"), "Europe/Berlin");
}

TEST_F(CorpusTest, KnowsClassesAtAnyDistance)
{
    const WordNet wordNet(FactSources().wordnet);
    const Synset* const mozart = wordNet.FindByWord("Wolfgang Amadeus Mozart");
    ASSERT_NE(mozart, nullptr);
    const std::set<std::string> classes = wordNet.GetClassWords(*mozart);
    for (const std::string name : {"composer", "musician", "person"})
    {
        EXPECT_EQ(classes.count(name), 1U) << name;
    }
    EXPECT_EQ(classes.count("Mozart"), 0U);
    EXPECT_EQ(classes.count("Austrian"), 0U);
}

TEST_F(CorpusTest, KnowsCurrenciesLanguagesAndPeople)
{
    EXPECT_EQ(Find(ReadCurrencies({}), "Yen").values.at("currency code"), "JPY");
    EXPECT_EQ(Find(ReadLanguages({}), "Icelandic").values.at("language code"), "isl");
    const Entity einstein = Find(ReadPersons({}), "Albert Einstein");
    EXPECT_EQ(einstein.values.at("birth"), "1879");
    EXPECT_EQ(einstein.values.at("death"), "1955");
    EXPECT_EQ(Find(ReadPersons({}), "Wolfgang Amadeus Mozart").values.at("description"),
              "prolific Austrian composer");
}

// What the glosses begin with: "born in England", "22nd and 24th President", "political and
// spiritual leader", "prolific and influential Spanish artist", "suave and witty", "Austrian
// whose", "United States film and stage actress", "French bacteriologist born in Russia".
TEST_F(CorpusTest, DescribesPeopleByNounPhrasesAlone)
{
    const std::vector<Entity> people = ReadPersons({});
    for (const std::string name : {"John Endecott",
                                   "Grover Cleveland",
                                   "Mahatma Gandhi",
                                   "Pablo Picasso",
                                   "Fourth Earl of Chesterfield"})
    {
        EXPECT_EQ(Find(people, name).values.count("description"), 0U) << name;
    }
    for (const Entity& person : people)
    {
        const auto description = person.values.find("description");
        if (description != person.values.end())
        {
            const std::string last = description->second.substr(description->second.rfind(' ') + 1);
            const std::set<std::string> wrong{"born",
                                              "Austrian",
                                              "Italian",
                                              "Australian",
                                              "film",
                                              "stage",
                                              "killed",
                                              "famous"};
            EXPECT_EQ(wrong.count(last), 0U) << person.name << ": " << description->second;
        }
    }
}

TEST_F(CorpusTest, AsksAboutOtherEntitiesThanItTrains)
{
    CorpusSettings settings;
    settings.countries = 50;
    settings.currencies = 20;
    const Corpus corpus = BuildCorpus(settings);
    std::set<std::string> trained;
    std::set<std::string> heldOut;
    for (const Question& question : corpus.memorised)
    {
        trained.insert(question.entity);
    }
    for (const Question& question : corpus.heldOut)
    {
        heldOut.insert(question.entity);
    }
    EXPECT_EQ(trained.size(), 35U + 14U);
    EXPECT_EQ(heldOut.size(), 15U + 6U);
    for (const std::string& entity : heldOut)
    {
        EXPECT_EQ(trained.count(entity), 0U) << entity;
    }
    EXPECT_EQ(corpus.statements.size(), 70U * 4U);
    EXPECT_EQ(corpus.exercises.size(), corpus.memorised.size());
    EXPECT_EQ(corpus.heldOut.size(), 2 * corpus.paraphrased.size());
    EXPECT_GT(corpus.unstated.size(), 1000U);
    for (const Question& question : corpus.unstated)
    {
        EXPECT_EQ(trained.count(question.entity) + heldOut.count(question.entity), 0U)
            << question.entity;
        EXPECT_TRUE(question.kind == "country" || question.kind == "currency") << question.kind;
    }
}

TEST_F(CorpusTest, StatesEveryFactThatItAsks)
{
    CorpusSettings settings;
    settings.countries = 30;
    settings.persons = 10;
    const Corpus corpus = BuildCorpus(settings);
    const std::vector<std::string> texts = corpus.GetTrainingTexts();
    for (const Question& question : corpus.heldOut)
    {
        const auto states = [&](const Statement& statement) {
            return corpus.entities[statement.entity].name == question.entity &&
                   statement.text.find(question.entity) != std::string::npos &&
                   statement.text.find(question.answers.front()) != std::string::npos;
        };
        EXPECT_TRUE(std::any_of(corpus.statements.begin(), corpus.statements.end(), states))
            << question.prompt;
        const std::vector<std::string>& values = corpus.values.at(question.relation);
        EXPECT_EQ(std::count(values.begin(), values.end(), question.answers.front()), 1);
    }
    for (const Question& question : corpus.paraphrased)
    {
        const std::string line = question.prompt.substr(0, question.prompt.find('\n'));
        for (const std::string& text : texts)
        {
            EXPECT_EQ(text.find(line), std::string::npos);
        }
    }
}

// More than forty countries have all six facts, and those come before the others.
TEST_F(CorpusTest, TakesEntitiesWithMostFacts)
{
    CorpusSettings settings;
    settings.countries = 40;
    const Corpus corpus = BuildCorpus(settings);
    EXPECT_EQ(corpus.facts, 40 * 6);
    EXPECT_EQ(corpus.entityCounts.at("country"), 40);
}

TEST_F(CorpusTest, QuestionsDoNotSayTheirAnswers)
{
    CorpusSettings settings;
    settings.countries = 30;
    settings.currencies = 5;
    settings.languages = 5;
    settings.persons = 20;
    const Corpus corpus = BuildCorpus(settings);
    std::set<std::string> relations;
    for (const auto* const questions : {&corpus.memorised, &corpus.heldOut, &corpus.paraphrased})
    {
        for (const Question& question : *questions)
        {
            const Wording& wording = GetWording(question.relation);
            relations.insert(question.relation);
            EXPECT_NE(question.prompt.find(question.entity), std::string::npos) << question.prompt;
            for (const std::string& pattern : wording.statements)
            {
                EXPECT_NE(pattern.find("{e}"), std::string::npos) << pattern;
                EXPECT_EQ(pattern.find("{v}"), pattern.rfind("{v}")) << pattern;
                EXPECT_NE(pattern.find("{v}"), std::string::npos) << pattern;
            }
            for (const auto* const patterns : {&wording.questions, &wording.paraphrases})
            {
                for (const std::string& pattern : *patterns)
                {
                    EXPECT_EQ(pattern.find("{v}"), std::string::npos) << pattern;
                }
            }
        }
    }
    EXPECT_EQ(relations.size(), 11U);
    EXPECT_EQ(FillIn("{e}: {v}, {e}", "Peru", "Lima"), "Peru: Lima, Peru");
}

TEST_F(CorpusTest, SameSeedSameTexts)
{
    CorpusSettings settings;
    settings.countries = 10;
    const std::vector<std::string> texts = BuildCorpus(settings).GetTrainingTexts();
    EXPECT_EQ(BuildCorpus(settings).GetTrainingTexts(), texts);
    settings.seed = 2;
    EXPECT_NE(BuildCorpus(settings).GetTrainingTexts(), texts);
}

TEST(Corpus, NamesThePackageThatIsMissing)
{
    const TemporaryFolder folder;
    CorpusSettings settings;
    settings.sources.wordnet = folder.GetPath();
    ExpectError<std::runtime_error>([&]() { BuildCorpus(settings); },
                                    {"data.noun", "apt install wordnet-base"});
    settings.countries = 0;
    settings.currencies = 5;
    settings.sources.isoCodes = folder.GetPath();
    ExpectError<std::runtime_error>([&]() { BuildCorpus(settings); },
                                    {"iso_4217.json", "apt install iso-codes"});
}

TEST(Corpus, NamesSettingsOutOfRange)
{
    CorpusSettings settings;
    settings.questionShare = 1.2;
    ExpectError<std::invalid_argument>([&]() { BuildCorpus(settings); }, {"questionShare"});
    settings = {};
    settings.persons = -1;
    ExpectError<std::invalid_argument>([&]() { BuildCorpus(settings); }, {"persons", "-1"});
}

// Landon Curt Noll's test vectors of 64-bit FNV-1a.
TEST(Hash, IsFnv1a)
{
    EXPECT_EQ(base::HashBytes("", 0), 0xcbf29ce484222325U);
    EXPECT_EQ(base::HashBytes("a", 1), 0xaf63dc4c8601ec8cU);
    EXPECT_EQ(base::HashBytes("foobar", 6), 0x85944171f73967e8U);
    EXPECT_EQ(base::HashBytes("bar", 3, base::HashBytes("foo", 3)), base::HashBytes("foobar", 6));
}

/// Documents of a batch, cut out again by their numbers
std::vector<std::vector<int32_t>>
Unpack(const TokenBatch& batch)
{
    std::vector<std::vector<int32_t>> documents;
    for (int64_t row = 0; row < batch.rows; ++row)
    {
        for (int64_t t = 0; t < batch.used[row]; ++t)
        {
            const int64_t place = row * batch.length + t;
            if (t == 0 || batch.documents[place] != batch.documents[place - 1])
            {
                documents.emplace_back();
            }
            documents.back().push_back(int32_t(batch.tokens[place]));
        }
    }
    return documents;
}

TEST(BatchSequence, ReadsEveryDocumentOnceAnEpoch)
{
    const TokenCorpus corpus = DrawTexts(50, 37, 3);
    BatchSequence batches(corpus, 1, 40, 5);
    std::vector<std::vector<int32_t>> seen;
    int64_t step = 0;
    for (; seen.size() < corpus.documents.size(); ++step)
    {
        for (const std::vector<int32_t>& document : Unpack(batches.Get(step)))
        {
            seen.push_back(document);
        }
    }
    EXPECT_EQ(batches.CountFirstRows(), step);
    std::vector<std::vector<int32_t>> expected = corpus.documents;
    EXPECT_NE(seen, expected);
    std::sort(seen.begin(), seen.end());
    std::sort(expected.begin(), expected.end());
    EXPECT_EQ(seen, expected);
}

TEST(BatchSequence, TargetsAreTheNextTokensOfTheDocument)
{
    const TokenCorpus corpus = DrawTexts(50, 20, 4);
    BatchSequence batches(corpus, 3, 40, 5);
    const TokenBatch batch = batches.Get(2);
    int64_t targets = 0;
    for (int64_t row = 0; row < batch.rows; ++row)
    {
        for (int64_t t = 0; t < batch.length; ++t)
        {
            const int64_t place = row * batch.length + t;
            const bool hasNext =
                t + 1 < batch.used[row] && batch.documents[place] == batch.documents[place + 1];
            EXPECT_EQ(batch.targets[place], hasNext ? batch.tokens[place + 1] : -100);
            targets += hasNext;
        }
    }
    EXPECT_GT(targets, batch.rows * batch.length / 2);
}

TEST(BatchSequence, WastesLittle)
{
    const TokenCorpus corpus = DrawTexts(50, 1000, 6);
    BatchSequence batches(corpus, 80, 64, 5);
    const TokenBatch batch = batches.Get(0);
    int64_t used = 0;
    for (const int64_t positions : batch.used)
    {
        used += positions;
    }
    EXPECT_GT(used, batch.rows * batch.length * 95 / 100);
}

TEST(BatchSequence, BatchesDependOnTheStepAlone)
{
    const TokenCorpus corpus = DrawTexts(50, 20, 4);
    BatchSequence forwards(corpus, 3, 40, 5);
    BatchSequence backwards(corpus, 3, 40, 5);
    std::vector<std::vector<int64_t>> tokens;
    for (int64_t step = 0; step < 12; ++step)
    {
        tokens.push_back(forwards.Get(step).tokens);
    }
    for (int64_t step = 12; step-- > 0;)
    {
        EXPECT_EQ(backwards.Get(step).tokens, tokens[step]) << step;
    }
}

TEST(BatchSequence, LongDocumentsAreCut)
{
    TokenCorpus corpus;
    corpus.endId = 1;
    corpus.documents = {{0, 2, 3, 4, 5, 6, 7, 8, 9, 1}};
    BatchSequence batches(corpus, 1, 4, 1);
    const TokenBatch batch = batches.Get(0);
    EXPECT_EQ(batch.tokens, (std::vector<int64_t>{0, 2, 3, 4}));
    EXPECT_EQ(batch.targets, (std::vector<int64_t>{2, 3, 4, 5}));
}

} // namespace

} // namespace ecld
