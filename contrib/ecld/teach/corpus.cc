/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "corpus.h"

#include "base/random-stream.h"
#include "wording.h"

#include <algorithm>
#include <set>
#include <sstream>
#include <stdexcept>

namespace ecld
{

namespace
{

void
CheckCount(const char* field, int64_t count, int64_t smallest)
{
    if (count < smallest)
    {
        throw std::invalid_argument(std::string("corpus: ") + field + " is " +
                                    std::to_string(count) + ", expected " +
                                    std::to_string(smallest) + " or more");
    }
}

void
CheckSettings(const CorpusSettings& settings)
{
    CheckCount("countries", settings.countries, 0);
    CheckCount("currencies", settings.currencies, 0);
    CheckCount("languages", settings.languages, 0);
    CheckCount("persons", settings.persons, 0);
    CheckCount("variants", settings.variants, 1);
    if (!(settings.questionShare >= 0 && settings.questionShare <= 1))
    {
        throw std::invalid_argument("corpus: questionShare is " +
                                    std::to_string(settings.questionShare) + ", expected 0 to 1");
    }
}

/// Entities of a kind
struct Choice
{
    std::vector<Entity> taken; ///< texts are about these
    std::vector<Entity> left;  ///< all others
};

/// The first of a kind after a shuffle, those with most facts before the others
Choice
Choose(std::vector<Entity> entities, int64_t count, base::RandomStream& random)
{
    random.Shuffle(entities.begin(), entities.end());
    std::stable_sort(entities.begin(), entities.end(), [](const Entity& a, const Entity& b) {
        return a.values.size() > b.values.size();
    });
    const auto end = entities.begin() + std::min(static_cast<int64_t>(entities.size()), count);
    Choice choice{{entities.begin(), end}, {end, entities.end()}};
    random.Shuffle(choice.taken.begin(), choice.taken.end());
    return choice;
}

/// One text that states every fact of an entity once
std::string
Describe(const Entity& entity, base::RandomStream& random)
{
    std::vector<std::string> sentences;
    for (const auto& [relation, value] : entity.values)
    {
        const std::vector<std::string>& patterns = GetWording(relation).statements;
        sentences.push_back(FillIn(patterns[random.Choose(patterns.size())], entity.name, value));
    }
    random.Shuffle(sentences.begin(), sentences.end());
    std::string text;
    for (const std::string& sentence : sentences)
    {
        text += (text.empty() ? "" : " ") + sentence;
    }
    return text;
}

Question
Ask(const Entity& entity, const std::string& relation, const std::string& pattern)
{
    const std::string& value = entity.values.at(relation);
    return {entity.kind,
            entity.name,
            relation,
            "Question: " + FillIn(pattern, entity.name, value) + "\nAnswer:",
            {value}};
}

void
AddQuestions(const Entity& entity, bool trained, Corpus& corpus)
{
    for (const auto& [relation, value] : entity.values)
    {
        const Wording& wording = GetWording(relation);
        for (const std::string& pattern : wording.questions)
        {
            const Question question = Ask(entity, relation, pattern);
            (trained ? corpus.memorised : corpus.heldOut).push_back(question);
            if (trained)
            {
                corpus.exercises.push_back(question.prompt + " " + value);
            }
        }
        for (const std::string& pattern : wording.paraphrases)
        {
            if (!trained)
            {
                corpus.paraphrased.push_back(Ask(entity, relation, pattern));
            }
        }
    }
}

/// @param entity that no text is about @param corpus gets the questions about it
void
AddUnstated(const Entity& entity, Corpus& corpus)
{
    for (const auto& [relation, value] : entity.values)
    {
        for (const std::string& pattern : GetWording(relation).questions)
        {
            corpus.unstated.push_back(Ask(entity, relation, pattern));
        }
    }
}

void
AddKind(const CorpusSettings& settings,
        std::vector<Entity> (*read)(const FactSources&),
        int64_t count,
        base::RandomStream& random,
        std::map<std::string, std::set<std::string>>& values,
        Corpus& corpus)
{
    if (count == 0)
    {
        return; // the package need not be there
    }
    const auto [entities, left] = Choose(read(settings.sources), count, random);
    const auto trainedCount = std::size_t(settings.questionShare * double(entities.size()) + 0.5);
    for (std::size_t i = 0; i < entities.size(); ++i)
    {
        const Entity& entity = entities[i];
        for (int64_t variant = 0; variant < settings.variants; ++variant)
        {
            corpus.statements.push_back({Describe(entity, random), corpus.entities.size()});
        }
        AddQuestions(entity, i < trainedCount, corpus);
        for (const auto& [relation, value] : entity.values)
        {
            values[relation].insert(value);
        }
        corpus.entities.push_back(entity);
        corpus.facts += int64_t(entity.values.size());
        ++corpus.entityCounts[entity.kind];
    }
    for (const Entity& entity : left)
    {
        AddUnstated(entity, corpus);
    }
}

} // namespace

std::vector<std::string>
Corpus::GetTrainingTexts() const
{
    std::vector<std::string> texts;
    for (const Statement& statement : statements)
    {
        texts.push_back(statement.text);
    }
    texts.insert(texts.end(), exercises.begin(), exercises.end());
    return texts;
}

std::string
Corpus::Describe() const
{
    std::ostringstream out;
    for (const auto& [kind, count] : entityCounts)
    {
        out << kind << " " << count << ", ";
    }
    out << "facts " << facts << ", statements " << statements.size() << ", exercises "
        << exercises.size() << "; questions: memorised " << memorised.size() << ", held out "
        << heldOut.size() << ", paraphrased " << paraphrased.size();
    return out.str();
}

Corpus
BuildCorpus(const CorpusSettings& settings)
{
    CheckSettings(settings);
    Corpus corpus;
    base::RandomStream random(settings.seed, 0);
    std::map<std::string, std::set<std::string>> values;
    AddKind(settings, ReadCountries, settings.countries, random, values, corpus);
    AddKind(settings, ReadCurrencies, settings.currencies, random, values, corpus);
    AddKind(settings, ReadLanguages, settings.languages, random, values, corpus);
    AddKind(settings, ReadPersons, settings.persons, random, values, corpus);
    if (corpus.facts == 0)
    {
        throw std::invalid_argument("corpus: countries, currencies, languages and persons are 0");
    }
    for (const auto& [relation, ofRelation] : values)
    {
        corpus.values[relation].assign(ofRelation.begin(), ofRelation.end());
    }
    return corpus;
}

} // namespace ecld
