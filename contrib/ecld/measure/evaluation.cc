/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "evaluation.h"

#include "answer-match.h"
#include "article.h"
#include "hallucination.h"
#include "spaced-picks.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace ecld
{

namespace
{

std::vector<std::string>
GetPrompts(const std::vector<Question>& questions)
{
    std::vector<std::string> prompts;
    for (const Question& question : questions)
    {
        prompts.push_back(question.prompt);
    }
    return prompts;
}

std::vector<std::string>
Answer(const LanguageModel& model,
       const Tokenizer& tokenizer,
       const std::vector<Question>& questions,
       const EvaluationSettings& settings)
{
    GenerationSettings generation;
    generation.maxNewTokens = settings.maxNewTokens;
    return AnswerQuestions(model, tokenizer, GetPrompts(questions), generation);
}

std::vector<double>
ScoreHits(const LanguageModel& model,
          const Tokenizer& tokenizer,
          const std::vector<Question>& questions,
          const EvaluationSettings& settings)
{
    const auto answers = Answer(model, tokenizer, questions, settings);
    std::vector<double> hits;
    for (std::size_t i = 0; i < questions.size(); ++i)
    {
        hits.push_back(ScoreAnswer(answers[i], questions[i].answers).hit);
    }
    return hits;
}

void
CheckArticles(const LanguageModel& model,
              const Tokenizer& tokenizer,
              const Corpus& corpus,
              const EvaluationSettings& settings,
              QualityReport& report)
{
    const auto articles = MakeArticles(corpus, settings.articles);
    std::vector<std::string> openings;
    for (const Article& article : articles)
    {
        openings.push_back(article.opening);
    }
    GenerationSettings generation;
    generation.maxNewTokens = 2 * settings.maxNewTokens;
    generation.seed = settings.seed;
    const auto texts = AnswerQuestions(model, tokenizer, openings, generation);
    for (std::size_t i = 0; i < articles.size(); ++i)
    {
        const FactCheck check = CheckFacts(texts[i], articles[i].facts);
        for (int s = 0; s < check.sentences; ++s)
        {
            report.inconsistent.push_back(s < check.consistent ? 0 : 1);
            report.contradicted.push_back(s < check.contradicted ? 1 : 0);
            report.articles.push_back(static_cast<int64_t>(i));
        }
    }
    openings = PickEvenly(openings, settings.selfCheckTexts);
    const auto picked = PickEvenly(texts, settings.selfCheckTexts);
    generation.temperature = 1;
    const auto samples = SampleAnswers(model, tokenizer, openings, settings.samples, generation);
    for (std::size_t i = 0; i < samples.size(); ++i)
    {
        report.selfCheck.push_back(ScoreSelfCheckUnigram(picked[i], samples[i]));
    }
}

/// @param tokens of an answer @param settings how many there may be @return those generated: the
/// one that ends the answer too, unless the limit ended it
int64_t
CountGenerated(std::size_t tokens, const EvaluationSettings& settings)
{
    return std::min(static_cast<int64_t>(tokens) + 1, settings.maxNewTokens);
}

/// Check one answer to a held-out question.
/// @param question what was asked @param answer what was said @param answerTokens generated ones
/// @param tokenizer counts those of the question @param size number of questions @param report is
/// extended
void
CheckAnswer(const Question& question,
            const std::string& answer,
            int64_t answerTokens,
            const Tokenizer& tokenizer,
            std::size_t size,
            QualityReport& report)
{
    const AnswerScore score = ScoreAnswer(answer, question.answers);
    report.hits.push_back(score.hit);
    report.shares.push_back(score.share);
    report.wordHits.push_back(score.wordHit);
    const auto promptTokens = tokenizer.Encode(question.prompt, true).size();
    report.promptTokens += static_cast<double>(promptTokens) / static_cast<double>(size);
    report.answerTokens += static_cast<double>(answerTokens) / static_cast<double>(size);
}

/// @param corpus questions @param reference answers to them @param settings how many
/// @return the held-out questions that were asked
/// @throws std::invalid_argument where there are none, or not as many answers
std::vector<Question>
GetAsked(const Corpus& corpus,
         const ReferenceAnswers& reference,
         const EvaluationSettings& settings)
{
    auto questions = PickEvenly(corpus.heldOut, settings.questions);
    if (questions.empty() || questions.size() != reference.texts.size())
    {
        throw std::invalid_argument("evaluation: expected held-out questions and as many reference "
                                    "answers");
    }
    return questions;
}

/// Members of a report that are lists, with their names in a file.
std::vector<std::pair<std::string, std::vector<double> QualityReport::*>>
GetLists()
{
    return {{"hits", &QualityReport::hits},
            {"shares", &QualityReport::shares},
            {"wordHits", &QualityReport::wordHits},
            {"memorisedHits", &QualityReport::memorisedHits},
            {"paraphraseHits", &QualityReport::paraphraseHits},
            {"inconsistent", &QualityReport::inconsistent},
            {"contradicted", &QualityReport::contradicted},
            {"selfCheck", &QualityReport::selfCheck},
            {"agreement", &QualityReport::agreement},
            {"disagreement", &QualityReport::disagreement}};
}

/// Members of a report that say what its lists have in common, with their names in a file.
std::vector<std::pair<std::string, std::vector<int64_t> QualityReport::*>>
GetGroups()
{
    return {{"heldOutFacts", &QualityReport::heldOutFacts},
            {"memorisedFacts", &QualityReport::memorisedFacts},
            {"paraphraseFacts", &QualityReport::paraphraseFacts},
            {"articles", &QualityReport::articles}};
}

} // namespace

std::vector<int64_t>
NumberFacts(const std::vector<Question>& questions)
{
    std::map<std::vector<std::string>, int64_t> numbers;
    std::vector<int64_t> facts;
    for (const Question& question : questions)
    {
        const std::vector<std::string> fact{question.kind,
                                            question.entity,
                                            question.relation,
                                            question.entity.empty() ? question.prompt : ""};
        facts.push_back(numbers.emplace(fact, static_cast<int64_t>(numbers.size())).first->second);
    }
    return facts;
}

ReferenceAnswers
AnswerAsReference(const LanguageModel& full,
                  const Tokenizer& tokenizer,
                  const Corpus& corpus,
                  const EvaluationSettings& settings)
{
    ReferenceAnswers reference;
    const auto questions = PickEvenly(corpus.heldOut, settings.questions);
    reference.texts = Answer(full, tokenizer, questions, settings);
    for (const std::string& answer : reference.texts)
    {
        reference.embeddings.push_back(ComputeEmbedding(full, tokenizer, answer).vectors);
    }
    return reference;
}

QualityReport
EvaluateReference(const ReferenceAnswers& reference,
                  const Tokenizer& tokenizer,
                  const Corpus& corpus,
                  const EvaluationSettings& settings)
{
    QualityReport report;
    const auto questions = GetAsked(corpus, reference, settings);
    report.heldOutFacts = NumberFacts(questions);
    for (std::size_t i = 0; i < questions.size(); ++i)
    {
        CheckAnswer(questions[i],
                    reference.texts[i],
                    CountGenerated(reference.embeddings[i].size(), settings),
                    tokenizer,
                    questions.size(),
                    report);
        report.agreement.push_back(1);
        report.disagreement.push_back(0);
    }
    return report;
}

QualityReport
Evaluate(const LanguageModel& model,
         const LanguageModel& full,
         const ReferenceAnswers& reference,
         const Tokenizer& tokenizer,
         const Corpus& corpus,
         const TokenCorpus& tokens,
         const EvaluationSettings& settings)
{
    QualityReport report;
    const auto questions = GetAsked(corpus, reference, settings);
    report.heldOutFacts = NumberFacts(questions);
    const auto answers = Answer(model, tokenizer, questions, settings);
    for (std::size_t i = 0; i < questions.size(); ++i)
    {
        const auto embedding = ComputeEmbedding(full, tokenizer, answers[i]);
        CheckAnswer(questions[i],
                    answers[i],
                    CountGenerated(embedding.ids.size(), settings),
                    tokenizer,
                    questions.size(),
                    report);
        const auto agreement = CompareAnswers(reference.embeddings[i],
                                              embedding.vectors,
                                              settings.similarityThreshold);
        report.agreement.push_back(agreement.accuracy);
        report.disagreement.push_back(agreement.hallucination);
    }
    const auto memorised = PickEvenly(corpus.memorised, settings.questions);
    report.memorisedHits = ScoreHits(model, tokenizer, memorised, settings);
    report.memorisedFacts = NumberFacts(memorised);
    const auto paraphrased = PickEvenly(corpus.paraphrased, settings.questions);
    report.paraphraseHits = ScoreHits(model, tokenizer, paraphrased, settings);
    report.paraphraseFacts = NumberFacts(paraphrased);
    CheckArticles(model, tokenizer, corpus, settings, report);
    const TokenCorpus texts{PickEvenly(tokens.documents, settings.documents), tokens.endId};
    report.perplexity = MeasureLikelihood(model, texts).GetPerplexity();
    return report;
}

std::string
WriteQualityReport(const QualityReport& report)
{
    nlohmann::ordered_json document;
    for (const auto& [name, list] : GetLists())
    {
        document[name] = report.*list;
    }
    for (const auto& [name, list] : GetGroups())
    {
        document[name] = report.*list;
    }
    document["perplexity"] = report.perplexity;
    document["promptTokens"] = report.promptTokens;
    document["answerTokens"] = report.answerTokens;
    return document.dump() + "\n";
}

QualityReport
ParseQualityReport(const std::string& text, const std::string& file)
{
    try
    {
        const auto document = nlohmann::json::parse(text);
        QualityReport report;
        for (const auto& [name, list] : GetLists())
        {
            report.*list = document.at(name).get<std::vector<double>>();
        }
        for (const auto& [name, list] : GetGroups())
        {
            report.*list = document.at(name).get<std::vector<int64_t>>();
        }
        report.perplexity = document.at("perplexity").get<double>();
        report.promptTokens = document.at("promptTokens").get<double>();
        report.answerTokens = document.at("answerTokens").get<double>();
        return report;
    }
    catch (const nlohmann::json::exception&)
    {
        throw std::runtime_error(file + ": expected the report of an evaluation");
    }
}

} // namespace ecld
