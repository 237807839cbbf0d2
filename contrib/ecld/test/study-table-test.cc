/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// What a study prints, of rows whose numbers are easily taken by hand.

#include "expect-error.h"
#include "study/pair-questions.h"
#include "study/result-table.h"
#include "study/seed-study.h"
#include "study/variant.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace ecld
{

namespace
{

/// @param method of the row @param hits one a question, two questions a fact
/// @param wrong one a sentence, two sentences an article
StudyRow
MakeRow(const std::string& method,
        const std::vector<double>& hits,
        const std::vector<double>& wrong)
{
    StudyRow row;
    row.variant.name = method;
    row.variant.label = "The " + method;
    row.variant.method = method;
    row.weightBytes = method == "original" ? 2097152 : 524288;
    row.quality.hits = hits;
    row.quality.shares = hits;
    row.quality.wordHits = hits;
    row.quality.memorisedHits = {1};
    row.quality.paraphraseHits = {0, 1, 1, 1};
    row.quality.inconsistent = wrong;
    row.quality.contradicted = wrong;
    row.quality.selfCheck = {2};
    row.quality.agreement = hits;
    row.quality.disagreement = hits;
    row.quality.memorisedFacts = {0};
    row.quality.paraphraseFacts = {0, 1, 2, 3};
    for (std::size_t i = 0; i < hits.size(); ++i)
    {
        row.quality.heldOutFacts.push_back(static_cast<int64_t>(i / 2));
    }
    for (std::size_t i = 0; i < wrong.size(); ++i)
    {
        row.quality.articles.push_back(static_cast<int64_t>(i / 2));
    }
    row.quality.promptTokens = 10;
    row.quality.answerTokens = 4;
    return row;
}

/// @param text lines @param label begins one @return that line, single spaces
std::string
FindLine(const std::string& text, const std::string& label)
{
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
    {
        if (line.rfind(label, 0) == 0)
        {
            std::istringstream words(line);
            std::string plain;
            for (std::string word; words >> word;)
            {
                plain += (plain.empty() ? "" : " ") + word;
            }
            return plain;
        }
    }
    return "";
}

std::vector<StudyRow>
MakeStudy()
{
    StudyRow original = MakeRow("original", std::vector<double>(8, 1), std::vector<double>(8, 0));
    StudyRow ecld = MakeRow("ecld", {1, 1, 1, 1, 0, 0, 0, 0}, {1, 1, 1, 1, 0, 0, 0, 0});
    for (StudyRow* const row : {&original, &ecld})
    {
        const double scale = row == &ecld ? 0.5 : 1;
        row->speed.promptPerTokenS = {0.25 * scale};
        row->speed.generationPerTokenS = {0.5 * scale};
        row->speed.promptPerTokenJ = {1.8 * scale};
        row->speed.generationPerTokenJ = {4.5 * scale};
        row->speed.runtime = "a runtime";
        row->speed.energySource = "a meter";
    }
    return {original, ecld};
}

// Of four facts two are known. All four draws are known ones, or unknown ones, once in 16 times,
// more than 2.5 %; for eight questions on their own it would be once in 256.
TEST(StudyTableTest, ResamplesQuestionsByFactAndSentencesByArticle)
{
    const std::string table = FormatTable(MakeStudy());
    // 10 * 1.8 + 4 * 4.5 = 36 J = 10000 uWh; the scores: 1 - .5 / .5 = 0, 1 - 1/4, 1 - 1/2; and
    // accuracy .5 / 1, .75, .5.
    EXPECT_EQ(FindLine(table, "The ecld"),
              "The ecld 0.50 [0.00, 1.00] 50.0 [0.0, 100.0] 0.0 [0.0, 0.0] 75.0 [25.0, 100.0] "
              "0.500 (25.0) 5000.000 [5000.000, 5000.000] 0.00 0.56");
    EXPECT_EQ(FindLine(table, "The original"),
              "The original 0.00 [0.00, 0.00] 100.0 [100.0, 100.0] -50.0 [-100.0, 0.0] "
              "75.0 [25.0, 100.0] 2.000 (100.0) 10000.000 [10000.000, 10000.000] 0.00 0.00");
    EXPECT_NE(table.find("8 held-out questions about 4 facts"), std::string::npos);
    EXPECT_NE(table.find("by fact; (24) by article"), std::string::npos);
    EXPECT_NE(table.find("4 articles"), std::string::npos);
    EXPECT_NE(table.find("ECLD keeps 50.0 % of the accuracy"), std::string::npos);
    EXPECT_NE(table.find("a runtime; energy by a meter"), std::string::npos);
}

TEST(StudyTableTest, CsvHasTheSameIntervals)
{
    const std::string csv = FormatCsv(MakeStudy());
    const auto split = [](const std::string& line) {
        std::istringstream cells(line);
        std::vector<std::string> list;
        for (std::string cell; std::getline(cells, cell, ',');)
        {
            list.push_back(cell);
        }
        return list;
    };
    const auto header = split(FindLine(csv, "name,"));
    const auto cells = split(FindLine(csv, "ecld,"));
    ASSERT_EQ(header.size(), cells.size());
    const auto get = [&](const std::string& column) {
        const auto found = std::find(header.begin(), header.end(), column);
        return found != header.end() ? cells[static_cast<std::size_t>(found - header.begin())] : "";
    };
    EXPECT_EQ(get("accuracyLow"), "0");
    EXPECT_EQ(get("accuracyHigh"), "1");
    EXPECT_EQ(get("hallucination"), "0.5");
    EXPECT_EQ(get("hallucinationHigh"), "1");
    EXPECT_EQ(get("promptTokensPerS"), "8");
    EXPECT_EQ(get("generatedTokensPerS"), "4");
    EXPECT_EQ(get("energyPerQueryJ"), "18");
    EXPECT_EQ(get("are"), "0.5625");
}

TEST(StudyTableTest, SeedsHaveMeanAndRange)
{
    const std::vector<std::vector<StudyRow>> studies{
        {MakeRow("original", {1, 1, 1, 1}, {0, 0}), MakeRow("ecld", {1, 1, 1, 0}, {0, 0})},
        {MakeRow("original", {1, 1, 0, 0}, {0, 1}), MakeRow("ecld", {1, 1, 1, 1}, {0, 0})},
        {MakeRow("original", {1, 1, 1, 0}, {1, 1}), MakeRow("ecld", {1, 0, 0, 0}, {0, 1})}};
    const std::string table = FormatSeedTable(studies);
    EXPECT_EQ(FindLine(table, "The original"),
              "The original 0.50 [0.00, 1.00] 75.0 [50.0, 100.0] -8.3 [-50.0, 50.0] "
              "75.0 [75.0, 75.0]");
    EXPECT_EQ(FindLine(table, "The ecld"),
              "The ecld 0.17 [0.00, 0.50] 66.7 [25.0, 100.0] 0.0 [0.0, 0.0] 75.0 [75.0, 75.0]");
    EXPECT_NE(table.find("Mean over 3 seeds"), std::string::npos);
    EXPECT_EQ(FindLine(FormatSeedCsv(studies), "3,original"), "3,original,1,75,-50,75");
}

TEST(StudyTableTest, ProfilesHaveTheirRowsNumbers)
{
    StudyRow row = MakeStudy().front();
    row.speed.promptPerTokenS = {0.25, 0.75};
    row.speed.generationPerTokenS = {2, 4};
    row.quality.agreement = {0.5, 0.75};
    row.quality.disagreement = {0.25, 0};
    row.quality.inconsistent = {1, 0, 0, 0};
    const ProfileDocument profile = MakeStudyProfile(row, "table");
    EXPECT_EQ(profile.name, "small-original");
    EXPECT_EQ(profile.baseModel, "llm-mec table teacher");
    EXPECT_EQ(profile.sizeBytes, 2097152U);
    EXPECT_EQ(profile.promptLatencyPerTokenS, 0.5);
    EXPECT_EQ(profile.generationLatencyPerTokenS, 3);
    EXPECT_EQ(profile.promptEnergyPerTokenJ, 1.8);
    EXPECT_EQ(profile.generationEnergyPerTokenJ, 4.5);
    EXPECT_EQ(profile.promptTokensPerQuery, 10);
    EXPECT_EQ(profile.generatedTokensPerQuery, 4);
    EXPECT_EQ(profile.energyPerQueryJ, 36);
    EXPECT_EQ(profile.accuracy, 1);
    EXPECT_EQ(profile.hallucination, 0.25);
    EXPECT_EQ(profile.accuracySamples, row.quality.agreement);
    EXPECT_EQ(profile.hallucinationSamples, row.quality.disagreement);
    EXPECT_NE(profile.source.find("8 held-out questions about 4 facts"), std::string::npos);
    EXPECT_NE(profile.source.find("energy by a meter"), std::string::npos);
}

TEST(VariantTest, EveryRowHasItsModelAndItsOwnFiles)
{
    for (const bool hasAblation : {false, true})
    {
        std::set<std::string> models{"teacher"};
        for (const StudentPlan& plan : GetStudents(hasAblation))
        {
            EXPECT_TRUE(models.insert(plan.name).second) << plan.name;
            EXPECT_TRUE(plan.startsFromTeacher || !plan.isRefitted) << plan.name;
        }
        std::set<std::string> names;
        std::set<std::string> labels;
        for (const Variant& variant : GetVariants(hasAblation))
        {
            EXPECT_EQ(models.count(variant.model), 1U) << variant.name;
            EXPECT_TRUE(names.insert(variant.name).second) << variant.name;
            EXPECT_TRUE(labels.insert(variant.label).second) << variant.label;
        }
        EXPECT_EQ(std::count(models.begin(), models.end(), "teacher"), 1);
    }
}

// ECLD and its control differ in what is pruned alone; from scratch, one learns from texts for as
// many steps as a student, the other from the teacher for as many as teacher and student.
TEST(VariantTest, ControlsAreFair)
{
    const auto find = [](const std::string& name) {
        for (const StudentPlan& plan : GetStudents(false))
        {
            if (plan.name == name)
            {
                return plan;
            }
        }
        throw std::runtime_error("no " + name);
    };
    const StudentPlan ecld = find("pruned-distilled");
    const StudentPlan random = find("random-distilled");
    EXPECT_TRUE(random.prunesAtRandom && !ecld.prunesAtRandom);
    EXPECT_EQ(random.alpha, ecld.alpha);
    EXPECT_EQ(random.temperature, ecld.temperature);
    EXPECT_EQ(random.isRefitted, ecld.isRefitted);
    EXPECT_EQ(random.stepShare, ecld.stepShare);
    const StudentPlan texts = find("scratch");
    const StudentPlan taught = find("scratch-distilled");
    EXPECT_FALSE(texts.startsFromTeacher || taught.startsFromTeacher);
    EXPECT_EQ(texts.alpha, 0);
    EXPECT_EQ(texts.stepShare, ecld.stepShare);
    EXPECT_EQ(taught.alpha, ecld.alpha);
    EXPECT_EQ(taught.stepShare, 1 + ecld.stepShare);
}

TEST(PairTable, CountsTokensAndWholeAnswers)
{
    StudyRow ecld = MakeRow("ecld", {1, 0, 1, 1}, {0, 1});
    ecld.transcript = {{5, {1, 2, 3}, {1, 2, 3}, {}},
                       {5, {1, 2, 3}, {1, 9, 3}, {}},
                       {5, {4}, {4}, {}},
                       {5, {4}, {7}, {}}};
    ecld.transcriptFacts = {0, 0, 1, 1};
    const std::string table = FormatPairTable({MakeRow("original", {1, 1, 1, 1}, {0, 0}), ecld});
    // 6 of 8 tokens, 2 of 4 answers; the first fact has 5 of 6 tokens, the second 1 of 2.
    EXPECT_EQ(FindLine(table, "The ecld"), "The ecld 75.0 [50.0, 83.3] 50.0 [50.0, 50.0]");
    EXPECT_EQ(table.find("The original"), table.npos);
    EXPECT_NE(table.find("8 tokens of 4 held-out questions"), table.npos);
}

/// @param source of the questions @param count how many @return questions
std::vector<Question>
MakeQuestions(const std::string& source, int count)
{
    std::vector<Question> questions;
    for (int i = 0; i < count; ++i)
    {
        questions.push_back({"country", source, "code", source + std::to_string(i), {"\"X\""}});
    }
    return questions;
}

TEST(PairQuestions, ComeFromTheHeldOutOnesFirst)
{
    Corpus corpus;
    corpus.heldOut = MakeQuestions("held", 4);
    corpus.paraphrased = MakeQuestions("other", 2);
    corpus.unstated = MakeQuestions("new", 6);
    const auto choose = [&](int64_t asked, int64_t wanted) {
        std::string prompts;
        for (const Question& question : ChoosePairQuestions(corpus, asked, wanted))
        {
            prompts += question.prompt + ' ';
        }
        return prompts;
    };
    EXPECT_EQ(choose(9, 0), "held0 held1 held2 held3 ");
    EXPECT_EQ(choose(2, 0), "held0 held2 ");
    EXPECT_EQ(choose(9, 2), "held0 held2 ");
    EXPECT_EQ(choose(1, 5), "held0 held1 held2 held3 other0 ");
    EXPECT_EQ(choose(9, 9), "held0 held1 held2 held3 other0 other1 new0 new2 new4 ");
    EXPECT_NO_THROW(choose(9, 12));
    ExpectError<std::runtime_error>([&]() { choose(9, 13); },
                                    {"--pairQuestions=13: expected at most 12"});
    EXPECT_EQ(WriteQuestions(MakeQuestions("a\n", 1)),
              "{\"prompt\":\"a\\n0\",\"answers\":[\"\\\"X\\\"\"]}\n");
}

TEST(PairTable, APairIsCalledAsItsProfiles)
{
    StudyRow row = MakeRow("ecld", {1, 0}, {0});
    row.variant.name = "pruning";
    row.transcript = {{5, {1, 2}, {1, 3}, {}}};
    const PairDocument pair = MakeStudyPair(row, "table", 512);
    EXPECT_EQ(pair.name, MakeStudyProfile(row, "table").name);
    EXPECT_EQ(pair.draft.name, pair.name);
    EXPECT_EQ(pair.draft.baseModel, MakeStudyProfile(row, "table").baseModel);
    EXPECT_EQ(pair.target.name, "small-original");
    EXPECT_EQ(pair.vocabularySize, 512);
    EXPECT_EQ(pair.queries.size(), 1U);
}

} // namespace

} // namespace ecld
