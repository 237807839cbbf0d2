/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_ARTICLE_H
#define ECLD_ARTICLE_H

#include "hallucination.h"
#include "teach/corpus.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ecld
{

/// The beginning of a text about an entity, and what is known of the entity.
struct Article
{
    std::string opening; ///< its first sentence
    KnownFacts facts;    ///< what may follow, and what may not
};

/**
 * @param corpus what is known
 * @param entity an index of Corpus::entities
 * @return its values; and those of other entities, of the same relations, that no true sentence
 * about this one names
 */
KnownFacts CollectFacts(const Corpus& corpus, std::size_t entity);

/**
 * @param corpus texts and facts
 * @param count at most so many, >= 0
 * @return of its texts with two sentences or more, some, evenly spaced
 */
std::vector<Article> MakeArticles(const Corpus& corpus, int64_t count);

} // namespace ecld

#endif // ECLD_ARTICLE_H
