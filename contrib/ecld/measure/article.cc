/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "article.h"

#include "spaced-picks.h"
#include "teach/wording.h"

#include <utility>

namespace ecld
{

KnownFacts
CollectFacts(const Corpus& corpus, std::size_t entity)
{
    const Entity& subject = corpus.entities.at(entity);
    KnownFacts facts;
    std::string truth;
    for (const auto& [relation, value] : subject.values)
    {
        facts.accepted.push_back(value);
        for (const std::string& pattern : GetWording(relation).statements)
        {
            truth += FillIn(pattern, subject.name, value) + "\n";
        }
    }
    // "Africa" is no other value where West Africa, or South Africa, is what a text is about.
    const ValueFinder finder(truth);
    for (const auto& fact : subject.values)
    {
        for (const std::string& value : corpus.values.at(fact.first))
        {
            if (!finder.Names(value))
            {
                facts.others.push_back(value);
            }
        }
    }
    return facts;
}

std::vector<Article>
MakeArticles(const Corpus& corpus, int64_t count)
{
    std::vector<std::pair<std::string, std::size_t>> openings;
    for (const Statement& statement : corpus.statements)
    {
        const auto sentences = SplitSentences(statement.text);
        if (sentences.size() > 1)
        {
            openings.emplace_back(sentences.front(), statement.entity);
        }
    }
    std::vector<Article> articles;
    for (const auto& [opening, entity] : PickEvenly(openings, count))
    {
        articles.push_back({opening, CollectFacts(corpus, entity)});
    }
    return articles;
}

} // namespace ecld
